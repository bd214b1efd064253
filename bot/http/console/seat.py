"""Who sits at the console: every route of it comes through here, closed unless its role says otherwise."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web
from limits import RateLimitItemPerMinute

from bot.console.office import Office
from bot.errors import Forbidden, InvalidInput, Unauthorized
from bot.http.context import Context, context
from bot.http.door import ADDRESS, language_of
from bot.staff.agents import Agent, Role
from bot.staff.base import Session

PREFIX = "/console"
COOKIE = "kefu_console"
MARK = "X-Kefu-Console"
"""A header that no form and no other site's script can send without being asked first."""
NOBODY_THERE = "X-Kefu-Idle"
"""The page asks by itself, because something happened, and nobody has touched it for a while."""
_REQUESTS = RateLimitItemPerMinute(1200)
"""Of one session: an inbox on a busy day, with room."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A signed-in agent's request."""

    here: Context
    request: web.Request
    session: Session

    @property
    def agent(self) -> Agent:
        return self.session.agent

    @property
    def office(self) -> Office:
        return self.here.kefu.office

    @property
    def language(self) -> str:
        """The agent's, as their page asks for it."""
        asked = self.request.query.get("language", "")
        return asked if asked in ("zh", "en") else language_of(self.request)

    @property
    def conversation_id(self) -> str:
        return self.request.match_info["conversation_id"]


Handle = Callable[[Seat], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    """Below /console/api."""
    role: Role
    """The least that may."""
    handle: Handle

    def definition(self) -> web.RouteDef:
        async def handler(request: web.Request) -> web.StreamResponse:
            return await self.handle(await seat(request, self.role))

        options = {"allow_head": False} if self.method == "GET" else {}
        return web.RouteDef(self.method, f"{PREFIX}/api{self.path}", handler, options)


async def seat(request: web.Request, role: Role) -> Seat:
    """
    Raises:
        Forbidden: a page of somebody else's asks (`csrf`), or the role does not reach (`role`).
        InvalidInput: the address holds what no database takes.
        Unauthorized: nobody is signed in (`signed_out`).
        TooMany: more requests than a person makes.
    """
    here = context(request)
    check_page(request)
    _check_words(request)
    session = await here.kefu.office.logins.session(
        request.cookies.get(COOKIE, ""), used=NOBODY_THERE not in request.headers and not _is_upgrade(request)
    )
    if session is None:
        await here.door.count_address(request[ADDRESS], language_of(request))
        raise Unauthorized("Sign in.", code="signed_out")
    await here.door.count(_REQUESTS, "console", session.digest, language=language_of(request))
    if not session.agent.is_at_least(role):
        raise Forbidden("Your role does not allow that.", code="role")
    return Seat(here, request, session)


def _is_upgrade(request: web.Request) -> bool:
    """A WebSocket opens again by itself whenever the line was broken."""
    return request.headers.get("Upgrade", "").lower() == "websocket"


def check_page(request: web.Request) -> None:
    """
    Raises:
        Forbidden: what changes something does not come from our own page.
    """
    if request.method in ("GET", "HEAD"):
        return
    if request.headers.get(MARK) != "1" or not is_own(request):
        raise Forbidden("Only the console's own page may ask that.", code="csrf")


def _check_words(request: web.Request) -> None:
    """
    Raises:
        InvalidInput: an address holds NUL, which no database takes.
    """
    if any("\x00" in word for word in (*request.match_info.values(), *request.query.values())):
        raise InvalidInput("Nothing is called that.", code="invalid_field")


def is_own(request: web.Request) -> bool:
    """Whether the page that asks is ours, as far as the browser says."""
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc == request.headers.get("Host", "") != ""
    except ValueError:
        return False
