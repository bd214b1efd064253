"""Letters that nobody waits for: handed over at once, sent beside the conversations, tried again for a while."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress

import structlog

from bot.errors import Undelivered
from bot.mail import Letter, Mailer

_MOST_WAITING = 1000
_REMEMBERED = 10_000
_RETRY_SECONDS = (2.0, 10.0, 60.0)
"""A one-time code is good for ten minutes: later than that, a letter is of no use."""
_PAUSE_SECONDS = 0.5
"""The answer to the shopper goes first: sending must not show in the time it takes."""
_AT_ONCE = 4

log = structlog.get_logger()


class Postman:
    """Keeps letters in memory only, since they hold secrets: what a crash loses is asked for again."""

    def __init__(
        self,
        mailer: Mailer,
        *,
        pause_seconds: float = _PAUSE_SECONDS,
        retry_seconds: Sequence[float] = _RETRY_SECONDS,
    ) -> None:
        self._mailer, self._pause_seconds, self._retry_seconds = mailer, pause_seconds, tuple(retry_seconds)
        self._waiting: asyncio.Queue[Letter] = asyncio.Queue(_MOST_WAITING)
        self._taken: OrderedDict[str, None] = OrderedDict()

    def post(self, letter: Letter) -> None:
        """Takes as long whatever becomes of it; the same letter a second time is dropped."""
        if letter.id in self._taken:
            return
        self._taken[letter.id] = None
        if len(self._taken) > _REMEMBERED:
            self._taken.popitem(last=False)
        try:
            self._waiting.put_nowait(letter)
        except asyncio.QueueFull:
            log.error("mail_dropped", waiting=_MOST_WAITING)

    async def run(self) -> None:
        """Send until cancelled, a few at once: a slow recipient holds up nobody else."""
        async with asyncio.TaskGroup() as group:
            for _ in range(_AT_ONCE):
                group.create_task(self._carry())

    async def finish(self, *, grace_seconds: float) -> None:
        """Wait for what was posted, but not for ever."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._waiting.join(), grace_seconds)

    async def _carry(self) -> None:
        while True:
            letter = await self._waiting.get()
            try:
                await self._send(letter)
            except Exception:
                log.exception("mail_failed")
            finally:
                self._waiting.task_done()

    async def _send(self, letter: Letter) -> None:
        await asyncio.sleep(self._pause_seconds)
        for pause in (*self._retry_seconds, None):
            try:
                await self._mailer.send(letter)
                return
            except Undelivered as error:
                log.warning("mail_failed", reason=str(error), tried_again=pause is not None)
                if pause is not None:
                    await asyncio.sleep(pause)
