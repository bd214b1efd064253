"""A platform as a connector meets it: a real HTTP server with moods, which keeps what it was told."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum, auto
from typing import Any

from aiohttp import ClientSession, ClientTimeout, web
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


class Odd(StrEnum):
    BUSY = auto()
    """Refuses for a while, in the platform's own way."""
    LATE = auto()
    """Takes it, and answers when nobody waits any more."""
    CUT = auto()
    """Takes it, and the line breaks."""


@dataclass(frozen=True)
class Refusal:
    """How a platform says that it is too much."""

    status: int = 429
    body: Any = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=lambda: {"Retry-After": "40"})
    seconds: float | None = 40
    """How long it asks us to wait; None: it does not say."""


TOO_MANY = Refusal()
"""As most say it."""


@dataclass
class Platform:
    """Answers `{}` unless `answer` knows better. `moods` are used up one per call: a status, seconds to wait, or Odd."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    """What it took."""
    moods: list[int | float | Odd] = field(default_factory=list)
    retry_after: str | None = None
    answer: Callable[[Call], Any] = lambda call: {}
    touches: Callable[[Call], bool] = lambda call: True
    """Which calls meet its moods."""
    told: list[Call] = field(default_factory=list)
    """Of these, what it was told, taken or not."""
    key: Callable[[Call], str | None] = lambda call: None
    """By which it knows a call again, which it does not take a second time."""
    known: int = 200
    """What it answers then."""
    refusal: Refusal = TOO_MANY
    clock: Callable[[], datetime] = lambda: NOW
    quiet_until: datetime = NOW
    early: list[Call] = field(default_factory=list)
    """Came before the time that it had asked us to wait for."""
    answering: int = 0
    """Calls that wait for an answer."""
    _keys: set[str] = field(default_factory=set)

    async def handle(self, request: web.Request) -> web.Response:
        self.answering += 1
        try:
            return await self._handle(request)
        finally:
            self.answering -= 1

    async def _handle(self, request: web.Request) -> web.Response:
        content = await request.read()
        body: Any = content
        if request.content_type == "application/json":
            body = json.loads(content)
        elif request.content_type == "application/x-www-form-urlencoded":
            body = dict(await request.post())
        call = Call(request.method, request.path_qs, dict(request.headers), body)
        mood = self.meet(call)
        if isinstance(mood, float):
            await asyncio.sleep(mood)
        elif mood is Odd.BUSY:
            refusal = self.refusal
            return web.json_response(refusal.body, status=refusal.status, headers=refusal.headers)
        elif isinstance(mood, int):
            headers = {"Retry-After": self.retry_after} if self.retry_after else {}
            return web.json_response({"error": "mood"}, status=mood, headers=headers)
        if not self.take(call):
            return web.json_response(self.answer(call), status=self.known)
        if mood is Odd.CUT and request.transport is not None:
            request.transport.abort()
        if mood is Odd.LATE:
            await asyncio.sleep(3600)  # or until the line is closed
        found = self.answer(call)
        if isinstance(found, web.Response):
            return found
        return web.Response(body=found) if isinstance(found, bytes) else web.json_response(found)

    def meet(self, call: Call) -> int | float | Odd | None:
        """The mood that the call finds it in."""
        if not self.touches(call):
            return None
        self.told.append(call)
        if self.clock() < self.quiet_until:
            self.early.append(call)
        mood = self.moods.pop(0) if self.moods else None
        if mood is Odd.BUSY:
            self.quiet_until = self.clock() + timedelta(seconds=self.refusal.seconds or 0)
        return mood

    def take(self, call: Call) -> bool:
        """False: it knows the call already."""
        key = self.key(call) if self.touches(call) else None
        if key is not None:
            if key in self._keys:
                return False
            self._keys.add(key)
        self.calls.append(call)
        return True


@asynccontextmanager
async def open_platform() -> AsyncIterator[Platform]:
    platform = Platform()
    app = web.Application(client_max_size=20_000_000)
    app.router.add_route("*", "/{path:.*}", platform.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1, handler_cancellation=True)
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
async def open_kit(now: datetime = NOW, *, seconds: float = 60.0) -> AsyncIterator[Kit]:
    """`seconds`: how long an answer is waited for."""
    async with ClientSession(timeout=ClientTimeout(total=seconds)) as http:
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
