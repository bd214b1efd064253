"""A platform as a connector meets it: a real HTTP server with moods, which keeps what it was told."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import ClientSession, web
from multidict import CIMultiDict, CIMultiDictProxy

from connectors.channel import Kit, Request

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@dataclass
class Call:
    method: str
    path: str
    """With the query."""
    headers: Mapping[str, str]
    body: Any
    """JSON, a form as a dict, or bytes."""


@dataclass
class Platform:
    """Answers `{}` unless `answer` knows better. `moods` are used up one per call: a status, or seconds to wait."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    moods: list[int | float] = field(default_factory=list)
    retry_after: str | None = None
    answer: Callable[[Call], Any] = lambda call: {}

    async def handle(self, request: web.Request) -> web.Response:
        content = await request.read()
        body: Any = content
        if request.content_type == "application/json":
            body = json.loads(content)
        elif request.content_type == "application/x-www-form-urlencoded":
            body = dict(await request.post())
        call = Call(request.method, request.path_qs, dict(request.headers), body)
        mood = self.moods.pop(0) if self.moods else None
        if isinstance(mood, float):
            await asyncio.sleep(mood)
        elif mood is not None:
            headers = {"Retry-After": self.retry_after} if self.retry_after else {}
            return web.json_response({"error": "mood"}, status=mood, headers=headers)
        self.calls.append(call)
        found = self.answer(call)
        if isinstance(found, web.Response):
            return found
        return web.Response(body=found) if isinstance(found, bytes) else web.json_response(found)


@asynccontextmanager
async def open_platform() -> AsyncIterator[Platform]:
    platform = Platform()
    app = web.Application(client_max_size=20_000_000)
    app.router.add_route("*", "/{path:.*}", platform.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    platform.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield platform
    finally:
        await runner.cleanup()


class DictMemory:
    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def get(self, key: str) -> str | None:
        return self.kept.get(key)

    async def put(self, key: str, value: str) -> None:
        self.kept[key] = value


@asynccontextmanager
async def open_kit(now: datetime = NOW) -> AsyncIterator[Kit]:
    async with ClientSession() as http:
        yield Kit(http, DictMemory(), lambda: now)


def request(
    body: bytes | str | object = b"",
    *,
    method: str = "POST",
    path: str = "",
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    url: str = "https://kefu.shop.example/channels/x",
    at: datetime = NOW,
) -> Request:
    """As it would come over the wire; anything but bytes and text is sent as JSON."""
    if isinstance(body, str):
        content = body.encode()
    else:
        content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    given = CIMultiDictProxy(CIMultiDict(headers or {}))
    return Request(method, url, path, query or {}, given, content, at)
