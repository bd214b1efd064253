"""What Slack brings: events as JSON, pressed buttons as a form."""

import html
import re
from datetime import UTC, datetime
from typing import Any

from connectors.base import Message
from connectors.channel import Inbound, Media, Received, Remark, Response
from connectors.identifiers import identifier
from connectors.pressing import pressed

_MARKUP = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
BOX = "remark:"
"""How the id of an alert's box begins; then, whom it is about."""
_SAID = (None, "file_share", "thread_broadcast")
"""Subtypes of messages that a person wrote; the others tell what happened."""


def of_event(body: dict[str, Any], now: datetime) -> Received:
    """
    Raises:
        ValueError, KeyError, TypeError, AttributeError: it is not what Slack documents.
    """
    if body["type"] == "url_verification":
        return Received(response=Response(body=str(body["challenge"]).encode()))
    if body["type"] != "event_callback":
        return Received()
    event = body["event"]
    if event["type"] != "message" or event.get("channel_type") != "im" or event.get("subtype") not in _SAID:
        return Received()
    if event.get("bot_id") or not event.get("user"):
        return Received()
    photos = [
        Media(str(file["id"]))
        for file in event.get("files") or ()
        if str(file.get("mimetype")).startswith("image/")
    ]
    text = _plain(str(event.get("text") or ""))
    if not text and not photos:
        return Received()
    at = datetime.fromtimestamp(float(event["ts"]), UTC)
    message = Message(
        channel="slack",
        sender=identifier(event["user"]),
        external_id=identifier(body["event_id"]),
        text=text,
        received_at=min(at, now),
    )
    return Received((Inbound(message, tuple(photos)),))


def of_button(body: dict[str, Any], now: datetime) -> Received:
    """
    Raises:
        ValueError, KeyError, TypeError, AttributeError: it is not what Slack documents.
    """
    if body["type"] != "block_actions":
        return Received()
    found, remarks = [], []
    for action in body["actions"]:
        if action["type"] == "plain_text_input":
            remarks += _remark(body, action)
            continue
        if action["type"] != "button" or not action.get("value"):
            continue  # a link was opened, which only the browser needs to know
        text, meant = pressed(str(action["value"]), html.unescape(str(action["text"]["text"])))
        message = Message(
            channel="slack",
            sender=identifier(body["user"]["id"]),
            external_id=identifier(f"{body['container']['message_ts']}:{action['action_ts']}"),
            text=text,
            received_at=now,
            action=meant,
        )
        found.append(Inbound(message))
    return Received(tuple(found), remarks=tuple(remarks))


def _remark(body: dict[str, Any], action: dict[str, Any]) -> list[Remark]:
    """What was typed into the box of an alert: as it is, Slack puts no markup into it."""
    block, text, shown = str(action["block_id"]), str(action.get("value") or "").strip(), body["container"]
    if not block.startswith(BOX) or not text:
        return []
    return [
        Remark(
            user=identifier(body["user"]["id"]),
            id=identifier(f"{shown['message_ts']}:{action['action_ts']}"),
            about=identifier(block.removeprefix(BOX)),
            text=text,
            where=f"{shown['channel_id']}/{shown['message_ts']}",
        )
    ]


def _plain(text: str) -> str:
    """What was typed, without Slack's markup of links and names."""
    return html.unescape(_MARKUP.sub(_shown, text)).strip()


def _shown(match: re.Match[str]) -> str:
    target, label = match[1], match[2]
    if target[:1] in ("@", "#", "!"):
        return label or ""
    return label or target.removeprefix("mailto:").removeprefix("tel:")
