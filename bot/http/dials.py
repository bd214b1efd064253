"""Is it alive, is it ready, what does it do: for load balancers and dashboards."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.http.context import context

_CHECK_SECONDS = 3


async def healthz(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def readyz(request: web.Request) -> web.Response:
    """Every thing a turn depends on, each asked; 503 when one does not answer."""
    checks = await asyncio.gather(
        *(_run(name, check) for name, check in context(request).kefu.checks().items())
    )
    ready = all(state == "ok" for _, state in checks)
    body = {"status": "ok" if ready else "not_ready", "checks": dict(checks)}
    return web.json_response(body, status=200 if ready else 503)


async def _run(name: str, check: Callable[[], Awaitable[object]]) -> tuple[str, str]:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            await check()
    except Exception as error:
        return name, type(error).__name__
    return name, "ok"


async def metrics(request: web.Request) -> web.Response:
    kefu = context(request).kefu
    body = kefu.metrics.render(await kefu.store.depths())
    return web.Response(body=body, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


ROUTES = (web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics))
