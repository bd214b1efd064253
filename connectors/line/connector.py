"""LINE's Messaging API: https://developers.line.biz/en/reference/messaging-api/."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, ConfigDict, Field

from connectors.base import Message, Reply
from connectors.calling import Refused, call
from connectors.channel import (
    Inbound,
    Kit,
    Malformed,
    Media,
    Payload,
    Pushed,
    Received,
    Recipient,
    Request,
    RetryLater,
)
from connectors.fetching import fetch_photo
from connectors.identifiers import identifier
from connectors.line.rendering import messages, pressed
from connectors.reading import read_milliseconds, read_object
from connectors.signatures import check_base64

_AT_ONCE = 5
"""Messages of one push; a shop pays by the push."""


class Config(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    secret: str = Field(min_length=8, repr=False)
    """The channel secret, which signs what LINE brings."""
    token: str = Field(min_length=20, repr=False)
    """A long-lived channel access token."""
    public_url: str | None = Field(default=None, pattern=r"^https://")
    """Where the shop's pictures can be fetched; without it cards have none."""
    account: str | None = Field(default=None, pattern=r"^@[a-z0-9._-]{1,30}$")
    """The official account's basic or premium id; for links that open a chat with it."""
    api: str = "https://api.line.me"
    content_api: str = "https://api-data.line.me"


class Line(Pushed):
    name = "line"
    per_second = 100.0
    knows_again = timedelta(days=1)

    def __init__(self, config: Config, kit: Kit) -> None:
        self._config, self._kit = config, kit

    def receive(self, request: Request) -> Received:
        """A batch of events, none when LINE tries out the address; what is not for the bot is dropped."""
        check_base64(self._config.secret, request.body, request.headers.get("X-Line-Signature"))
        events = read_object(request.body).get("events")
        if not isinstance(events, list):
            raise Malformed("no events")
        found, broken = list[Inbound](), None
        for event in events:  # one that cannot be read takes no other with it
            try:
                found += _inbound(event, request.at)
            except (Malformed, ValueError, KeyError, TypeError, AttributeError) as error:
                broken = error
        if broken and not found:
            raise Malformed(type(broken).__name__) from broken
        return Received(tuple(found))

    def render(self, reply: Reply, to: Recipient) -> Sequence[Payload]:
        shown = messages(reply, self._config.public_url)
        return [
            {"to": to.sender, "messages": shown[start : start + _AT_ONCE]}
            for start in range(0, len(shown), _AT_ONCE)
        ]

    async def send(self, payload: Payload, to: Recipient, *, key: str) -> None:
        """The same key again, for a day, is no other message."""
        headers = {**self._authorization(), "X-Line-Retry-Key": str(uuid.uuid5(uuid.NAMESPACE_URL, key))}
        try:
            await call(
                self._kit.http,
                "POST",
                f"{self._config.api}/v2/bot/message/push",
                json_body=payload,
                headers=headers,
            )
        except Refused as error:
            if error.status == 401:
                raise RetryLater("the access token is not valid") from error
            if error.status != 409:  # which says: taken already
                raise

    async def fetch(self, media: Media) -> bytes:
        return await fetch_photo(
            self._kit.http,
            f"{self._config.content_api}/v2/bot/message/{media.ref}/content",
            hosts=(urlsplit(self._config.content_api).hostname or "",),
            headers=self._authorization(),
        )

    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._config.token}"}

    def way_in(self, text: str) -> str | None:
        """A chat with our account, the text typed already."""
        account = self._config.account
        return f"https://line.me/R/oaMessage/{quote(account, safe='')}/?{quote(text)}" if account else None


def open(config: Config, kit: Kit) -> Line:
    return Line(config, kit)


def _inbound(event: dict[str, Any], now: datetime) -> tuple[Inbound, ...]:
    """A person's words, photo or press, said to us alone; `standby` says that somebody else answers."""
    kind, source = event["type"], event.get("source") or {}
    if kind not in ("message", "postback") or event.get("mode") == "standby" or source.get("type") != "user":
        return ()
    text, action, media = "", None, tuple[Media, ...]()
    if kind == "postback":
        action, text = pressed(str(event["postback"]["data"]))
    else:
        said = event["message"]
        if said["type"] == "text":
            text = str(said["text"])
        elif said["type"] == "image" and said["contentProvider"]["type"] == "line":
            media = (Media(str(int(said["id"]))),)
    if not text and not media:
        return ()
    message = Message(
        channel="line",
        sender=identifier(source["userId"]),
        external_id=identifier(event["webhookEventId"]),
        text=text,
        received_at=read_milliseconds(event["timestamp"], now),
        action=action,
    )
    return (Inbound(message, media),)
