"""The frames of the live connections, over WebSocket and server-sent events alike."""

from collections.abc import Iterator
from typing import Any

from bot.live import Frame
from connectors.base import Reply
from connectors.web.wire import render
from knowledge.sentences import sentences

Json = dict[str, Any]


def frames_of(frame: Frame, seen: int) -> Iterator[Json]:
    """A reply goes out sentence by sentence, then whole; one that was `seen` already not at all."""
    if frame.type == "floor":
        yield {"type": "floor", "floor": frame.floor, "text": frame.text}
    elif frame.type == "working":
        yield {"type": "working"}
    elif frame.reply is not None and frame.reply.seq > seen:
        yield from _deltas(frame.reply)
        yield {"type": "message", "message": render(frame.reply)}


def _deltas(reply: Reply) -> Iterator[Json]:
    position = 0
    for sentence in sentences(reply.text):
        end = reply.text.find(sentence, position) + len(sentence)
        yield {"type": "delta", "id": reply.id, "text": reply.text[position:end]}
        position = end
