"""How a channel does: what came and went, and what could not be delivered."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Stuck:
    """A reply that was tried in vain."""

    conversation_id: str
    at: datetime
    attempts: int
    due_at: datetime | None
    """When it is tried next; None: given up."""
    error: str


@dataclass(frozen=True, slots=True)
class Traffic:
    """Of one channel."""

    channel: str
    received: int
    """Within a day, as is `sent`."""
    received_at: datetime | None
    sent: int
    sent_at: datetime | None
    last_at: datetime | None
    """Where nothing came or went within a day: when anything did."""
    waiting: int
    failed: int
    stuck: tuple[Stuck, ...]
    """The newest."""
