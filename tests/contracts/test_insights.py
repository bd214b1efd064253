"""The figures of a report against a plain model, over rows made up at random; on both databases."""

import csv
import io
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from math import ceil
from random import Random
from statistics import fmean, median
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, insert

from bot.console.insights import Insights
from bot.console.report import Group, Named, Number, Report
from bot.console.scopes import Filters
from bot.console.sheet import to_csv
from bot.errors import InvalidInput
from bot.shop.sql import SqlShop
from bot.staff.agents import Agent
from bot.staff.sql import SqlStaffStore
from bot.store.opening import open_database
from bot.store.tables import conversations, handovers, messages, tool_attempts, unanswered

ZONE = ZoneInfo("America/New_York")
START = datetime(2026, 10, 28, 4, tzinfo=UTC)  # midnight there; 1 November has 25 hours
DAYS = 8
NOW = START + timedelta(days=DAYS)
SETTLED = ("resolved", "returned", "merged")
ALL = Filters(date(2026, 10, 30), date(2026, 11, 2), ZONE)
FILTERS = (
    ALL,
    Filters(date(2026, 11, 1), date(2026, 11, 1), ZONE),
    replace(ALL, channel="web"),
    replace(ALL, language="en"),
    replace(ALL, agent_id="a1"),
    replace(ALL, channel="api", language="zh", agent_id="a2"),
)

Row = dict[str, Any]


@dataclass
class World:
    talks: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    handed: list[Row] = field(default_factory=list)
    asked: list[Row] = field(default_factory=list)
    tried: list[Row] = field(default_factory=list)

    def write(self, connection: Connection) -> None:
        for table, rows in (
            (conversations, self.talks),
            (messages, self.lines),
            (handovers, self.handed),
            (unanswered, self.asked),
            (tool_attempts, self.tried),
        ):
            connection.execute(insert(table), rows)


def make_world(random: Random) -> World:
    """A hundred conversations of up to two hand-overs each; some lines stand on the very edge of a day."""
    world = World()
    edges = [
        ALL.span.start,
        ALL.span.end,
        ALL.span.start - timedelta(microseconds=1),
        ALL.days[2].span.start,
        ALL.days[2].span.end,
    ]

    def moment() -> datetime:
        if random.random() < 0.1:
            return random.choice(edges).astimezone(UTC)
        return START + timedelta(seconds=random.randrange(DAYS * 86_400))

    def maybe(value: Any, share: float = 0.5) -> Any:
        return value if random.random() < share else None

    for number in range(100):
        id_ = f"c{number}"
        channel = random.choice(["web", "web", "api"])
        start = moment()
        world.talks.append(
            {
                "id": id_,
                "channel": channel,
                "sender": id_,
                "state": "{}",
                "version": 1,
                "next_seq": 99,
                "floor": "bot",
                "created_at": start,
                "updated_at": start + timedelta(seconds=number),
            }
        )
        for seq in range(random.randrange(1, 9)):
            author = random.choice(["shopper", "bot", "bot", "agent", "system"])
            own = author != "shopper"
            world.lines.append(
                {
                    "id": f"{id_}:{seq}",
                    "conversation_id": id_,
                    "seq": seq,
                    "channel": channel,
                    "sender": id_,
                    "author": author,
                    "text": "x",
                    "at": start + timedelta(hours=random.randrange(40)) * (seq > 0),
                    "turn_id": "t",
                    "language": random.choice(["zh", "en"]) if own else maybe("en"),
                    "agent_id": random.choice(["a1", "a2"]) if author == "agent" else None,
                    "intent": random.choice(["track_parcel", "return_item"]) if author == "bot" else None,
                    "failed": random.choice(["", "", "track_parcel", "track_parcel,coupons", "track_parcels"])
                    if author == "bot"
                    else "",
                    "helpful": random.choice([None, None, True, False]) if own else None,
                }
            )
        opened = start
        for place in range(random.choice([0, 0, 1, 2])):
            opened += timedelta(seconds=random.randrange(40_000))
            taken = maybe(opened + timedelta(seconds=random.randrange(1, 3000)), 0.7)
            last = place and random.random() < 0.3
            closed = None if last else opened + timedelta(seconds=random.randrange(3000, 50_000))
            outcome = random.choice([*SETTLED, "timed_out", "cancelled"]) if closed else None
            rating = maybe(random.randrange(1, 6)) if closed else None
            world.handed.append(
                {
                    "conversation_id": id_,
                    "turn_id": f"t{place}",
                    "reason": random.choice(["asked", "angry", "=SUM(A1)"]),
                    "packet": "{}",
                    "opened_at": opened,
                    "closed_at": closed,
                    "outcome": outcome,
                    "agent_id": random.choice(["a1", "a2"]) if taken else None,
                    "first_reply_at": taken,
                    "language": random.choice(["zh", "en"]),
                    "respond_by": maybe(opened + timedelta(seconds=1500), 0.8),
                    "resolve_by": maybe(opened + timedelta(seconds=25_000), 0.8),
                    "rating": rating,
                    "rated_at": closed + timedelta(hours=1) if closed and rating else None,
                }
            )
            opened = closed or opened
        for _ in range(random.choice([0, 0, 1])):
            edited = random.random() < 0.3
            world.asked.append(
                {
                    "conversation_id": id_,
                    "turn_id": "t",
                    "question": "?",
                    "language": random.choice(["zh", "en"]),
                    "nearest": json.dumps([]),
                    "suggested": "a" if edited else "",
                    "given": "b" if edited else "",
                    "asked_at": moment(),
                }
            )
        for _ in range(random.choice([0, 1])):
            world.tried.append(
                {
                    "at": moment(),
                    "conversation_id": maybe(id_, 0.8),
                    "identity": "signed_in",
                    "tool": random.choice(["cancel_order", "return_items"]),
                    "arguments": "{}",
                    "outcome": random.choice(["done", "refused"]),
                    "reason": "",
                }
            )
    return world


