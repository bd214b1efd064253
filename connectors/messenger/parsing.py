"""What Messenger brings: messages, quick replies and pressed buttons, several in a body; the page's own are left alone."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from connectors.base import Message
from connectors.channel import Inbound, Media
from connectors.identifiers import identifier
from connectors.pressing import pressed

_OURS = re.compile(r"JX-[A-Z0-9-]+")
"""What links of ours bring; others are of the shop's own campaigns."""


def unroll(entry: dict[str, Any], page_id: str) -> Iterable[dict[str, Any]]:
    """Events for our page; what comes as `standby` is another app's to answer."""
    for event in entry.get("messaging") or ():
        if str((event.get("recipient") or {}).get("id")) == page_id:
            yield event


def read(event: dict[str, Any], now: datetime) -> Inbound | None:
    """None for echoes, receipts, reactions, stickers: what says nothing to a bot."""
    if referred := _ref(event):
        text, action, id, media = referred, None, f"{event['timestamp']}:{referred}"[:255], list[Media]()
    elif "postback" in event:
        postback = event["postback"]
        text, action = pressed(str(postback.get("payload") or ""), str(postback.get("title") or ""))
        id, media = postback.get("mid") or f"{event['timestamp']}:{action or text}"[:255], []
    elif "message" in event:
        message = event["message"]
        if message.get("is_echo") or message.get("is_deleted"):
            return None
        text, action, id = str(message.get("text") or ""), None, message["mid"]
        if quick := message.get("quick_reply"):
            text, action = pressed(str(quick["payload"]), text)
        media = [Media(url) for url in _photos(message)]
    else:
        return None
    if not text and not media:
        return None
    at = datetime.fromtimestamp(int(event["timestamp"]) / 1000, UTC)
    found = Message(
        channel="messenger",
        sender=identifier(event["sender"]["id"]),
        external_id=identifier(id),
        text=text,
        received_at=min(at, now),
        action=action,
    )
    return Inbound(found, tuple(media))


def _ref(event: dict[str, Any]) -> str:
    """What a link of ours had in it: in a new chat it comes with the first button, in an old one by itself."""
    referral = event.get("referral") or (event.get("postback") or {}).get("referral") or {}
    ref = str(referral.get("ref") or "")
    return ref if _OURS.fullmatch(ref) else ""


def _photos(message: dict[str, Any]) -> Iterable[str]:
    for attachment in message.get("attachments") or ():
        payload = attachment.get("payload") or {}
        if attachment["type"] == "image" and payload.get("url") and not payload.get("sticker_id"):
            yield str(payload["url"])
