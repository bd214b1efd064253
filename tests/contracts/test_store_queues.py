"""The store's contract: what goes out, what comes due, what is counted."""

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot.conversation import Floor, State
from bot.errors import NotPrepared
from bot.store.base import Delivery, Handover, Timer
from bot.store.opening import open_database
from bot.store.queues import LEASE
from bot.store.sql import SqlStore
from bot.store.tables import attempts
from tests.contracts.build import NOON, later, message, next_turn, reply, turn

AFTER_LEASE = LEASE.total_seconds() + 1


async def say(store: SqlStore, sender: str, *texts: str) -> str:
    """Replies to a new message with `texts`."""
    accepted = await store.accept(message(f"m-{'-'.join(texts)}", sender=sender))
    async with store.conversation(accepted.conversation_id) as conversation:
        await conversation.save(next_turn(conversation, *map(reply, texts)))
    return accepted.conversation_id


async def take(store: SqlStore, seconds: float, limit: int = 100) -> list[Delivery]:
    return list(await store.take_deliveries(now=later(seconds), limit=limit))


def texts(deliveries: list[Delivery]) -> list[str]:
    return [delivery.reply.text for delivery in deliveries]


async def test_conversations_replies_leave_one_after_the_other(store: SqlStore) -> None:
    await say(store, "s1", "one", "two")
    await say(store, "s2", "other")
    await say(store, "s1", "three")
    first = await take(store, 1)
    assert texts(first) == ["one", "other"]
    assert [(item.channel, item.sender, item.attempts) for item in first] == [
        ("web", "s1", 1),
        ("web", "s2", 1),
    ]
    assert await take(store, 2) == []
    await store.delivered([first[0].outbox_id])
    second = await take(store, 3)
    assert texts(second) == ["two"]
    await store.delivered([second[0].outbox_id, first[1].outbox_id])
    assert texts(await take(store, 4)) == ["three"]


async def test_delivery_of_a_dead_worker_comes_back(store: SqlStore) -> None:
    await say(store, "s1", "one", "two")
    (first,) = await take(store, 0)
    assert await take(store, AFTER_LEASE - 2) == []
    (again,) = await take(store, AFTER_LEASE)
    assert again.reply == first.reply
    assert again.attempts == 2
    await store.delivered([first.outbox_id])
    await store.delivered([again.outbox_id])
    assert texts(await take(store, AFTER_LEASE + 1)) == ["two"]


async def test_failed_delivery_is_tried_again_when_told(store: SqlStore) -> None:
    await say(store, "s1", "one", "two")
    (first,) = await take(store, 0)
    await store.delivery_failed(first.outbox_id, retry_at=later(30), error="connection refused")
    assert await take(store, 29) == []
    (again,) = await take(store, 30)
    assert (again.reply.text, again.attempts) == ("one", 2)


async def test_dead_delivery_lets_the_next_one_pass(store: SqlStore) -> None:
    await say(store, "s1", "one", "two")
    (first,) = await take(store, 0)
    await store.delivery_failed(first.outbox_id, retry_at=None, error="x\x00" * 5000)
    assert texts(await take(store, 1)) == ["two"]
    depths = await store.depths()
    assert (depths["outbox"], depths["outbox_dead"]) == (1, 1)
    assert await take(store, 100 * AFTER_LEASE) != []


async def test_deliveries_are_taken_in_portions(store: SqlStore) -> None:
    for number in range(5):
        await say(store, f"s{number}", f"to {number}")
    assert texts(await take(store, 1, limit=3)) == ["to 0", "to 1", "to 2"]
    assert texts(await take(store, 1, limit=3)) == ["to 3", "to 4"]


async def test_nothing_leaves_before_its_time(store: SqlStore) -> None:
    await say(store, "s1", "one")
    assert await take(store, -1) == []
    await store.delivered([])
    assert (await store.depths())["outbox"] == 1


async def hand_over(store: SqlStore, sender: str = "s1", minutes: int = 10) -> str:
    accepted = await store.accept(message("m1", sender=sender))
    async with store.conversation(accepted.conversation_id) as conversation:
        timer = Timer(conversation.id, "handover_timeout", later(60 * minutes))
        state = State(floor=Floor("waiting", NOON, "asked"))
        asked = turn(state, conversation.pending, handover=Handover("asked", {}), timers=(timer,))
        await conversation.save(asked)
    return accepted.conversation_id


