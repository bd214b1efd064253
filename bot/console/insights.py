"""How it goes: what the bot and people resolved, how fast, how well it was liked; computed from rows, kept nowhere.

Each figure carries the set of conversations behind it, as a query for `Insights.conversation_ids`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from math import ceil
from statistics import fmean, median
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from bot.console import figures, sets
from bot.console.figures import Asked, Rating
from bot.console.report import (
    Change,
    Group,
    InTime,
    Named,
    Number,
    OfAgent,
    Ratings,
    RatingShare,
    Report,
    Spread,
    Totals,
)
from bot.console.scopes import Filters
from bot.shop.base import Shop
from bot.staff.base import StaffStore
from bot.store.database import Database
from bot.store.tables import conversations

USUAL_DAYS = 30
MOST_IDS = 1000
SATISFIED = 4


class Insights:
    def __init__(
        self, database: Database, staff: StaffStore, shop: Shop, *, clock: Callable[[], datetime]
    ) -> None:
        self._database, self._staff, self._shop, self._clock = database, staff, shop, clock

    async def filters(
        self,
        first: date | None = None,
        last: date | None = None,
        *,
        channel: str | None = None,
        language: str | None = None,
        agent_id: str | None = None,
    ) -> Filters:
        """The last 30 days of the shop where nothing else is said.

        Raises:
            InvalidInput: no days at all, or more than a year.
        """
        timezone = ZoneInfo((await self._shop.profile()).timezone)
        last = last or self._clock().astimezone(timezone).date()
        first = first or last - timedelta(days=USUAL_DAYS - 1)
        return Filters(first, last, timezone, channel, language, agent_id)

    async def report(self, filters: Filters) -> Report:
        names = {agent.id: agent.name for agent in await self._staff.agents()}
        return await self._database.read(partial(_report, filters=filters, now=self._clock(), names=names))

    async def conversation_ids(
        self, set_: str, filters: Filters, *, name: str | None = None
    ) -> tuple[Sequence[str], bool]:
        """The latest 1,000 behind a number, and whether there are more.

        Raises:
            InvalidInput: there is no such set.
        """
        wanted = sets.conversation_ids(set_, name, filters, self._clock())
        statement = (
            select(conversations.c.id)
            .where(conversations.c.id.in_(wanted))
            .order_by(conversations.c.updated_at.desc(), conversations.c.id)
            .limit(MOST_IDS + 1)
        )
        found = await self._database.read(lambda connection: connection.execute(statement).scalars().all())
        return tuple(found[:MOST_IDS]), len(found) > MOST_IDS


def _report(connection: Connection, filters: Filters, now: datetime, names: dict[str, str]) -> Report:
    talks = figures.talks(connection, filters)
    handed = figures.handed_over(connection, filters, now)
    ratings = figures.ratings(connection, filters)
    asked = figures.unanswered_rows(connection, filters)
    thumbs = figures.thumbs(connection, filters)
    query = filters.query

    def total(name: str) -> Number:
        return Number(sum(getattr(talk, name) for talk in talks), query(name))

    count = sum(talk.conversations for talk in talks)
    edited = sum(is_edited for *_, is_edited in asked)
    distinct = len({one.conversation_id for one in handed})
    totals = Totals(
        conversations=total("conversations"),
        bot=total("bot"),
        person=total("person"),
        open=total("open"),
        missed=total("missed"),
        messages=Number(sum(talk.lines for talk in talks), query("conversations")),
        handovers=Number(len(handed), query("handovers")),
        handover_rate=Number(distinct / count if count else None, query("handovers")),
        first_response=_spread((one.response for one in handed), query("answered")),
        resolution=_spread((one.resolution for one in handed), query("settled")),
        response_in_time=_in_time(
            sum(one.in_time for one in handed), sum(one.late for one in handed), query("answered_late")
        ),
        resolution_in_time=_in_time(
            sum(one.settled_in_time for one in handed),
            sum(one.settled_late for one in handed),
            query("settled_late"),
        ),
        rating=_ratings(ratings, filters),
        helpful=Number(thumbs.up, query("helpful")),
        unhelpful=Number(thumbs.down, query("unhelpful")),
        unanswered=Number(len(asked) - edited, query("unanswered")),
        edited=Number(edited, query("edited")),
    )
    return Report(
        first=filters.first,
        last=filters.last,
        timezone=filters.timezone.key,
        totals=totals,
        reasons=_counted((one.reason for one in handed), "reason", filters),
        intents=_named(figures.intents(connection, filters), "intent", filters),
        tool_failures=_named(figures.failures(connection, filters), "failed", filters),
        changes=_changes(figures.changes(connection, filters), filters),
        days=_days(connection, handed, filters),
        channels=tuple(
            Group(
                talk.channel,
                Number(talk.conversations, query("conversations", channel=talk.channel)),
                Number(talk.lines, query("conversations", channel=talk.channel)),
                _handovers(handed, filters, channel=talk.channel),
            )
            for talk in talks
        ),
        languages=tuple(
            Group(
                language,
                Number(count, query("conversations", language=language)),
                None,
                _handovers(handed, filters, language=language),
            )
            for language, count in figures.languages(connection, filters)
        ),
        agents=_agents(handed, ratings, figures.written(connection, filters), names, filters),
        asked=frozenset(id_ for id_, *_ in asked),
    )


def _days(connection: Connection, handed: Sequence[Asked], filters: Filters) -> tuple[Group, ...]:
    talked = figures.by_day(connection, filters)
    in_vain = figures.unanswered_by_day(connection, filters)
    handed_on = Counter(one.opened_at.astimezone(filters.timezone).date() for one in handed)
    return tuple(
        Group(
            day.first.isoformat(),
            Number(count, day.query("conversations")),
            Number(lines, day.query("conversations")),
            Number(handed_on[day.first], day.query("handovers")),
            Number(asked, day.query("unanswered")),
        )
        for day, (count, lines), asked in zip(filters.days, talked, in_vain, strict=True)
    )


def _agents(
    handed: Sequence[Asked],
    ratings: Sequence[Rating],
    written: dict[str, int],
    names: dict[str, str],
    filters: Filters,
) -> tuple[OfAgent, ...]:
    """Everybody who had a hand-over, wrote or was rated within the days, the busiest first."""
    ids = {one.agent_id for one in handed} | {one.agent_id for one in ratings} | written.keys()
    found = []
    for id_ in sorted(id_ for id_ in ids if id_ is not None and filters.agent_id in (None, id_)):
        own = [one for one in handed if one.agent_id == id_]
        theirs = replace(filters, agent_id=id_)
        found.append(
            OfAgent(
                id=id_,
                name=names.get(id_, id_),
                taken=Number(len(own), theirs.query("handovers")),
                closed=Number(sum(one.settled for one in own), theirs.query("settled")),
                replies=Number(written.get(id_, 0), filters.query("written", name=id_)),
                first_response=_spread((one.response for one in own), theirs.query("answered")),
                rating=_ratings([one for one in ratings if one.agent_id == id_], theirs),
            )
        )
    return tuple(sorted(found, key=lambda one: -(one.taken.value or 0)))


def _handovers(handed: Sequence[Asked], filters: Filters, **of: str) -> Number:
    count = sum(all(getattr(one, name) == value for name, value in of.items()) for one in handed)
    return Number(count, filters.query("handovers", **of))


def _spread(seconds: Iterable[float | None], query: str) -> Spread:
    known = sorted(one for one in seconds if one is not None)
    if not known:
        return Spread(0, None, None, query)
    return Spread(len(known), round(median(known)), round(known[ceil(0.9 * len(known)) - 1]), query)


def _in_time(met: int, missed: int, query: str) -> InTime:
    return InTime(met / (met + missed) if met + missed else None, met, missed, query)


def _ratings(ratings: Sequence[Rating], filters: Filters) -> Ratings:
    values = [one.rating for one in ratings]
    return Ratings(
        count=len(values),
        average=fmean(values) if values else None,
        satisfied=sum(one >= SATISFIED for one in values) / len(values) if values else None,
        query=filters.query("rated"),
        distribution=tuple(
            RatingShare(one, values.count(one), filters.query("rating", str(one))) for one in range(1, 6)
        ),
    )


def _counted(names: Iterable[str], set_: str, filters: Filters) -> tuple[Named, ...]:
    counts = sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0]))
    return _named(counts, set_, filters)


def _named(counts: figures.Named, set_: str, filters: Filters) -> tuple[Named, ...]:
    return tuple(Named(name, count, filters.query(set_, name)) for name, count in counts)


def _changes(counts: dict[str, dict[str, int]], filters: Filters) -> tuple[Change, ...]:
    return tuple(
        Change(
            tool,
            {
                outcome: Number(count, filters.query("change", f"{tool}:{outcome}"))
                for outcome, count in outcomes.items()
            },
        )
        for tool, outcomes in counts.items()
    )
