"""A conversation while it is locked, and the locks."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import TypeVar
from weakref import WeakValueDictionary

from bot.conversation import State
from bot.store.base import Pending, Turn
from bot.store.database import Database
from bot.store.events import Events
from bot.store.linked import Address
from bot.store.load import Loaded, has_more, load
from bot.store.save import save
from connectors.base import Reply

T = TypeVar("T")
_MOST_KEPT = 256
"""Conversations; more wait only where messages are taken in and not answered."""


class ReadAhead:
    """Conversations as accepting their newest message read them, until somebody opens or saves them.

    Should another process save one before that, its version tells, as it does for what is read anew.
    """

    def __init__(self) -> None:
        self._read: dict[str, Loaded] = {}
        self._saved: dict[str, int] = {}
        """Versions. Of two transactions the first may be heard of last: it must not be taken for the newer."""

    def put(self, conversation_id: str, loaded: Loaded) -> None:
        if loaded.version >= self._saved.get(conversation_id, 0):
            _keep(self._read, conversation_id, loaded)

    def take(self, conversation_id: str) -> Loaded | None:
        return self._read.pop(conversation_id, None)

    def saved(self, conversation_id: str, version: int) -> None:
        self._read.pop(conversation_id, None)
        _keep(self._saved, conversation_id, version)


def _keep(kept: dict[str, T], key: str, value: T) -> None:
    """As the newest of so many at most."""
    kept.pop(key, None)
    kept[key] = value
    if len(kept) > _MOST_KEPT:
        del kept[next(iter(kept))]


class LockedConversation:
    """Implements `OpenConversation`."""

    def __init__(
        self,
        database: Database,
        conversation_id: str,
        loaded: Loaded,
        clock: Callable[[], datetime],
        events: Events,
        ahead: ReadAhead,
    ) -> None:
        self._database = database
        self._clock = clock
        self._events = events
        self._ahead = ahead
        self.id = conversation_id
        self._take(loaded)

    def _take(self, loaded: Loaded) -> None:
        self.channel = loaded.channel
        self.sender = loaded.sender
        self.customer_id = loaded.customer_id
        self.state: State = loaded.state
        self.pending: Sequence[Pending] = loaded.pending
        self._version = loaded.version
        self._last_seq = loaded.last_seq

    async def more(self) -> bool:
        return await self._database.read(partial(has_more, conversation_id=self.id, after=self._last_seq))

    async def reload(self) -> None:
        self._take(await self._database.read(partial(load, conversation_id=self.id)))

    async def save(
        self, turn: Turn, *, pushed: Collection[str] | None = None, interruptible: bool = False
    ) -> Sequence[Reply]:
        replies = await self._database.write(
            partial(
                save,
                conversation_id=self.id,
                version=self._version,
                turn=turn,
                now=self._clock(),
                pushed=pushed,
                following=self._last_seq if interruptible else None,
                speaker=self._speaker() if interruptible else None,
                events=self._events,
            )
        )
        self.state = turn.state
        self.pending = tuple(waiting for waiting in self.pending if waiting.inbox_id not in turn.answered)
        self._version += 1
        self._ahead.saved(self.id, self._version)
        return replies

    def _speaker(self) -> Address | None:
        """Who spoke last as far as we have read, where that is certain: who joined may have left since."""
        home = (self.channel, self.sender)
        last = self.pending[-1].message if self.pending else None
        return home if last and (last.channel, last.sender) == home else None


class Sessions:
    """Opens conversations, one turn at a time each.

    The lock is this process's: it spares work. What keeps two processes apart is the version that
    every save checks; a lock in the database would hold a connection for as long as a turn takes.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime], events: Events) -> None:
        self._database = database
        self._clock = clock
        self._events = events
        # A lock lives as long as somebody holds or awaits it.
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.ahead = ReadAhead()

    @asynccontextmanager
    async def open(self, conversation_id: str) -> AsyncIterator[LockedConversation]:
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        async with lock:
            loaded = self.ahead.take(conversation_id)
            if loaded is None:
                loaded = await self._database.read(partial(load, conversation_id=conversation_id))
            yield LockedConversation(
                self._database, conversation_id, loaded, self._clock, self._events, self.ahead
            )
