"""An integrator's server: takes webhooks, checks them with the reference library, answers as its mood is."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class Got:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def payload(self) -> dict[str, Any]:
        payload: dict[str, Any] = json.loads(self.body)
        return payload


Mood = Callable[[Got], web.Response]


def good(_got: Got) -> web.Response:
    return web.Response(text="thanks")


def answering(status: int, **headers: str) -> Mood:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _got: web.Response(status=status, headers=named, text="x" * 10_000)


@dataclass
class Receiver:
    mood: Mood = good
    got: list[Got] = field(default_factory=list)
    slow: float = 0.0
    """Seconds before it answers."""
    at_once: int = 0
    most_at_once: int = 0
    url: str = ""
    _came: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        got = Got(request.path, headers, await request.read())
        self.got.append(got)
        self._came.set()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(self.slow)
            return self.mood(got)
        finally:
            self.at_once -= 1

    async def until(self, enough: Callable[[list[Got]], bool], *, seconds: float = 10.0) -> None:
        async with asyncio.timeout(seconds):
            while not enough(self.got):
                self._came.clear()
                await self._came.wait()

    def texts(self, path: str = "/") -> list[str]:
        return [one.payload["data"]["text"] for one in self.got if one.path == path]
