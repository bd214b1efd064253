"""An access token that expires: fetched once for all who need it, again before it runs out."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from connectors.channel import RetryLater, Unconfirmed

Fetch = Callable[[], Awaitable[tuple[str, float]]]
"""The token and for how many seconds it holds."""

_EARLY_SECONDS = 300.0


class AccessToken:
    def __init__(self, fetch: Fetch) -> None:
        self._fetch, self._lock = fetch, asyncio.Lock()
        self._token, self._until = "", 0.0

    async def get(self) -> str:
        """
        Raises:
            RetryLater: there is none; the message that needs it was not sent.
        """
        async with self._lock:
            if time.monotonic() >= self._until:
                try:
                    self._token, seconds = await self._fetch()
                except Unconfirmed as error:
                    raise RetryLater(f"no access token: {error}") from error
                self._until = time.monotonic() + max(seconds - _EARLY_SECONDS, seconds / 2)
            return self._token

    def forget(self, token: str) -> None:
        """The platform refused it: the next `get` fetches another, unless somebody has already."""
        if token == self._token:
            self._until = 0.0
