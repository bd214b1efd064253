"""What somebody wrote to the bot, or pressed on one of its cards."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from connectors.base import Message
from connectors.channel import Inbound, Malformed, Media, Remark
from connectors.identifiers import identifier
from connectors.reading import read_milliseconds, read_object

BOX = "remark:"
"""How the name of an alert's button begins; then, whom it is about."""


def parse(event: Mapping[str, Any], now: datetime) -> Inbound | Remark | None:
    """None for groups, other bots and what says nothing to a bot.

    Raises:
        Malformed: it lacks what the documentation promises.
    """
    try:
        match event["header"]["event_type"]:
            case "im.message.receive_v1":
                return _written(event, now)
            case "card.action.trigger":
                return _remark(event["event"], event["header"]) or _pressed(event, now)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Malformed(type(error).__name__) from error
    return None


def _written(event: Mapping[str, Any], now: datetime) -> Inbound | None:
    message, sender = event["event"]["message"], event["event"]["sender"]
    if sender.get("sender_type", "user") != "user" or message["chat_type"] != "p2p":
        return None
    text, photos = _said(message["message_type"], read_object(message["content"]))
    if not text and not photos:
        return None
    number = identifier(message["message_id"])
    said = Message(
        channel="feishu",
        sender=identifier(sender["sender_id"]["open_id"]),
        external_id=identifier(event["header"]["event_id"]),
        text=text,
        received_at=read_milliseconds(message["create_time"], now),
    )
    return Inbound(said, tuple(Media(f"{number}/{identifier(photo)}") for photo in photos))


def _said(kind: str, content: Mapping[str, Any]) -> tuple[str, list[str]]:
    match kind:
        case "text":
            return str(content["text"]).strip(), []
        case "image":
            return "", [content["image_key"]]
        case "post":
            lines = list(_lines(content))
            words = "\n".join("".join(str(part.get("text") or "") for part in line) for line in lines)
            photos = [part["image_key"] for line in lines for part in line if part.get("tag") == "img"]
            title = str(content.get("title") or "")
            return f"{title}\n{words}".strip(), photos
    return "", []


def _lines(content: Mapping[str, Any]) -> Iterator[list[Mapping[str, Any]]]:
    for line in content["content"]:
        yield [part for part in line if isinstance(part, dict)]


def _remark(event: Mapping[str, Any], header: Mapping[str, Any]) -> Remark | None:
    """What was typed into the box of an alert."""
    name = event["action"].get("name")
    if not isinstance(name, str) or not name.startswith(BOX):
        return None
    text = str((event["action"].get("form_value") or {}).get("text") or "").strip()
    if not text:
        return None
    return Remark(
        user=identifier(event["operator"]["open_id"]),
        id=identifier(header["event_id"]),
        about=identifier(name.removeprefix(BOX)),
        text=text,
        where=identifier(event["context"]["open_message_id"]),
    )


def _pressed(event: Mapping[str, Any], now: datetime) -> Inbound | None:
    value = event["event"]["action"].get("value")
    label = value.get("label") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(label, str) or not label:
        return None
    action = value.get("action")
    return Inbound(
        Message(
            channel="feishu",
            sender=identifier(event["event"]["operator"]["open_id"]),
            external_id=identifier(event["header"]["event_id"]),
            text=label,
            received_at=now,
            action=action if isinstance(action, str) and action else None,
        )
    )
