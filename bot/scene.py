"""What every step of one turn sees."""

from dataclasses import dataclass
from datetime import datetime

from bot.understanding import Understanding


@dataclass(frozen=True, slots=True)
class Scene:
    conversation_id: str
    understanding: Understanding
    now: datetime
    address: str | None = None
    """Client address, for attempt limits."""

    @property
    def language(self) -> str:
        return self.understanding.language
