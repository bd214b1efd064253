"""Agents, their sessions, and who did what."""

import asyncio
from typing import Annotated, Any
from uuid import uuid4

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from bot.console.team import profile
from bot.errors import NotFound
from bot.http.console.seat import Route, Seat
from bot.http.console.sessions import Language, Name, Password
from bot.http.context import body, name_in_path, number
from bot.http.history import LARGEST_SEQ
from bot.staff.agents import Agent, Role
from bot.staff.base import Session
from bot.staff.logins import IDLE_SECONDS
from bot.staff.passwords import check_login, check_password, hashed, plain_login

_MOST_DEEDS = 200

Languages = Annotated[tuple[Language, ...], Field(min_length=1, max_length=9)]
Skills = Annotated[tuple[Annotated[str, Field(pattern=r"^[a-z0-9_.:-]{1,60}$")], ...], Field(max_length=40)]
Capacity = Annotated[int, Field(ge=0, le=200)]


class AddUser(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    login: Annotated[str, Field(max_length=100)]
    name: Name
    password: Password
    role: Role = "agent"
    languages: Languages = ("zh", "en")
    skills: Skills = ()
    capacity: Capacity = 8


class ChangeUser(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name | None = None
    role: Role | None = None
    languages: Languages | None = None
    skills: Skills | None = None
    capacity: Capacity | None = None
    available: bool | None = None
    disabled: bool | None = None
    password: Password | None = None


async def list_users(seat: Seat) -> web.Response:
    return web.json_response({"users": [_user(one) for one in await seat.office.staff.agents()]})


async def add_user(seat: Seat) -> web.Response:
    given = await body(seat.request, AddUser)
    login = plain_login(given.login)
    check_login(login)
    check_password(given.password, login)
    agent = Agent(
        id=uuid4().hex,
        login=login,
        name=given.name,
        role=given.role,
        languages=given.languages,
        skills=given.skills,
        capacity=given.capacity,
    )
    password = await asyncio.to_thread(hashed, given.password)
    await seat.office.staff.add_agent(agent, password, at=seat.here.clock())
    await seat.office.note("add_user", seat.agent, subject=login, detail=given.role)
    seat.office.board.tell_team()
    return web.json_response({"user": _user(agent)}, status=201)


async def change_user(seat: Seat) -> web.Response:
    """A new password, and being disabled, ends their sessions: their consoles close at once."""
    agent_id, given = name_in_path(seat.request, "agent_id"), await body(seat.request, ChangeUser)
    office = seat.office
    agent = await office.staff.agent(agent_id)
    if agent is None:
        raise NotFound("There is no such agent.")
    values = given.model_dump(exclude_none=True)
    if given.password is not None:
        check_password(given.password, agent.login)
        values["password"] = await asyncio.to_thread(hashed, given.password)
    await office.staff.change_agent(agent_id, at=seat.here.clock(), **values)
    detail = ", ".join(name if name == "password" else f"{name}={value}" for name, value in values.items())
    await office.note("change_user", seat.agent, subject=agent.login, detail=detail)
    if given.disabled or given.password is not None:
        office.board.sign_out(agent_id=agent_id)
    # A role that was taken away is taken from what is open, too.
    await office.check_sessions()
    office.board.tell_team()
    changed = await office.staff.agent(agent_id)
    assert changed is not None
    return web.json_response({"user": _user(changed)})


async def list_sessions(seat: Seat) -> web.Response:
    """Their own; with ?all=1 an admin's everybody's."""
    everybody = seat.request.query.get("all") == "1" and seat.agent.is_at_least("admin")
    found = await seat.office.staff.sessions(
        None if everybody else seat.agent.id, at=seat.here.clock(), idle_seconds=IDLE_SECONDS
    )
    return web.json_response({"sessions": [_session(one, seat.session.digest) for one in found]})


async def end_session(seat: Seat) -> web.Response:
    """
    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    digest, now = name_in_path(seat.request, "digest"), seat.here.clock()
    whose = None if seat.agent.is_at_least("admin") else seat.agent.id
    found = await seat.office.staff.sessions(whose, at=now, idle_seconds=IDLE_SECONDS)
    session = next((one for one in found if one.digest == digest), None)
    if session is None:
        raise NotFound("There is no such session.")
    await seat.office.staff.end_session(digest)
    await seat.office.note("end_session", seat.agent, subject=session.agent.login)
    seat.office.board.sign_out(digest=digest)
    return web.json_response({})


async def audit(seat: Seat) -> web.Response:
    """Newest first; `before` of the page before goes on."""
    asked = seat.request.query
    limit = number(seat.request, "limit", 100, most=_MOST_DEEDS) or 1
    deeds = await seat.office.staff.deeds(
        agent_id=asked.get("agent") or None,
        conversation_id=asked.get("conversation") or None,
        before=number(seat.request, "before", 0, most=LARGEST_SEQ) or None,
        limit=limit,
    )
    shown = [
        {
            "id": number_,
            "at": deed.at.isoformat(),
            "agent_id": deed.agent_id,
            "action": deed.action,
            "conversation_id": deed.conversation_id,
            "subject": deed.subject,
            "detail": deed.detail,
        }
        for number_, deed in deeds
    ]
    return web.json_response({"deeds": shown, "before": shown[-1]["id"] if len(shown) == limit else None})


def _user(agent: Agent) -> dict[str, Any]:
    return profile(agent) | {"seen_at": agent.seen_at.isoformat() if agent.seen_at else None}


def _session(session: Session, own: str) -> dict[str, Any]:
    return {
        "id": session.digest,
        "agent_id": session.agent.id,
        "created_at": session.created_at.isoformat(),
        "seen_at": session.seen_at.isoformat(),
        "expires_at": session.expires_at.isoformat(),
        "address": session.address,
        "browser": session.browser,
        "current": session.digest == own,
    }


ROUTES = (
    Route("GET", "/users", "admin", list_users),
    Route("POST", "/users", "admin", add_user),
    Route("PATCH", "/users/{agent_id}", "admin", change_user),
    Route("GET", "/sessions", "agent", list_sessions),
    Route("DELETE", "/sessions/{digest}", "agent", end_session),
    Route("GET", "/audit", "lead", audit),
)
