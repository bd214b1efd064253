"""Discord: direct messages over the Gateway, buttons by signed requests, replies by REST: https://docs.discord.com."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field

from connectors.base import Reply
from connectors.calling import Refused, call
from connectors.channel import (
    Denied,
    Kit,
    Malformed,
    Media,
    Payload,
    Pushed,
    Received,
    Recipient,
    Request,
    RetryLater,
    Submit,
)
from connectors.discord.gateway import Gateway
from connectors.discord.parsing import of_interaction, of_message
from connectors.discord.rendering import messages
from connectors.fetching import fetch_photo
from connectors.reading import read_object
from connectors.signatures import check_age

_BROKEN = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, OSError)
_PHOTO_HOSTS = ("cdn.discordapp.com", "media.discordapp.net")
_LONGEST_NONCE = 25

log = structlog.get_logger()


class Config(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    token: str = Field(min_length=16, repr=False)
    """The bot's."""
    public_key: str = Field(pattern=r"^[0-9a-f]{64}$")
    """The application's, which signs the requests of pressed buttons."""
    public_url: str | None = None
    """Of our server, from where Discord fetches the cards' pictures; none are shown without it."""
    api: str = "https://discord.com/api/v10"


class Discord(Pushed):
    name = "discord"
    knows_again = timedelta(minutes=3)

    def __init__(self, config: Config, kit: Kit) -> None:
        self._config, self._kit = config, kit
        self._key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(config.public_key))

    def receive(self, request: Request) -> Received:
        """A pressed button; what is typed comes over the Gateway."""
        timestamp = request.headers.get("X-Signature-Timestamp")
        check_age(timestamp, request.at)
        try:
            signature = bytes.fromhex(request.headers.get("X-Signature-Ed25519", ""))
            self._key.verify(signature, str(timestamp).encode() + request.body)
        except (InvalidSignature, ValueError) as error:
            raise Denied("wrong signature") from error
        try:
            return of_interaction(read_object(request.body), request.at)
        except _BROKEN as error:
            raise Malformed(type(error).__name__) from error

    def render(self, reply: Reply, to: Recipient) -> Sequence[Payload]:
        """Nobody is called by name, whatever stands in the text."""
        return [
            {**message, "allowed_mentions": {"parse": []}}
            for message in messages(reply, self._config.public_url)
        ]

    async def send(self, payload: Payload, to: Recipient, *, key: str) -> None:
        """The same `key` again within a few minutes shows nothing twice."""
        nonce = hashlib.sha256(key.encode()).hexdigest()[:_LONGEST_NONCE]
        body = {**payload, "nonce": nonce, "enforce_nonce": True}
        await self._call("POST", f"channels/{to.sender}/messages", json_body=body)

    async def fetch(self, media: Media) -> bytes:
        return await fetch_photo(self._kit.http, media.ref, hosts=_PHOTO_HOSTS)

    async def run(self, submit: Submit) -> None:
        """Listens on the Gateway until cancelled."""
        gateway = Gateway(self._kit.http, self._kit.memory, self._config.token, self._gateway_url)
        await gateway.run(partial(self._happened, submit))

    async def _happened(self, submit: Submit, name: str, data: dict[str, Any]) -> None:
        if name != "MESSAGE_CREATE":
            return
        try:
            inbound = of_message(data, self._kit.clock())
        except (*_BROKEN, Malformed) as error:
            log.warning("channel_malformed", channel=self.name, why=type(error).__name__)
            return
        if inbound is not None:
            await submit(inbound)

    async def _gateway_url(self) -> str:
        found = await self._call("GET", "gateway/bot")
        limit = found.get("session_start_limit") or {}
        if limit.get("remaining") == 0:
            raise RetryLater("no session may be started", seconds=limit["reset_after"] / 1000)
        if not found.get("url"):
            raise RetryLater("no address of a gateway")
        return str(found["url"])

    async def _call(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bot {self._config.token}",
            "User-Agent": "DiscordBot (kefu, 1)",
        }
        try:
            return await call(self._kit.http, method, f"{self._config.api}/{path}", headers=headers, **body)
        except Refused as error:
            if (
                error.status == 401
            ):  # somebody has to give us another token; nothing should be lost until then
                raise RetryLater(str(error)) from error
            raise


def open(config: Config, kit: Kit) -> Discord:
    return Discord(config, kit)
