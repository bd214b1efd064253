"""What a follower did, as the account's server tells it."""

from collections.abc import Mapping
from datetime import UTC, datetime

from connectors.base import Message
from connectors.channel import Inbound, Malformed, Media
from connectors.identifiers import identifier
from connectors.wechat_family.rendering import action_of

_HELLO = "你好"
"""A new follower has said nothing yet; greeted, the bot introduces itself."""


def parse(fields: Mapping[str, str], now: datetime) -> Inbound | None:
    """None for what says nothing to a bot: somebody left, a link was opened, a place was sent.

    Raises:
        Malformed: it lacks what the documentation promises.
    """
    text, media = _said(fields)
    if not text and media is None:
        return None
    sender, at = identifier(fields.get("FromUserName")), _time(fields.get("CreateTime", ""))
    number = fields.get("MsgId") or f"{sender}{fields['CreateTime']}"
    message = Message(
        channel="wechat",
        sender=sender,
        external_id=identifier(number),
        text=text,
        received_at=min(at, now),
        action=action_of(fields.get("bizmsgmenuid", "")),
    )
    return Inbound(message, () if media is None else (media,))


def _said(fields: Mapping[str, str]) -> tuple[str, Media | None]:
    match fields.get("MsgType"):
        case "text":
            return fields.get("Content", ""), None
        case "voice":
            # Empty unless the account has speech recognition switched on.
            return fields.get("Recognition", ""), None
        case "image":
            return "", Media(identifier(fields.get("MediaId")))
        case "event":
            return _done(fields), None
    return "", None


def _done(fields: Mapping[str, str]) -> str:
    match fields.get("Event"):
        case "subscribe":
            return _HELLO
        case "CLICK":
            return fields.get("EventKey", "")
    return ""


def _time(text: str) -> datetime:
    if not text.isascii() or not text.isdecimal() or len(text) > 11:
        raise Malformed("no time")
    return datetime.fromtimestamp(int(text), UTC)
