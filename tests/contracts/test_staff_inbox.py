"""The inbox: who sees what, in which order, page by page, and what a search finds."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, update

from bot.conversation import Identity
from bot.errors import InvalidInput
from bot.staff.agents import Agent
from bot.staff.base import VIEWS, InboxQuery, InboxRow, View
from bot.staff.sql import SqlStaffStore
from bot.store.opening import open_database
from bot.store.sql import SqlStore
from bot.store.tables import conversations, handovers
from tests.contracts.build import NOON, later, next_turn
from tests.contracts.staff import agent, change, close, hand_over, hired, take, talk, turn
from tests.contracts.staff_world import LANGUAGES, WORDS, Known, make_up, write

T = TypeVar("T")
LEAD = agent("lead", role="lead")


async def run(url: str, work: Callable[[Connection], T]) -> T:
    database = open_database(url)
    try:
        return await database.write(work)
    finally:
        await database.close()


async def populate(
    url: str, staff: SqlStaffStore, size: int, seed: int = 4
) -> tuple[list[Known], list[Agent]]:
    agents = [await hired(staff, login) for login in ("lin", "amy", "bo")]
    world = make_up(Random(seed), size, agents)
    await run(url, lambda connection: write(connection, world))
    return world, agents


async def pages(staff: SqlStaffStore, query: InboxQuery) -> list[InboxRow]:
    found: list[InboxRow] = []
    while True:
        page = await staff.inbox(query, now=NOON)
        found += page.rows
        assert len(page.rows) <= query.limit
        if page.cursor is None:
            return found
        assert len(page.rows) == query.limit
        query = replace(query, cursor=page.cursor)


def names(rows: Sequence[InboxRow]) -> list[str]:
    return [row.conversation_id for row in rows]


def urgency(known: Known) -> tuple[Any, ...]:
    assert known.open is not None
    first = known.open["respond_by"] or known.open["resolve_by"]
    due = first if known.open["first_reply_at"] is None else known.open["resolve_by"]
    return (-known.open["priority"], due or datetime.max.replace(tzinfo=NOON.tzinfo))


async def test_who_saw_it_waiting_hears_that_it_was_taken(staff: SqlStaffStore, store: SqlStore) -> None:
    lin, amy = await hired(staff, "lin"), await hired(staff, "amy")
    conversation, ids = await talk(store, "s1"), [lin.id, amy.id]
    assert await staff.seers(conversation, ids, now=NOON) == set()
    await hand_over(store, conversation)
    assert await staff.seers(conversation, ids, now=later(3600)) == set(ids)
    await take(store, conversation, lin)
    assert await staff.seers(conversation, ids, now=later(29)) == set(ids)
    assert await staff.seers(conversation, ids, now=later(31)) == {lin.id}
    assert await staff.seers(conversation, [amy.id], now=later(31)) == set()


async def test_everybody_sees_what_their_role_allows_wherever_they_look(
    database_url: str, staff: SqlStaffStore
) -> None:
    world, agents = await populate(database_url, staff, 120)
    some = [known.id for known in world[:30]]
    ids = [one.id for one in agents]
    for known in world:
        seen_by = {one.id for one in agents if known.is_seen_by(one)}
        assert await staff.seers(known.id, ids, now=later(31)) == seen_by
        # What nobody had is told to everybody for a moment after it was settled, too.
        settled = any(one["agent_id"] is None and one["closed_at"] == NOON for one in known.handovers)
        assert await staff.seers(known.id, ids, now=later(29)) == (set(ids) if settled else seen_by)
    for who in [*agents, agent("new"), LEAD, agent("boss", role="admin")]:
        seen = {known.id for known in world if known.is_seen_by(who)}
        assert (len(seen) < len(world)) == (who.role == "agent")
        counted = await staff.counts(who, now=NOON)
        for view in VIEWS:
            expected = {known.id for known in world if known.id in seen and known.is_in(view, who, NOON)}
            assert set(names(await pages(staff, InboxQuery(who, view, limit=200)))) == expected, view
            assert counted[view] == len(expected)
        for word in WORDS[:5]:
            found = names(await pages(staff, InboxQuery(who, "all", text=word, limit=200)))
            assert set(found) == {known.id for known in world if known.id in seen and known.says(word)}, word
        ids = InboxQuery(who, "all", ids=tuple(some), limit=200)
        assert set(names(await pages(staff, ids))) == seen & set(some)
        rows = [await staff.row(known.id, who) for known in world[:20]]
        assert [row is not None for row in rows] == [known.id in seen for known in world[:20]]
        theirs = {known.id for known in world if known.customer_id == "K1"}
        assert set(names(await staff.conversations_of("K1", who, limit=200))) == theirs & seen
        # Another agent's name as a filter opens nothing either.
        filtered = names(await pages(staff, InboxQuery(who, "all", agent_id="A-bo", limit=200)))
        assert set(filtered) <= seen


async def test_filters_and_orders(database_url: str, staff: SqlStaffStore) -> None:
    world, _ = await populate(database_url, staff, 150, seed=5)
    by_id = {known.id: known for known in world}

    def language(known: Known) -> str | None:
        spoken = [line["language"] for line in known.lines if line["language"]]
        return (known.last and known.last["language"]) or (spoken[-1] if spoken else None)

    def breached(known: Known) -> bool:
        one = known.open
        if one is None:
            return False
        first = one["first_reply_at"] is None and one["respond_by"] and one["respond_by"] < NOON
        return bool(first or (one["resolve_by"] and one["resolve_by"] < NOON))

    cases: list[tuple[dict[str, Any], Callable[[Known], bool]]] = [
        ({"channel": "api"}, lambda known: known.channel == "api"),
        ({"language": "en"}, lambda known: language(known) == "en"),
        ({"tag": "退货"}, lambda known: "退货" in known.tags),
        ({"agent_id": "A-lin"}, lambda known: bool(known.last and known.last["agent_id"] == "A-lin")),
        ({"reason": "refund"}, lambda known: bool(known.last and known.last["reason"] == "refund")),
        ({"breached": True}, breached),
        ({"text": "发票 hello"}, lambda known: known.says("发票") and known.says("hello")),
        ({"text": "ÉCHARPE"}, lambda known: known.says("écharpe")),
        ({"text": "0%"}, lambda known: known.says("100%")),
        ({"text": "a_b"}, lambda known: known.says("a_b")),
        ({"text": " "}, lambda known: True),
    ]
    for view in ("open", "all"):
        there = [known for known in world if known.is_in(view, LEAD, NOON)]
        for fields, fits in cases:
            found = names(await pages(staff, InboxQuery(LEAD, view, limit=7, **fields)))
            assert sorted(found) == [known.id for known in there if fits(known)], fields
            assert found
    waiting = names(await pages(staff, InboxQuery(LEAD, "open", limit=3)))
    assert [urgency(by_id[one]) for one in waiting] == sorted(urgency(by_id[one]) for one in waiting)
    everything = names(await pages(staff, InboxQuery(LEAD, "all", limit=11)))
    ages = [(by_id[one].updated_at, one) for one in everything]
    assert ages == sorted(ages, reverse=True)
    served = names(await staff.open_handovers())
    assert sorted(served) == [known.id for known in world if known.open]
    assert [urgency(by_id[one]) for one in served] == sorted(urgency(by_id[one]) for one in served)
    spoken = {row.conversation_id: row.language for row in await pages(staff, InboxQuery(LEAD, "all"))}
    assert spoken == {known.id: language(known) for known in world}
    assert set(spoken.values()) == {None, *LANGUAGES}


@pytest.mark.parametrize("view", ["open", "all"])
async def test_pages_skip_and_double_nothing_that_did_not_change(
    database_url: str, staff: SqlStaffStore, view: View
) -> None:
    world, _ = await populate(database_url, staff, 150, seed=6)
    random = Random(7)
    query = InboxQuery(LEAD, view, limit=9)
    there = set(names(await pages(staff, query)))
    found: list[str] = []
    changed: set[str] = set()

    def disturb(connection: Connection) -> None:
        """Some rows move to other places, some leave, some come."""
        some = {known.id for known in random.sample(world, 6)}
        changed.update(some)
        moved = {"priority": random.randrange(4), "respond_by": later(random.randrange(200))}
        connection.execute(update(handovers).where(handovers.c.conversation_id.in_(some)).values(moved))
        at = NOON + timedelta(seconds=random.randrange(-6000, 60))
        connection.execute(update(conversations).where(conversations.c.id.in_(some)).values(updated_at=at))
        gone = handovers.c.conversation_id == min(some)
        connection.execute(update(handovers).where(gone).values(closed_at=NOON))

    while True:
        page = await staff.inbox(query, now=NOON)
        found += names(page.rows)
        if page.cursor is None:
            break
        await run(database_url, disturb)
        query = replace(query, cursor=page.cursor)
    steady = [one for one in found if one not in changed]
    assert len(there - changed) > 20
    assert sorted(steady) == sorted(there - changed)


@pytest.mark.parametrize(
    "cursor", ["", "x", "é", "bnVsbA==", "WzEsMiwzXQ==", "WyJ4IiwgIngiXQ==", "WyIyMDI2LTAxLTAxIiwgIngiXQ=="]
)
@pytest.mark.parametrize("view", ["open", "all"])
async def test_cursor_of_something_else_is_refused(staff: SqlStaffStore, view: View, cursor: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await staff.inbox(InboxQuery(LEAD, view, cursor=cursor), now=NOON)
    assert refused.value.code == "invalid_cursor"


async def test_row_follows_a_conversation_from_the_bot_to_a_person_and_back(
    store: SqlStore, staff: SqlStaffStore
) -> None:
    lin, amy = await hired(staff, "lin"), await hired(staff, "amy")
    talked = await talk(store, "s1", "x" * 200)
    row = await staff.row(talked, LEAD)
    assert row is not None
    assert (row.channel, row.sender, row.floor, row.handover) == ("web", "s1", "bot", None)
    assert (row.last_author, row.last_text, row.last_seq, row.language) == ("bot", "好的", 2, "en")
    assert await staff.row(talked, lin) is None
    await hand_over(store, talked, "refund", packet={"problem": "退款"}, language="zh", priority=2)
    row = await staff.row(talked, lin)
    assert row is not None
    assert row.handover is not None
    assert (row.floor, row.floor_since, row.language) == ("waiting", NOON, "zh")
    assert (row.handover.reason, row.handover.packet, row.handover.priority) == (
        "refund",
        {"problem": "退款"},
        2,
    )
    assert not await staff.rate(row.handover.id, rating=5, comment="", at=NOON)
    await take(store, talked, lin, first_reply_at=later(5))
    assert await staff.row(talked, amy) is None
    # Passed on: she wrote in it, so it stays hers to see.
    await change(store, talked, agent_id=amy.id)
    for who in (lin, amy):
        row = await staff.row(talked, who)
        assert row is not None
        assert row.handover is not None
        assert (row.handover.agent_id, row.handover.first_reply_at) == (amy.id, later(5))
    await close(store, talked)
    assert await staff.rate(row.handover.id, rating=2, comment="慢", at=NOON)
    assert await staff.rate(row.handover.id, rating=4, comment="", at=NOON)
    assert not await staff.rate(999, rating=4, comment="", at=NOON)
    await hand_over(store, talked)
    newest, settled = await staff.handovers(talked)
    assert (newest.closed_at, newest.agent_id, newest.rating) == (None, None, None)
    assert (settled.outcome, settled.rating, settled.rating_comment) == ("resolved", 4, "")
    assert (await staff.counts(amy, now=NOON))["waiting"] == 1
    lines = await staff.lines(talked)
    assert [line.seq for line in lines] == list(range(1, 8))
    assert [line.agent_id for line in lines if line.author == "agent"] == [lin.id]
    assert await staff.row("nothing", LEAD) is None


async def test_long_line_is_cut_and_long_conversation_begins_late(
    store: SqlStore, staff: SqlStaffStore
) -> None:
    talked = await talk(store, "s1")
    await turn(store, talked, text="长" * 500)
    row = await staff.row(talked, LEAD)
    assert row is not None
    assert row.last_text == "长" * 140


async def test_customer_is_known_by_token_by_word_and_by_what_they_changed(
    store: SqlStore, staff: SqlStaffStore
) -> None:
    by_token = await talk(store, "s1", customer_id="K7", at=later(1))
    by_word = await talk(store, "s2", at=later(2))
    await talk(store, "s3", customer_id="K70", at=later(3))
    async with store.conversation(by_word) as conversation:
        identity = Identity("order", "K7", order_number="118515")
        await conversation.save(
            replace(next_turn(conversation), state=replace(conversation.state, identity=identity))
        )
    rows = await staff.conversations_of("K7", LEAD)
    assert {row.conversation_id: row.customer_id for row in rows} == {by_token: "K7", by_word: "K7"}
    assert len(await staff.conversations_of("K7", LEAD, limit=1)) == 1
    assert await staff.conversations_of("K%", LEAD) == ()
    for words in ("118515", "1185", "k7"):
        found = names((await staff.inbox(InboxQuery(LEAD, "all", text=words), now=NOON)).rows)
        assert by_word in found
    assert names((await staff.inbox(InboxQuery(LEAD, "all", text="8515"), now=NOON)).rows) == []
