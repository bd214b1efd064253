"""The store under many hands: tasks of one process, and two processes on one database."""

import asyncio
import gc
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import Connection, insert, select, text, update

from bot.conversation import State
from bot.errors import Stale
from bot.store.base import Interrupted
from bot.store.events import Events
from bot.store.load import load
from bot.store.opening import open_database
from bot.store.session import Sessions
from bot.store.sql import SqlStore
from bot.store.tables import connector_memory
from connectors.base import Accepted
from tests.contracts.build import NOON, later, message, next_turn, reply, turn

MakeStore = Callable[[], SqlStore]


async def accept_many(stores: list[SqlStore], ids: list[str]) -> list[Accepted]:
    return await asyncio.gather(
        *(stores[place % len(stores)].accept(message(external_id)) for place, external_id in enumerate(ids))
    )


@pytest.mark.parametrize("processes", [1, 2])
async def test_hundred_accepts_at_once_are_numbered_without_gaps(
    make_store: MakeStore, processes: int
) -> None:
    stores = [make_store() for _ in range(processes)]
    accepted = await accept_many(stores, [f"m{number}" for number in range(100)])
    assert sorted(item.seq for item in accepted) == list(range(1, 101))
    assert len({item.conversation_id for item in accepted}) == 1
    assert not any(item.duplicate for item in accepted)


@pytest.mark.parametrize("processes", [1, 2])
async def test_one_of_many_equal_accepts_is_the_first(make_store: MakeStore, processes: int) -> None:
    stores = [make_store() for _ in range(processes)]
    accepted = await accept_many(stores, ["m1"] * 30)
    assert {(item.conversation_id, item.seq) for item in accepted} == {(accepted[0].conversation_id, 1)}
    assert [item.duplicate for item in accepted].count(False) == 1
    assert len(await stores[0].history(accepted[0].conversation_id)) == 1
    assert (await stores[-1].accept(message("m2"))).seq == 2


async def test_each_caller_gets_its_own_answer_when_transactions_share_a_commit(store: SqlStore) -> None:
    await store.accept(message("m1", customer_id="C1"))
    outcomes = await asyncio.gather(
        *(store.accept(message(f"n{number}", customer_id=f"C{1 + number % 2}")) for number in range(40)),
        return_exceptions=True,
    )
    assert [isinstance(outcome, Accepted) for outcome in outcomes] == [True, False] * 20
    assert (await store.accept(message("last", customer_id="C1"))).seq == 22


async def test_turns_of_one_conversation_follow_each_other(store: SqlStore) -> None:
    conversation_id = (await store.accept(message("m0"))).conversation_id
    inside = 0

    async def one_turn(number: int) -> None:
        nonlocal inside
        await store.accept(message(f"n{number}"))
        async with store.conversation(conversation_id) as conversation:
            inside += 1
            assert inside == 1
            await conversation.save(next_turn(conversation))
            inside -= 1

    await asyncio.gather(*(one_turn(number) for number in range(20)))
    async with store.conversation(conversation_id) as conversation:
        assert conversation.state.turns == 20
        assert conversation.pending == ()
    history = await store.history(conversation_id, limit=100)
    assert [line.seq for line in history] == list(range(1, 42))


async def test_turns_of_different_conversations_do_not_wait(store: SqlStore) -> None:
    ids = [(await store.accept(message("m1", sender=f"s{number}"))).conversation_id for number in range(2)]
    async with store.conversation(ids[0]) as first, store.conversation(ids[1]) as second:
        await first.save(next_turn(first))
        await second.save(next_turn(second))


async def test_lock_is_released_by_an_error_and_forgotten(store: SqlStore) -> None:
    conversation_id = (await store.accept(message("m1"))).conversation_id

    async def fail() -> None:
        async with store.conversation(conversation_id):
            raise RuntimeError("turn failed")

    for _ in range(3):
        with pytest.raises(RuntimeError, match="turn failed"):
            await fail()
    async with store.conversation(conversation_id) as conversation:
        assert len(conversation.pending) == 1
    gc.collect()
    assert len(store._sessions._locks) == 0


