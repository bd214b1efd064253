"""What the store's tests say and answer."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from bot.conversation import State
from bot.store.base import OpenConversation, Pending, Turn
from connectors.base import Message, Reply

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
_numbers = count(1)


def message(external_id: str, **fields: Any) -> Message:
    values = {"channel": "web", "sender": "s1", "text": f"text of {external_id}", "received_at": NOON}
    return Message(**{**values, **fields, "external_id": external_id})


def reply(text: str = "answer", **fields: Any) -> Reply:
    values = {"conversation_id": "", "seq": 0, "in_reply_to": (), "language": "en", "created_at": NOON}
    return Reply(**{**values, "id": f"reply-{next(_numbers)}", **fields, "text": text})


def turn(
    state: State, answers: Iterable[Pending], replies: Iterable[Reply] | None = None, **fields: Any
) -> Turn:
    """A turn that answers `answers` with one reply, unless told otherwise."""
    replies = (reply(),) if replies is None else tuple(replies)
    answered = tuple(pending.inbox_id for pending in answers)
    return Turn(f"turn-{next(_numbers)}", state, answered, replies, **fields)


def next_turn(conversation: OpenConversation, *replies: Reply, **fields: Any) -> Turn:
    """Answers everything that waits."""
    state = replace(conversation.state, turns=conversation.state.turns + 1)
    return turn(state, conversation.pending, replies or None, **fields)


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)
