"""Is it alive, is it ready, what does it do: for load balancers and dashboards."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from bot.http.context import context

_CHECK_SECONDS = 3
_FRESH_SECONDS = 1.0

Checks = Mapping[str, Callable[[], Awaitable[object]]]


@dataclass
class Readiness:
    """What the checks found, for a moment: however many ask, the encoder is asked once."""

    states: dict[str, str] = field(default_factory=dict)
    looked_at: float = float("-inf")
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def look(self, checks: Checks) -> dict[str, str]:
        clock = asyncio.get_running_loop().time
        async with self.lock:
            if clock() - self.looked_at > _FRESH_SECONDS:
                states = await asyncio.gather(*(_run(check) for check in checks.values()))
                self.states, self.looked_at = dict(zip(checks, states, strict=True)), clock()
            return self.states


READINESS = web.AppKey("readiness", Readiness)


async def _run(check: Callable[[], Awaitable[object]]) -> str:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            await check()
    except Exception as error:
        return type(error).__name__
    return "ok"


async def healthz(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def readyz(request: web.Request) -> web.Response:
    """Every thing a turn depends on, each asked; 503 when one does not answer."""
    states = await request.app[READINESS].look(context(request).kefu.checks())
    ready = all(state == "ok" for state in states.values())
    body = {"status": "ok" if ready else "not_ready", "checks": states}
    return web.json_response(body, status=200 if ready else 503)


async def metrics(request: web.Request) -> web.Response:
    context(request).check_operator(request)
    kefu = context(request).kefu
    body = kefu.metrics.render(await kefu.store.depths() | await kefu.hooks.depths())
    return web.Response(body=body, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


ROUTES = (web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics))