async def test_second_process_to_save_is_told_to_start_again(make_store: MakeStore) -> None:
    one, two = make_store(), make_store()
    conversation_id = (await one.accept(message("m1"))).conversation_id
    async with one.conversation(conversation_id) as first, two.conversation(conversation_id) as second:
        saved = await first.save(turn(State(turns=1), first.pending, (reply("first"),)))
        with pytest.raises(Stale):
            await second.save(turn(State(turns=9), second.pending, (reply("second"),)))
        await second.reload()
        assert second.state.turns == 1
        assert second.pending == ()
        await two.accept(message("m2"))
        await second.reload()
        await second.save(next_turn(second))
    assert [line.text for line in await one.history(conversation_id)] == [
        "text of m1",
        "first",
        "text of m2",
        "answer",
    ]
    assert saved[0].seq == 2


async def test_turn_on_an_old_state_is_refused_whatever_it_answers(make_store: MakeStore) -> None:
    one, two = make_store(), make_store()
    conversation_id = (await one.accept(message("m1"))).conversation_id
    await one.accept(message("m2"))
    async with one.conversation(conversation_id) as first, two.conversation(conversation_id) as second:
        await first.save(turn(State(turns=1), first.pending[:1]))
        for answers in ((), second.pending[1:]):
            with pytest.raises(Stale):
                await second.save(turn(State(turns=9), answers))
        await second.reload()
        assert (second.state.turns, len(second.pending)) == (1, 1)


async def test_two_processes_answer_everything_exactly_once(make_store: MakeStore) -> None:
    stores = [make_store(), make_store()]
    senders = [f"s{number}" for number in range(5)]
    stale = 0

    async def answer(store: SqlStore, conversation_id: str) -> None:
        nonlocal stale
        while True:
            async with store.conversation(conversation_id) as conversation:
                if not conversation.pending:
                    return
                external_ids = tuple(item.message.external_id for item in conversation.pending)
                try:
                    await conversation.save(next_turn(conversation, reply(in_reply_to=external_ids)))
                except Stale:
                    stale += 1

    async def talk(store: SqlStore, sender: str, name: str) -> None:
        for number in range(8):
            accepted = await store.accept(message(f"{name}{number}", sender=sender))
            await asyncio.gather(*(answer(each, accepted.conversation_id) for each in stores))

    await asyncio.gather(
        *(talk(store, sender, name) for sender in senders for store, name in zip(stores, "ab", strict=True))
    )
    assert stale > 0, "the two never met: the test shows nothing"
    for sender in senders:
        conversation_id = await stores[0].find("web", sender)
        assert conversation_id is not None
        lines = await stores[0].history(conversation_id, limit=200)
        assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
        answered = [external_id for line in lines if line.reply for external_id in line.reply.in_reply_to]
        assert sorted(answered) == sorted(f"{name}{number}" for name in "ab" for number in range(8))


async def test_each_delivery_and_timer_goes_to_one_of_two_workers(make_store: MakeStore) -> None:
    stores = [make_store(), make_store()]
    for number in range(20):
        accepted = await stores[0].accept(message("m1", sender=f"s{number}"))
        async with stores[0].conversation(accepted.conversation_id) as conversation:
            await conversation.save(next_turn(conversation))
    taken = await asyncio.gather(
        *(stores[number % 2].take_deliveries(now=later(1), limit=4) for number in range(12))
    )
    senders = [delivery.sender for batch in taken for delivery in batch]
    assert sorted(senders) == sorted(f"s{number}" for number in range(20))


async def test_attempts_at_the_same_time_are_all_counted(make_store: MakeStore) -> None:
    stores = [make_store(), make_store()]
    counts = await asyncio.gather(
        *(stores[n % 2].count_attempt("order:104233", at=later(n), window_seconds=600) for n in range(20))
    )
    # No two may both believe to be the fifth unless more than five are known to both.
    assert max(counts) == 20
    assert all(count >= place for place, count in enumerate(sorted(counts), start=1))


