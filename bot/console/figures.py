"""What is counted for a report, in SQL; each function a statement or two over an index."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Select,
    and_,
    case,
    distinct,
    func,
    literal,
    select,
)

from bot.console.scopes import (
    SETTLED,
    Column,
    Condition,
    Filters,
    answered_in_time,
    answered_late,
    asked_in_vain,
    attempted,
    fate,
    opened,
    rated,
    replied,
    said,
    settled_in_time,
    settled_late,
)
from bot.store.rows import AnyRow
from bot.store.tables import conversations, handovers, messages, tool_attempts, unanswered

Named = Sequence[tuple[str, int]]
"""Names with a count each, the largest first."""
MOST_INTENTS = 20


@dataclass(frozen=True, slots=True)
class Talk:
    """Conversations of one channel, by what became of them; the four fates add up to `conversations`."""

    channel: str
    conversations: int
    lines: int
    """Of shoppers."""
    bot: int
    person: int
    open: int
    missed: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A hand-over."""

    conversation_id: str
    reason: str
    agent_id: str | None
    language: str
    channel: str
    opened_at: datetime
    response: float | None
    """Seconds to the first answer of a person."""
    resolution: float | None
    """Seconds until a person settled it."""
    in_time: bool
    late: bool
    settled_in_time: bool
    settled_late: bool
    settled: bool


@dataclass(frozen=True, slots=True)
class Rating:
    rating: int
    agent_id: str | None


@dataclass(frozen=True, slots=True)
class Thumbs:
    up: int
    down: int


def talks(connection: Connection, filters: Filters) -> Sequence[Talk]:
    """Busiest channel first."""
    talked = (
        select(messages.c.conversation_id.label("id"), func.count().label("lines"))
        .where(*said(filters))
        .group_by(messages.c.conversation_id)
        .cte("talked")
    )
    touched = fate(filters).cte("touched")

    def count(*conditions: Condition) -> Column:
        return func.sum(case((and_(*conditions), 1), else_=0))

    rows = connection.execute(
        select(
            conversations.c.channel,
            func.count(),
            func.sum(talked.c.lines),
            count(touched.c.id.is_(None)),
            count(touched.c.open == 0, touched.c.settled == 1),
            count(touched.c.open == 1),
            count(touched.c.open == 0, touched.c.settled == 0),
        )
        .select_from(talked)
        .join(conversations, conversations.c.id == talked.c.id)
        .outerjoin(touched, touched.c.id == talked.c.id)
        .group_by(conversations.c.channel)
        .order_by(func.count().desc(), conversations.c.channel)
    )
    return tuple(Talk(row[0], *map(int, row[1:])) for row in rows)


def languages(connection: Connection, filters: Filters) -> Named:
    """In how many conversations each was spoken by the shop; one may have several."""
    talked = select(messages.c.conversation_id).where(*said(filters))
    return _named(
        connection,
        select(messages.c.language, func.count(distinct(messages.c.conversation_id)))
        .where(*replied(filters), messages.c.language.is_not(None), messages.c.conversation_id.in_(talked))
        .group_by(messages.c.language),
    )


def by_day(connection: Connection, filters: Filters) -> Sequence[tuple[int, int]]:
    """Conversations and lines of shoppers, as a report on each day alone would count them.

    A statement a day, each through the index: in one statement the databases go through all days for every line.
    """
    counts = select(func.count(distinct(messages.c.conversation_id)), func.count())
    rows = (connection.execute(counts.where(*said(day))).one() for day in filters.days)
    return tuple((int(row[0]), int(row[1])) for row in rows)


def unanswered_by_day(connection: Connection, filters: Filters) -> Sequence[int]:
    """As a report on each day alone would count them."""
    if filters.agent_id is None:
        rows = unanswered_rows(connection, filters)
        counts = Counter(at.astimezone(filters.timezone).date() for _, at, edited in rows if not edited)
        return tuple(counts[day.first] for day in filters.days)
    # Had the agent a hand-over on that very day?
    count = select(func.count()).where(unanswered.c.suggested == "")
    return tuple(connection.execute(count.where(*asked_in_vain(day))).scalar_one() for day in filters.days)


