"""Deliveries to webhooks: at least once, in order within a conversation, each endpoint at its own pace."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.store.database import Database
from bot.webhooks import queue
from bot.webhooks.base import Job
from bot.webhooks.payload import body_of
from bot.webhooks.posting import Poster
from bot.webhooks.secrets import Secrets
from connectors.webhook.signing import headers

_IDLE_SECONDS = 0.5
_AT_ONCE = 8
"""Conversations that one endpoint is told of at the same time."""
_SWEEP_SECONDS = 3600.0
_FORGET_AT_ONCE = 1000

log = structlog.get_logger()


class Deliverer:
    def __init__(
        self,
        database: Database,
        poster: Poster,
        secrets: Secrets,
        *,
        clock: Callable[[], datetime],
        keep: timedelta,
    ) -> None:
        """`keep`: how long events and the log of their deliveries stay."""
        self._database, self._poster, self._secrets = database, poster, secrets
        self._clock, self._keep = clock, keep
        self._wake = asyncio.Event()
        self._busy: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        """Deliver until cancelled; what is on its way then is delivered again, with the same id."""
        sweeping = asyncio.create_task(self._sweep())
        try:
            while True:
                self._wake.clear()
                try:
                    await self._begin()
                except Exception:
                    log.exception("webhooks_failed")
                    await asyncio.sleep(_IDLE_SECONDS)
                try:
                    await asyncio.wait_for(self._wake.wait(), _IDLE_SECONDS)
                except TimeoutError:
                    continue
        finally:
            for task in (sweeping, *self._tasks):
                task.cancel()
            await asyncio.gather(sweeping, *self._tasks, return_exceptions=True)
            await self._poster.close()

    async def deliver_due(self) -> None:
        """Everything that is due now, and what becomes due by it."""
        while await self._begin():
            await asyncio.gather(*self._tasks)

    async def _begin(self) -> bool:
        """Start what is due; whether there was anything."""
        begun = False
        for webhook_id in await self._database.read(partial(queue.ready, now=self._clock())):
            room = _AT_ONCE - self._busy[webhook_id]
            if room <= 0:
                continue
            take = partial(queue.take, webhook_id=webhook_id, now=self._clock(), limit=room)
            for job in await self._database.write(take):
                begun = True
                self._busy[webhook_id] += 1
                task = asyncio.create_task(self._deliver(job))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        return begun

    async def _deliver(self, job: Job) -> None:
        try:
            now = self._clock()
            with_personal = job.with_personal and job.webhook.with_personal
            body = body_of(job.event, with_personal=with_personal)
            signed = headers(self._secrets.live(job.webhook, now), job.event.id, now, body)
            answer = await self._poster.post(job.webhook.url, signed, body)
            carried = {name: signed[f"webhook-{name}"] for name in ("timestamp", "signature")}
            answer = replace(answer, signed=carried)
            await self._database.write(partial(queue.mark, job=job, answer=answer, now=self._clock()))
            if not answer.is_success:
                log.warning(
                    "webhook_failed",
                    webhook=job.webhook.id,
                    kind=job.event.type,
                    attempts=job.attempts,
                    status=answer.status,
                    error=answer.error,
                )
        except Exception:
            # The row comes back when the worker's time with it is over.
            log.exception("webhook_broken", webhook=job.webhook.id, id=job.event.id)
        finally:
            self._busy[job.webhook.id] -= 1
            self.wake()

    async def _sweep(self) -> None:
        while True:
            try:
                before = self._clock() - self._keep
                forget = partial(queue.forget, before=before, limit=_FORGET_AT_ONCE)
                while await self._database.write(forget) == _FORGET_AT_ONCE:
                    pass
            except Exception:
                log.exception("events_not_swept")
            await asyncio.sleep(_SWEEP_SECONDS)