async def test_cancelled_caller_leaves_the_store_in_order(store: SqlStore) -> None:
    tasks = [asyncio.create_task(store.accept(message(f"m{number}"))) for number in range(50)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    conversation_id = await store.find("web", "s1")
    assert conversation_id is not None
    seqs = [line.seq for line in await store.history(conversation_id, limit=100)]
    assert seqs == list(range(1, len(seqs) + 1))
    assert len(seqs) >= 25


async def test_of_two_that_wait_for_each_other_both_are_done(database_url: str) -> None:
    database = open_database(database_url)
    rows = [{"channel": "x", "key": key, "value": ""} for key in ("a", "b")]
    await database.write(lambda connection: connection.execute(insert(connector_memory), rows))

    async def mark(name: str, *keys: str) -> None:
        def work(connection: Connection) -> None:
            for key in keys:
                mine = update(connector_memory).where(connector_memory.c.key == key)
                connection.execute(mine.values(value=connector_memory.c.value + name))
                if connection.dialect.name == "postgresql":
                    connection.execute(text("SELECT pg_sleep(0.2)"))

        await database.write(work)

    await asyncio.gather(mark("1", "a", "b"), mark("2", "b", "a"))
    found = await database.read(lambda connection: connection.execute(select(connector_memory.c.value)).all())
    assert [sorted(row.value) for row in found] == [["1", "2"], ["1", "2"]]
    await database.close()


async def test_what_was_read_while_accepting_is_not_trusted_over_another_process(
    make_store: MakeStore,
) -> None:
    """A turn begins with what accepting read; who saved or wrote in between is noticed all the same."""
    here, there = make_store(), make_store()
    conversation_id = (await here.accept(message("m1"))).conversation_id
    async with there.conversation(conversation_id) as conversation:
        await conversation.save(turn(State(turns=1), conversation.pending, (reply("a"),)))
    async with here.conversation(conversation_id) as conversation:
        with pytest.raises(Stale):
            await conversation.save(turn(State(turns=7), conversation.pending, (reply("b"),)))
    async with here.conversation(conversation_id) as conversation:
        assert (conversation.state, conversation.pending) == (State(turns=1), ())

    await here.accept(message("m2"))
    await there.accept(message("m3"))
    async with here.conversation(conversation_id) as conversation:
        assert [one.message.external_id for one in conversation.pending] == ["m2"]
        with pytest.raises(Interrupted):
            await conversation.save(
                turn(State(turns=2), conversation.pending, (reply("c"),)), interruptible=True
            )
        await conversation.reload()
        assert [one.message.external_id for one in conversation.pending] == ["m2", "m3"]


async def test_what_was_read_while_accepting_is_forgotten_when_a_turn_is_saved(store: SqlStore) -> None:
    conversation_id = (await store.accept(message("m1"))).conversation_id
    async with store.conversation(conversation_id) as conversation:
        await store.accept(message("m2"))
        await conversation.save(turn(State(turns=1), conversation.pending, (reply("a"),)))
    async with store.conversation(conversation_id) as conversation:
        assert [one.message.external_id for one in conversation.pending] == ["m2"]
        assert conversation.state == State(turns=1)


async def test_what_was_read_before_a_save_but_heard_of_after_it_is_not_taken_for_newer(
    database_url: str,
) -> None:
    """Else a yes could be given to a card that was closed meanwhile."""
    database = open_database(database_url)
    store, sessions = SqlStore(database), Sessions(database, lambda: NOON, Events())
    conversation_id = (await store.accept(message("m1"))).conversation_id
    read_before = await database.read(partial(load, conversation_id=conversation_id))
    async with sessions.open(conversation_id) as conversation:
        await conversation.save(turn(State(turns=1), conversation.pending, (reply("a"),)))
    sessions.ahead.put(conversation_id, read_before)
    async with sessions.open(conversation_id) as conversation:
        assert (conversation.state, conversation.pending) == (State(turns=1), ())
    await store.close()
