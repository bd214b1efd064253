"""Messenger Platform: https://developers.facebook.com/documentation/business-messaging/messenger-platform."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from urllib.parse import quote

from pydantic import Field

from connectors.base import Reply
from connectors.channel import (
    Kit,
    Media,
    Payload,
    Pushed,
    Received,
    Recipient,
    Request,
    Undeliverable,
)
from connectors.fetching import fetch_photo
from connectors.messenger.parsing import read, unroll
from connectors.messenger.rendering import messages
from connectors.meta import webhook
from connectors.meta.config import MetaConfig
from connectors.meta.graph import graph

_WINDOW = timedelta(hours=24)
_AGENTS_WINDOW = timedelta(days=7)
_PHOTO_HOSTS = ("fbcdn.net", "fbsbx.com")


class Config(MetaConfig):
    page_id: str = Field(pattern=r"^\d+$")
    page_name: str | None = Field(default=None, pattern=r"^[A-Za-z0-9.]+$")
    """In the page's address; for links that open a chat with it."""
    human_agent: bool = False
    """Meta has granted the app the tag by which people may answer for seven days."""


class Messenger(Pushed):
    name = "messenger"

    def __init__(self, config: Config, kit: Kit) -> None:
        self._config, self._kit = config, kit

    def receive(self, request: Request) -> Received:
        """Messages to our page, as many as the body holds."""
        return webhook.receive(
            self._config,
            request,
            "page",
            partial(unroll, page_id=self._config.page_id),
            partial(read, now=request.at),
        )

    def render(self, reply: Reply, to: Recipient) -> Sequence[Payload]:
        return [
            {"message": message, "agent": reply.author == "agent"}
            for message in messages(reply, self._config.public_url)
        ]

    async def send(self, payload: Payload, to: Recipient, *, key: str) -> None:
        """Messenger knows no idempotency keys: a call whose answer is lost is not made again."""
        heard = to.last_heard
        since = timedelta.max if heard is None else self._kit.clock() - heard
        if since < _WINDOW:
            kind = {"messaging_type": "RESPONSE"}
        elif payload["agent"] and self._config.human_agent and since < _AGENTS_WINDOW:
            kind = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
        else:
            raise Undeliverable("the person last wrote too long ago")
        body = {"recipient": {"id": to.sender}, "message": payload["message"], **kind}
        await graph(self._kit.http, self._config, "POST", f"{self._config.page_id}/messages", body)

    async def fetch(self, media: Media) -> bytes:
        return await fetch_photo(self._kit.http, media.ref, hosts=_PHOTO_HOSTS)

    def way_in(self, text: str) -> str | None:
        """A chat with our page, which is told the text when it is opened (`referral`)."""
        page = self._config.page_name
        return f"https://m.me/{page}?ref={quote(text)}" if page else None


def open(config: Config, kit: Kit) -> Messenger:
    return Messenger(config, kit)
