"""The open live connections: so many per client address, and all told to come back when the server stops."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import WSCloseCode, web

from bot.errors import TooMany
from bot.http.address import network_of
from bot.http.context import CONTEXT

_PER_ADDRESS = 40
_COME_BACK_SECONDS = 30


class Connections:
    def __init__(self) -> None:
        self._open: Counter[str] = Counter()
        self.sockets: set[web.WebSocketResponse] = set()

    @contextmanager
    def one_more(self, address: str) -> Iterator[None]:
        """`address` is a client's, or another name of who connects.

        Raises:
            TooMany: it has as many as it may have.
        """
        network = network_of(address)
        if self._open[network] >= _PER_ADDRESS:
            raise TooMany("Too many open connections.", retry_after=_COME_BACK_SECONDS)
        self._open[network] += 1
        try:
            yield
        finally:
            self._open[network] -= 1
            if not self._open[network]:
                del self._open[network]


CONNECTIONS = web.AppKey("connections", Connections)


async def close_all(app: web.Application) -> None:
    """What a client misses from now on is in the history."""
    app[CONTEXT].kefu.live.interrupt()
    closings = (
        socket.close(code=WSCloseCode.GOING_AWAY, message=b"restarting")
        for socket in app[CONNECTIONS].sockets.copy()
    )
    await asyncio.gather(*closings, return_exceptions=True)
