"""Agents in the database; the last admin cannot be lost."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from bot.conflicts import insert_unless_there
from bot.errors import Conflict, NotFound
from bot.staff.agents import Agent
from bot.store.rows import AnyRow, ids
from bot.store.tables import agent_sessions, agents

_IS_ENABLED_ADMIN = (agents.c.role == "admin", agents.c.disabled_at.is_(None))


def add(connection: Connection, agent: Agent, password: str, at: datetime) -> None:
    """Raises Conflict."""
    values = {
        "id": agent.id,
        "login": agent.login,
        "name": agent.name,
        "password": password,
        "role": agent.role,
        "languages": ",".join(agent.languages),
        "skills": ",".join(agent.skills),
        "capacity": agent.capacity,
        "available": agent.available,
        "seen_at": agent.seen_at,
        "created_at": at,
        "disabled_at": agent.disabled_at,
    }
    unless_taken = insert_unless_there(agents, connection.dialect.name).returning(agents.c.id)
    if connection.execute(unless_taken, values).first() is None:
        raise Conflict(f"The login {agent.login} is taken.", code="login_taken")


def by_id(connection: Connection, agent_id: str) -> Agent | None:
    row = connection.execute(select(agents).where(agents.c.id == agent_id)).first()
    return None if row is None else of(row)


def by_login(connection: Connection, login: str) -> tuple[Agent, str] | None:
    row = connection.execute(select(agents).where(agents.c.login == login)).first()
    return None if row is None else (of(row), row.password)


def everybody(connection: Connection) -> Sequence[Agent]:
    return tuple(map(of, connection.execute(select(agents).order_by(agents.c.name, agents.c.login))))


def change(
    connection: Connection,
    agent_id: str,
    values: dict[str, Any],
    disabled: bool | None,
    at: datetime,
    but: str | None,
) -> None:
    """`values` are columns as they shall be.

    Raises:
        NotFound: there is no such agent.
        Conflict: no admin would be left.
    """
    values = {name: ",".join(value) if isinstance(value, tuple) else value for name, value in values.items()}
    if disabled or values.get("role", "admin") != "admin":
        _keep_an_admin(connection, agent_id)
    if disabled:
        values |= {"disabled_at": func.coalesce(agents.c.disabled_at, at), "available": False}
    elif disabled is not None:
        values["disabled_at"] = None
    # Written even if nothing changes: it tells whether there is such an agent.
    changed = connection.execute(
        update(agents).where(agents.c.id == agent_id).values(values or {"id": agent_id})
    )
    if changed.rowcount == 0:
        raise NotFound("There is no such agent.")
    if disabled or "password" in values:
        connection.execute(
            delete(agent_sessions).where(
                agent_sessions.c.agent_id == agent_id, agent_sessions.c.digest != (but or "")
            )
        )


def _keep_an_admin(connection: Connection, agent_id: str) -> None:
    """Two admins who disable each other wait for each other here: locked in one order, looked at when locked."""
    admins = connection.execute(
        select(agents.c.id).where(*_IS_ENABLED_ADMIN).order_by(agents.c.id).with_for_update()
    ).scalars()
    if list(admins) == [agent_id]:
        raise Conflict("The last admin must stay one.", code="last_admin")


def seen(connection: Connection, agent_id: str, at: datetime) -> None:
    connection.execute(update(agents).where(agents.c.id == agent_id).values(seen_at=at))


def rehash(connection: Connection, agent_id: str, old: str, new: str) -> None:
    connection.execute(
        update(agents).where(agents.c.id == agent_id, agents.c.password == old).values(password=new)
    )


def of(row: AnyRow) -> Agent:
    return Agent(
        id=row.id,
        login=row.login,
        name=row.name,
        role=row.role,
        languages=ids(row.languages),
        skills=ids(row.skills),
        capacity=row.capacity,
        available=row.available,
        seen_at=row.seen_at,
        disabled_at=row.disabled_at,
    )
