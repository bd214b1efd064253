"""Things due: rows with a time, so that a restart loses none."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from bot.desk import Desk
from bot.errors import Stale
from bot.store.base import Store

_EVERY_SECONDS = 2.0

log = structlog.get_logger()


class Timers:
    def __init__(self, store: Store, desk: Desk, *, clock: Callable[[], datetime]) -> None:
        self._store, self._desk, self._clock = store, desk, clock

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
                await self._desk.time_out(timer)
            except Stale:
                # The shopper wrote at this very moment; the timer is due again in a minute.
                continue
