"""What somebody said to the robot, and where an answer may go for a while."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from connectors.base import Message
from connectors.channel import Inbound, Malformed, Media
from connectors.identifiers import identifier
from connectors.reading import read_milliseconds

_ALONE = "1"
"""`conversationType` of a person and the robot; 2 is a group."""


@dataclass(frozen=True, slots=True)
class Hook:
    """A conversation's own address for answers."""

    url: str
    until_ms: int

    def holds_at(self, now: datetime) -> bool:
        return now.timestamp() * 1000 < self.until_ms

    def __str__(self) -> str:
        return json.dumps(asdict(self))

    @staticmethod
    def of(text: str) -> "Hook":
        return Hook(**json.loads(text))


def parse(body: Mapping[str, Any], now: datetime) -> tuple[Inbound, Hook | None] | None:
    """None for groups and for what says nothing to a bot.

    Raises:
        Malformed: it lacks what the documentation promises.
    """
    try:
        if str(body["conversationType"]) != _ALONE:
            return None
        text, media = _said(body)
        if not text and not media:
            return None
        message = Message(
            channel="dingtalk",
            # People outside the company have no staff id; only the conversation's own address reaches them.
            sender=identifier(body.get("senderStaffId") or body["senderId"]),
            external_id=identifier(body["msgId"]),
            text=text,
            received_at=read_milliseconds(body["createAt"], now),
        )
        return Inbound(message, media), _hook(body)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Malformed(type(error).__name__) from error


def _said(body: Mapping[str, Any]) -> tuple[str, tuple[Media, ...]]:
    match body["msgtype"]:
        case "text":
            return str(body["text"]["content"]).strip(), ()
        case "audio":
            return str(body["content"].get("recognition") or "").strip(), ()
        case "picture":
            return "", (Media(_photo(body["content"])),)
        case "richText":
            parts = [part for part in body["content"]["richText"] if isinstance(part, dict)]
            words = "".join(str(part["text"]) for part in parts if "text" in part).strip()
            return words, tuple(Media(_photo(part)) for part in parts if "downloadCode" in part)
    return "", ()


def _photo(content: Mapping[str, Any]) -> str:
    code = content["downloadCode"]
    if not isinstance(code, str) or not 0 < len(code) <= 2000:
        raise Malformed("no photo")
    return code


def _hook(body: Mapping[str, Any]) -> Hook | None:
    url, until = body.get("sessionWebhook"), body.get("sessionWebhookExpiredTime")
    if not isinstance(url, str) or len(url) > 2000 or not str(until).isdecimal():
        return None
    return Hook(url, int(str(until)[:16]))
