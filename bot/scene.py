"""What every step of one turn sees."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.understanding import Understanding

More = Callable[[], Awaitable[bool]]
"""Whether the shopper said more meanwhile."""


async def nothing_more() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Scene:
    conversation_id: str
    understanding: Understanding
    now: datetime
    address: str | None = None
    """Client address, for attempt limits."""
    more: More = nothing_more
    """Asked before anything is changed."""

    @property
    def language(self) -> str:
        return self.understanding.language