@dataclass
class Model:
    """What a report says, counted row by row."""

    world: World
    filters: Filters

    def within(self, at: datetime | None) -> bool:
        return at is not None and self.filters.first <= at.astimezone(ZONE).date() <= self.filters.last

    def touches(self, one: Row) -> bool:
        return one["opened_at"] < self.filters.span.end and (
            one["closed_at"] is None or one["closed_at"] >= self.filters.span.start
        )

    def about(self, id_: str | None, language: str | None = None, *, agent: bool = True) -> bool:
        wanted = self.filters
        if wanted.channel and self.channel(id_) != wanted.channel:
            return False
        if wanted.language and language is not None and language != wanted.language:
            return False
        if wanted.language and language is None and id_ not in self.speaking(wanted.language):
            return False
        return not (agent and wanted.agent_id) or any(
            one["agent_id"] == wanted.agent_id and self.touches(one) and one["conversation_id"] == id_
            for one in self.world.handed
        )

    def channel(self, id_: str | None) -> str | None:
        return next((one["channel"] for one in self.world.talks if one["id"] == id_), None)

    def speaking(self, language: str) -> set[str]:
        return {
            one["conversation_id"]
            for one in self.world.lines
            if one["author"] != "shopper" and one["language"] == language and self.within(one["at"])
        }

    @property
    def said(self) -> list[Row]:
        return [
            one
            for one in self.world.lines
            if one["author"] == "shopper" and self.within(one["at"]) and self.about(one["conversation_id"])
        ]

    @property
    def replied(self) -> list[Row]:
        return [
            one
            for one in self.world.lines
            if one["author"] != "shopper"
            and self.within(one["at"])
            and self.about(one["conversation_id"], one["language"])
        ]

    def handed(self, moment: str = "opened_at") -> list[Row]:
        return [
            one
            for one in self.world.handed
            if self.within(one[moment])
            and self.about(one["conversation_id"], one["language"], agent=False)
            and self.filters.agent_id in (None, one["agent_id"])
        ]

    def asked(self, *, edited: bool) -> list[Row]:
        return [
            one
            for one in self.world.asked
            if self.within(one["asked_at"])
            and self.about(one["conversation_id"], one["language"])
            and bool(one["suggested"]) == edited
        ]

    @property
    def tried(self) -> list[Row]:
        return [
            one for one in self.world.tried if self.within(one["at"]) and self.about(one["conversation_id"])
        ]

    def fate(self, id_: str) -> str:
        own = [one for one in self.world.handed if one["conversation_id"] == id_ and self.touches(one)]
        if not own:
            return "bot"
        if any(one["closed_at"] is None for one in own):
            return "open"
        return "person" if any(one["outcome"] in SETTLED for one in own) else "missed"


