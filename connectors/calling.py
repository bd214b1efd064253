"""Calls to a platform's API: what went wrong, in the words that the outbox understands."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import ClientError, ClientResponse, ClientSession, FormData

from connectors.channel import RetryLater, Undeliverable

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
        RetryLater: no answer, 408, 425, 429 or 5xx; with the time that `Retry-After` asks for.
        Refused: any other refusal, with the beginning of what was answered.
    """
    try:
        async with http.request(
            method, url, json=json_body, data=form, headers=headers, params=query, allow_redirects=False
        ) as response:
            content = await response.content.read(_LONGEST_ANSWER)
            return _answer(response, content)
    except (ClientError, TimeoutError, asyncio.IncompleteReadError) as error:
        raise RetryLater(type(error).__name__) from error


def _answer(response: ClientResponse, content: bytes) -> dict[str, Any]:
    if response.status in (408, 425, 429) or response.status >= 500:
        raise RetryLater(f"HTTP {response.status}", seconds=_retry_after(response))
    if response.status >= 300:
        raise Refused(response.status, content)
    try:
        answer = json.loads(content) if content else {}
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _retry_after(response: ClientResponse) -> float | None:
    """Seconds; a date there is rare, and our own schedule does as well."""
    try:
        seconds = float(response.headers.get("Retry-After", ""))
    except ValueError:
        return None
    return min(max(seconds, 0.0), _LONGEST_WAIT_SECONDS)
