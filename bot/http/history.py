"""Stored lines as the wire shows them."""

from collections.abc import Sequence
from typing import Any

from bot.store.base import Store, StoredMessage
from connectors.web.wire import render

LARGEST_SEQ = 2**31 - 1
_MOST_AT_ONCE = 50


def line(stored: StoredMessage) -> dict[str, Any]:
    """One line of the history; the same shape whoever wrote it."""
    if stored.reply is not None:
        return render(stored.reply, helpful=stored.helpful)
    return {
        "id": stored.id,
        "seq": stored.seq,
        "author": stored.author,
        "text": stored.text,
        "at": stored.at.isoformat(),
        "external_id": stored.external_id,
        "action": stored.action,
        "in_reply_to": [],
        "language": None,
        "intent": None,
        "sources": [],
        "cards": [],
        "quick_replies": [],
        "tools": [],
        "floor": None,
        "helpful": None,
        "attachments": list(stored.attachments),
    }


async def lines_after(store: Store, conversation_id: str, seq: int) -> Sequence[StoredMessage]:
    """Everything after `seq`, or the newest lines when there is more."""
    return await store.history(conversation_id, after=seq, before=LARGEST_SEQ, limit=_MOST_AT_ONCE)