def ids(rows: list[Row]) -> set[str]:
    return {one["conversation_id"] for one in rows if one["conversation_id"]}


def is_late(one: Row) -> bool:
    if one["respond_by"] is None:
        return False
    if one["first_reply_at"]:
        return bool(one["first_reply_at"] > one["respond_by"])
    return one["outcome"] == "timed_out" or (one["closed_at"] or NOW) > one["respond_by"]


def is_settled_late(one: Row) -> bool:
    return one["resolve_by"] is not None and (one["closed_at"] or NOW) > one["resolve_by"]


def spread(rows: list[Row], until: str) -> tuple[int, int | None, int | None]:
    seconds = sorted((one[until] - one["opened_at"]).total_seconds() for one in rows if one[until])
    if not seconds:
        return 0, None, None
    return len(seconds), round(median(seconds)), round(seconds[ceil(0.9 * len(seconds)) - 1])


@pytest.fixture
async def insights(database_url: str) -> AsyncIterator[Insights]:
    database = open_database(database_url)
    staff = SqlStaffStore(database)
    await staff.add_agent(Agent("a1", "mei", "Mei", "agent", ("zh",)), "hash", at=START)
    await database.write(make_world(Random(7)).write)
    yield Insights(database, staff, SqlShop(database), clock=lambda: NOW)
    await database.close()


async def behind(insights: Insights, query: str) -> set[str]:
    """The conversations that a figure's own query leads to."""
    asked = {key: found[0] for key, found in parse_qs(query).items()}
    filters = Filters(
        date.fromisoformat(asked["from"]),
        date.fromisoformat(asked["to"]),
        ZONE,
        asked.get("channel"),
        asked.get("language"),
        asked.get("agent"),
    )
    found, more = await insights.conversation_ids(asked["set"], filters, name=asked.get("name"))
    assert not more
    assert len(set(found)) == len(found)
    return set(found)


async def test_figures_and_the_conversations_behind_them(insights: Insights) -> None:
    world = make_world(Random(7))
    for filters in FILTERS:
        report = await insights.report(filters)
        model = Model(world, filters)
        totals, talked = report.totals, ids(model.said)
        handed = model.handed()
        settled = [one for one in handed if one["outcome"] in SETTLED]
        expected: list[tuple[Number, float | None, set[str]]] = [
            (totals.conversations, len(talked), talked),
            (totals.messages, len(model.said), talked),
            (totals.handovers, len(handed), ids(handed)),
            (totals.handover_rate, len(ids(handed)) / len(talked) if talked else None, ids(handed)),
        ]
        for name in ("bot", "person", "open", "missed"):
            of = {id_ for id_ in talked if model.fate(id_) == name}
            expected.append((getattr(totals, name), len(of), of))
        for name, helpful in (("helpful", True), ("unhelpful", False)):
            liked = [one for one in model.replied if one["helpful"] is helpful]
            expected.append((getattr(totals, name), len(liked), ids(liked)))
        for name, edited in (("unanswered", False), ("edited", True)):
            asked = model.asked(edited=edited)
            expected.append((getattr(totals, name), len(asked), ids(asked)))
        for number, value, found in expected:
            assert (number.value, await behind(insights, number.query)) == (value, found), number
        for seen, rows, until in (
            (totals.first_response, handed, "first_reply_at"),
            (totals.resolution, settled, "closed_at"),
        ):
            assert (seen.count, seen.median, seen.p90) == spread(rows, until)
            assert await behind(insights, seen.query) == ids([one for one in rows if one[until]])
        for kept, late, met in (
            (
                totals.response_in_time,
                [one for one in handed if is_late(one)],
                [one for one in handed if one["first_reply_at"] and one["respond_by"] and not is_late(one)],
            ),
            (
                totals.resolution_in_time,
                [one for one in handed if is_settled_late(one)],
                [one for one in settled if one["resolve_by"] and not is_settled_late(one)],
            ),
        ):
            assert (kept.met, kept.missed) == (len(met), len(late))
            assert await behind(insights, kept.query) == ids(late)
        rated = [one for one in model.handed("rated_at") if one["rating"]]
        values = [one["rating"] for one in rated]
        assert totals.rating.count == len(rated)
        assert totals.rating.average == (pytest.approx(fmean(values)) if values else None)
        for share in totals.rating.distribution:
            assert share.value == values.count(share.rating)
            assert await behind(insights, share.query) == ids(
                [one for one in rated if one["rating"] == share.rating]
            )
        await compare_parts(insights, report, model)


