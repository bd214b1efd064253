"""Where a claim to be somebody comes from: what attempts are counted on."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Asker:
    conversation_id: str
    turn: int
    """Of the conversation, counted from 0; the same one when it is made anew."""
    address: str | None
    """The client's."""
    language: str
    now: datetime
