"""The store's contract: a person joins a conversation from another address; whatever waits there comes along."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from bot.conversation import Floor, Form, Identity, State
from bot.errors import Conflict, Forbidden, Stale, Unauthorized
from bot.staff.agents import Agent
from bot.store.base import Delivery, Handover, HandoverChange
from bot.store.linked import Address, Agree, Join, Leave, Link
from bot.store.links import LIFE, Links
from bot.store.opening import open_database
from bot.store.sql import SqlStore
from connectors.base import Message
from tests.contracts.build import NOON, later, message, next_turn, reply, turn
from tests.contracts.conftest import MakeStaff, MakeStore

_numbers = count(1)
WEB, CHAT = ("web", "s1"), ("telegram", "42")


@pytest.fixture
async def links(database_url: str):  # type: ignore[no-untyped-def]
    database = open_database(database_url)
    yield Links(database)
    await database.close()


def told(number: int, **fields: object) -> Message:
    return message(str(number), **{"channel": CHAT[0], "sender": CHAT[1], **fields})


async def offered(links: Links, conversation_id: str, digest: str | None = "d", **fields: object) -> Link:
    link = Link(f"link-{next(_numbers)}", "offered", "zh", NOON + LIFE, conversation_id, "web")
    link = replace(link, **fields)  # type: ignore[arg-type]
    await links.offer(link, digest, now=NOON)
    return link


async def claim(links: Links, by: Address = CHAT, digest: str = "d", after: float = 1) -> Link | None:
    return await links.claim(digest, by, customer_id=None, conversation_id="", now=later(after))


async def save(store: SqlStore, conversation_id: str, **fields: object) -> None:
    async with store.conversation(conversation_id) as conversation:
        state = fields.pop("state", conversation.state)
        await conversation.save(turn(state, (), (), **fields))  # type: ignore[arg-type]


async def joined(store: SqlStore, links: Links, into: str, by: Address = CHAT, **fields: object) -> str:
    """The link, by which `by` now speaks in `into`."""
    digest = f"digest-{next(_numbers)}"
    link = await offered(links, into, digest)
    assert await claim(links, by, digest) is not None
    other = await links.side(by)
    assert other.conversation_id is not None
    await save(store, other.conversation_id, linking=Agree(link.id))
    other = await links.side(by)
    closed = State(floor=Floor("closed", NOON))
    join = Join(link.id, other, closed, None, None)
    await save(store, into, linking=replace(join, **fields))  # type: ignore[arg-type]
    return link.id


async def deliver(store: SqlStore) -> list[Delivery]:
    """Everything, as its turn comes."""
    went: list[Delivery] = []
    while taken := await store.take_deliveries(now=later(60)):
        await store.delivered([one.outbox_id for one in taken])
        went += taken
    return went


async def test_both_addresses_are_one_conversation_until_they_are_not(store: SqlStore, links: Links) -> None:
    into = (await store.accept(message("1"))).conversation_id
    left = (await store.accept(told(1))).conversation_id
    async with store.conversation(left) as conversation:
        await conversation.save(next_turn(conversation))
    await joined(store, links, into)

    # In order, whichever side; what was brought before is known wherever it lies; equal ids are no duplicates.
    assert await store.find(*CHAT) == into
    assert (await store.accept(told(1))).conversation_id == left
    places = [await store.accept(one) for one in (told(2), message("2"), told(2), told(3))]
    assert [(one.conversation_id, one.seq, one.duplicate) for one in places] == [
        (into, 2, False),
        (into, 3, False),
        (into, 2, True),
        (into, 4, False),
    ]
    async with store.conversation(into) as conversation:
        assert [one.message.channel for one in conversation.pending] == ["web", "telegram", "web", "telegram"]
        first, second = reply("one"), reply("two")
        await conversation.save(next_turn(conversation, first, second, to={second.id: ("line", "L")}))
    went = await deliver(store)
    assert [(one.channel, one.sender, one.reply.text) for one in went] == [
        ("telegram", "42", "answer"),
        ("line", "L", "two"),
        ("telegram", "42", "one"),
    ]
    assert [one.last_heard for one in went] == [NOON, None, NOON]

    assert [one.address for one in await links.addresses(into)] == [WEB, CHAT]
    await save(store, into, linking=Leave((CHAT,)))
    assert [one.address for one in await links.addresses(into)] == [WEB]
    assert (await store.accept(told(4))).conversation_id == left == await store.find(*CHAT)
    assert (await store.accept(message("4"))).conversation_id == into


async def test_a_code_is_the_first_ones_and_for_minutes(make_store: MakeStore, links: Links) -> None:
    store = make_store()
    into = (await store.accept(message("1"))).conversation_id
    await offered(links, into)
    by = [("telegram", str(number)) for number in range(6)]
    claims = await asyncio.gather(*(claim(links, one) for one in by))
    (winner,) = [one for one in claims if one is not None]
    assert winner.to in by
    again = await claim(links, winner.to or CHAT)
    assert again is not None
    assert again.expires_at == winner.expires_at, "coming again does not make it last longer"
    assert await claim(links, CHAT) is None
    assert await claim(links, winner.to or CHAT, after=LIFE.total_seconds() + 1) is None

    await offered(links, into, "older")
    await offered(links, into, "newer")
    assert await claim(links, digest="older") is None
    assert await claim(links, digest="newer", after=LIFE.total_seconds()) is None
    assert await links.claim("newer", WEB, customer_id=None, conversation_id=into, now=later(1)) is None
    newer = await claim(links, digest="newer")
    assert newer is not None
    # A code's id is no signed link's, nor the other way round.
    signed = await offered(links, into, None)
    assert await links.take(newer.id, CHAT, customer_id=None, conversation_id="", now=later(1)) is None
    taken = await asyncio.gather(
        *(links.take(signed.id, one, customer_id=None, conversation_id="", now=later(1)) for one in by)
    )
    assert sum(one is not None for one in taken) == 1
    assert [one.kind for one in await store.take_timers(now=later(2))] == ["joining"]
    assert (await links.agreed(into, now=later(2))) == replace(
        next(one for one in taken if one is not None), state="agreed"
    )


async def test_what_waits_in_the_other_conversation_comes_along(
    store: SqlStore, links: Links, make_staff: MakeStaff
) -> None:
    into = (await store.accept(message("1"))).conversation_id
    left = (await store.accept(told(1))).conversation_id
    async with store.conversation(left) as conversation:
        await conversation.save(
            next_turn(conversation, reply("not out yet"), handover=Handover("asked", {"problem": "退款"}))
        )
    await store.accept(told(2))
    await store.accept(told(3))
    form = State(form=Form("cancel_order", "cancel_order"))
    await save(store, into, state=form)
    await joined(store, links, into)

    history = await store.history(into)
    assert [(line.seq, line.text) for line in history] == [
        (1, "text of 1"),
        (2, "text of 2"),
        (3, "text of 3"),
    ]
    assert [line.text for line in await store.history(left)] == ["text of 1", "not out yet"]
    assert await store.unfinished() == (into,)
    async with store.conversation(into) as conversation:
        assert conversation.state.form == form.form
        assert [one.seq for one in conversation.pending] == [1, 2, 3]
        saved = await conversation.save(next_turn(conversation, handover_change=HandoverChange(priority=3)))
    assert [one.seq for one in saved] == [4], "no number is left out"
    assert await store.open_handover(left) is None
    called = await store.open_handover(into)
    assert called is not None
    assert called.packet == {"problem": "退款"}
    assert [(one.reply.text, one.told_since) for one in await deliver(store)] == [
        ("not out yet", 0),
        ("answer", 0),
    ]
    assert (await make_staff().merged(left))[0] == into


async def test_two_calls_become_one_and_both_are_settled_once(store: SqlStore, links: Links) -> None:
    talks = [(await store.accept(one)).conversation_id for one in (message("1"), told(1))]
    for talk in talks:
        await save(store, talk, handover=Handover("asked", {"of": talk}))
    await joined(store, links, talks[0])
    assert await store.open_handover(talks[1]) is None
    kept = await store.open_handover(talks[0])
    assert kept is not None
    assert kept.packet == {"of": talks[0]}


async def test_what_changed_meanwhile_joins_nothing(store: SqlStore, links: Links) -> None:
    into = (await store.accept(message("1"))).conversation_id
    left = (await store.accept(told(1))).conversation_id
    link = await offered(links, into)
    other = await links.side(CHAT)
    join = Join(link.id, other, State(floor=Floor("closed", NOON)), None, None)
    with pytest.raises(Stale):
        await save(store, into, linking=join)  # Nobody agreed.
    assert await claim(links) is not None
    await save(store, left, linking=Agree(link.id))
    with pytest.raises(Stale):
        await save(store, left, linking=Agree(link.id))
    with pytest.raises(Stale):
        await save(store, into, linking=join)  # The other conversation went on.
    fresh = replace(join, other=await links.side(CHAT))
    with pytest.raises(Stale):
        await save(store, left, linking=fresh)  # Not the one it was asked for in.
    await store.accept(message("1", sender="s2", customer_id="C1"))
    await save(store, left, state=State(identity=Identity("order", "C2", "118515")))
    await store.accept(message("2", customer_id="C1"))
    with pytest.raises(Stale):  # Two customers.
        await save(store, into, linking=replace(fresh, other=await links.side(CHAT)))
    assert await store.find(*CHAT) == left
    assert (await store.state(into)) == State()


async def test_who_came_counts_as_the_customer_for_a_while(store: SqlStore, links: Links) -> None:
    into = (await store.accept(message("1", customer_id="C1"))).conversation_id
    await store.accept(told(1))
    await joined(store, links, into, vouched_id="C1", vouched_until=later(3600))
    await store.accept(told(2))
    await store.accept(told(3, received_at=later(3600)))
    async with store.conversation(into) as conversation:
        customers = [(one.message.external_id, one.message.customer_id) for one in conversation.pending]
    assert customers == [("1", "C1"), ("1", None), ("2", "C1"), ("3", None)]
    with pytest.raises(Unauthorized):  # Where it began, its customer's token is asked for as ever.
        await store.accept(message("5"))
    with pytest.raises(Forbidden):
        await store.accept(told(5, customer_id="C2"))
    await save(store, into, linking=Leave((CHAT,)))
    left = (await store.accept(told(6))).conversation_id
    async with store.conversation(left) as conversation:
        assert conversation.pending[-1].message.customer_id is None


async def test_messages_that_come_while_they_are_joined_and_parted_are_each_there_once(
    make_store: MakeStore, links: Links
) -> None:
    stores = [make_store() for _ in range(3)]
    into = (await stores[0].accept(message("0"))).conversation_id
    left = (await stores[0].accept(told(0))).conversation_id

    async def chat(store: SqlStore, place: int) -> None:
        for number in range(20):
            await store.accept(told(100 * place + number, received_at=NOON + timedelta(seconds=number)))

    async def part_and_join() -> None:
        for _ in range(4):
            await joined(stores[0], links, into)
            await save(stores[0], into, linking=Leave((CHAT,)))

    await asyncio.gather(chat(stores[1], 1), chat(stores[2], 2), part_and_join())
    lines = [line for one in (into, left) for line in await stores[0].history(one, limit=100)]
    assert len(lines) == len({(line.text, line.external_id) for line in lines}) + 1 == 42
    here = [line.seq for line in await stores[0].history(into, limit=100)]
    assert here == list(range(1, len(here) + 1))


async def test_who_left_hears_no_more_of_it(store: SqlStore, links: Links) -> None:
    """A notice, an agent or a timer speaks right after the goodbye, which was the last that was said."""
    into = (await store.accept(message("1", channel="line", sender="L"))).conversation_id
    await store.accept(told(1))
    await joined(store, links, into)
    await store.accept(told(2))
    async with store.conversation(into) as conversation:
        bye = reply("bye")
        await conversation.save(replace(next_turn(conversation, bye), linking=Leave((CHAT,))))
    async with store.conversation(into) as conversation:
        await conversation.save(turn(conversation.state, (), (reply("it is back"),)))
    went = [(one.channel, one.reply.text) for one in await deliver(store)]
    assert went == [("telegram", "bye"), ("line", "it is back")]


async def test_what_is_said_for_the_first_time_at_that_moment_comes_along(
    store: SqlStore, links: Links
) -> None:
    into = (await store.accept(message("1"))).conversation_id
    link = await offered(links, into)
    assert await claim(links) is not None
    await save(store, into, linking=Agree(link.id))
    join = Join(link.id, await links.side(CHAT), State(floor=Floor("closed", NOON)), None, None)
    await store.accept(told(1))
    with pytest.raises(Stale):
        await save(store, into, linking=join)
    await save(store, into, linking=replace(join, other=await links.side(CHAT)))
    assert [line.text for line in await store.history(into)] == ["text of 1", "text of 1"]


async def test_two_that_join_each_other_at_one_moment_do_not_wait_for_each_other(
    make_store: MakeStore, links: Links, make_staff: MakeStaff
) -> None:
    """Nor for an agent who merges them just then."""
    store, staff, far = make_store(), make_staff(), State(floor=Floor("closed", NOON))
    await staff.add_agent(Agent("a1", "lin", "Lin", "admin", ("zh",)), "hash", at=NOON)

    async def join(into: str, link: Link) -> str:
        other = await links.side(link.to or CHAT)
        try:
            await save(store, into, linking=Join(link.id, other, far, None, None))
        except Stale:
            return "stale"
        return "joined"

    for number in range(8):
        ends = [("web", f"W{number}"), ("telegram", f"T{number}")]
        talks = [
            (await store.accept(message("1", channel=channel, sender=sender))).conversation_id
            for channel, sender in ends
        ]
        agreed = []
        for here, there in ((0, 1), (1, 0)):
            await offered(links, talks[here], f"{number}-{here}")
            link = await claim(links, ends[there], f"{number}-{here}")
            assert link is not None
            await save(store, talks[there], linking=Agree(link.id))
            agreed.append(link)
        merging = staff.merge(talks[0], talks[1], "a1", at=NOON)
        joins = (join(*one) for one in zip(talks, agreed, strict=True))
        done = await asyncio.gather(*joins, merging, return_exceptions=True)
        assert sorted(map(str, done[:2])) == ["joined", "stale"]
        assert done[2] is None or isinstance(done[2], Conflict)
        assert len({await store.find(*one) for one in ends}) == 1
