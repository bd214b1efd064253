"""Calls to a platform's API: what went wrong, in the words that the outbox understands."""

import asyncio
import json
import math
from collections.abc import Mapping
from typing import Any

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ConnectionTimeoutError,
    FormData,
    InvalidURL,
)

from connectors.channel import RetryLater, Unconfirmed, Undeliverable

_LONGEST_ANSWER = 1_000_000
_LONGEST_WAIT_SECONDS = 3600.0


class Refused(Undeliverable):
    """A refusal by its HTTP status, for connectors that know what some of them mean."""

    def __init__(self, status: int, content: bytes) -> None:
        super().__init__(f"HTTP {status}: {content[:200].decode(errors='replace')}")
        self.status, self.content = status, content


async def call(
    http: ClientSession,
    method: str,
    url: str,
    *,
    json_body: object | None = None,
    form: Mapping[str, str] | FormData | bytes | None = None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The JSON object answered, empty when the answer is none.

    Raises:
        RetryLater: nobody to tell it to, 408, 425, 429 or 5xx; with the time that the platform asks for.
        Unconfirmed: it was told, and no answer came.
        Refused: any other refusal, with the beginning of what was answered.
    """
    try:
        async with http.request(
            method, url, json=json_body, data=form, headers=headers, params=query, allow_redirects=False
        ) as response:
            return _answer(response, await _content(response))
    except (ClientConnectorError, ConnectionTimeoutError, InvalidURL) as error:
        raise RetryLater(type(error).__name__) from error
    except (ClientError, TimeoutError, asyncio.IncompleteReadError) as error:
        raise Unconfirmed(type(error).__name__) from error


async def _content(response: ClientResponse) -> bytes:
    """All of it, or as much of it as anybody has a use for."""
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) >= _LONGEST_ANSWER:
            break
    return bytes(content)


def _answer(response: ClientResponse, content: bytes) -> dict[str, Any]:
    if response.status in (408, 425, 429) or response.status >= 500:
        raise RetryLater(f"HTTP {response.status}", seconds=_retry_after(response, content))
    if response.status >= 300:
        raise Refused(response.status, content)
    return _object(content)


def _retry_after(response: ClientResponse, content: bytes) -> float | None:
    """Seconds, by the header or as Discord and Telegram say it; a date is rare, and our own schedule does as well."""
    answer = _object(content)
    inside = answer.get("parameters")
    said = answer.get("retry_after") or (inside.get("retry_after") if isinstance(inside, dict) else None)
    try:
        seconds = float(response.headers.get("Retry-After") or said or "")
    except (TypeError, ValueError):
        return None
    return min(max(seconds, 0.0), _LONGEST_WAIT_SECONDS) if math.isfinite(seconds) else None


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content) if content else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
