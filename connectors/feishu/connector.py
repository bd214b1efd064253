"""A company's bot: https://open.feishu.cn/document/home/index; Lark differs by its address only."""

import json
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, ConfigDict, Field

from connectors.base import Reply
from connectors.calling import Refused, call
from connectors.channel import (
    Box,
    Denied,
    Kit,
    Malformed,
    Media,
    Payload,
    Pushed,
    Received,
    Recipient,
    Remark,
    Request,
    Response,
    RetryLater,
    Undeliverable,
)
from connectors.feishu.crypto import signature_of, unseal
from connectors.feishu.parsing import parse
from connectors.feishu.rendering import linked, render, said
from connectors.fetching import fetch_photo
from connectors.reading import read_object
from connectors.signatures import check_age, check_same
from connectors.tokens import AccessToken

_KEYS = uuid.UUID("0d5bb1c5-7d0e-4c39-9c7b-35a2f1b8f6a4")
_AGE_SECONDS = 8 * 3600
"""An event is repeated for seven hours; an old one again is known by its id."""
_TOKEN_REFUSED = (99991661, 99991663, 99991664, 99991668, 99991671, 99991677)
_BUSY = (99991400, 11232, 11233, 230020, 230049)
_BUSY_SECONDS = 60.0
_NONE_GOT_SECONDS = 60.0
_HEARD = Response(body=b"{}", content_type="application/json")


class Config(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    app_id: str = Field(min_length=5)
    app_secret: str = Field(min_length=16, repr=False)
    encrypt_key: str = Field(min_length=8, repr=False)
    """Without it nothing would be signed, so there is no way to leave it out."""
    verification_token: str = Field(min_length=8, repr=False)
    api: str = "https://open.feishu.cn"
    """Lark: https://open.larksuite.com."""


class Feishu(Pushed):
    name = "feishu"
    knows_again = timedelta(hours=1)

    def __init__(self, config: Config, kit: Kit) -> None:
        self._config, self._kit = config, kit
        self._api = f"{config.api.rstrip('/')}/open-apis"
        self._token = AccessToken(self._fetch_token)

    def receive(self, request: Request) -> Received:
        """An event or a pressed button; the test of the address, which is not signed, has to be encrypted, too."""
        signed = self._is_signed(request)
        encrypted = read_object(request.body).get("encrypt")
        if not isinstance(encrypted, str):
            raise Denied("not encrypted")
        event = read_object(unseal(self._config.encrypt_key, encrypted))
        if event.get("type") == "url_verification":
            return self._challenged(event)
        if not signed:
            raise Denied("no signature")
        header = event.get("header")
        if not isinstance(header, dict):
            raise Malformed("no event of version 2")
        check_same(self._config.verification_token, _text(header.get("token")), "token")
        found = parse(event, request.at)
        if isinstance(found, Remark):
            return Received(response=_HEARD, remarks=(found,))
        return Received(() if found is None else (found,), _HEARD)

    def render(self, reply: Reply, to: Recipient) -> Sequence[Payload]:
        return render(reply)

    async def send(self, payload: Payload, to: Recipient, *, key: str) -> None:
        await self._send("open_id", {"receive_id": to.sender, "uuid": str(uuid.uuid5(_KEYS, key))}, payload)

    async def fetch(self, media: Media) -> bytes:
        message, _, photo = media.ref.partition("/")
        url = f"{self._api}/im/v1/messages/{quote(message, safe='')}/resources/{quote(photo, safe='')}?type=image"
        headers = {"Authorization": f"Bearer {await self._token.get()}"}
        return await fetch_photo(
            self._kit.http, url, hosts=(urlsplit(self._api).hostname or "",), headers=headers
        )

    async def alert(self, where: str, text: str, link: str, label: str) -> None:
        """Tells a chat (oc_…), a colleague (ou_…) or an e-mail address something, with a button that opens `link`.

        Raises:
            RetryLater, Undeliverable: as they say.
        """
        await self._send(_kind(where), {"receive_id": where}, linked(text, label, link))

    async def ask(self, where: str, text: str, link: str, label: str, box: Box) -> None:
        await self._send(_kind(where), {"receive_id": where}, linked(text, label, link, box))

    async def tell_back(self, remark: Remark, text: str, *, to_all: bool) -> None:
        """As an answer to the alert, or to the person alone."""
        head = {"uuid": str(uuid.uuid5(_KEYS, f"{remark.id}:{to_all}"))}
        if to_all:
            await self._send(None, head, said(text), path=f"/{quote(remark.where, safe='')}/reply")
        else:
            await self._send("open_id", {**head, "receive_id": remark.user}, said(text))

    def _is_signed(self, request: Request) -> bool:
        """
        Raises:
            Denied: it is, and wrongly.
        """
        given = request.headers.get("X-Lark-Signature")
        if given is None:
            return False
        stamp = request.headers.get("X-Lark-Request-Timestamp") or ""
        nonce = request.headers.get("X-Lark-Request-Nonce") or ""
        check_same(signature_of(stamp, nonce, self._config.encrypt_key, request.body), given)
        check_age(stamp, request.at, seconds=_AGE_SECONDS, milliseconds=len(stamp) > 11)
        return True

    def _challenged(self, event: dict[str, Any]) -> Received:
        check_same(self._config.verification_token, _text(event.get("token")), "token")
        body = json.dumps({"challenge": _text(event.get("challenge"))}).encode()
        return Received(response=Response(body=body, content_type="application/json"))

    async def _send(
        self, kind: str | None, head: dict[str, str], payload: Payload, *, path: str = ""
    ) -> None:
        """`kind` of the id in `head`; None where `path`, behind that of all messages, says where it goes."""
        content = json.dumps(payload["content"], ensure_ascii=False)
        body = {**head, "msg_type": payload["msg_type"], "content": content}
        token = await self._token.get()
        answer = await self._post(path, kind, body, token)
        if answer.get("code") in _TOKEN_REFUSED:
            self._token.forget(token)
            answer = await self._post(path, kind, body, await self._token.get())
        code = answer.get("code", 0)
        if code in _BUSY or code in _TOKEN_REFUSED:
            raise RetryLater(f"code {code}", seconds=_BUSY_SECONDS)
        if code != 0:
            raise Undeliverable(f"code {code}: {str(answer.get('msg', ''))[:200]}")

    async def _post(self, path: str, kind: str | None, body: Payload, token: str) -> dict[str, Any]:
        """What was answered; refusals, too, where they say their code."""
        try:
            return await call(
                self._kit.http,
                "POST",
                f"{self._api}/im/v1/messages{path}",
                json_body=body,
                headers={"Authorization": f"Bearer {token}"},
                query={"receive_id_type": kind} if kind else None,
            )
        except Refused as error:
            try:
                answer = read_object(error.content)
            except Malformed:
                answer = {}
            if not isinstance(answer.get("code"), int):
                raise
            return answer

    async def _fetch_token(self) -> tuple[str, float]:
        body = {"app_id": self._config.app_id, "app_secret": self._config.app_secret}
        try:
            url = f"{self._api}/auth/v3/tenant_access_token/internal"
            answer = await call(self._kit.http, "POST", url, json_body=body)
            return str(answer["tenant_access_token"]), float(answer["expire"])
        except (Undeliverable, KeyError, TypeError, ValueError) as error:
            # No fault of the message, and can be mended.
            raise RetryLater("no access token", seconds=_NONE_GOT_SECONDS) from error


def open(config: Config, kit: Kit) -> Feishu:
    return Feishu(config, kit)


def _kind(where: str) -> str:
    return "email" if "@" in where else "chat_id" if where.startswith("oc_") else "open_id"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
