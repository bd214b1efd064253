"""One request, made again until it is answered: nothing is done twice by that."""

import asyncio
import json
import random
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from aiohttp import ClientError, ClientSession, ClientTimeout

from connectors.client.errors import Refused, Unreachable, refusal

_AGAIN = (429, 502, 503, 504)
_IN_PROGRESS = "idempotency_in_progress"
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 60.0
"""Seconds."""


class Calls:
    def __init__(
        self, http: ClientSession, url: str, token: str, *, attempts: int, language: str | None
    ) -> None:
        self.http, self.url, self.token = http, url.rstrip("/"), token
        self._attempts, self._language = attempts, language

    def headers(self) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return headers | ({"Accept-Language": self._language} if self._language else {})

    async def json(self, method: str, path: str, **options: Any) -> Any:
        content = await self.raw(method, path, **options)
        return json.loads(content) if content else None

    async def raw(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        content: bytes | None = None,
        query: Mapping[str, Any] | None = None,
        seconds: float = 40.0,
    ) -> bytes:
        """
        Raises:
            Refused: the answer says no, and would again.
            Unreachable: there was none.
        """
        headers = self.headers()
        if body is not None:
            content, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        if method == "POST":
            headers["Idempotency-Key"] = uuid4().hex  # of all attempts
        for attempt in range(1, self._attempts + 1):
            try:
                return await self._once(method, path, headers, content, query, seconds)
            except Refused as error:
                if method == "DELETE" and error.status == 404 and attempt > 1:
                    return b""  # The attempt before did it, and its answer got lost.
                again = error.status in _AGAIN or error.code == _IN_PROGRESS
                if not again or attempt == self._attempts or (error.retry_after or 0) > _LONGEST_PAUSE:
                    raise
                pause = error.retry_after
            except (ClientError, TimeoutError) as error:
                if attempt == self._attempts:
                    raise Unreachable(f"{method} {path}: {type(error).__name__}") from error
                pause = None
            await asyncio.sleep(_pause(attempt) if pause is None else pause)
        raise AssertionError("attempts is at least 1")

    async def _once(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        content: bytes | None,
        query: Mapping[str, Any] | None,
        seconds: float,
    ) -> bytes:
        given = {name: str(value) for name, value in (query or {}).items() if value is not None}
        async with self.http.request(
            method,
            self.url + path,
            headers=headers,
            data=content,
            params=given,
            timeout=ClientTimeout(total=seconds),
            allow_redirects=False,
        ) as response:
            answered = await response.read()
            if 200 <= response.status < 300:
                return answered
            raise refusal(response.status, parsed(answered), response.headers)


def parsed(answered: bytes) -> Any:
    try:
        return json.loads(answered)
    except ValueError:
        return None


def _pause(attempt: int) -> float:
    """Twice as long each time, and not the same for all who wait."""
    longest = min(_FIRST_PAUSE * 2.0 ** (attempt - 1), _LONGEST_PAUSE)
    return longest * random.uniform(0.5, 1)  # noqa: S311 - spreads load, hides nothing
