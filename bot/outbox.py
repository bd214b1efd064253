"""Outgoing rows to their channels: in order, and again after a while when a channel fails.

At least once where the platform knows again what it took; elsewhere, what may be there is not sent a second time.
Each channel has a loop of its own, so that one that is slow or gone holds up no other.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from bot.store.base import Delivery, Store
from connectors.channel import Connector, Recipient, RetryLater, Unconfirmed, Undeliverable

_IDLE_SECONDS = 1.0
_AT_ONCE = 10
"""Conversations served at the same time; all of them are done within the store's lease of a minute."""
_SECONDS, _SECONDS_FOR_ALL = 22.0, 30.0
"""For one payload, which may need a token first, and until the last of a reply is begun."""
_RETRY_MINUTES = (0.1, 0.5, 2, 10, 30, 120, 480, 1440)

log = structlog.get_logger()


class Outbox:
    def __init__(
        self, store: Store, connectors: Mapping[str, Connector], *, clock: Callable[[], datetime]
    ) -> None:
        self._store, self._connectors, self._clock = store, connectors, clock
        self._wakes = {name: asyncio.Event() for name in connectors}
        self._paces = {name: Pace(connector.per_second) for name, connector in connectors.items()}
        self._closing = False
        self._over = asyncio.Event()
        self._over.set()

    def wake(self) -> None:
        for event in self._wakes.values():
            event.set()

    async def run(self) -> None:
        """Deliver until cancelled or finished."""
        self._over.clear()
        try:
            async with asyncio.TaskGroup() as loops:
                for name in self._connectors:
                    loops.create_task(self._serve(name))
        finally:
            self._over.set()

    async def finish(self, *, grace_seconds: float) -> None:
        """Begin nothing more, and let end what is being sent: cut off, it would be sent again at the next start."""
        self._closing = True
        self.wake()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), grace_seconds)

    async def _serve(self, channel: str) -> None:
        wake = self._wakes[channel]
        while not self._closing:
            wake.clear()
            try:
                busy = await self.deliver_due(channel)
            except Exception:
                log.exception("outbox_failed", channel=channel)
                busy = False
                await asyncio.sleep(_IDLE_SECONDS)
            if not busy:
                try:
                    await asyncio.wait_for(wake.wait(), _IDLE_SECONDS)
                except TimeoutError:
                    continue

    async def deliver_due(self, channel: str) -> bool:
        """One batch; whether there was anything."""
        deliveries = await self._store.take_deliveries(now=self._clock(), limit=_AT_ONCE, channel=channel)
        await asyncio.gather(*map(self._deliver, deliveries))
        return bool(deliveries)

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            lost = await self._send(delivery)
        except Undeliverable as error:
            await self._failed(delivery, error, retry_at=None)
        except Exception as error:
            again = retry_at(delivery.attempts, error, self._clock())
            await self._failed(delivery, error, retry_at=again)
        else:
            if lost is None:
                await self._store.delivered([delivery.outbox_id])
            else:
                await self._failed(delivery, lost, retry_at=None)

    async def _send(self, delivery: Delivery) -> Exception | None:
        """Payload by payload; what is out already is not sent again, nor what may be out.

        The last one's error whose answer was lost on a platform that would show it twice: kept to be looked at.
        """
        connector = self._connectors[delivery.channel]
        to = Recipient(delivery.sender, delivery.last_heard, delivery.told_since)
        payloads = connector.render(delivery.reply, to)
        until, lost = time.monotonic() + _SECONDS_FOR_ALL, None
        for number, payload in enumerate(payloads[delivery.sent :], delivery.sent):
            if time.monotonic() > until:
                raise RetryLater("the rest goes on later")
            await self._paces[delivery.channel].wait()
            try:
                async with asyncio.timeout(_SECONDS):
                    await connector.send(payload, to, key=f"{delivery.reply.id}:{number}")
            except (Unconfirmed, TimeoutError) as error:
                if self._knows_again(connector, delivery, error):
                    raise
                lost = error
            if number + 1 < len(payloads):
                await self._store.delivery_went_on(delivery.outbox_id, sent=number + 1)
        return lost

    def _knows_again(self, connector: Connector, delivery: Delivery, error: Exception) -> bool:
        """Sent again, it would be shown once."""
        again = retry_at(delivery.attempts, error, self._clock())
        return again is not None and again - delivery.reply.created_at <= connector.knows_again

    async def _failed(self, delivery: Delivery, error: Exception, *, retry_at: datetime | None) -> None:
        await self._store.delivery_failed(delivery.outbox_id, retry_at=retry_at, error=repr(error)[:500])
        log.warning(
            "delivery_failed",
            channel=delivery.channel,
            attempts=delivery.attempts,
            kind=type(error).__name__,
            again=retry_at is not None,
        )


def retry_at(attempts: int, error: Exception, now: datetime) -> datetime | None:
    """After `attempts` failed ones, of which this was the last one's error; None: given up."""
    if attempts > len(_RETRY_MINUTES):
        return None
    asked = error.seconds if isinstance(error, RetryLater) and error.seconds else 0.0
    return now + max(timedelta(minutes=_RETRY_MINUTES[attempts - 1]), timedelta(seconds=asked))


class Pace:
    """Lets so many through a second, evenly."""

    def __init__(self, per_second: float) -> None:
        self._gap, self._next = 1.0 / per_second, 0.0

    async def wait(self) -> None:
        now = time.monotonic()
        at = max(now, self._next)
        self._next = at + self._gap
        if at > now:
            await asyncio.sleep(at - now)
