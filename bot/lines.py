"""Stored lines as clients see them: one shape, whoever wrote it."""

import json
from typing import Any

from bot.store.base import StoredMessage
from connectors.web.wire import render


def line(stored: StoredMessage) -> dict[str, Any]:
    """One line of the history."""
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


def to_json(frame: dict[str, Any]) -> str:
    """Half a surrogate pair, from a document, is no reason to lose the frame."""
    return json.dumps(frame, ensure_ascii=False).encode(errors="replace").decode()