async def test_timer_is_handed_out_when_due_until_a_turn_follows(store: SqlStore) -> None:
    conversation_id = await hand_over(store)
    due = Timer(conversation_id, "handover_timeout", later(600))
    assert await store.take_timers(now=later(599)) == ()
    assert await store.take_timers(now=later(600)) == (due,)
    assert await store.take_timers(now=later(601)) == ()
    assert await store.take_timers(now=later(600 + AFTER_LEASE)) == (due,)
    async with store.conversation(conversation_id) as conversation:
        await conversation.save(turn(State(), (), closes_handover="timed_out"))
    assert await store.take_timers(now=later(9999)) == ()
    depths = await store.depths()
    assert (depths["timers"], depths["waiting"]) == (0, 0)


async def test_turn_of_a_timer_that_changed_nothing_ends_it(store: SqlStore) -> None:
    conversation_id = await hand_over(store)
    await store.take_timers(now=later(600))
    async with store.conversation(conversation_id) as conversation:
        await conversation.save(turn(conversation.state, (), ()))
    assert await store.take_timers(now=later(9999)) == ()


async def test_shoppers_turn_leaves_timers_alone(store: SqlStore) -> None:
    conversation_id = await hand_over(store)
    await store.accept(message("m2"))
    assert len(await store.take_timers(now=later(600))) == 1
    async with store.conversation(conversation_id) as conversation:
        await conversation.save(next_turn(conversation))
    assert len(await store.take_timers(now=later(600 + AFTER_LEASE))) == 1


async def test_cancelled_handover_takes_its_timer_along(store: SqlStore) -> None:
    conversation_id = await hand_over(store)
    await store.accept(message("m2"))
    async with store.conversation(conversation_id) as conversation:
        await conversation.save(turn(State(), conversation.pending, closes_handover="cancelled"))
    assert await store.take_timers(now=later(9999)) == ()


async def test_timer_set_again_moves(store: SqlStore) -> None:
    conversation_id = await hand_over(store, minutes=10)
    await store.accept(message("m2"))
    async with store.conversation(conversation_id) as conversation:
        moved = Timer(conversation_id, "handover_timeout", later(1200))
        again = turn(
            conversation.state, conversation.pending, handover=Handover("again", {}), timers=(moved,)
        )
        await conversation.save(again)
    assert await store.take_timers(now=later(1199)) == ()
    assert await store.take_timers(now=later(1200)) == (moved,)


async def test_timers_of_many_conversations_come_soonest_first(store: SqlStore) -> None:
    ids = [await hand_over(store, f"s{number}", minutes=9 - number) for number in range(5)]
    taken = await store.take_timers(now=later(3600), limit=3)
    assert [timer.conversation_id for timer in taken] == [ids[4], ids[3], ids[2]]
    assert len(await store.take_timers(now=later(3600), limit=3)) == 2


async def test_attempts_are_counted_within_their_window(store: SqlStore) -> None:
    async def count(scope: str, seconds: int) -> int:
        return await store.count_attempt(scope, at=later(seconds), window_seconds=60)

    assert [await count("a", 0), await count("a", 10), await count("b", 10)] == [1, 2, 1]
    assert await count("a", 59) == 3
    assert await count("a", 60) == 3
    assert await count("a", 69) == 4
    assert await count("a", 500) == 1
    assert await count("x\x00" * 300, 500) == 1


async def test_attempts_no_window_reaches_are_forgotten(store: SqlStore, database_url: str) -> None:
    await store.count_attempt("address:192.0.2.7", at=NOON, window_seconds=60)
    await store.count_attempt("address:192.0.2.8", at=later(61), window_seconds=60)
    database = open_database(database_url)
    kept = await database.read(lambda connection: connection.execute(select(attempts.c.scope)).all())
    await database.close()
    assert [row.scope for row in kept] == ["address:192.0.2.8"]


async def test_check_finds_a_database_in_order(store: SqlStore) -> None:
    await store.check()
    await store.check()


async def test_check_names_missing_tables(empty_url: str) -> None:
    store = SqlStore(open_database(empty_url))
    with pytest.raises(NotPrepared):
        await store.check()
    await store.close()


async def test_closing_twice_is_harmless_and_ends_what_was_begun(
    store: SqlStore, make_store: Callable[[], SqlStore]
) -> None:
    tasks = [asyncio.create_task(store.accept(message(f"m{number}"))) for number in range(20)]
    accepted = await asyncio.gather(*tasks)
    await store.close()
    await store.close()
    assert len(await make_store().history(accepted[0].conversation_id)) == 20
