"""Views in the audit: a screen that is read again and again while somebody works is one view."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.staff.agents import Agent
from bot.staff.base import Deed, StaffStore

_ONE_VIEW = timedelta(minutes=10)
_MOST = 10_000


class Noting:
    def __init__(self, staff: StaffStore, *, clock: Callable[[], datetime]) -> None:
        self._staff, self._clock = staff, clock
        self._seen: dict[tuple[str, str, str, str], datetime] = {}

    async def viewed(self, action: str, agent: Agent, conversation_id: str, subject: str = "") -> None:
        """A line unless there is one of the last minutes."""
        now, view = self._clock(), (action, agent.id, conversation_id, subject)
        last = self._seen.get(view)
        if last is not None and now - last < _ONE_VIEW:
            return
        await self._staff.record(Deed(now, agent.id, action, conversation_id, subject))
        if len(self._seen) >= _MOST:
            self._seen = {key: at for key, at in self._seen.items() if now - at < _ONE_VIEW}
        self._seen[view] = now
