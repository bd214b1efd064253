"""Pages of the inbox: the ids of one page in its order, then their rows.

A page ends with the place of its last row, and the next begins behind it: what others change in between neither
hides a row nor shows it twice, unless it was that row.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, case, func, literal, select, tuple_

from bot.staff.agents import Agent
from bot.staff.base import VIEWS, InboxQuery, InboxRow, Page, View
from bot.staff.cursors import by_age, by_urgency, cursor_of
from bot.staff.sql_rows import LAST_HANDOVER, rows, speaks
from bot.staff.sql_search import says
from bot.staff.sql_seeing import BY_URGENCY, OF_OPEN_ONES, is_breached, last, visible, within
from bot.store.tables import UtcDateTime, conversations, scrub, tags

MOST_COUNTED = 1000
_LONGEST_PAGE = 200
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)

_FIRST = func.coalesce(last.c.respond_by, last.c.resolve_by)
_DUE = func.coalesce(
    case((last.c.first_reply_at.is_(None), _FIRST), else_=last.c.resolve_by),
    literal(_NEVER, UtcDateTime),
    type_=UtcDateTime,
)
_URGENCY = (-last.c.priority, _DUE, last.c.id)
_AGE = (conversations.c.updated_at, conversations.c.id)


def page(connection: Connection, query: InboxQuery, now: datetime) -> Page:
    """Raises InvalidInput."""
    limit = min(max(query.limit, 1), _LONGEST_PAGE)
    statement = _ordered(_filtered(query, now), query.view, query.cursor).limit(limit + 1)
    found = [tuple(row) for row in connection.execute(statement)]
    shown = found[:limit]
    cursor = cursor_of(shown[-1][1:]) if len(found) > limit else None
    return Page(rows(connection, [one[0] for one in shown]), cursor)


def counts(connection: Connection, seer: Agent, now: datetime) -> Mapping[View, int]:
    """All in one statement, each as far as `MOST_COUNTED`."""
    views = {view: _within(view, seer, now).limit(MOST_COUNTED).subquery() for view in VIEWS}
    each = [select(func.count()).select_from(some).scalar_subquery() for some in views.values()]
    return dict(zip(views, connection.execute(select(*each)).one(), strict=True))


def row(connection: Connection, conversation_id: str, seer: Agent) -> InboxRow | None:
    seen = select(conversations.c.id).where(
        conversations.c.id == conversation_id, visible(seer, conversation_id)
    )
    return next(iter(rows(connection, connection.execute(seen).scalars().all())), None)


def open_ones(connection: Connection) -> Sequence[InboxRow]:
    wanted = select(last.c.conversation_id).where(last.c.closed_at.is_(None)).order_by(*_URGENCY)
    return rows(connection, connection.execute(wanted).scalars().all())


def _within(view: View, seer: Agent, now: datetime) -> Select[tuple[str]]:
    chosen = select(conversations.c.id)
    if view in OF_OPEN_ONES:
        # From the few that are open, of which a partial index knows.
        joined = chosen.join_from(last, conversations, conversations.c.id == last.c.conversation_id)
    else:
        joined = chosen.join_from(conversations, last, last.c.id == LAST_HANDOVER, isouter=True)
    return joined.where(visible(seer), within(view, seer, now))


def _filtered(query: InboxQuery, now: datetime) -> Select[tuple[str]]:
    chosen = _within(query.view, query.seer, now)
    if query.channel is not None:
        chosen = chosen.where(conversations.c.channel == query.channel)
    if query.language is not None:
        chosen = chosen.where(speaks == query.language)
    if query.tag is not None:
        tagged = select(tags.c.conversation_id).where(tags.c.name == query.tag)
        chosen = chosen.where(conversations.c.id.in_(tagged))
    if query.agent_id is not None:
        chosen = chosen.where(last.c.agent_id == query.agent_id)
    if query.reason is not None:
        chosen = chosen.where(last.c.reason == query.reason)
    if query.breached:
        chosen = chosen.where(is_breached(now))
    if words := scrub(query.text).strip():
        chosen = chosen.where(says(words))
    if query.ids:
        chosen = chosen.where(conversations.c.id.in_(query.ids))
    return chosen


def _ordered(chosen: Select[tuple[str]], view: View, cursor: str | None) -> Select[Any]:
    """With the place of each row behind its id."""
    if view in BY_URGENCY:
        ordered = chosen.add_columns(*_URGENCY).order_by(*_URGENCY)
        if cursor is None:
            return ordered
        urgency, due, number = by_urgency(cursor)
        behind = tuple_(literal(urgency), literal(due, UtcDateTime), literal(number))
        return ordered.where(tuple_(*_URGENCY) > behind)
    ordered = chosen.add_columns(*_AGE).order_by(*(column.desc() for column in _AGE))
    if cursor is None:
        return ordered
    updated, conversation_id = by_age(cursor)
    return ordered.where(tuple_(*_AGE) < tuple_(literal(updated, UtcDateTime), literal(conversation_id)))
