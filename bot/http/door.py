"""The door: closed by default. Origin, size, rate and errors, for every request, in one place."""

import json
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

from bot.errors import Forbidden, InvalidInput, Rejected, SettingsError, TooMany, Unavailable
from bot.http.address import Network, client_address
from bot.metrics import Metrics
from bot.texts.catalogue import Texts

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = structlog.get_logger()

ADDRESS = web.RequestKey("address", str)
LONGEST_BODY = 256 * 1024

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
_PAGE = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
}


@dataclass(frozen=True, slots=True)
class Limits:
    session: RateLimitItem
    address: RateLimitItem


def parse_limits(session: str, address: str) -> Limits:
    try:
        return Limits(parse(session), parse(address))
    except ValueError as error:
        raise SettingsError(f"Settings KEFU_RATE_SESSION and KEFU_RATE_ADDRESS: {error}.") from error


class Door:
    def __init__(
        self,
        *,
        origins: Sequence[str],
        trusted: Sequence[Network],
        limits: Limits,
        texts: Texts,
        metrics: Metrics,
    ) -> None:
        self._origins, self._trusted = frozenset(origins), trusted
        self._limits, self._texts, self._metrics = limits, texts, metrics
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def count(self, item: RateLimitItem, *names: str, language: str) -> None:
        """
        Raises:
            TooMany: the limit is reached; the message is for the shopper.
        """
        if await self._limiter.hit(item, *names):
            return
        window = await self._limiter.get_window_stats(item, *names)
        seconds = max(1, int(window.reset_time - time.time()) + 1)
        raise TooMany(self._texts.say("rate_limited", language, seconds=seconds), retry_after=seconds)

    async def count_session(self, sender: str, language: str) -> None:
        await self.count(self._limits.session, "session", sender, language=language)

    def check_origin(self, request: web.Request) -> str | None:
        """The origin to allow in the answer, None without one or when it is our own.

        Raises:
            Forbidden: a page that is not on the list.
        """
        origin = request.headers.get("Origin")
        if origin is None or urlsplit(origin).netloc == request.host:
            return None
        if origin not in self._origins:
            raise Forbidden("This page may not talk to the shop's assistant.", code="origin")
        return origin

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        request_id = uuid4().hex[:12]
        structlog.contextvars.bind_contextvars(request=request_id)
        address = client_address(request.remote, request.headers.get("X-Forwarded-For", ""), self._trusted)
        request[ADDRESS] = address
        origin = None
        try:
            if request.path.startswith(("/v1/", "/demo/")):
                origin = self.check_origin(request)
                if request.method == "OPTIONS":
                    return _preflight(origin)
                await self.count(self._limits.address, "address", address, language=language_of(request))
            response = await handler(request)
        except Exception as error:
            response = self._refusal(error)
        finally:
            structlog.contextvars.clear_contextvars()
        self._count(request, response)
        if not response.prepared:
            self._headers(request, response, origin, request_id)
        return response

    def _refusal(self, error: Exception) -> web.Response:
        match error:
            case TooMany():
                seconds = int(error.retry_after)
                return failure(error.status, error.code, str(error), retry_after=seconds)
            case Rejected():
                return failure(error.status, error.code, str(error))
            case Unavailable():
                log.error("unavailable", reason=str(error))
                return failure(503, "unavailable", "The shop's assistant cannot store this now. Try again.")
            case web.HTTPRequestEntityTooLarge():
                return failure(413, "too_large", "The request is too large.")
            case web.HTTPException():
                return failure(error.status, error.reason.lower().replace(" ", "_"), error.reason)
            case _:
                log.exception("request_broken", kind=type(error).__name__)
                return failure(500, "internal", "Something is broken on our side.")

    def _count(self, request: web.Request, response: web.StreamResponse) -> None:
        resource = request.match_info.route.resource
        self._metrics.request(resource.canonical if resource else "none", response.status)

    def _headers(
        self, request: web.Request, response: web.StreamResponse, origin: str | None, request_id: str
    ) -> None:
        response.headers.update(_ALWAYS)
        response.headers["X-Request-Id"] = request_id
        if response.content_type == "text/html":
            response.headers.update(_PAGE)
        if origin is not None:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Vary"] = "Origin"
        if request.path.startswith("/v1/"):
            response.headers.setdefault("Cache-Control", "no-store")


def _preflight(origin: str | None) -> web.Response:
    headers = {
        "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
        "Access-Control-Allow-Headers": "Authorization, Content-Type, Accept-Language",
        "Access-Control-Max-Age": "600",
        "Vary": "Origin",
    }
    if origin is not None:
        headers["Access-Control-Allow-Origin"] = origin
    return web.Response(status=204, headers=headers)


def failure(status: int, code: str, message: str, **extra: object) -> web.Response:
    """The one shape of an error."""
    headers = {"Retry-After": str(extra["retry_after"])} if "retry_after" in extra else None
    return web.json_response(
        {"error": {"code": code, "message": message, **extra}}, status=status, headers=headers
    )


def language_of(request: web.Request) -> str:
    """Chinese when the browser asks for it first, else English."""
    return "zh" if request.headers.get("Accept-Language", "").lower().startswith("zh") else "en"


async def read_json(request: web.Request) -> object:
    """
    Raises:
        InvalidInput: not UTF-8, not JSON, or nested beyond reason; a body too large never gets here.
    """
    try:
        return json.loads(await request.read())
    except (ValueError, RecursionError) as error:
        raise InvalidInput("The body is not valid JSON.", code="bad_json") from error
