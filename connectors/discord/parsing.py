"""What Discord brings: direct messages over the Gateway, pressed buttons as signed requests."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from connectors.base import Message
from connectors.channel import Inbound, Media, Received, Response
from connectors.identifiers import identifier
from connectors.pressing import pressed

_SAID = (0, 19)
"""Types of messages that a person wrote: by themselves, in answer to another."""
_PING, _COMPONENT = 1, 3
_PONG, _SEEN = 1, 6
_DIRECT = 1


def of_message(data: dict[str, Any], now: datetime) -> Inbound | None:
    """None for what bots say, ourselves too, and for what is said on a server.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: it is not what Discord documents.
    """
    author = data["author"]
    if author.get("bot") or data.get("guild_id") or data.get("webhook_id") or data["type"] not in _SAID:
        return None
    media = tuple(
        Media(str(one["url"]))
        for one in data.get("attachments") or ()
        if str(one.get("content_type")).startswith("image/")
    )
    text = str(data.get("content") or "")
    if not text and not media:
        return None
    at = datetime.fromisoformat(data["timestamp"]).astimezone(UTC)
    message = Message(
        channel="discord",
        sender=identifier(int(data["channel_id"])),
        external_id=identifier(data["id"]),
        text=text,
        received_at=min(at, now),
    )
    return Inbound(message, media)


def of_interaction(body: dict[str, Any], now: datetime) -> Received:
    """A pressed button or a picked row, answered by leaving the message as it is.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: it is not what Discord documents.
    """
    if body["type"] == _PING:
        return Received(response=_json({"type": _PONG}))
    if body["type"] != _COMPONENT:
        return Received()
    seen = _json({"type": _SEEN})
    if not body.get("user") or body.get("context", _DIRECT) != _DIRECT:  # on a server, people are members
        return Received(response=seen)
    data = body["data"]
    mark = str(data["values"][0]) if data.get("values") else str(data["custom_id"])
    text, action = pressed(mark, _label(body["message"].get("components") or (), mark))
    message = Message(
        channel="discord",
        sender=identifier(int(body["channel_id"])),
        external_id=identifier(body["id"]),
        text=text,
        received_at=now,
        action=action,
        language=str(body.get("locale") or "").split("-")[0] or None,
    )
    return Received((Inbound(message),), seen)


def _label(rows: Iterable[dict[str, Any]], mark: str) -> str:
    """What stood on the button, or in the row."""
    for row in rows:
        for one in row.get("components") or ():
            if one.get("custom_id") == mark:
                return str(one.get("label") or "")
            for option in one.get("options") or ():
                if option["value"] == mark:
                    return str(option["label"])
    return ""


def _json(body: dict[str, Any]) -> Response:
    return Response(body=json.dumps(body).encode(), content_type="application/json")