def handed_over(connection: Connection, filters: Filters, now: datetime) -> Sequence[Asked]:
    """Asked for within the days, the oldest first."""
    flags = (
        answered_in_time(),
        answered_late(now),
        settled_in_time(),
        settled_late(now),
        handovers.c.outcome.in_(SETTLED),
    )
    rows = connection.execute(
        select(
            handovers.c.conversation_id,
            handovers.c.reason,
            handovers.c.agent_id,
            handovers.c.language,
            conversations.c.channel,
            handovers.c.opened_at,
            handovers.c.first_reply_at,
            handovers.c.closed_at,
            *(case((flag, 1), else_=0).label(f"flag{number}") for number, flag in enumerate(flags)),
        )
        .join(conversations, conversations.c.id == handovers.c.conversation_id)
        .where(*opened(filters))
        .order_by(handovers.c.opened_at, handovers.c.id)
    )
    return tuple(map(_asked, rows))


def ratings(connection: Connection, filters: Filters) -> Sequence[Rating]:
    rows = connection.execute(
        select(handovers.c.rating, handovers.c.agent_id).where(*rated(filters)).order_by(handovers.c.id)
    )
    return tuple(Rating(row.rating, row.agent_id) for row in rows)


def intents(connection: Connection, filters: Filters) -> Named:
    """In how many conversations."""
    return _named(
        connection,
        select(messages.c.intent, func.count(distinct(messages.c.conversation_id)))
        .where(*replied(filters), messages.c.intent.is_not(None))
        .group_by(messages.c.intent),
    )[:MOST_INTENTS]


def failures(connection: Connection, filters: Filters) -> Named:
    """By tool, how many of the bot's lines it broke."""
    rows = connection.execute(
        select(messages.c.failed, func.count())
        .where(*replied(filters), messages.c.failed != "")
        .group_by(messages.c.failed)
    )
    counts: Counter[str] = Counter()
    for failed, count in rows:
        counts.update(dict.fromkeys(failed.split(","), int(count)))
    return _sorted(counts)


def changes(connection: Connection, filters: Filters) -> dict[str, dict[str, int]]:
    """Changes that were tried: tool to outcome to how many."""
    rows = connection.execute(
        select(tool_attempts.c.tool, tool_attempts.c.outcome, func.count())
        .where(*attempted(filters))
        .group_by(tool_attempts.c.tool, tool_attempts.c.outcome)
        .order_by(tool_attempts.c.tool, tool_attempts.c.outcome)
    )
    found: dict[str, dict[str, int]] = {}
    for tool, outcome, count in rows:
        found.setdefault(tool, {})[outcome] = int(count)
    return found


def written(connection: Connection, filters: Filters) -> dict[str, int]:
    """Lines by agent."""
    rows = connection.execute(
        select(messages.c.agent_id, func.count())
        .where(*replied(filters), messages.c.agent_id.is_not(None))
        .group_by(messages.c.agent_id)
    )
    return {agent_id: int(count) for agent_id, count in rows}


def thumbs(connection: Connection, filters: Filters) -> Thumbs:
    """Lines with a thumb."""
    up = func.sum(case((messages.c.helpful.is_(True), 1), else_=0))
    row = connection.execute(
        select(func.coalesce(up, 0), func.count()).where(*replied(filters), messages.c.helpful.is_not(None))
    ).one()
    return Thumbs(int(row[0]), int(row[1]) - int(row[0]))


def unanswered_rows(connection: Connection, filters: Filters) -> Sequence[tuple[int, datetime, bool]]:
    """(id, when, whether it is an answer that an agent changed)"""
    edited = case((unanswered.c.suggested != "", 1), else_=literal(0, Integer))
    rows = connection.execute(
        select(unanswered.c.id, unanswered.c.asked_at, edited).where(*asked_in_vain(filters))
    )
    return tuple((row[0], row[1], bool(row[2])) for row in rows)


def _named(connection: Connection, statement: Select[Any]) -> Named:
    rows = connection.execute(statement)
    return _sorted({name: int(count) for name, count in rows})


def _sorted(counts: dict[str, int]) -> Named:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _asked(row: AnyRow) -> Asked:
    in_time, late, settled_on_time, settled_after, settled = map(bool, row[8:])
    return Asked(
        conversation_id=row.conversation_id,
        reason=row.reason,
        agent_id=row.agent_id,
        language=row.language,
        channel=row.channel,
        opened_at=row.opened_at,
        response=_seconds(row.opened_at, row.first_reply_at),
        resolution=_seconds(row.opened_at, row.closed_at) if settled else None,
        in_time=in_time,
        late=late,
        settled_in_time=settled_on_time,
        settled_late=settled_after,
        settled=settled,
    )


def _seconds(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else (end - start).total_seconds()
