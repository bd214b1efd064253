"""Calls with an access token, whose errors come with HTTP 200."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from aiohttp import ClientSession

from connectors.calling import call
from connectors.channel import Payload, Recipient, RetryLater, Undeliverable
from connectors.fetching import fetch_photo
from connectors.tokens import AccessToken

_TOKEN_REFUSED = (40001, 40014, 42001, 42007)
_BUSY = (-1, 45009, 45011, 45033)
_BUSY_SECONDS = 60.0
_WINDOW = timedelta(hours=48)
_NONE_GOT_SECONDS = 60.0


class Api:
    def __init__(
        self, http: ClientSession, base: str, token_call: tuple[str, str], credentials: Mapping[str, str]
    ) -> None:
        """`token_call`: method and path of the call that gives a token for the credentials."""
        self._http, self._base = http, base.rstrip("/")
        self._token_call, self._credentials = token_call, credentials
        self._token = AccessToken(self._fetch_token)

    async def call(self, path: str, body: Payload) -> dict[str, Any]:
        """
        Raises:
            RetryLater, Undeliverable: as they say.
        """
        token = await self._token.get()
        answer = await self._post(path, body, token)
        if answer.get("errcode") in _TOKEN_REFUSED:
            self._token.forget(token)
            token = await self._token.get()
            answer = await self._post(path, body, token)
        self._check(answer, token)
        return answer

    async def photo(self, media_id: str) -> bytes:
        """
        Raises:
            RetryLater, Undeliverable: as they say.
        """
        token = await self._token.get()
        url = (
            f"{self._base}/cgi-bin/media/get?access_token={quote(token)}&media_id={quote(media_id, safe='')}"
        )
        content = await fetch_photo(self._http, url, hosts=(urlsplit(self._base).hostname or "",))
        if content.startswith(b"{"):
            self._check(_object(content), token)
            raise Undeliverable("no photo")
        return content

    async def _post(self, path: str, body: Payload, token: str) -> dict[str, Any]:
        # Escaped characters would be shown to the person as they are.
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        return await call(
            self._http,
            "POST",
            self._base + path,
            form=content,
            headers={"Content-Type": "application/json"},
            query={"access_token": token},
        )

    def _check(self, answer: Mapping[str, Any], token: str) -> None:
        code = answer.get("errcode", 0)
        if code == 0:
            return
        if code in _TOKEN_REFUSED:
            self._token.forget(token)
            raise RetryLater(f"errcode {code}")
        if code in _BUSY:
            raise RetryLater(f"errcode {code}", seconds=_BUSY_SECONDS)
        raise Undeliverable(f"errcode {code}: {str(answer.get('errmsg', ''))[:200]}")

    async def _fetch_token(self) -> tuple[str, float]:
        method, path = self._token_call
        try:
            if method == "GET":
                answer = await call(self._http, method, self._base + path, query=self._credentials)
            else:
                answer = await call(self._http, method, self._base + path, json_body=dict(self._credentials))
            return str(answer["access_token"]), float(answer["expires_in"])
        except (Undeliverable, KeyError, TypeError, ValueError) as error:
            # Wrong credentials or an address that is not allowed: no fault of the message, and can be mended.
            why = f"errcode {answer.get('errcode')}" if isinstance(error, KeyError) else "refused"
            raise RetryLater(f"no access token: {why}", seconds=_NONE_GOT_SECONDS) from error


def check_window(to: Recipient, now: datetime) -> None:
    """
    Raises:
        Undeliverable: the person wrote last more than 48 hours ago, and may not be written to.
    """
    if to.last_heard is not None and now - to.last_heard > _WINDOW:
        raise Undeliverable("the window of 48 hours is closed")


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
