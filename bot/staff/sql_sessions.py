"""Sessions of agents: a row per signed-in browser, known by the digest of its cookie."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select, update

from bot.staff import sql_agents
from bot.staff.base import Session
from bot.store.rows import AnyRow
from bot.store.tables import agent_sessions, agents

_COLUMNS = (
    agent_sessions.c.digest,
    agent_sessions.c.created_at,
    agent_sessions.c.expires_at,
    agent_sessions.c.seen_at.label("session_seen_at"),
    agent_sessions.c.address,
    agent_sessions.c.browser,
)


def open_one(connection: Connection, agent_id: str, password: str, values: dict[str, Any]) -> bool:
    """Not for who was disabled, or given another password, while the old one was being checked."""
    connection.execute(delete(agent_sessions).where(agent_sessions.c.expires_at <= values["created_at"]))
    admitted = connection.execute(
        select(agents.c.id)
        .where(agents.c.id == agent_id, agents.c.password == password, agents.c.disabled_at.is_(None))
        .with_for_update(key_share=True)
    ).first()
    if admitted is not None:
        connection.execute(
            insert(agent_sessions), {**values, "agent_id": agent_id, "seen_at": values["created_at"]}
        )
    return admitted is not None


def one(connection: Connection, digest: str, at: datetime, idle: timedelta) -> Session | None:
    row = connection.execute(_alive(at, idle).where(agent_sessions.c.digest == digest)).first()
    return None if row is None else _session(row)


def listed(connection: Connection, agent_id: str | None, at: datetime, idle: timedelta) -> Sequence[Session]:
    statement = _alive(at, idle).order_by(agent_sessions.c.seen_at.desc(), agent_sessions.c.digest)
    if agent_id is not None:
        statement = statement.where(agent_sessions.c.agent_id == agent_id)
    return tuple(map(_session, connection.execute(statement)))


def touch(connection: Connection, digest: str, at: datetime) -> None:
    connection.execute(
        update(agent_sessions)
        .where(agent_sessions.c.digest == digest, agent_sessions.c.seen_at < at)
        .values(seen_at=at)
    )


def end(connection: Connection, digest: str) -> None:
    connection.execute(delete(agent_sessions).where(agent_sessions.c.digest == digest))


def end_all(connection: Connection, agent_id: str, but: str | None) -> int:
    ended = connection.execute(
        delete(agent_sessions).where(
            agent_sessions.c.agent_id == agent_id, agent_sessions.c.digest != (but or "")
        )
    )
    return int(ended.rowcount)


def _alive(at: datetime, idle: timedelta) -> Select[Any]:
    return (
        select(*_COLUMNS, agents)
        .join(agents, agents.c.id == agent_sessions.c.agent_id)
        .where(
            agent_sessions.c.expires_at > at,
            agent_sessions.c.seen_at > at - idle,
            agents.c.disabled_at.is_(None),
        )
    )


def _session(row: AnyRow) -> Session:
    return Session(
        digest=row.digest,
        agent=sql_agents.of(row),
        created_at=row.created_at,
        expires_at=row.expires_at,
        seen_at=row.session_seen_at,
        address=row.address,
        browser=row.browser,
    )
