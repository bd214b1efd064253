"""What Chatwoot brings: messages of people, and what they chose; only while the bot is meant to answer."""

from datetime import UTC, datetime
from typing import Any

from connectors.base import Message
from connectors.channel import Inbound, Media, Received
from connectors.identifiers import identifier
from connectors.pressing import pressed

_INCOMING = ("incoming", 0)
_OURS_TO_ANSWER = "pending"
"""An open conversation is with Chatwoot's people, whoever opened it."""


def of_event(body: dict[str, Any], account_id: int, now: datetime) -> Received:
    """
    Raises:
        ValueError, KeyError, TypeError, AttributeError: it is not what Chatwoot documents.
    """
    event = body["event"]
    if event not in ("message_created", "message_updated"):
        return Received()
    conversation = body["conversation"]
    if int(body["account"]["id"]) != account_id or body.get("private") or conversation.get("group"):
        return Received()
    if conversation["status"] != _OURS_TO_ANSWER:
        return Received()
    id, action, media, at = str(int(body["id"])), None, list[Media](), now
    if event == "message_updated":
        chosen = (body.get("content_attributes") or {}).get("submitted_values")
        if not chosen or body.get("content_type") != "input_select":
            return Received()
        # It is our own message that changes: what was chosen stands in it now.
        text, action = pressed(str(chosen[0]["value"]), str(chosen[0].get("title") or ""))
        id = f"{id}:chosen"
    elif body["message_type"] in _INCOMING:
        text = str(body.get("content") or "")
        media = [
            Media(str(one["data_url"]))
            for one in body.get("attachments") or ()
            if one.get("file_type") == "image"
        ]
        at = min(_at(body["created_at"]), now)
    else:
        return Received()
    if not text and not media:
        return Received()
    message = Message(
        channel="chatwoot",
        sender=identifier(int(conversation["id"])),
        external_id=id,
        text=text,
        received_at=at,
        action=action,
        language=_language(conversation),
    )
    return Received((Inbound(message, tuple(media), is_bots=True),))


def _at(value: Any) -> datetime:
    """Text in some events, seconds in others."""
    if isinstance(value, int):
        return datetime.fromtimestamp(value, UTC)
    return datetime.fromisoformat(str(value)).astimezone(UTC)


def _language(conversation: dict[str, Any]) -> str | None:
    browser = (conversation.get("additional_attributes") or {}).get("browser") or {}
    return str(browser.get("browser_language") or "").split("-")[0].lower() or None
