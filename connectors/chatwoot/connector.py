"""Chatwoot's agent bots: https://developers.chatwoot.com."""

from collections.abc import Sequence
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from connectors.base import Reply
from connectors.calling import Refused, call
from connectors.channel import (
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
from connectors.chatwoot.parsing import of_event
from connectors.chatwoot.rendering import messages
from connectors.fetching import fetch_photo
from connectors.reading import read_object
from connectors.signatures import check_age, check_hex, check_same


class Config(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(pattern=r"^https?://[^/]+$")
    """Of your Chatwoot, without a path."""
    account_id: int
    token: str = Field(min_length=8, repr=False)
    """The bot's access token."""
    secret: str | None = Field(None, min_length=16, repr=False)
    """That Chatwoot signs the bot's events with, from version 4.13 on."""
    path_secret: str | None = Field(None, min_length=24, pattern=r"^[A-Za-z0-9_-]+$", repr=False)
    """Of your own, the end of the address; proves where events come from before that version."""
    file_hosts: tuple[str, ...] = ()
    """Where Chatwoot keeps files, if not itself: the host of its bucket."""
    public_url: str | None = None
    """Of our server, from where people's browsers fetch the cards' pictures; none are shown without it."""

    @model_validator(mode="after")
    def _proves_something(self) -> Self:
        if self.secret is None and self.path_secret is None:
            raise ValueError("secret or path_secret is needed")
        return self


class Chatwoot(Pushed):
    name = "chatwoot"
    knows_sender = False
    has_people = True

    def __init__(self, config: Config, kit: Kit) -> None:
        self._config, self._kit = config, kit

    def receive(self, request: Request) -> Received:
        """One event; what the bot is not to answer is accepted and dropped."""
        if self._config.path_secret is not None:
            check_same(self._config.path_secret, request.path, "secret in the path")
        if self._config.secret is not None:
            timestamp = request.headers.get("X-Chatwoot-Timestamp")
            check_age(timestamp, request.at)
            signed = str(timestamp).encode() + b"." + request.body
            check_hex(
                self._config.secret, signed, request.headers.get("X-Chatwoot-Signature"), prefix="sha256="
            )
        try:
            return of_event(read_object(request.body), self._config.account_id, request.at)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, OSError) as error:
            raise Malformed(type(error).__name__) from error

    def render(self, reply: Reply, to: Recipient) -> Sequence[Payload]:
        """What is said, and last, where a person is to take over, the conversation opened for Chatwoot's people."""
        calls: list[Payload] = [
            {"to": "messages", "body": one} for one in messages(reply, self._config.public_url)
        ]
        if reply.floor == "waiting":
            calls.append({"to": "toggle_status", "body": {"status": "open"}})
        return calls

    async def send(self, payload: Payload, to: Recipient, *, key: str) -> None:
        """Chatwoot knows no idempotency keys: a message whose answer is lost is not made again."""
        base = f"{self._config.url}/api/v1/accounts/{self._config.account_id}/conversations/{to.sender}"
        headers = {"api_access_token": self._config.token}
        try:
            await call(
                self._kit.http, "POST", f"{base}/{payload['to']}", json_body=payload["body"], headers=headers
            )
        except Refused as error:
            if (
                error.status == 401
            ):  # somebody has to give us another token; nothing should be lost until then
                raise RetryLater(str(error)) from error
            raise

    async def fetch(self, media: Media) -> bytes:
        """Chatwoot sends on from the address that it gives, to itself or to its bucket."""
        host = urlsplit(self._config.url).hostname or ""
        hosts = (host, *self._config.file_hosts)
        return await fetch_photo(self._kit.http, media.ref, hosts=hosts, onward=hosts)


def open(config: Config, kit: Kit) -> Chatwoot:
    return Chatwoot(config, kit)
