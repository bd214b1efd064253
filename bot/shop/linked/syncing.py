"""Keeping the copy like the system: all of it once, then what webhooks named, and now and then what changed."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DataError, IntegrityError

from bot.shop.changing import take_turn
from bot.shop.database import Database
from bot.shop.linked import looks, moments, queue
from bot.shop.linked.fetching import Fetching, wait_of
from bot.shop.linked.looks import Look
from bot.shop.linked.merging import merge_one
from bot.shop.linked.queue import Waiting
from bot.shop.linked.rows import Told, read_thing
from connectors.shop_system import KINDS, Kind, ShopSystem, Thing

_EVERY = 60 * moments.SECOND
"""Between two looks for what changed: a webhook may have been lost."""
_AFTER_FAILURE_SECONDS = 30.0
_OVERLAP = 300 * moments.SECOND
"""Read again: a system may write down a change later than it dates it."""
_COMPARE_EVERY = 24 * 3600 * moments.SECOND
_PAGE = 100
_AT_ONCE = 8
_FETCH_SECONDS = 15.0

OnProgress = Callable[[Kind, int], None]
"""Kind, and how many of it were read so far."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Looked:
    kind: Kind
    read: int
    odd: int


class Syncing:
    def __init__(self, database: Database, system: ShopSystem, fetching: Fetching) -> None:
        self._database, self._system, self._fetching = database, system, fetching

    async def look(self, *, early: bool = False, on_progress: OnProgress | None = None) -> Sequence[Looked]:
        """Read on what is due, or all where `early`; a kind that somebody else reads is left to them.

        Raises whatever the system does; how far it came is kept.
        """
        found = []
        for kind in KINDS:
            take = partial(looks.take, kind=kind, holder=uuid4().hex, early=early)
            held = await self._database.write(take)
            if held is not None:
                found.append(await self._read(held, early, on_progress))
        return found

    async def _read(self, held: Look, early: bool, on_progress: OnProgress | None) -> Looked:
        try:
            looked = await self._pages(held, on_progress)
            before = held.compared_at
            compare = early or before is None or before < moments.now() - _COMPARE_EVERY
            if compare:
                await self._compare(held.kind)
        except looks.LostHold:
            raise
        except Exception as error:
            again_at = moments.now() + int((wait_of(error) or _AFTER_FAILURE_SECONDS) * moments.SECOND)
            why = str(error) or type(error).__name__
            await self._database.write(partial(looks.failed, look=held, again_at=again_at, problem=why))
            raise
        again_at = moments.now() + _EVERY
        await self._database.write(partial(looks.done, look=held, again_at=again_at, compared=compare))
        return looked

    async def _pages(self, held: Look, on_progress: OnProgress | None) -> Looked:
        since = None if held.cursor is None else moments.moment(held.cursor - _OVERLAP)
        asked_at, page, read, odd = moments.now(), list[Thing](), 0, 0
        async for thing in self._system.read(held.kind, since=since):
            page.append(thing)
            if len(page) == _PAGE:
                read, odd = read + len(page), odd + await self._take_in(held, page, asked_at)
                page = []
                if on_progress is not None:
                    on_progress(held.kind, read)
        read, odd = read + len(page), odd + await self._take_in(held, page, asked_at)
        if on_progress is not None:
            on_progress(held.kind, read)
        return Looked(held.kind, read, odd)

    async def _take_in(self, held: Look, page: Sequence[Thing], asked_at: int) -> int:
        """The page and how far that is, in one transaction; returns how many were odd."""
        told = await asyncio.to_thread(lambda: [read_thing(thing, asked_at) for thing in page])
        # Never ahead of our own clock: one odd date must not keep out what changes from now on.
        dates = [min(one.updated_at, asked_at) for one in told if one.value is not None]
        cursor = max(dates, default=None)

        def write(connection: Connection, told: Sequence[Told]) -> None:
            take_turn(connection)
            for one in told:
                merge_one(connection, one)
            looks.advance(connection, held, cursor)

        try:
            await self._database.write(partial(write, told=told))
        except (IntegrityError, DataError):
            # One that the tables do not take must not keep the others out.
            told = [await self._fetching.take_in(one) for one in told]
            await self._database.write(partial(write, told=[]))
        for one in told:
            _note_odd(one)
        return sum(bool(one.problem) for one in told)

    async def _compare(self, kind: Kind) -> None:
        """What is no longer there, or was never told of, is asked for one by one: that alone decides."""
        ids = await self._system.ids(kind)
        unlike = await self._database.read(partial(looks.unlike, kind=kind, ids=ids))
        await self._database.write(partial(queue.put, things=[(kind, id) for id in unlike]))

    async def fetch_touched(self) -> int:
        """What webhooks named; returns how many things that were."""
        waiting = await self._database.write(partial(queue.take, limit=_AT_ONCE))
        await asyncio.gather(*map(self._fetch, waiting))
        return len(waiting)

    async def _fetch(self, waiting: Waiting) -> None:
        try:
            async with asyncio.timeout(_FETCH_SECONDS):
                told = await self._fetching.ask(waiting.kind, waiting.id)
            told = await self._fetching.take_in(told)
        except Exception as error:
            log.warning("shop_fetch_failed", kind=waiting.kind, why=type(error).__name__)
            await self._database.write(partial(queue.put_back, waiting=waiting, seconds=wait_of(error)))
            return
        _note_odd(told)
        await self._database.write(partial(queue.done, waiting=waiting))


def _note_odd(told: Told) -> None:
    """What is wrong with it may quote a person: `kefu shop status` says it, the log does not."""
    if told.problem:
        log.warning("shop_row_odd", kind=told.kind, id=told.id)
