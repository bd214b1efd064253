"""微信客服: https://developer.work.weixin.qq.com/document/path/94638."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from connectors.base import Reply
from connectors.channel import (
    Denied,
    Kit,
    Malformed,
    Media,
    Payload,
    Received,
    Recipient,
    Request,
    Response,
    RetryLater,
    Submit,
    Undeliverable,
)
from connectors.signatures import check_age
from connectors.wechat_family.api import Api, check_window
from connectors.wechat_family.crypto import AES_KEY, Crypto
from connectors.wechat_family.rendering import Entry, most_messages, render_text
from connectors.wechat_family.xml import read_xml
from connectors.wecom.parsing import Entered, parse, sent_at

_TOKEN_CALL = ("GET", "/cgi-bin/gettoken")
_KEYS = uuid.UUID("5d0c4f3e-5b1f-4f8e-9d53-3a6f0c1b7a52")
_PAGE = 200
_LOOK_SECONDS = 300.0
"""Callbacks wake us; this is for one that was lost."""
_AGAIN_SECONDS = 1.0
"""After a failure, doubled with every further one."""
_NEWS = timedelta(minutes=10)
"""When the very first page is read: what is older was said before there was a bot."""
_GREETED_WITHIN = timedelta(seconds=20)


class Config(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    corp_id: str = Field(min_length=5)
    secret: str = Field(min_length=16, repr=False)
    """That of 微信客服, or of the app that may manage its messages."""
    token: str = Field(min_length=3, max_length=32, pattern=r"^[A-Za-z0-9]+$", repr=False)
    aes_key: str = Field(pattern=AES_KEY, repr=False)
    """The EncodingAESKey, as the token, of the callback."""
    open_kfid: str = Field(min_length=3)
    """The customer-service account, wk…"""
    welcome: str = Field(default="", max_length=600)
    """Shown to who opens the chat; empty: nothing."""
    agent_id: int | None = None
    agent_secret: str = Field(default="", repr=False)
    """The company's own app that alerts are sent with."""
    api: str = "https://qyapi.weixin.qq.com"


