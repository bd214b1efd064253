"""Who gets which waiting conversation, where the house deals them out in turn.

Assigned means kept for somebody: the shopper goes on waiting until they take it or write.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Literal

import structlog

from bot.console.board import Board
from bot.console.handling import Handling
from bot.live import Live
from bot.staff.agents import Agent
from bot.staff.base import Deed, InboxRow, StaffStore

Mode = Literal["manual", "round_robin"]

_EVERY_SECONDS = 10.0
"""What no notice told: a restart, another process, an agent who came or went."""
_GATHER_SECONDS = 0.2
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

log = structlog.get_logger()


class Assigning:
    def __init__(
        self,
        mode: Mode,
        *,
        staff: StaffStore,
        handling: Handling,
        board: Board,
        live: Live,
        clock: Callable[[], datetime],
    ) -> None:
        self.mode = mode
        self._staff, self._handling, self._board, self._live = staff, handling, board, live
        self._clock = clock
        self._wanted = asyncio.Event()

    def wake(self) -> None:
        """Somebody became free, or somebody waits."""
        self._wanted.set()

    async def run(self) -> None:
        """Deal out until cancelled."""
        if self.mode == "manual":
            return
        listener = asyncio.create_task(self._listen())
        try:
            while True:
                try:
                    await self.deal()
                except Exception:
                    log.exception("not_assigned")
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wanted.wait(), _EVERY_SECONDS)
                await asyncio.sleep(_GATHER_SECONDS)
                self._wanted.clear()
        finally:
            listener.cancel()

    async def deal(self) -> int:
        """Give every waiting conversation to whom it suits; returns how many were given."""
        rows = await self._staff.open_handovers()
        waiting = [row for row in rows if row.floor == "waiting" and row.handover is not None]
        people = {one.id: one for one in await self._staff.agents() if one.disabled_at is None}
        here = self._board.presence.online()
        free = [row for row in waiting if _is_free(row, people, here)]
        if not free:
            return 0
        load = Counter(row.handover.agent_id for row in rows if row.handover and row not in free)
        last = _last_assigned(rows)
        given = 0
        for row in free:
            agent = choose(row, [people[one] for one in here if one in people], load, last)
            if agent is None or not await self._handling.reserve(row.conversation_id, agent.id):
                continue
            load[agent.id] += 1
            last[agent.id] = self._clock()
            given += 1
            await self._staff.record(
                Deed(self._clock(), None, "assign", row.conversation_id, subject=agent.id)
            )
            self._board.tell(agent.id, type="assigned", conversation_id=row.conversation_id)
        return given

    async def _listen(self) -> None:
        with self._live.watch_board() as notices:
            while True:
                notice = await notices.get()
                if notice is None or notice.kind == "changed":
                    self.wake()


def choose(
    row: InboxRow, agents: Sequence[Agent], load: Counter[str | None], last: dict[str, datetime]
) -> Agent | None:
    """The one with room who was given something longest ago, among those who know the matter and speak the
    shopper's language; where nobody here speaks it, among those who know it."""
    assert row.handover is not None
    reason, language = row.handover.reason, row.handover.language or row.language
    able = [one for one in agents if one.available and (not one.skills or reason in one.skills)]
    speaking = [one for one in able if language in one.languages]
    free = [one for one in speaking or able if load[one.id] < one.capacity]
    return min(free, key=lambda one: (last.get(one.id, _LONG_AGO), one.id), default=None)


def _is_free(row: InboxRow, people: dict[str, Agent], here: frozenset[str]) -> bool:
    """Nobody's, or kept for somebody who has left."""
    assert row.handover is not None
    kept_for = row.handover.agent_id
    if kept_for is None or kept_for not in here or kept_for not in people:
        return True
    return not people[kept_for].available


def _last_assigned(rows: Sequence[InboxRow]) -> dict[str, datetime]:
    last: dict[str, datetime] = {}
    for row in rows:
        if row.handover and row.handover.agent_id and row.handover.assigned_at:
            before = last.get(row.handover.agent_id, _LONG_AGO)
            last[row.handover.agent_id] = max(before, row.handover.assigned_at)
    return last
