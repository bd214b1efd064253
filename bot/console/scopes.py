"""What a report is about: days of the shop, a channel, a language, an agent; and what that asks of each table's rows."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select

from bot.errors import InvalidInput
from bot.store.tables import conversations, handovers, messages, tool_attempts, unanswered

LONGEST_DAYS = 366
SETTLED = ("resolved", "returned", "merged")
"""Outcomes that a person brought about."""

Ids = Select[tuple[str]]
Condition = ColumnElement[bool]
Column = ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` to just before `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Filters:
    """`first` to `last`, both included, in the shop's time zone."""

    first: date
    last: date
    timezone: ZoneInfo
    channel: str | None = None
    language: str | None = None
    """Somebody of the shop, or the bot, spoke it within these days."""
    agent_id: str | None = None
    """Had a hand-over within these days."""

    def __post_init__(self) -> None:
        if not 0 <= (self.last - self.first).days < LONGEST_DAYS:
            raise InvalidInput(f"from, to: at most {LONGEST_DAYS} days, in order", code="invalid_field")

    @property
    def span(self) -> Span:
        return Span(self._midnight(self.first), self._midnight(self.last + timedelta(days=1)))

    @property
    def days(self) -> tuple["Filters", ...]:
        """Each day by itself."""
        count = (self.last - self.first).days + 1
        found = (self.first + timedelta(days=number) for number in range(count))
        return tuple(replace(self, first=day, last=day) for day in found)

    def query(self, set_: str, name: str | None = None, **others: str) -> str:
        """As a URL asks for a set; `others` replace filters."""
        given = {
            "set": set_,
            "name": name,
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "channel": self.channel,
            "language": self.language,
            "agent": self.agent_id,
            **others,
        }
        return urlencode({key: value for key, value in given.items() if value is not None})

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.timezone)


def within(moment: Column, span: Span) -> Condition:
    return and_(moment >= span.start, moment < span.end)


def about(
    conversation: Column, filters: Filters, span: Span, language: Column | None = None
) -> list[Condition]:
    """The filters on rows that name a conversation; `language` is the rows' own where they have one."""
    found: list[Condition] = []
    if filters.channel is not None:
        # Asked of each row: an IN would have SQLite begin with all conversations of the channel.
        its = conversations.alias("its")
        channel = select(its.c.channel).where(its.c.id == conversation).scalar_subquery()
        found.append(channel == filters.channel)
    if filters.language is not None and language is not None:
        found.append(language == filters.language)
    elif filters.language is not None:
        found.append(conversation.in_(_spoken(filters, span)))
    if filters.agent_id is not None:
        had = select(handovers.c.conversation_id).where(
            handovers.c.agent_id == filters.agent_id, touching(span)
        )
        found.append(conversation.in_(had))
    return found


def touching(span: Span) -> Condition:
    """Hand-overs that were open at some time within it."""
    ended_before = and_(handovers.c.closed_at.is_not(None), handovers.c.closed_at < span.start)
    return and_(handovers.c.opened_at < span.end, ~ended_before)


def said(filters: Filters) -> list[Condition]:
    """Shoppers' lines."""
    conversation, span = messages.c.conversation_id, filters.span
    return [messages.c.author == "shopper", within(messages.c.at, span), *about(conversation, filters, span)]


def replied(filters: Filters) -> list[Condition]:
    """The shop's lines."""
    conversation, language = messages.c.conversation_id, messages.c.language
    by_shop, span = messages.c.author != "shopper", filters.span
    return [by_shop, within(messages.c.at, span), *about(conversation, filters, span, language)]


def opened(filters: Filters) -> list[Condition]:
    """Hand-overs that were asked for within the days."""
    found = _of_handovers(filters)
    return [within(handovers.c.opened_at, filters.span), *found]


def rated(filters: Filters) -> list[Condition]:
    """Hand-overs that were rated within the days."""
    found = _of_handovers(filters)
    return [handovers.c.rating.is_not(None), within(handovers.c.rated_at, filters.span), *found]


def asked_in_vain(filters: Filters) -> list[Condition]:
    """Rows of the unanswered list."""
    conversation, language, span = unanswered.c.conversation_id, unanswered.c.language, filters.span
    return [within(unanswered.c.asked_at, span), *about(conversation, filters, span, language)]


def attempted(filters: Filters) -> list[Condition]:
    """Changes that were tried."""
    conversation, span = tool_attempts.c.conversation_id, filters.span
    return [within(tool_attempts.c.at, span), *about(conversation, filters, span)]


def fate(filters: Filters) -> Select[tuple[str, int, int]]:
    """Of every conversation that a hand-over touches: is one open, was one settled by a person; 1 or 0."""
    return (
        select(
            handovers.c.conversation_id.label("id"),
            func.max(case((handovers.c.closed_at.is_(None), 1), else_=0)).label("open"),
            func.max(case((handovers.c.outcome.in_(SETTLED), 1), else_=0)).label("settled"),
        )
        .where(touching(filters.span))
        .group_by(handovers.c.conversation_id)
    )


def answered_in_time() -> Condition:
    return and_(handovers.c.respond_by.is_not(None), handovers.c.first_reply_at <= handovers.c.respond_by)


def answered_late(now: datetime) -> Condition:
    """Too late, or not yet and the time is over, or nobody came at all."""
    due, at = handovers.c.respond_by, handovers.c.first_reply_at
    never = or_(and_(handovers.c.outcome.is_not(None), handovers.c.outcome == "timed_out"), _ended(now) > due)
    return and_(due.is_not(None), or_(and_(at.is_not(None), at > due), and_(at.is_(None), never)))


def settled_in_time() -> Condition:
    due, at = handovers.c.resolve_by, handovers.c.closed_at
    return and_(due.is_not(None), handovers.c.outcome.in_(SETTLED), at <= due)


def settled_late(now: datetime) -> Condition:
    """Too late, or not yet and the time is over."""
    return and_(handovers.c.resolve_by.is_not(None), _ended(now) > handovers.c.resolve_by)


def _ended(now: datetime) -> Column:
    return func.coalesce(handovers.c.closed_at, literal(now, handovers.c.closed_at.type))


def failed_with(tool: str) -> Condition:
    """Lines at which that tool broke."""
    return (literal(",") + messages.c.failed + literal(",")).contains(f",{tool},", autoescape=True)


def _of_handovers(filters: Filters) -> list[Condition]:
    """The filters on hand-overs: their own agent, their own language."""
    language = handovers.c.language
    found = about(handovers.c.conversation_id, replace(filters, agent_id=None), filters.span, language)
    return found if filters.agent_id is None else [*found, handovers.c.agent_id == filters.agent_id]


def _spoken(filters: Filters, span: Span) -> Ids:
    lines = messages.alias("spoken")
    return select(lines.c.conversation_id).where(
        lines.c.author != "shopper", lines.c.language == filters.language, within(lines.c.at, span)
    )
