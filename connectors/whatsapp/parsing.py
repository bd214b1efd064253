"""What WhatsApp brings: messages and pressed buttons, several in a body; statuses and echoes are left alone."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.base import Message
from connectors.channel import Inbound, Media
from connectors.identifiers import identifier
from connectors.pressing import pressed

_WITH_CAPTION = ("image", "video", "document")

Part = tuple[dict[str, Any], str]
"""A message and its sender's id."""


def unroll(entry: dict[str, Any], phone_number_id: str) -> Iterable[Part]:
    """The messages to our number; an account's other numbers may have their webhooks here, too."""
    for change in entry.get("changes") or ():
        value = change.get("value") or {}
        if change.get("field") != "messages":
            continue
        if str((value.get("metadata") or {}).get("phone_number_id")) != phone_number_id:
            continue
        contacts = value.get("contacts") or []
        for message in value.get("messages") or ():
            yield message, _sender(message, contacts)


def read(part: Part, now: datetime) -> Inbound | None:
    """None for what says nothing to a bot: reactions, voices, places, and what was said in a group."""
    message, sender = part
    text, action = _said(message)
    media = _photo(message)
    if not sender or message.get("group_id") or not (text or media):
        return None
    at = datetime.fromtimestamp(int(message["timestamp"]), UTC)
    found = Message(
        channel="whatsapp",
        sender=identifier(sender),
        external_id=identifier(message["id"]),
        text=text,
        received_at=min(at, now),
        action=action,
    )
    return Inbound(found, media)


def _sender(message: Mapping[str, Any], contacts: list[dict[str, Any]]) -> str:
    """The id that WhatsApp made for the person and this business, else the phone number.

    The number goes missing once the person takes a user name; the id is there before and after.
    """
    phone, user = message.get("from"), message.get("from_user_id")
    for contact in contacts:
        if len(contacts) == 1 or (phone and contact.get("wa_id") == phone):
            user = user or contact.get("user_id")
    return str(user or phone or "")


def _said(message: Mapping[str, Any]) -> tuple[str, str | None]:
    kind = message["type"]
    if kind == "text":
        return str(message["text"]["body"]), None
    if kind == "button":  # below a template
        return pressed(str(message["button"]["payload"]), str(message["button"]["text"]))
    if kind == "interactive":
        inner = message["interactive"]
        chosen = inner.get(inner["type"]) if inner["type"] in ("button_reply", "list_reply") else None
        return pressed(str(chosen["id"]), str(chosen["title"])) if chosen else ("", None)
    if kind in _WITH_CAPTION:
        return str(message[kind].get("caption") or ""), None
    return "", None


def _photo(message: Mapping[str, Any]) -> tuple[Media, ...]:
    kind = message["type"]
    if kind not in ("image", "document"):
        return ()
    if not str(message[kind].get("mime_type")).startswith("image/"):
        return ()
    return (Media(identifier(message[kind]["id"])),)
