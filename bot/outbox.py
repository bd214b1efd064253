"""Outgoing rows to their channels: at least once, in order, again after a while when a channel fails."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog

from bot.store.base import Delivery, Store
from connectors.base import Connector

_IDLE_SECONDS = 1.0
_RETRY_MINUTES = (0.1, 0.5, 2, 10, 30, 120, 480, 1440)

log = structlog.get_logger()


class Outbox:
    def __init__(
        self, store: Store, connectors: Mapping[str, Connector], *, clock: Callable[[], datetime]
    ) -> None:
        self._store, self._connectors, self._clock = store, connectors, clock
        self._wake = asyncio.Event()

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            self._wake.clear()
            try:
                busy = await self.deliver_due()
            except Exception:
                log.exception("outbox_failed")
                busy = False
                await asyncio.sleep(_IDLE_SECONDS)
            if not busy:
                try:
                    await asyncio.wait_for(self._wake.wait(), _IDLE_SECONDS)
                except TimeoutError:
                    continue

    async def deliver_due(self) -> bool:
        """One batch; whether there was anything."""
        deliveries = await self._store.take_deliveries(now=self._clock())
        done = [one.outbox_id for one in deliveries if await self._deliver(one)]
        if done:
            await self._store.delivered(done)
        return bool(deliveries)

    async def _deliver(self, delivery: Delivery) -> bool:
        try:
            connector = self._connectors[delivery.channel]
            await connector.deliver(delivery.sender, delivery.reply)
        except Exception as error:
            await self._store.delivery_failed(
                delivery.outbox_id, retry_at=self._retry_at(delivery.attempts), error=repr(error)[:500]
            )
            log.warning(
                "delivery_failed",
                channel=delivery.channel,
                attempts=delivery.attempts,
                kind=type(error).__name__,
            )
            return False
        return True

    def _retry_at(self, attempts: int) -> datetime | None:
        if attempts >= len(_RETRY_MINUTES):
            return None
        return self._clock() + timedelta(minutes=_RETRY_MINUTES[attempts])
