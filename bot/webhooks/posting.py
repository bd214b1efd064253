"""One attempt: a signed POST to an address that others chose, and what they answered."""

import asyncio
import ipaddress
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
)

from bot.errors import InvalidInput
from bot.webhooks.base import Answer
from bot.webhooks.schedule import seconds_asked
from connectors.fetching import is_public, public_http

SECONDS = 15.0
LONGEST_ANSWER = 4096
_LONGEST_URL = 2000
_MORE_SECONDS = 2.0
"""For the rest of an answer whose status is known."""
FIXED_HEADERS = {
    "Content-Type": "application/json",
    "User-Agent": "Kefu-Webhooks/1",
    "Accept-Encoding": "identity",
}


class Poster:
    def __init__(self, *, allow_private: bool) -> None:
        self.allow_private = allow_private
        self._http: ClientSession | None = None

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        begun = time.monotonic()
        try:
            async with (
                asyncio.timeout(SECONDS),
                self._session().post(
                    url, data=body, headers={**FIXED_HEADERS, **headers}, allow_redirects=False
                ) as response,
            ):
                return await self._read(response, begun)
        except (ClientError, TimeoutError, OSError, ValueError) as error:
            return Answer(None, error=_name(error), milliseconds=_since(begun))

    async def _read(self, response: ClientResponse, begun: float) -> Answer:
        content = b""
        try:
            async with asyncio.timeout(_MORE_SECONDS):
                while len(content) < LONGEST_ANSWER:
                    chunk = await response.content.read(LONGEST_ANSWER - len(content))
                    if not chunk:
                        break
                    content += chunk
        except (ClientError, TimeoutError):
            pass  # What it thinks of the event is in the status.
        response.close()
        status = response.status
        return Answer(
            status,
            content.decode(errors="replace"),
            "a redirect, which is not followed" if 300 <= status < 400 else "",
            seconds_asked(response.headers.get("Retry-After"), datetime.now(UTC)),
            _since(begun),
        )

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()

    def _session(self) -> ClientSession:
        if self._http is None:
            self._http = open_http(allow_private=self.allow_private)
        return self._http


def open_http(*, allow_private: bool) -> ClientSession:
    if allow_private:
        return ClientSession(
            cookie_jar=DummyCookieJar(), auto_decompress=False, timeout=ClientTimeout(total=SECONDS)
        )
    return public_http(cookie_jar=DummyCookieJar(), auto_decompress=False)


def check_url(url: str, *, allow_private: bool) -> None:
    """
    Raises:
        InvalidInput: nobody may be told there.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise InvalidInput("url: is no address", code="invalid_field") from None
    schemes = ("https", "http") if allow_private else ("https",)
    if len(url) > _LONGEST_URL or not url.isprintable() or " " in url or not host:
        raise InvalidInput("url: is no address", code="invalid_field")
    if parts.scheme not in schemes:
        raise InvalidInput("url: must begin with https://", code="not_https")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise InvalidInput("url: no user, no password and no fragment", code="invalid_field")
    if not allow_private and (_is_private(host) or host == "localhost"):
        raise InvalidInput("url: is a private address", code="private_address")


def _is_private(host: str) -> bool:
    """Of an address that stands in the URL; names are looked at when they are connected to."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return not is_public(host)


def _name(error: Exception) -> str:
    """What an operator needs to mend it."""
    if isinstance(error, TimeoutError):
        return f"no answer within {SECONDS:.0f} s"
    if isinstance(error, ClientConnectorError):
        return f"no connection: {error.os_error}"[:300]
    return f"{type(error).__name__}: {error}"[:300]


def _since(begun: float) -> int:
    return round(1000 * (time.monotonic() - begun))
