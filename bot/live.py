"""Who is watching a conversation right now: live frames to open connections, nothing that must not be lost."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from connectors.base import Reply

_BACKLOG = 256
_TYPING_SECONDS = 2.5
"""A typing signal is good for this long; the widget repeats it every two seconds."""


@dataclass(frozen=True, slots=True)
class Frame:
    """`working` says a turn began, `message` that a reply is on disk."""

    type: Literal["working", "message"]
    reply: Reply | None = None


class Live:
    """Frames to watchers of a conversation. A watcher that is too slow is told to read the history instead."""

    def __init__(self) -> None:
        self._watchers: dict[str, set[asyncio.Queue[Frame | None]]] = defaultdict(set)
        self._typing: dict[str, float] = {}

    @contextmanager
    def watch(self, conversation_id: str) -> Iterator[asyncio.Queue[Frame | None]]:
        """A queue of frames; None means frames were dropped, read the history and watch again."""
        queue: asyncio.Queue[Frame | None] = asyncio.Queue(_BACKLOG)
        self._watchers[conversation_id].add(queue)
        try:
            yield queue
        finally:
            self._watchers[conversation_id].discard(queue)
            if not self._watchers[conversation_id]:
                del self._watchers[conversation_id]

    def publish(self, conversation_id: str, frame: Frame) -> None:
        for queue in self._watchers.get(conversation_id, ()):
            if queue.full():
                _drop(queue)
            else:
                queue.put_nowait(frame)

    def interrupt(self) -> None:
        """Tell every watcher to read the history and watch again: this server stops."""
        for queues in self._watchers.values():
            for queue in queues:
                _drop(queue)

    def typing(self, conversation_id: str) -> None:
        """The shopper is composing; the answer under way waits for what comes."""
        if len(self._typing) > 10_000:
            self._forget_old_typing()
        self._typing[conversation_id] = time.monotonic() + _TYPING_SECONDS

    def is_typing(self, conversation_id: str) -> bool:
        return self._typing.get(conversation_id, 0.0) > time.monotonic()

    def stopped_typing(self, conversation_id: str) -> None:
        """A message came: nothing to wait for any more."""
        self._typing.pop(conversation_id, None)

    def _forget_old_typing(self) -> None:
        now = time.monotonic()
        self._typing = {key: until for key, until in self._typing.items() if until > now}


def _drop(queue: asyncio.Queue[Frame | None]) -> None:
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(None)
