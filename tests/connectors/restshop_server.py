"""An in-house shop's REST API, with a mind of its own: it pages in three ways, and knows what it was told before."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from connectors.channel import Request
from tests.connectors.shop_case import Mood
from tests.contracts.platform import request as made

Doc = dict[str, Any]
TOKEN, WEBHOOK_SECRET = "a-token-of-the-shop", "a-webhook-secret-of-some-length"
_SIZE = 2


@dataclass
class RestServer:
    now: datetime
    url: str = ""
    articles: dict[str, Doc] = field(default_factory=dict)
    clients: dict[str, Doc] = field(default_factory=dict)
    sales: dict[str, Doc] = field(default_factory=dict)
    moods: list[Mood] = field(default_factory=list)
    effects: list[tuple[str, str]] = field(default_factory=list)
    answered: dict[str, tuple[int, Doc]] = field(default_factory=dict)
    """By idempotency key."""
    bodies: list[Any] = field(default_factory=list)
    hooks: list[str] = field(default_factory=list)

    def touch(self, thing: Doc) -> Doc:
        self.now += timedelta(seconds=1)
        thing["changed"] = int(self.now.timestamp())
        return thing

    async def handle(self, request: web.Request) -> web.StreamResponse:
        mood = self.moods.pop(0) if self.moods else None
        if isinstance(mood, int):
            return web.Response(status=mood, headers={"Retry-After": "0.1"} if mood == 429 else {})
        if isinstance(mood, float):
            await asyncio.sleep(mood)
        content = await request.read()
        status, answer = self._answer(request, json.loads(content) if content else None)
        if mood == "drop" and request.transport is not None:
            request.transport.abort()
        return web.json_response(answer, status=status)

    def _answer(self, request: web.Request, body: Any) -> tuple[int, Any]:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return 401, {"error": "who are you"}
        query = dict(request.query)
        match request.method, request.path.removeprefix("/api/").split("/"):
            case "GET", ["articles"]:
                start = (int(query["page"]) - 1) * int(query["limit"])
                return 200, {"data": _since(self.articles, query)[start : start + int(query["limit"])]}
            case "GET", ["clients"]:
                start = int(query["from"])
                return 200, _since(self.clients, query)[start : start + _SIZE]
            case "GET", ["sales"]:
                start = int(query.get("after", "0"))
                found = _since(self.sales, query)
                more = str(start + _SIZE) if start + _SIZE < len(found) else None
                shown = [{"no": one["no"]} for one in found[start : start + _SIZE]]
                return 200, {"result": {"sales": shown}, "meta": {"next": more}}
            case "GET", [("articles" | "clients" | "sales") as name, id]:
                found_one = getattr(self, name).get(id)
                return (200, {"data": found_one}) if found_one else (404, {"error": "none"})
            case "POST", ["sales", number, "cancel"]:
                return self._once(request, number, body)
            case "PUT", ["hook"]:
                self.hooks.append(body["target"])
                return 200, {}
        return 404, {"error": "no such path"}

    def _once(self, request: web.Request, number: str, body: Any) -> tuple[int, Any]:
        key = request.headers["X-Request-Key"]
        if key not in self.answered:
            self.answered[key] = self._cancel(number, body)
        return self.answered[key]

    def _cancel(self, number: str, body: Any) -> tuple[int, Doc]:
        self.bodies.append(body)
        sale = self.sales.get(number)
        if sale is None or sale["state"] != "PAID":
            return 409, {"error": "too late"}
        self.touch(sale)["state"] = "VOID"
        self.effects.append((number, "cancel"))
        sale["money"].append({**sale["money"][0], "no": "back", "in": False})
        self.effects.append((number, "refund"))
        return 200, sale


def _since(things: dict[str, Doc], query: dict[str, str]) -> list[Doc]:
    after = int(query.get("changed_from", "0"))
    found = [one for one in things.values() if one["changed"] >= after]
    return sorted(found, key=lambda one: (one["changed"], str(one.get("no"))))


def signed(body: bytes, at: datetime | None = None) -> Request:
    moment = at or datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    stamp = str(int(moment.timestamp() * 1000))
    digest = hmac.new(WEBHOOK_SECRET.encode(), f"{stamp}:".encode() + body, hashlib.sha256).digest()
    headers = {"X-Sent": stamp, "X-Sign": "v1=" + base64.b64encode(digest).decode()}
    return made(body, headers=headers, at=moment)


@asynccontextmanager
async def serve(server: RestServer) -> AsyncIterator[RestServer]:
    app = web.Application()
    app.router.add_route("*", "/api/{path:.*}", server.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api"
    try:
        yield server
    finally:
        await runner.cleanup()
