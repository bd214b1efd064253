"""Calls to a shop system's API, whose answers may be large, and whose limits may be waited out."""

import asyncio
import json
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from aiohttp import ClientError, ClientSession
from multidict import CIMultiDictProxy

from connectors.channel import RetryLater

_LARGEST_ANSWER = 50_000_000
_LARGE = 200_000
"""Bytes of JSON that are read beside the loop, so that nobody waits for them."""
_SECONDS_WAITED = 5.0
"""A longer limit is the caller's to wait out."""
_TRIES = 4

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    headers: CIMultiDictProxy[str]
    content: Any
    """What the JSON says; None where there was none."""

    def later(self, why: str = "") -> RetryLater:
        """With the time that `Retry-After` asks for."""
        try:
            seconds = float(self.headers.get("Retry-After", ""))
        except ValueError:
            seconds = math.nan
        wait = max(seconds, 0.0) if math.isfinite(seconds) else None
        return RetryLater(f"HTTP {self.status} {why}".strip(), seconds=wait)


async def ask(
    http: ClientSession,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    query: Mapping[str, str] | None = None,
    body: Any = None,
) -> Answered:
    """Whatever the status; redirections are not followed.

    Raises:
        RetryLater: no whole answer came, and it is not known what became of the call.
    """
    try:
        async with http.request(
            method, url, params=query, json=body, headers=headers, allow_redirects=False
        ) as response:
            content = bytearray()
            async for chunk in response.content.iter_any():
                content += chunk
                if len(content) > _LARGEST_ANSWER:
                    raise RetryLater("the answer is too large")
            found = _read(content) if len(content) < _LARGE else await asyncio.to_thread(_read, content)
            return Answered(response.status, response.headers, found)
    except (ClientError, TimeoutError, asyncio.IncompleteReadError) as error:
        raise RetryLater(type(error).__name__) from error


async def patiently(work: Callable[[], Awaitable[T]]) -> T:
    """Again where a limit is over within seconds. Raises RetryLater as `work`, where it takes longer or is not said."""
    for _ in range(_TRIES - 1):
        try:
            return await work()
        except RetryLater as later:
            if later.seconds is None or later.seconds > _SECONDS_WAITED:
                raise
            await asyncio.sleep(later.seconds)
    return await work()


def _read(content: bytearray) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
