"""What people of the shop do in a conversation, saved: who has the floor, what becomes of the hand-over."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from bot import floor
from bot.conversation import Deed, State
from bot.errors import Conflict
from bot.handover.deadlines import Deadlines
from bot.handover.topics import topics
from bot.handover.turns import Turns
from bot.shop.domain import ShopData
from bot.shop.importer import read_folder
from bot.shop.sql import SqlShop
from bot.store.base import Attempt, Handover, OpenConversation, Rating, Turn
from bot.store.database import Database
from bot.store.opening import open_database
from bot.store.sql import SqlStore
from bot.store.tables import agents, handovers
from bot.texts.catalogue import Texts, load_texts
from connectors.base import Reply
from tests.bot.shop import sample
from tests.contracts.build import NOON, later, message, next_turn, turn


@dataclass(frozen=True)
class Person:
    id: str
    name: str


LIN, ZHOU = Person("a1", "小林"), Person("a2", "小周")
Make = Callable[[OpenConversation], Awaitable[Turn]]


@dataclass
class House:
    store: SqlStore
    database: Database
    turns: Turns
    now: datetime = NOON

    async def waiting(self, sender: str, **fields: object) -> str:
        """A shopper who asked for a person."""
        accepted = await self.store.accept(message("m1", sender=sender, text="转人工"))
        async with self.store.conversation(accepted.conversation_id) as conversation:
            state = floor.hand_over(replace(conversation.state, language="zh"), reason="asked", now=self.now)
            handover = Handover("asked", {"problem": "转人工"}, language="zh", **fields)  # type: ignore[arg-type]
            await conversation.save(turn(state, conversation.pending, handover=handover))
        return accepted.conversation_id

    async def act(self, conversation_id: str, make: Make) -> tuple[list[Reply], State]:
        async with self.store.conversation(conversation_id) as conversation:
            replies = await conversation.save(await make(conversation))
            return list(replies), conversation.state

    async def say(self, conversation_id: str, person: Person, text: str, reply_id: str) -> list[Reply]:
        def make(conversation: OpenConversation) -> Awaitable[Turn]:
            return self.turns.say(conversation, person, text, reply_id, now=self.now)

        return (await self.act(conversation_id, make))[0]

    async def rows(self, conversation_id: str) -> list[dict[str, object]]:
        query = (
            select(handovers).where(handovers.c.conversation_id == conversation_id).order_by(handovers.c.id)
        )
        return await self.database.read(
            lambda connection: [dict(row._mapping) for row in connection.execute(query)]
        )

    async def seen(self, person: Person, at: datetime, **fields: object) -> None:
        values = {
            "login": person.id,
            "password": "",
            "role": "agent",
            "languages": "zh",
            "skills": "",
            "capacity": 8,
            "available": True,
            "created_at": NOON,
        }
        row = {"id": person.id, "name": person.name, "seen_at": at} | values | fields
        await self.database.write(lambda connection: connection.execute(insert(agents).values(row)))


@pytest.fixture(scope="module")
def shop_data(tmp_path_factory: pytest.TempPathFactory) -> ShopData:
    return read_folder(sample.write_folder(tmp_path_factory.mktemp("shop")))


@pytest.fixture(scope="module")
def texts() -> Texts:
    topics()
    return load_texts({})


@pytest.fixture
async def house(database_url: str, shop_data: ShopData, texts: Texts) -> AsyncIterator[House]:
    database = open_database(database_url)
    store = SqlStore(database, clock=lambda: house.now)
    shop = SqlShop(database)
    await shop.replace(shop_data)
    turns = Turns(shop, texts, store, deadlines=Deadlines(), handover_minutes=10)
    house = House(store, database, turns)
    yield house
    await store.close()


async def test_an_agent_answers_passes_on_and_gives_back(house: House) -> None:
    conversation_id = await house.waiting("s1")
    first = await house.say(conversation_id, LIN, "您好，我看一下", "r1")
    assert [(one.author, one.agent, one.text) for one in first] == [
        ("system", None, "小林来接待您了。"),
        ("agent", "小林", "您好，我看一下"),
    ]
    assert await house.say(conversation_id, LIN, "您好，我看一下", "r1") == []
    assert [one.author for one in await house.say(conversation_id, LIN, "办好了", "r2")] == ["agent"]
    with pytest.raises(Conflict) as taken:
        await house.say(conversation_id, ZHOU, "我来", "r3")
    assert taken.value.code == "taken"
    replies, state = await house.act(
        conversation_id, lambda one: house.turns.pass_on(one, LIN, ZHOU, house.now)
    )
    assert (state.floor.name, state.floor.agent_id) == ("agent", "a2")
    assert replies[0].text == "小林请小周接着帮您。"
    await house.store.record_attempts(
        [
            Attempt(
                house.now,
                "return_items",
                {"order_number": "118606"},
                "signed_in",
                "C1",
                "done",
                "",
                "R1",
                conversation_id,
            )
        ]
    )
    replies, state = await house.act(conversation_id, lambda one: house.turns.hand_back(one, ZHOU, house.now))
    assert state.floor.name == "bot"
    assert (state.focus.order_number, state.focus.topic) == ("118606", "return_items")
    assert (replies[0].author, replies[0].text) == (
        "bot",
        "小周已经办好 118606 的退货，接下来我帮您。还有什么要看的？",
    )
    (row,) = await house.rows(conversation_id)
    assert (row["outcome"], row["agent_id"], row["reason"]) == ("returned", "a2", "asked")
    assert row["first_reply_at"] == NOON


async def test_who_comes_uncalled_opens_a_hand_over_and_is_rated_when_it_is_closed(house: House) -> None:
    accepted = await house.store.accept(message("m1", sender="s1"))
    conversation_id = accepted.conversation_id
    await house.say(conversation_id, LIN, "Hello, can I help?", "r1")
    replies, state = await house.act(conversation_id, lambda one: house.turns.close(one, LIN, house.now))
    assert [button.action for button in replies[0].quick_replies] == [
        f"rate {stars}" for stars in (5, 4, 3, 2, 1)
    ]
    assert (state.floor.name, state.rating, state.past and state.past.agent) == ("closed", "asked", "小林")
    for rating in (Rating(stars=2), Rating(comment="slow")):

        async def rate(one: OpenConversation, rating: Rating = rating) -> Turn:
            return next_turn(one, rating=rating)

        await house.act(conversation_id, rate)
    (row,) = await house.rows(conversation_id)
    assert (row["reason"], row["outcome"], row["rating"], row["rating_comment"]) == (
        "agent",
        "resolved",
        2,
        "slow",
    )
    assert row["resolve_by"] is not None
    with pytest.raises(Conflict):
        await house.act(conversation_id, lambda one: house.turns.hand_back(one, LIN, house.now))


async def test_nobody_is_asked_to_rate_what_nobody_did(house: House) -> None:
    conversation_id = await house.waiting("s1")
    replies, state = await house.act(conversation_id, lambda one: house.turns.close(one, LIN, house.now))
    assert replies[0].quick_replies == ()
    assert (state.floor.name, state.rating, state.past) == ("closed", "", None)


async def test_places_in_the_queue_and_the_usual_wait(house: House) -> None:
    slow = await house.waiting("s1", respond_by=later(60))
    urgent = await house.waiting("s2", priority=3, respond_by=later(90))
    queue = await house.store.queue(now=later(30))
    assert [one for one, *_ in queue.waiting] == [urgent, slow]
    assert (queue.people, queue.usual_seconds) == (0, None)
    await house.seen(LIN, later(0))
    await house.seen(ZHOU, later(0), available=False)
    for number in range(5):
        answered = await house.waiting(f"t{number}")
        house.now += timedelta(seconds=60 * (number + 1))
        await house.say(answered, LIN, "hello", f"r{number}")
    queue = await house.store.queue(now=later(60))
    assert [one for one, *_ in queue.waiting] == [urgent, slow]
    assert queue.people == 1
    assert queue.usual_seconds == 180


async def test_whoever_was_left_alone_is_found_and_waits_again(house: House) -> None:
    left, answered, assigned = [await house.waiting(sender) for sender in ("s1", "s2", "s3")]
    await house.seen(LIN, later(0))
    for number, one in enumerate((left, answered)):
        await house.say(one, LIN, "hello", f"r{number}")
    await house.store.accept(message("m2", sender="s1", text="还在吗"))

    async def assign(one: OpenConversation) -> Turn:
        return house.turns.change(one, {"agent_id": LIN.id, "assigned_at": NOON})

    await house.act(assigned, assign)
    assert await house.store.deserted(before=later(-1)) == []
    assert set(await house.store.deserted(before=later(1))) == {left, assigned}
    replies, state = await house.act(left, lambda one: house.turns.leave(one, later(400)))
    assert (state.floor.name, state.floor.since) == ("waiting", later(400))
    assert "掉线" in replies[0].text
    assert (await house.act(assigned, lambda one: house.turns.leave(one, later(400))))[0] == []
    assert await house.store.deserted(before=later(500)) == []
    for one in (left, assigned):
        handover = await house.store.open_handover(one)
        assert handover is not None
        assert handover.agent_id is None
    # It is evening: the wait begins when the shop opens.
    (timer,) = await house.store.take_timers(now=later(86_400))
    assert (timer.conversation_id, timer.due_at) == (left, datetime(2026, 11, 24, 1, 10, tzinfo=UTC))


async def test_what_was_done_is_remembered_when_it_is_closed(house: House) -> None:
    conversation_id = await house.waiting("s1")
    await house.say(conversation_id, LIN, "您好", "r1")
    done = Attempt(house.now, "undo", {}, "signed_in", "C1", "done", "", "R1", conversation_id)
    await house.store.record_attempts([done, done, replace(done, tool="cancel_order", outcome="refused")])
    _, state = await house.act(conversation_id, lambda one: house.turns.close(one, LIN, house.now))
    assert state.past is not None
    assert state.past.deeds == (Deed("undo"),)
