"""Who is watching right now: live frames to open connections, nothing that must not be lost.

Shoppers watch their own conversation; consoles watch the board, on which every conversation shows what happens.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from bot.store.base import StoredMessage
from connectors.base import FloorName, Reply

_BACKLOG = 256
_BOARD_BACKLOG = 2048
_TYPING_SECONDS = 2.5
"""A typing signal is good for this long; the widget repeats it every two seconds."""


@dataclass(frozen=True, slots=True)
class Frame:
    """`working` says that an answer is being made, `message` that a reply is on disk, `floor` how the wait goes,
    `moved` that somebody in it goes on in another conversation."""

    type: Literal["working", "message", "floor", "moved"]
    reply: Reply | None = None
    floor: FloorName | None = None
    text: str = ""
    """Of a `floor` frame: the place in the queue, in the shopper's words."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What happened in a conversation, for consoles: a new line, anything else that changed, who types, who looks."""

    conversation_id: str
    kind: Literal["line", "changed", "typing", "presence"]
    line: StoredMessage | None = None
    agent_id: str | None = None
    """Of `typing` and `presence`: the agent; None: the shopper."""


class Live:
    """Frames to watchers of a conversation. A watcher that is too slow is told to read the history instead."""

    def __init__(self) -> None:
        self._watchers: dict[str, set[asyncio.Queue[Frame | None]]] = defaultdict(set)
        self._board: set[asyncio.Queue[Notice | None]] = set()
        self._typing: dict[str, float] = {}

    @contextmanager
    def watch_board(self) -> Iterator[asyncio.Queue[Notice | None]]:
        """A queue of what happens anywhere; None means notices were dropped: read everything shown again."""
        queue: asyncio.Queue[Notice | None] = asyncio.Queue(_BOARD_BACKLOG)
        self._board.add(queue)
        try:
            yield queue
        finally:
            self._board.discard(queue)

    def post(self, notice: Notice) -> None:
        """Put it on the board."""
        for queue in self._board:
            if queue.full():
                _drop(queue)
            else:
                queue.put_nowait(notice)

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

    def is_watched(self, conversation_id: str | None = None) -> bool:
        """Whether anybody watches that conversation, or any."""
        return conversation_id in self._watchers if conversation_id else bool(self._watchers)

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
        for board in self._board:
            _drop(board)

    def typing(self, conversation_id: str) -> None:
        """The shopper is composing; the answer under way waits for what comes."""
        if len(self._typing) > 10_000:
            self._forget_old_typing()
        self._typing[conversation_id] = time.monotonic() + _TYPING_SECONDS
        self.post(Notice(conversation_id, "typing"))

    def is_typing(self, conversation_id: str) -> bool:
        return self._typing.get(conversation_id, 0.0) > time.monotonic()

    def stopped_typing(self, conversation_id: str) -> None:
        """A message came: nothing to wait for any more."""
        self._typing.pop(conversation_id, None)

    def _forget_old_typing(self) -> None:
        now = time.monotonic()
        self._typing = {key: until for key, until in self._typing.items() if until > now}


def _drop(queue: asyncio.Queue[Any]) -> None:
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(None)