class WeCom:
    name = "wecom"
    knows_sender = True
    per_second = 20.0
    has_people = False
    knows_again = timedelta(hours=1)

    def __init__(self, config: Config, kit: Kit) -> None:
        self._config, self._kit = config, kit
        self._crypto = Crypto(config.token, config.aes_key, config.corp_id)
        self._api = self._api_with(config.secret)
        self._staff_api = self._api_with(config.agent_secret)
        self._more, self._sync_token = asyncio.Event(), ""

    def receive(self, request: Request) -> Received:
        """A callback says only that there is something; `run` fetches it."""
        query = request.query
        check_age(query.get("timestamp"), request.at)
        if request.method == "GET":
            return Received(response=Response(body=self._open(query, query.get("echostr"))))
        fields = read_xml(self._open(query, read_xml(request.body).get("Encrypt")))
        ours = fields.get("OpenKfId", self._config.open_kfid) == self._config.open_kfid
        if fields.get("Event") != "kf_msg_or_event" or not ours:
            return Received()
        self._sync_token = fields.get("Token", "")
        return Received(pull=True)

    def render(self, reply: Reply, to: Recipient) -> Sequence[Payload]:
        return render_text(reply, most_messages(to), _entry)

    async def send(self, payload: Payload, to: Recipient, *, key: str) -> None:
        check_window(to, self._kit.clock())
        head = {"touser": to.sender, "open_kfid": self._config.open_kfid, "msgid": _message_id(key)}
        await self._api.call("/cgi-bin/kf/send_msg", {**head, **payload})

    async def fetch(self, media: Media) -> bytes:
        return await self._api.photo(media.ref)

    async def run(self, submit: Submit) -> None:
        delay = _AGAIN_SECONDS
        while True:
            self._more.clear()
            try:
                await self._look(submit)
            except RetryLater as error:
                await asyncio.sleep(error.seconds or delay)
                delay = min(2 * delay, _LOOK_SECONDS)
                continue
            delay = _AGAIN_SECONDS
            with suppress(TimeoutError):
                await asyncio.wait_for(self._more.wait(), _LOOK_SECONDS)

    def pull(self) -> None:
        self._more.set()

    def way_in(self, text: str) -> str | None:
        return None

    async def alert(self, where: str, text: str, link: str, label: str) -> None:
        """Tells one of the company's own people, a user id or several joined with `|`, with a card that opens `link`.

        Raises:
            RetryLater, Undeliverable: as they say.
        """
        if self._config.agent_id is None:
            raise Undeliverable("no agent_id is set")
        card = {"title": label, "description": text[:500].replace("<", "＜"), "url": link}
        body = {"touser": where, "msgtype": "textcard", "agentid": self._config.agent_id, "textcard": card}
        await self._staff_api.call("/cgi-bin/message/send", body)

    async def _look(self, submit: Submit) -> None:
        """All pages; the cursor moves on only when every message of a page is on disk."""
        token = self._sync_token
        cursor = await self._kit.memory.get("cursor")
        since = None if cursor else self._kit.clock() - _NEWS
        while True:
            page = await self._page(cursor, token)
            for entry in page.get("msg_list") or []:
                with suppress(Malformed):  # it would be no better the next time
                    if since is None or sent_at(entry) >= since:
                        await self._take(entry, submit)
            following = page.get("next_cursor")
            moved = isinstance(following, str) and following not in ("", cursor)
            if moved:
                cursor = str(following)
                await self._kit.memory.put("cursor", cursor)
            if not moved or not page.get("has_more"):
                break
        if self._sync_token == token:  # unless another callback came meanwhile
            self._sync_token = ""

    async def _page(self, cursor: str | None, token: str) -> dict[str, Any]:
        body: Payload = {"open_kfid": self._config.open_kfid, "limit": _PAGE}
        if cursor:
            body["cursor"] = cursor
        if token:
            # It lifts the limits on calls, and holds for ten minutes: too old, it is refused.
            with suppress(Undeliverable):
                return await self._api.call("/cgi-bin/kf/sync_msg", {**body, "token": token})
        return await self._api.call("/cgi-bin/kf/sync_msg", body)

    async def _take(self, entry: Mapping[str, Any], submit: Submit) -> None:
        found = parse(entry, self._kit.clock())
        if isinstance(found, Entered):
            if self._config.welcome and self._kit.clock() - sent_at(entry) < _GREETED_WITHIN:
                await self._welcome(found)
        elif found is not None and entry.get("open_kfid") == self._config.open_kfid:
            await submit(found)

    async def _welcome(self, entered: Entered) -> None:
        text = {"content": self._config.welcome}
        body = {"code": entered.code, "msgid": _message_id(entered.code), "msgtype": "text", "text": text}
        with suppress(RetryLater, Undeliverable):  # a greeting that comes late is none
            await self._api.call("/cgi-bin/kf/send_msg_on_event", body)

    def _open(self, query: Mapping[str, str], encrypted: str | None) -> bytes:
        if encrypted is None:
            raise Denied("not encrypted")
        return self._crypto.open(
            query.get("msg_signature"), query.get("timestamp"), query.get("nonce"), encrypted
        )

    def _api_with(self, secret: str) -> Api:
        credentials = {"corpid": self._config.corp_id, "corpsecret": secret}
        return Api(self._kit.http, self._config.api, _TOKEN_CALL, credentials)


def open(config: Config, kit: Kit) -> WeCom:
    return WeCom(config, kit)


def _entry(entry: Entry) -> Payload:
    return {"type": "click", "click": {"id": entry.id, "content": entry.label}}


def _message_id(key: str) -> str:
    """At most 32 letters and digits; the same again is not shown again."""
    return uuid.uuid5(_KEYS, key).hex
