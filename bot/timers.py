"""Things due: rows with a time, so that a restart loses none."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from bot.dialogue import Dialogue
from bot.errors import Stale
from bot.store.base import Store, Timer

_EVERY_SECONDS = 2.0

log = structlog.get_logger()


class Timers:
    def __init__(
        self,
        store: Store,
        dialogue: Dialogue,
        *,
        clock: Callable[[], datetime],
        deliver: Callable[[], None],
    ) -> None:
        self._store, self._dialogue, self._clock, self._deliver = store, dialogue, clock, deliver

    async def run(self) -> None:
        """Look for due timers until cancelled."""
        while True:
            try:
                await self.fire_due()
            except Exception:
                log.exception("timers_failed")
            await asyncio.sleep(_EVERY_SECONDS)

    async def fire_due(self) -> None:
        for timer in await self._store.take_timers(now=self._clock()):
            try:
                await self._fire(timer)
            except Stale:
                # The shopper wrote at this very moment; the timer is due again in a minute.
                continue

    async def _fire(self, timer: Timer) -> None:
        async with self._store.conversation(timer.conversation_id) as conversation:
            turn = await self._dialogue.time_out(conversation, timer, now=self._clock())
            if turn is not None:
                await conversation.save(turn)
                self._deliver()
