"""A company's robot: https://open.dingtalk.com/document/orgapp/robot-overview."""

import asyncio
import json
import secrets
from collections.abc import Sequence
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from connectors.base import Reply
from connectors.channel import (
    Denied,
    Kit,
    Media,
    Payload,
    Pushed,
    Received,
    Recipient,
    Request,
    Response,
    Submit,
    Undeliverable,
)
from connectors.dingtalk.api import Api
from connectors.dingtalk.parsing import Hook, parse
from connectors.dingtalk.rendering import markdown, render, title
from connectors.fetching import fetch_photo
from connectors.reading import read_object
from connectors.signatures import check_age, check_base64
from connectors.wechat_family.crypto import AES_KEY, Crypto

_AGE_SECONDS = 3600
"""As DingTalk's documentation asks for."""
_PHOTO_HOSTS = ("dingtalk.com", "aliyuncs.com")


class Config(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    app_key: str = Field(min_length=5)
    app_secret: str = Field(min_length=16, repr=False)
    robot_code: str = ""
    """Empty: the same as the key."""
    event_token: str = Field(default="", repr=False)
    event_aes_key: str | None = Field(default=None, pattern=AES_KEY, repr=False)
    """With the token: event subscriptions are acknowledged under `/events`."""
    api: str = "https://api.dingtalk.com"

    @model_validator(mode="after")
    def _both_or_none(self) -> "Config":
        if bool(self.event_token) != bool(self.event_aes_key):
            raise ValueError("event_token and event_aes_key belong together")
        return self


class DingTalk(Pushed):
    name = "dingtalk"

    def __init__(self, config: Config, kit: Kit) -> None:
        self._config, self._kit = config, kit
        robot = config.robot_code or config.app_key
        self._api = Api(kit.http, config.api, config.app_key, config.app_secret, robot)
        self._events = (
            Crypto(config.event_token, config.event_aes_key, config.app_key) if config.event_aes_key else None
        )
        self._hooks, self._more = dict[str, Hook](), asyncio.Event()

    def receive(self, request: Request) -> Received:
        if request.path == "events":
            return self._event(request)
        stamp = request.headers.get("timestamp")
        check_age(stamp, request.at, seconds=_AGE_SECONDS, milliseconds=True)
        secret = self._config.app_secret
        check_base64(secret, f"{stamp}\n{secret}".encode(), request.headers.get("sign"))
        found = parse(read_object(request.body), request.at)
        if found is None:
            return Received()
        inbound, hook = found
        if hook is not None:
            self._hooks[inbound.message.sender] = hook
            self._more.set()
        return Received((inbound,))

    def render(self, reply: Reply, to: Recipient) -> Sequence[Payload]:
        return render(reply)

    async def send(self, payload: Payload, to: Recipient, *, key: str) -> None:
        """There are no idempotency keys: a call whose answer is lost is not made again."""
        hook = await self._hook(to.sender)
        if hook is not None and hook.holds_at(self._kit.clock()) and self._api.is_theirs(hook.url):
            try:
                await self._api.answer(hook.url, payload)
                return
            except Undeliverable:
                if to.sender.startswith("$:"):
                    raise
        await self._api.tell(to.sender, payload)

    async def fetch(self, media: Media) -> bytes:
        hosts = (*_PHOTO_HOSTS, urlsplit(self._config.api).hostname or "")
        return await fetch_photo(self._kit.http, await self._api.photo_address(media.ref), hosts=hosts)

    async def run(self, submit: Submit) -> None:
        """Keeps the conversations' addresses over a restart; there is nothing to look for."""
        while True:
            await self._more.wait()
            self._more.clear()
            for sender, hook in list(self._hooks.items()):
                await self._kit.memory.put(f"hook:{sender}", str(hook))
                if self._hooks.get(sender) is hook:
                    del self._hooks[sender]

    async def alert(self, where: str, text: str, link: str, label: str) -> None:
        """Tells a colleague, by staff id, something, with a button that opens `link`.

        Raises:
            RetryLater, Undeliverable: as they say.
        """
        card = {"title": title(text), "markdown": markdown(text), "buttons": [[label, link]]}
        await self._api.tell(where, card)

    async def _hook(self, sender: str) -> Hook | None:
        kept = await self._kit.memory.get(f"hook:{sender}")
        return self._hooks.get(sender) or (Hook.of(kept) if kept else None)

    def _event(self, request: Request) -> Received:
        """Heard and done with, `check_url` among them: that is what DingTalk asks when the address is entered."""
        if self._events is None:
            raise Denied("events are not set up")
        query, now = request.query, request.at
        check_age(query.get("timestamp"), now, seconds=_AGE_SECONDS, milliseconds=True)
        encrypted = read_object(request.body).get("encrypt")
        if not isinstance(encrypted, str):
            raise Denied("not encrypted")
        signature = query.get("msg_signature") or query.get("signature")
        self._events.open(signature, query.get("timestamp"), query.get("nonce"), encrypted)
        sealed = self._events.seal(b"success", str(int(now.timestamp() * 1000)), secrets.token_hex(4))
        body = {
            "msg_signature": sealed.signature,
            "timeStamp": sealed.timestamp,
            "nonce": sealed.nonce,
            "encrypt": sealed.encrypted,
        }
        return Received(response=Response(body=json.dumps(body).encode(), content_type="application/json"))


def open(config: Config, kit: Kit) -> DingTalk:
    return DingTalk(config, kit)
