"""The web application: every route behind the one door."""

import secrets
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from bot.errors import SettingsError
from bot.factory import Kefu
from bot.http import demo, dials, messages, openapi, pages, sessions, streams
from bot.http.address import parse_networks
from bot.http.context import CONTEXT, Context
from bot.http.door import LONGEST_BODY, Door, parse_limits
from bot.http.tokens import Tokens, load_secret
from bot.settings import Settings

_SHORTEST_KEY = 24


def make_app(
    kefu: Kefu, settings: Settings, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> web.Application:
    """The application; starting it starts Kefu, stopping it finishes or parks open turns."""
    door = Door(
        origins=_origins(settings),
        trusted=parse_networks(settings.trusted_proxies),
        limits=parse_limits(settings.rate_session, settings.rate_address),
        texts=kefu.texts,
        metrics=kefu.metrics,
    )
    app = web.Application(middlewares=[door.middleware], client_max_size=LONGEST_BODY)
    app[CONTEXT] = Context(kefu, settings, _tokens(settings), door, clock)
    app[streams.SOCKETS], app[streams.CONNECTIONS] = set(), {}
    for routes in (sessions, messages, streams, pages, dials, openapi):
        app.router.add_routes(routes.ROUTES)
    if settings.demo:
        app.router.add_routes(demo.ROUTES)
    app.router.add_route("OPTIONS", "/{path:.*}", _options)
    app.on_shutdown.append(streams.close_sockets)
    app.cleanup_ctx.append(_running)
    return app


async def _running(app: web.Application) -> AsyncIterator[None]:
    kefu = app[CONTEXT].kefu
    await kefu.start()
    yield
    await kefu.stop()


async def _options(_request: web.Request) -> web.Response:
    """A preflight has been answered at the door; anything else has nothing to ask here."""
    return web.Response(status=204)


def _origins(settings: Settings) -> tuple[str, ...]:
    for origin in settings.origins:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
            raise SettingsError(f"Setting KEFU_ORIGINS: {origin} is no origin like https://shop.example.")
    return settings.origins


def _tokens(settings: Settings) -> Tokens:
    if any(len(key) < _SHORTEST_KEY for key in settings.api_keys):
        raise SettingsError(f"Setting KEFU_API_KEYS: a key is shorter than {_SHORTEST_KEY} characters.")
    shopper_secret = settings.shopper_secret
    if shopper_secret is None and settings.demo:
        shopper_secret = secrets.token_urlsafe(48)  # The demo shop and Kefu are one process.
    return Tokens(
        secret=settings.secret or load_secret(Path(settings.data) / "session.secret"),
        shopper_secret=shopper_secret,
        api_keys=settings.api_keys,
    )
