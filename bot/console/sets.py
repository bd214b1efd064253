"""The conversations behind a number: each set is a SELECT of their ids over the rows that are counted."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select

from bot.console.scopes import (
    SETTLED,
    Condition,
    Filters,
    Ids,
    answered_late,
    asked_in_vain,
    attempted,
    failed_with,
    fate,
    opened,
    rated,
    replied,
    said,
    settled_late,
    touching,
)
from bot.errors import InvalidInput
from bot.store.tables import handovers, messages, tool_attempts, unanswered


def conversation_ids(set_: str, name: str | None, filters: Filters, now: datetime) -> Ids:
    """
    Raises:
        InvalidInput: there is no such set, or it wants a name.
    """
    if set_ in _PLAIN:
        return _PLAIN[set_](filters, now)
    if set_ in _NAMED and name:
        return _NAMED[set_](filters, name)
    raise InvalidInput("set: there is no such set, or it wants a name", code="invalid_field")


def _talked(filters: Filters) -> Ids:
    return select(messages.c.conversation_id).where(*said(filters))


def _of_fate(filters: Filters, condition: Callable[[Any], Condition]) -> Ids:
    known = fate(filters).subquery()
    return _talked(filters).where(
        messages.c.conversation_id.in_(select(known.c.id).where(condition(known.c)))
    )


def _by_bot(filters: Filters) -> Ids:
    touched = select(handovers.c.conversation_id).where(touching(filters.span))
    return _talked(filters).where(messages.c.conversation_id.not_in(touched))


def _handed(filters: Filters, *conditions: Condition) -> Ids:
    return select(handovers.c.conversation_id).where(*opened(filters), *conditions)


def _rated(filters: Filters, *conditions: Condition) -> Ids:
    return select(handovers.c.conversation_id).where(*rated(filters), *conditions)


def _replied(filters: Filters, *conditions: Condition) -> Ids:
    return select(messages.c.conversation_id).where(*replied(filters), *conditions)


def _asked(filters: Filters, *conditions: Condition) -> Ids:
    return select(unanswered.c.conversation_id).where(*asked_in_vain(filters), *conditions)


def _changed(filters: Filters, name: str) -> Ids:
    tool, _, outcome = name.partition(":")
    return select(tool_attempts.c.conversation_id).where(
        *attempted(filters),
        tool_attempts.c.conversation_id.is_not(None),
        tool_attempts.c.tool == tool,
        tool_attempts.c.outcome == outcome,
    )


def _of_rating(filters: Filters, name: str) -> Ids:
    if name not in {"1", "2", "3", "4", "5"}:
        raise InvalidInput("name: 1 to 5", code="invalid_field")
    return _rated(filters, handovers.c.rating == int(name))


_PLAIN: Mapping[str, Callable[[Filters, datetime], Ids]] = {
    "conversations": lambda filters, _: _talked(filters),
    "bot": lambda filters, _: _by_bot(filters),
    "open": lambda filters, _: _of_fate(filters, lambda one: one.open == 1),
    "person": lambda filters, _: _of_fate(filters, lambda one: and_(one.open == 0, one.settled == 1)),
    "missed": lambda filters, _: _of_fate(filters, lambda one: and_(one.open == 0, one.settled == 0)),
    "handovers": lambda filters, _: _handed(filters),
    "answered": lambda filters, _: _handed(filters, handovers.c.first_reply_at.is_not(None)),
    "settled": lambda filters, _: _handed(filters, handovers.c.outcome.in_(SETTLED)),
    "answered_late": lambda filters, now: _handed(filters, answered_late(now)),
    "settled_late": lambda filters, now: _handed(filters, settled_late(now)),
    "rated": lambda filters, _: _rated(filters),
    "helpful": lambda filters, _: _replied(filters, messages.c.helpful.is_(True)),
    "unhelpful": lambda filters, _: _replied(filters, messages.c.helpful.is_(False)),
    "unanswered": lambda filters, _: _asked(filters, unanswered.c.suggested == ""),
    "edited": lambda filters, _: _asked(filters, unanswered.c.suggested != ""),
}
_NAMED: Mapping[str, Callable[[Filters, str], Ids]] = {
    "reason": lambda filters, name: _handed(filters, handovers.c.reason == name),
    "intent": lambda filters, name: _replied(filters, messages.c.intent == name),
    "failed": lambda filters, name: _replied(filters, failed_with(name)),
    "written": lambda filters, name: _replied(filters, messages.c.agent_id == name),
    "change": _changed,
    "rating": _of_rating,
}
