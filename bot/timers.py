"""Things due: rows with a time, and what rows tell, so that a restart loses none."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.desk import Desk
from bot.errors import Stale
from bot.handover.places import Places
from bot.handover.turns import Turns
from bot.store.base import OpenConversation, Store, Turn

_EVERY_SECONDS = 2.0
_ROUNDS = 4
"""Agents who left and places in the queue are looked at in every so many rounds."""

log = structlog.get_logger()


class Timers:
    def __init__(
        self,
        store: Store,
        desk: Desk,
        turns: Turns,
        places: Places,
        *,
        clock: Callable[[], datetime],
        away: timedelta,
    ) -> None:
        """`away` is how long an agent may be gone while a shopper waits for them."""
        self._store, self._desk, self._turns, self._places = store, desk, turns, places
        self._clock, self._away = clock, away

    async def run(self) -> None:
        """Look for what is due until cancelled."""
        number = 0
        while True:
            try:
                await self.fire_due()
                if number % _ROUNDS == 0:
                    await self.find_deserted()
                    await self._places.tell()
            except Exception:
                log.exception("timers_failed")
            number += 1
            await asyncio.sleep(_EVERY_SECONDS)

    async def fire_due(self) -> None:
        for timer in await self._store.take_timers(now=self._clock()):
            try:
                await self._desk.time_out(timer)
            except Stale:
                # The shopper wrote at this very moment; the timer is due again in a minute.
                continue
            except Exception:
                # So is one that breaks, and those behind it are not to wait for it.
                log.exception("timer_failed", kind=timer.kind, conversation=timer.conversation_id)

    async def find_deserted(self) -> None:
        """Whoever was left by an agent waits for the next one."""
        for conversation_id in await self._store.deserted(before=self._clock() - self._away):
            try:
                await self._desk.act(conversation_id, self._left)
            except (_CameBack, Stale):
                continue
            except Exception:
                log.exception("not_taken_back", conversation=conversation_id)

    async def _left(self, conversation: OpenConversation) -> Turn:
        # Looked at again while nobody else can act: the agent, or another one, may have come meanwhile.
        now = self._clock()
        if conversation.id not in await self._store.deserted(before=now - self._away):
            raise _CameBack
        return await self._turns.leave(conversation, now)


class _CameBack(Exception):
    pass
