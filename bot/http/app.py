"""The web application: every route behind the one door."""

import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from aiohttp import web

from bot.errors import SettingsError
from bot.factory import Kefu
from bot.http import (
    attachments,
    channels,
    demo,
    dials,
    events,
    ingest,
    links,
    messages,
    openapi,
    pages,
    sessions,
    shop_hooks,
    sockets,
    tools,
    webhooks,
)
from bot.http.address import parse_networks
from bot.http.connections import CONNECTIONS, Connections, close_all
from bot.http.console import routes as console
from bot.http.context import CONTEXT, LONGEST_BODY, Context
from bot.http.dials import READINESS, Readiness
from bot.http.door import Door, parse_limits
from bot.http.repeats import once
from bot.http.tokens import Tokens
from bot.secret import secret_of
from bot.settings import Settings

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-f:]+\](:\d{1,5})?")


def make_app(
    kefu: Kefu, settings: Settings, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> web.Application:
    """The application in front of a Kefu that runs already; blocking, a little.

    Raises:
        SettingsError: a setting does not fit; the text names it.
    """
    tokens = _tokens(settings, clock)
    door = Door(
        origins=_origins(settings),
        trusted=parse_networks(settings.trusted_proxies),
        limits=parse_limits(settings.rate_session, settings.rate_address),
        tokens=tokens,
        texts=kefu.texts,
        metrics=kefu.metrics,
    )
    app = web.Application(middlewares=[door.middleware, once], client_max_size=LONGEST_BODY)
    app[CONTEXT] = Context(kefu, settings, tokens, door, clock)
    app[CONNECTIONS], app[READINESS] = Connections(), Readiness()
    for routes in (
        sessions,
        messages,
        attachments,
        tools,
        sockets,
        events,
        ingest,
        links,
        webhooks,
        channels,
        shop_hooks,
        pages,
        dials,
        openapi,
    ):
        app.router.add_routes(routes.ROUTES)
    app.router.add_routes(console.definitions())
    if settings.demo:
        app.router.add_routes((*demo.ROUTES, *pages.DEMO_ROUTES))
    app.on_response_prepare.append(door.add_headers)
    app.on_shutdown.append(close_all)
    return app


def _origins(settings: Settings) -> tuple[str, ...]:
    for origin in settings.origins:
        if not _ORIGIN.fullmatch(origin):
            raise SettingsError(f"Setting KEFU_ORIGINS: {origin} is no origin like https://shop.example.")
    return settings.origins


def _tokens(settings: Settings, clock: Callable[[], datetime]) -> Tokens:
    shopper_secret = settings.shopper_secret
    if shopper_secret is None and settings.demo:
        shopper_secret = secrets.token_urlsafe(48)  # The demo shop and Kefu are one process.
    return Tokens(
        secret=secret_of(settings),
        shopper_secret=shopper_secret,
        api_keys=settings.api_keys,
        clock=clock,
    )