async def compare_parts(insights: Insights, report: Report, model: Model) -> None:
    by_intent = [one for one in model.replied if one["intent"]]
    failing = [(tool, one) for one in model.replied for tool in one["failed"].split(",") if tool]
    parts: tuple[tuple[tuple[Named, ...], list[tuple[str, Row]], Callable[[list[Row]], int]], ...] = (
        (report.reasons, [(one["reason"], one) for one in model.handed()], len),
        (report.intents, [(one["intent"], one) for one in by_intent], lambda rows: len(ids(rows))),
        (report.tool_failures, failing, len),
    )
    for named, rows, measure in parts:
        assert {one.name for one in named} == {name for name, _ in rows}
        for one in named:
            own = [row for name, row in rows if name == one.name]
            assert (one.value, await behind(insights, one.query)) == (measure(own), ids(own)), one
    tried = Counter((one["tool"], one["outcome"]) for one in model.tried)
    seen = {(one.name, outcome): number for one in report.changes for outcome, number in one.outcomes.items()}
    assert {key: number.value for key, number in seen.items()} == tried
    for (tool, outcome), number in seen.items():
        own = [one for one in model.tried if (one["tool"], one["outcome"]) == (tool, outcome)]
        assert await behind(insights, number.query) == ids(own)
    assert [day.name for day in report.days] == [day.first.isoformat() for day in model.filters.days]
    for day, filters in zip(report.days, model.filters.days, strict=True):
        await compare_group(insights, day, Model(model.world, filters))
    for channel in report.channels:
        of = replace(model.filters, channel=channel.name)
        await compare_group(insights, channel, Model(model.world, of))
    for language in report.languages:
        of = replace(model.filters, language=language.name)
        await compare_group(insights, language, Model(model.world, of))
    agents = {one["agent_id"] for one in [*model.handed(), *model.handed("rated_at")]}
    agents |= {one["agent_id"] for one in model.replied}
    chosen = {id_ for id_ in agents if id_ and model.filters.agent_id in (None, id_)}
    assert {one.id for one in report.agents} == chosen
    for agent in report.agents:
        own = [one for one in model.handed() if one["agent_id"] == agent.id]
        written = [one for one in model.replied if one["agent_id"] == agent.id]
        assert agent.name == ("Mei" if agent.id == "a1" else agent.id)
        assert (agent.taken.value, agent.replies.value) == (len(own), len(written))
        assert agent.closed.value == sum(one["outcome"] in SETTLED for one in own)
        assert await behind(insights, agent.taken.query) == ids(own)
        assert await behind(insights, agent.replies.query) == ids(written)
        assert agent.first_response.median == spread(own, "first_reply_at")[1]


async def compare_group(insights: Insights, group: Group, own: Model) -> None:
    """A day, a channel, a language: what a report on it alone would have."""
    assert group.conversations.value == len(ids(own.said)), group
    assert await behind(insights, group.conversations.query) == ids(own.said)
    assert group.handovers.value == len(own.handed())
    assert await behind(insights, group.handovers.query) == ids(own.handed())
    if group.messages is not None:
        assert group.messages.value == len(own.said)
    if group.unanswered is not None:
        assert group.unanswered.value == len(own.asked(edited=False))


async def test_what_is_no_set_and_no_range_is_refused(insights: Insights) -> None:
    for set_, name in (("everything", None), ("reason", None), ("rating", "6; --")):
        with pytest.raises(InvalidInput):
            await insights.conversation_ids(set_, ALL, name=name)
    for last in (ALL.first - timedelta(days=1), ALL.first + timedelta(days=366)):
        with pytest.raises(InvalidInput):
            replace(ALL, last=last)
    found, _ = await insights.conversation_ids("reason", ALL, name="%")
    assert found == ()


async def test_a_spreadsheet_that_runs_nothing(insights: Insights) -> None:
    report = await insights.report(ALL)
    text = to_csv(report, "zh")
    assert text.startswith("\ufeff部分,名称,指标,数值\r\n")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [name for part, name, *_ in rows if part == "转人工原因" and "SUM" in name] == ["'=SUM(A1)"]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row)
    english = {tuple(row[:3]): row[3] for row in csv.reader(io.StringIO(to_csv(report, "en")[1:]))}
    assert english["Totals", "", "Conversations"] == str(report.totals.conversations.value)
