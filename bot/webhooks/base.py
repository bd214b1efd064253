"""Webhooks, what was sent to them, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

DeliveryState = Literal["waiting", "delivered", "dead"]
Shown = Literal["waiting", "failed", "delivered", "dead"]
"""What a log is narrowed to. failed: it waits, and was tried before."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address of an integrator that is told what happens."""

    id: str
    url: str
    description: str
    types: tuple[str, ...]
    """Empty: all."""
    with_personal: bool
    """Whether it is told names, words and addresses, too."""
    enabled: bool
    disabled_because: str
    """`gone`: it answered 410; `asked`: somebody switched it off; empty while it is enabled."""
    generation: int
    """Of its secret."""
    previous_until: datetime | None
    """Until then the secret before signs, too."""
    failures: int
    """In a row, whatever was sent."""
    paused_until: datetime | None
    last_at: datetime | None
    """When something was tried last; None: nothing yet."""
    last_status: int | None
    last_error: str
    created_at: datetime
    updated_at: datetime
    waiting: int = 0
    dead: int = 0


@dataclass(frozen=True, slots=True)
class StoredEvent:
    number: int
    id: str
    type: str
    at: datetime
    conversation_id: str | None
    data: dict[str, Any]
    personal: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """A delivery that is this worker's for a minute."""

    id: int
    event: StoredEvent
    webhook: Webhook
    with_personal: bool
    attempts: int
    """This one included."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one attempt."""

    status: int | None
    """None: no answer."""
    body: str = ""
    """The beginning of it."""
    error: str = ""
    """Why there was no answer, or why it does not count."""
    retry_after: float | None = None
    """Seconds that the endpoint asks for."""
    milliseconds: int = 0
    signed: Mapping[str, str] = field(default_factory=dict)
    """`timestamp` and `signature` that the attempt carried."""

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class StoredDelivery:
    """A line of the log."""

    id: int
    event: StoredEvent
    webhook_id: str
    with_personal: bool
    state: DeliveryState
    due_at: datetime | None
    """When it is tried next."""
    attempts: int
    created_at: datetime
    tried_at: datetime | None
    status: int | None
    response: str
    error: str
    log: tuple[dict[str, Any], ...]
    """An entry an attempt: at, milliseconds, status, error, and what it carried as timestamp and signature."""
