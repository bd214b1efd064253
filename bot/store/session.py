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

_MOST_SEEN = 256
"""Conversations kept as read; more wait only where messages are taken in and not answered."""


class LockedConversation:
    """Implements `OpenConversation`."""

    def __init__(
        self,
        database: Database,
        conversation_id: str,
        loaded: Loaded,
        clock: Callable[[], datetime],
        events: Events,
        seen: dict[str, Loaded],
    ) -> None:
        self._database = database
        self._clock = clock
        self._events = events
        self._seen = seen
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
        self._seen.pop(self.id, None)
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
        self._seen: dict[str, Loaded] = {}

    def saw(self, conversation_id: str, loaded: Loaded) -> None:
        """It was just read with its newest message: whoever opens it next need not read it again.

        Should another process save it before that, the version tells, as it does for what is read anew.
        """
        self._seen[conversation_id] = loaded
        if len(self._seen) > _MOST_SEEN:
            del self._seen[next(iter(self._seen))]

    @asynccontextmanager
    async def open(self, conversation_id: str) -> AsyncIterator[LockedConversation]:
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        async with lock:
            loaded = self._seen.pop(conversation_id, None)
            if loaded is None:
                loaded = await self._database.read(partial(load, conversation_id=conversation_id))
            yield LockedConversation(
                self._database, conversation_id, loaded, self._clock, self._events, self._seen
            )
