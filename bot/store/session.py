"""A conversation while it is locked, and the locks."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from weakref import WeakValueDictionary

from bot.conversation import State
from bot.store.base import Pending, Turn
from bot.store.database import Database
from bot.store.events import Events
from bot.store.load import Loaded, has_more, load
from bot.store.save import save
from connectors.base import Reply


class LockedConversation:
    """Implements `OpenConversation`."""

    def __init__(
        self,
        database: Database,
        conversation_id: str,
        loaded: Loaded,
        clock: Callable[[], datetime],
        events: Events,
    ) -> None:
        self._database = database
        self._clock = clock
        self._events = events
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
                events=self._events,
            )
        )
        self.state = turn.state
        self.pending = tuple(waiting for waiting in self.pending if waiting.inbox_id not in turn.answered)
        self._version += 1
        return replies


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

    @asynccontextmanager
    async def open(self, conversation_id: str) -> AsyncIterator[LockedConversation]:
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        async with lock:
            loaded = await self._database.read(partial(load, conversation_id=conversation_id))
            yield LockedConversation(self._database, conversation_id, loaded, self._clock, self._events)
