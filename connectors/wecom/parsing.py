"""One entry of what `kf/sync_msg` lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.base import Message
from connectors.channel import Inbound, Malformed, Media
from connectors.identifiers import identifier
from connectors.wechat_family.rendering import action_of

_FROM_CUSTOMER = 3
"""`origin`: 4 is the system, 5 one of the company's own people."""


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody opened the chat; within 20 seconds, the code allows one message to them."""

    code: str


def parse(entry: Mapping[str, Any], now: datetime) -> Inbound | Entered | None:
    """None for what says nothing to a bot.

    Raises:
        Malformed: it lacks what the documentation promises.
    """
    try:
        if entry["msgtype"] == "event":
            event = entry["event"]
            code = event.get("welcome_code") if event["event_type"] == "enter_session" else None
            return Entered(identifier(code)) if code else None
        if entry["origin"] != _FROM_CUSTOMER:
            return None
        return _said(entry, now)
    except (KeyError, TypeError, AttributeError) as error:
        raise Malformed(type(error).__name__) from error


def sent_at(entry: Mapping[str, Any]) -> datetime:
    """
    Raises:
        Malformed: it says no time.
    """
    try:
        return datetime.fromtimestamp(int(entry["send_time"]), UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError) as error:
        raise Malformed("no time") from error


def _said(entry: Mapping[str, Any], now: datetime) -> Inbound | None:
    text, action = "", None
    media: tuple[Media, ...] = ()
    match entry["msgtype"]:
        case "text":
            text = str(entry["text"]["content"])
            action = action_of(str(entry["text"].get("menu_id") or ""))
        case "image":
            media = (Media(identifier(entry["image"]["media_id"])),)
    if not text.strip() and not media:
        return None
    message = Message(
        channel="wecom",
        sender=identifier(entry["external_userid"]),
        external_id=identifier(entry["msgid"]),
        text=text,
        received_at=min(sent_at(entry), now),
        action=action,
    )
    return Inbound(message, media)
