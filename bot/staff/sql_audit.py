"""The audit of the console: who saw and did what; written once, never changed."""

from collections.abc import Sequence
from dataclasses import asdict, fields

from sqlalchemy import Connection, insert, select

from bot.staff.base import Deed
from bot.store.tables import staff_audit

_FIELDS = tuple(field.name for field in fields(Deed))
_MOST = 1000


def record(connection: Connection, deed: Deed) -> None:
    connection.execute(insert(staff_audit), asdict(deed))


def deeds(
    connection: Connection, agent_id: str | None, conversation_id: str | None, before: int | None, limit: int
) -> Sequence[tuple[int, Deed]]:
    statement = select(staff_audit.c.id, *(staff_audit.c[name] for name in _FIELDS))
    if agent_id is not None:
        statement = statement.where(staff_audit.c.agent_id == agent_id)
    if conversation_id is not None:
        statement = statement.where(staff_audit.c.conversation_id == conversation_id)
    if before is not None:
        statement = statement.where(staff_audit.c.id < before)
    newest = statement.order_by(staff_audit.c.id.desc()).limit(min(max(limit, 0), _MOST))
    return tuple((number, Deed(*values)) for number, *values in connection.execute(newest))
