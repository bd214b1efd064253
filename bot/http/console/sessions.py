"""Signing in and out, and what the console needs to know to begin with."""

from typing import Annotated, Any

from aiohttp import web
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.console.office import Office
from bot.console.team import profile, team
from bot.http.address import network_of
from bot.http.console.seat import COOKIE, PREFIX, Route, Seat, check_page
from bot.http.context import body, context
from bot.http.door import ADDRESS, language_of
from bot.shop.hours import open_now
from bot.staff.logins import digest_of

Password = Annotated[str, Field(min_length=1, max_length=1000)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]


def _plain(name: str) -> str:
    """One line, without marks that nobody sees and that turn text around: shoppers read it, and letters bear it."""
    plain = "".join(character for character in " ".join(name.split()) if character.isprintable()).strip()
    if not plain:
        raise ValueError("a name that can be read")
    return plain


Name = Annotated[str, Field(max_length=60), AfterValidator(_plain)]


class SignIn(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    login: Annotated[str, Field(min_length=1, max_length=100)]
    password: Password


class NewPassword(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    old: Password
    new: Password


class ChangeMe(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    available: bool | None = None
    name: Name | None = None
    languages: Annotated[tuple[Language, ...], Field(min_length=1, max_length=9)] | None = None
    password: NewPassword | None = None


async def sign_in(request: web.Request) -> web.Response:
    check_page(request)
    here = context(request)
    await here.door.count_address(request[ADDRESS], language_of(request))
    asked = await body(request, SignIn)
    office = here.kefu.office
    cookie, session = await office.logins.sign_in(
        asked.login,
        asked.password,
        address=request[ADDRESS],
        browser=request.headers.get("User-Agent", "")[:300],
        network=network_of(request[ADDRESS]),
    )
    await _leave(office, request.cookies.get(COOKIE, ""))
    response = web.json_response({"me": profile(session.agent)})
    response.set_cookie(
        COOKIE,
        cookie,
        path=PREFIX,
        httponly=True,
        samesite="Strict",
        max_age=int((session.expires_at - session.created_at).total_seconds()),
        # Behind a proxy only the page's own origin tells that it came over https.
        secure=request.secure or request.headers.get("Origin", "").startswith("https:"),
    )
    return response


async def sign_in_help(request: web.Request) -> web.Response:
    """Who may be tried in the demo; nobody anywhere else."""
    here = context(request)
    return web.json_response({"demo": here.kefu.office.demo if here.settings.demo else []})


async def sign_out(seat: Seat) -> web.Response:
    await _leave(seat.office, seat.request.cookies.get(COOKIE, ""))
    return _signed_out()


async def _leave(office: Office, cookie: str) -> None:
    """End that session and its consoles; whoever signs in over another is not two people at one browser."""
    await office.logins.sign_out(cookie)
    office.board.sign_out(digest=digest_of(cookie))


async def sign_out_everywhere(seat: Seat) -> web.Response:
    await seat.office.logins.sign_out_everywhere(seat.agent)
    seat.office.board.sign_out(agent_id=seat.agent.id)
    return _signed_out()


def _signed_out() -> web.Response:
    response = web.json_response({})
    response.del_cookie(COOKIE, path=PREFIX)
    return response


async def get_me(seat: Seat) -> web.Response:
    return web.json_response(await _begin(seat))


async def change_me(seat: Seat) -> web.Response:
    asked = await body(seat.request, ChangeMe)
    office = seat.office
    if asked.password is not None:
        await office.logins.change_password(
            seat.agent, asked.password.old, asked.password.new, but=seat.session.digest
        )
    await office.staff.change_agent(
        seat.agent.id,
        at=seat.here.clock(),
        name=asked.name,
        languages=asked.languages,
        available=asked.available,
    )
    changed = asked.model_dump(include={"name", "languages"}, exclude_none=True)
    if changed:
        detail = ", ".join(f"{name}={value}" for name, value in changed.items())
        await office.note("change_me", seat.agent, subject=seat.agent.login, detail=detail)
    if asked.available:
        office.assigning.wake()
    office.board.tell_team()
    found = await office.staff.agent(seat.agent.id)
    assert found is not None
    return web.json_response({"me": profile(found)})


async def _begin(seat: Seat) -> dict[str, Any]:
    here, office = seat.here, seat.office
    shop = await here.kefu.shop.profile()
    settings = here.settings
    return {
        "me": profile(seat.agent),
        "agents": await team(office.staff, office.board.presence),
        "counts": dict(await office.staff.counts(seat.agent, now=here.clock())),
        "tags": list(await office.staff.all_tags()),
        "canned": [
            {"shortcut": one.shortcut, "zh": one.zh, "en": one.en}
            for one in await office.staff.canned_answers()
        ],
        "shop": {
            "name": shop.name,
            "languages": list(shop.languages),
            "timezone": shop.timezone,
            "open": open_now(shop, here.clock()),
            "channels": ["web", "api", *here.kefu.channels.connectors],
        },
        "settings": {
            "translate": office.translating.is_on,
            "assignment": office.assigning.mode,
            "max_chars": settings.max_chars,
            "max_attachment_bytes": settings.max_attachment_bytes,
        },
    }


ROUTES = (
    Route("POST", "/logout", "agent", sign_out),
    Route("POST", "/logout_everywhere", "agent", sign_out_everywhere),
    Route("GET", "/me", "agent", get_me),
    Route("PATCH", "/me", "agent", change_me),
)
OPEN_ROUTES = (
    web.get(f"{PREFIX}/api/login", sign_in_help, allow_head=False),
    web.post(f"{PREFIX}/api/login", sign_in),
)
"""For who is not signed in."""
