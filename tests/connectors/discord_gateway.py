"""Discord as a client of its Gateway meets it: a real websocket server, every connection by a script of the test's."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web


@dataclass
class Line:
    """One connection. What the client says lands in `heard`, heartbeats in `beats`."""

    socket: web.WebSocketResponse
    acknowledges: bool = True
    heard: "asyncio.Queue[dict[str, Any]]" = field(default_factory=asyncio.Queue)
    beats: list[Any] = field(default_factory=list)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    async def hello(self, interval: float = 30.0) -> dict[str, Any]:
        """Greets; what the client answers."""
        await self.socket.send_json({"op": 10, "d": {"heartbeat_interval": interval * 1000}})
        return await self.heard.get()

    async def tell(self, name: str, data: object, seq: int) -> None:
        await self.socket.send_json({"op": 0, "t": name, "s": seq, "d": data})

    async def listen(self) -> None:
        async for frame in self.socket:
            if frame.type is not WSMsgType.TEXT:
                continue
            said = json.loads(frame.data)
            if said["op"] != 1:
                self.heard.put_nowait(said)
                continue
            self.beats.append(said["d"])
            if self.acknowledges:
                await self.socket.send_json({"op": 11})
        self.closed.set()


@dataclass
class Discordant:
    """The server; connections are served by `scripts` in turn, the last again and again."""

    scripts: list[Callable[[Line], Awaitable[None]]]
    url: str = ""
    lines: list[Line] = field(default_factory=list)
    asked: int = 0
    """Times the address was asked for."""

    async def where(self) -> str:
        self.asked += 1
        return f"{self.url}/first"

    async def tell_where(self, request: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 1000, "reset_after": 14400000}
        return web.json_response({"url": await self.where(), "session_start_limit": limit})

    def ready(self, session: str) -> dict[str, Any]:
        return {
            "v": 10,
            "session_id": session,
            "resume_gateway_url": f"{self.url}/again",
            "user": {"id": "9"},
        }

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        assert request.query == {"v": "10", "encoding": "json"}
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        line = Line(socket)
        script = self.scripts[min(len(self.lines), len(self.scripts) - 1)]
        self.lines.append(line)
        acting = asyncio.create_task(script(line))
        await line.listen()
        acting.cancel()
        return socket


@asynccontextmanager
async def open_gateway(*scripts: Callable[[Line], Awaitable[None]]) -> AsyncIterator[Discordant]:
    found = Discordant(list(scripts))
    app = web.Application()
    app.router.add_get("/{path:first|again}/", found.serve)
    app.router.add_get("/gateway/bot", found.tell_where)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield found
    finally:
        await runner.cleanup()
