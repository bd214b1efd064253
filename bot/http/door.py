"""The door: closed by default. Origin, rate, errors and headers, for every request, in one place."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from aiohttp import web
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from bot.errors import Forbidden, SettingsError, TooMany
from bot.http.address import Network, client_address, network_of
from bot.http.failures import explain, refusal
from bot.http.tokens import Tokens
from bot.metrics import Metrics
from bot.texts.catalogue import Texts

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

ADDRESS = web.RequestKey("address", str)
_ORIGIN = web.RequestKey("origin", str)
_REQUEST_ID = web.RequestKey("request_id", str)

_GUARDED = ("/v1/", "/demo/")
"""Where scripts of other sites come knocking; the rest is for everybody to read."""
_PRIVATE = (*_GUARDED, "/console/api/")
"""What no browser and no proxy may keep."""
_ALWAYS = {
    "Server": "Kefu",  # and not which versions of what
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
_PAGE = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Accept-Language",
    "Access-Control-Max-Age": "600",
}


@dataclass(frozen=True, slots=True)
class Limits:
    session: RateLimitItem
    address: RateLimitItem


def parse_limits(session: str, address: str) -> Limits:
    return Limits(_parse_limit("KEFU_RATE_SESSION", session), _parse_limit("KEFU_RATE_ADDRESS", address))


def _parse_limit(setting: str, text: str) -> RateLimitItem:
    try:
        limit = parse(text)
    except ValueError as error:
        raise SettingsError(f"Setting {setting}: {text!r} is no limit like 20/minute.") from error
    if limit.amount < 1:
        raise SettingsError(f"Setting {setting}: {text!r} would let nobody in.")
    return limit


class Door:
    def __init__(
        self,
        *,
        origins: Sequence[str],
        trusted: Sequence[Network],
        limits: Limits,
        tokens: Tokens,
        texts: Texts,
        metrics: Metrics,
    ) -> None:
        self._origins, self._trusted, self._limits = frozenset(origins), trusted, limits
        self._tokens, self._texts, self._metrics = tokens, texts, metrics
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def count(self, item: RateLimitItem, kind: str, name: str, *, language: str) -> None:
        """
        Raises:
            TooMany: the limit is reached; the message is for the shopper.
        """
        if await self._limiter.hit(item, kind, name):
            return
        window = await self._limiter.get_window_stats(item, kind, name)
        seconds = max(1, int(window.reset_time - time.time()) + 1)
        raise TooMany(self._texts.say("rate_limited", language, seconds=seconds), retry_after=seconds)

    async def count_session(self, name: str, language: str) -> None:
        await self.count(self._limits.session, "session", name, language=language)

    async def count_address(self, address: str, language: str) -> None:
        await self.count(self._limits.address, "address", network_of(address), language=language)

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        forwarded_for = request.headers.getall("X-Forwarded-For", ())
        request[ADDRESS] = client_address(request.remote, forwarded_for, self._trusted)
        request[_REQUEST_ID] = uuid4().hex[:12]
        structlog.contextvars.bind_contextvars(request=request[_REQUEST_ID])
        try:
            response = await self._let_in(request, handler)
        except Exception as error:
            response = refusal(explain(error, self._texts, language_of(request)))
            if isinstance(error, web.HTTPMethodNotAllowed):
                response.headers["Allow"] = ", ".join(sorted(error.allowed_methods))
        finally:
            structlog.contextvars.clear_contextvars()
        resource = request.match_info.route.resource
        self._metrics.request(resource.canonical if resource else "none", response.status)
        return response

    async def _let_in(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(_GUARDED):
            self._check_origin(request)
            if request.method == "OPTIONS":
                return web.Response(status=204, headers=_PREFLIGHT)
            # All of an integrator's shoppers come from one address; they are counted one by one.
            if not self._tokens.is_api_key(bearer(request)):
                await self.count_address(request[ADDRESS], language_of(request))
        return await handler(request)

    def _check_origin(self, request: web.Request) -> None:
        """
        Raises:
            Forbidden: a page that is not on the list.
        """
        origin = request.headers.get("Origin")
        if origin is None or _host(origin) == request.headers.get("Host", ""):
            return
        if origin not in self._origins:
            raise Forbidden("This page may not talk to the shop's assistant.", code="origin")
        request[_ORIGIN] = origin

    async def add_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        """To every answer, streams included, before its first byte."""
        response.headers.update(_ALWAYS)
        response.headers["X-Request-Id"] = request.get(_REQUEST_ID, "")
        if response.content_type == "text/html":
            response.headers.update(_PAGE)
        if request.path.startswith(_PRIVATE):
            response.headers.setdefault("Cache-Control", "no-store")
        if request.path.startswith(_GUARDED):
            response.headers["Vary"] = "Origin"
            if _ORIGIN in request:
                response.headers["Access-Control-Allow-Origin"] = request[_ORIGIN]


def _host(origin: str) -> str | None:
    """Host and port of an origin; None when it is none, like `null`."""
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None


def language_of(request: web.Request) -> str:
    """Chinese when the browser asks for it first, else English."""
    return "zh" if request.headers.get("Accept-Language", "").lower().startswith("zh") else "en"


def bearer(request: web.Request) -> str:
    """The token of the Authorization header; empty without one. Tokens are ASCII, other bytes no token."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.isascii() else ""
