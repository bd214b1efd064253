"""The rows of the unanswered list, on SQLite and PostgreSQL."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, func, select, update

from bot.store.rows import AnyRow
from bot.store.tables import UNRESOLVED, conversations, unanswered

MOST = 1000
"""Rows that are looked at: the newest."""
DONE = 50
"""Settled rows that are listed, to be opened again."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a shopper asked and the bot did not answer, or answered in words that an agent changed."""

    id: int
    text: str
    language: str
    at: datetime
    conversation_id: str
    channel: str
    nearest: tuple[str, ...]
    """Passage ids that came closest, best first."""
    suggested: str
    """What the bot proposed to the agent; empty when it had no answer."""
    given: str
    """What the agent wrote instead."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A row that is off the list: answered by a document, or set aside."""

    id: int
    text: str
    language: str
    at: datetime
    resolved_at: datetime
    resolved_by: str | None
    document: str | None


@dataclass(frozen=True, slots=True)
class Signature:
    """Another one whenever the open rows are others."""

    count: int
    newest: int
    total: int


_OPEN = (
    select(unanswered, conversations.c.channel)
    .join(conversations, conversations.c.id == unanswered.c.conversation_id)
    .where(UNRESOLVED)
    .order_by(unanswered.c.asked_at.desc(), unanswered.c.id.desc())
    .limit(MOST)
)


def signature(connection: Connection) -> Signature:
    row = connection.execute(
        select(
            func.count(),
            func.coalesce(func.max(unanswered.c.id), 0),
            func.coalesce(func.sum(unanswered.c.id), 0),
        ).where(UNRESOLVED)
    ).one()
    return Signature(*map(int, row))


def still_open(connection: Connection) -> Sequence[Question]:
    """The newest first, at most `MOST`."""
    return tuple(map(_question, connection.execute(_OPEN)))


def named(connection: Connection, ids: Sequence[int]) -> Sequence[Question]:
    """Open or settled, in the order of `ids`; what does not exist is left out."""
    statement: Select[tuple[object, ...]] = (
        select(unanswered, conversations.c.channel)
        .join(conversations, conversations.c.id == unanswered.c.conversation_id)
        .where(unanswered.c.id.in_(ids))
    )
    found = {row.id: _question(row) for row in connection.execute(statement)}
    return tuple(found[id_] for id_ in dict.fromkeys(ids) if id_ in found)


def settled(connection: Connection) -> Sequence[Settled]:
    """Settled last, first."""
    rows = connection.execute(
        select(unanswered)
        .where(unanswered.c.resolved_at.is_not(None))
        .order_by(unanswered.c.resolved_at.desc(), unanswered.c.id.desc())
        .limit(DONE)
    )
    return tuple(
        Settled(
            row.id, row.question, row.language, row.asked_at, row.resolved_at, row.resolved_by, row.document
        )
        for row in rows
    )


def settle(
    connection: Connection, ids: Sequence[int], document: str | None, agent_id: str, at: datetime
) -> int:
    """Take open rows off the list; how many there were."""
    done = connection.execute(
        update(unanswered)
        .where(unanswered.c.id.in_(ids), UNRESOLVED)
        .values(resolved_at=at, resolved_by=agent_id, document=document)
    )
    return int(done.rowcount)


def reopen(connection: Connection, ids: Sequence[int]) -> int:
    """Put settled rows on the list again; how many there were."""
    done = connection.execute(
        update(unanswered)
        .where(unanswered.c.id.in_(ids), unanswered.c.resolved_at.is_not(None))
        .values(_OPENED)
    )
    return int(done.rowcount)


def reopen_of(connection: Connection, document: str) -> int:
    """Put the rows that a document answered on the list again; how many there were."""
    done = connection.execute(update(unanswered).where(unanswered.c.document == document).values(_OPENED))
    return int(done.rowcount)


_OPENED: dict[str, None] = {"resolved_at": None, "resolved_by": None, "document": None}


def _question(row: AnyRow) -> Question:
    return Question(
        id=row.id,
        text=row.question,
        language=row.language,
        at=row.asked_at,
        conversation_id=row.conversation_id,
        channel=row.channel,
        nearest=tuple(json.loads(row.nearest)),
        suggested=row.suggested,
        given=row.given,
    )
