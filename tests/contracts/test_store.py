"""The store's contract: accepting, one locked conversation, saving, reading back."""

from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from sqlalchemy import select

from bot.conversation import Floor, Focus, Form, State
from bot.errors import Forbidden, InvalidInput, NotFound, Stale, Unauthorized
from bot.store.base import Handover, Interrupted, Unanswered
from bot.store.opening import open_database
from bot.store.sql import SqlStore
from bot.store.tables import messages
from connectors.base import Accepted, Button, Card, IntentScore, Message, Source, ToolRun
from tests.contracts.build import NOON, later, message, next_turn, reply, turn


async def accept_one(store: SqlStore) -> str:
    return (await store.accept(message("m1"))).conversation_id


async def test_accepted_message_is_pending_as_it_was_sent(store: SqlStore) -> None:
    sent = Message(
        channel="web",
        sender="s1",
        external_id="m1",
        text="我的订单到哪里了?🙂",
        received_at=NOON.astimezone(timezone(timedelta(hours=8))),
        action="track:1",
        customer_id="C1",
        language="zh",
        address="192.0.2.7",
    )
    accepted = await store.accept(sent)
    async with store.conversation(accepted.conversation_id) as conversation:
        assert [(item.seq, item.message) for item in conversation.pending] == [(1, sent)]
        assert (conversation.id, conversation.channel, conversation.sender, conversation.customer_id) == (
            accepted.conversation_id,
            "web",
            "s1",
            "C1",
        )
        assert conversation.state == State()
        assert conversation.pending[0].message.received_at.utcoffset() == timedelta(0)


async def test_second_delivery_of_a_message_changes_nothing_and_says_so(store: SqlStore) -> None:
    first = await store.accept(message("m1"))
    await store.accept(message("m2"))
    again = await store.accept(message("m1", text="something else"))
    assert again == replace(first, duplicate=True)
    history = await store.history(first.conversation_id)
    assert [(line.seq, line.text) for line in history] == [(1, "text of m1"), (2, "text of m2")]
    assert (await store.accept(message("m3"))).seq == 3


async def test_same_external_id_of_another_person_or_channel_is_another_message(store: SqlStore) -> None:
    accepted = [
        await store.accept(message("m1")),
        await store.accept(message("m1", sender="s2")),
        await store.accept(message("m1", channel="api")),
    ]
    assert [(item.seq, item.duplicate) for item in accepted] == [(1, False)] * 3
    assert len({item.conversation_id for item in accepted}) == 3
    assert await store.find("web", "s2") == accepted[1].conversation_id
    assert await store.find("web", "s3") is None


async def test_conversation_becomes_the_first_proved_customers(store: SqlStore) -> None:
    first = await store.accept(message("m1"))
    await store.accept(message("m2", customer_id="C1"))
    with pytest.raises(Forbidden):
        await store.accept(message("m3", customer_id="C2"))
    with pytest.raises(Unauthorized):
        await store.accept(message("m4"))
    assert await store.accept(message("m5", customer_id="C1")) == Accepted(
        first.conversation_id, 3, "m5", duplicate=False
    )
    async with store.conversation(first.conversation_id) as conversation:
        assert conversation.customer_id == "C1"
        assert [item.message.customer_id for item in conversation.pending] == [None, "C1", "C1"]


@pytest.mark.parametrize("name", ["channel", "sender", "external_id", "customer_id"])
@pytest.mark.parametrize("value", ["", "a\x00b", "a\nb", "\ud83d", "x" * 256])
async def test_names_that_cannot_be_kept_as_they_are_are_refused(
    store: SqlStore, name: str, value: str
) -> None:
    with pytest.raises(InvalidInput, match=name):
        await store.accept(replace(message("m1"), **{name: value}))
    assert await store.unfinished() == ()


async def test_turn_is_saved_whole(store: SqlStore) -> None:
    accepted = await store.accept(message("m1"))
    await store.accept(message("m2"))
    state = State(
        language="zh",
        floor=Floor("waiting", NOON, "asked"),
        form=Form("track", "track_parcel", {"order": "104233"}),
        focus=Focus("104233", ("P1", "P2")),
        turns=1,
    )
    answer = reply(
        "已经发出",
        floor="waiting",
        in_reply_to=("m1", "m2"),
        intent=IntentScore("track_parcel", 0.93),
        sources=(Source("p1", "配送", "时效", "24 小时内发货", "zh"),),
        cards=(Card("parcel", "SF1", "顺丰", steps=(("08:20", "杭州"),), buttons=(Button("查看"),)),),
        quick_replies=(Button("转人工", "human"),),
        tools=(ToolRun("track_parcel", "ok"),),
    )
    async with store.conversation(accepted.conversation_id) as conversation:
        saved = await conversation.save(
            turn(
                state,
                conversation.pending,
                (answer, reply("second")),
                handover=Handover("asked", {"问题": ["退款"]}),
                unanswered=(Unanswered("多久", "zh", ("p1", "p2")),),
            )
        )
        assert conversation.pending == ()
        assert conversation.state == state
    assert saved[0] == replace(answer, conversation_id=accepted.conversation_id, seq=3)
    assert saved[1].seq == 4
    async with store.conversation(accepted.conversation_id) as conversation:
        assert conversation.state == state
        assert conversation.pending == ()
    history = await store.history(accepted.conversation_id)
    assert [(line.seq, line.author, line.external_id) for line in history] == [
        (1, "shopper", "m1"),
        (2, "shopper", "m2"),
        (3, "bot", None),
        (4, "bot", None),
    ]
    assert history[2].reply == saved[0]
    assert await store.message(answer.id) == (accepted.conversation_id, history[2])
    assert await store.message("nothing") is None
    assert await store.depths() == {
        "inbox": 0,
        "outbox": 2,
        "outbox_dead": 0,
        "timers": 0,
        "unanswered": 1,
        "waiting": 1,
    }


async def test_turn_may_answer_in_silence(store: SqlStore) -> None:
    conversation_id = await accept_one(store)
    async with store.conversation(conversation_id) as conversation:
        assert await conversation.save(turn(State(turns=1), conversation.pending, ())) == ()
    assert await store.unfinished() == ()
    assert len(await store.history(conversation_id)) == 1


async def test_turn_answers_only_what_it_names(store: SqlStore) -> None:
    conversation_id = await accept_one(store)
    await store.accept(message("m2"))
    async with store.conversation(conversation_id) as conversation:
        await conversation.save(turn(State(), conversation.pending[:1]))
        assert [item.message.external_id for item in conversation.pending] == ["m2"]
        await conversation.save(turn(State(), conversation.pending))
    assert [line.author for line in await store.history(conversation_id)] == [
        "shopper",
        "shopper",
        "bot",
        "bot",
    ]


async def test_message_that_arrives_during_a_turn_is_seen_and_kept(store: SqlStore) -> None:
    conversation_id = await accept_one(store)
    async with store.conversation(conversation_id) as conversation:
        assert not await conversation.more()
        await store.accept(message("m2"))
        assert await conversation.more()
        assert len(conversation.pending) == 1
        await conversation.reload()
        assert not await conversation.more()
        assert [item.message.external_id for item in conversation.pending] == ["m1", "m2"]
        await store.accept(message("m3"))
        await conversation.save(next_turn(conversation))
        assert await conversation.more()
    assert await store.unfinished() == (conversation_id,)
    assert [line.seq for line in await store.history(conversation_id)] == [1, 2, 3, 4]


async def test_a_turn_that_was_overtaken_is_not_saved(store: SqlStore) -> None:
    conversation_id = await accept_one(store)
    async with store.conversation(conversation_id) as conversation:
        overtaken = next_turn(conversation)
        await store.accept(message("m2"))
        with pytest.raises(Interrupted):
            await conversation.save(overtaken, interruptible=True)
        assert [line.author for line in await store.history(conversation_id)] == ["shopper", "shopper"]
        await conversation.reload()
        replies = await conversation.save(next_turn(conversation), interruptible=True)
        assert [reply.seq for reply in replies] == [3]
    assert await store.unfinished() == ()


async def test_message_cannot_be_answered_twice(store: SqlStore) -> None:
    conversation_id = await accept_one(store)
    async with store.conversation(conversation_id) as conversation:
        pending = conversation.pending
        await conversation.save(turn(State(turns=1), pending))
        with pytest.raises(Stale):
            await conversation.save(turn(State(turns=2), pending))
    async with store.conversation(conversation_id) as conversation:
        assert conversation.state.turns == 1
    assert len(await store.history(conversation_id)) == 2


async def test_turn_cannot_answer_another_conversations_message(store: SqlStore) -> None:
    conversation_id = await accept_one(store)
    other = await store.accept(message("m1", sender="s2"))
    async with store.conversation(other.conversation_id) as conversation:
        foreign = conversation.pending
    async with store.conversation(conversation_id) as conversation:
        with pytest.raises(Stale):
            await conversation.save(turn(State(), foreign))
    assert set(await store.unfinished()) == {conversation_id, other.conversation_id}


async def test_failing_save_writes_nothing(store: SqlStore) -> None:
    conversation_id = await accept_one(store)
    doubled = reply("one")
    async with store.conversation(conversation_id) as conversation:
        with pytest.raises(Exception, match=r"(?i)unique"):
            await conversation.save(turn(State(turns=7), conversation.pending, (doubled, doubled)))
        await conversation.reload()
        assert conversation.state == State()
        assert len(conversation.pending) == 1
    assert (await store.depths())["outbox"] == 0
    assert (await store.accept(message("m2"))).seq == 2


async def test_unknown_conversation(store: SqlStore) -> None:
    with pytest.raises(NotFound):
        async with store.conversation("nothing"):
            pass
    assert await store.history("nothing") == ()


async def test_history_pages_forward_and_backward(store: SqlStore) -> None:
    for number in range(1, 8):
        conversation_id = (await store.accept(message(f"m{number}"))).conversation_id

    async def seqs(**page: int) -> list[int]:
        return [line.seq for line in await store.history(conversation_id, **page)]

    assert await seqs() == [1, 2, 3, 4, 5, 6, 7]
    assert await seqs(limit=3) == [1, 2, 3]
    assert await seqs(after=3, limit=3) == [4, 5, 6]
    assert await seqs(before=8, limit=3) == [5, 6, 7]
    assert await seqs(before=3, limit=3) == [1, 2]
    assert await seqs(after=4, before=7, limit=9) == [5, 6]


async def test_unfinished_names_the_longest_waiting_first(store: SqlStore) -> None:
    waiting = [(await store.accept(message("m1", sender=f"s{n}"))).conversation_id for n in range(3)]
    await store.accept(message("m2", sender="s0"))
    async with store.conversation(waiting[1]) as conversation:
        await conversation.save(next_turn(conversation))
    assert await store.unfinished() == (waiting[0], waiting[2])


async def test_feedback_belongs_to_a_reply(store: SqlStore) -> None:
    conversation_id = await accept_one(store)
    async with store.conversation(conversation_id) as conversation:
        (saved,) = await conversation.save(next_turn(conversation))
    await store.feedback(saved.id, helpful=False, comment="nein\x00", at=later(1))
    assert [line.helpful for line in await store.history(conversation_id)] == [None, False]
    await store.feedback(saved.id, helpful=True, comment="", at=later(2))
    assert (await store.history(conversation_id))[1].helpful is True
    for message_id in ("nothing", (await store.history(conversation_id))[0].id):
        with pytest.raises(NotFound):
            await store.feedback(message_id, helpful=True, comment="", at=later(3))


async def test_client_address_is_forgotten_with_the_answer(store: SqlStore, database_url: str) -> None:
    conversation_id = (await store.accept(message("m1", address="192.0.2.7"))).conversation_id
    async with store.conversation(conversation_id) as conversation:
        assert conversation.pending[0].message.address == "192.0.2.7"
        await conversation.save(next_turn(conversation))
    database = open_database(database_url)
    kept = await database.read(lambda connection: connection.execute(select(messages.c.address)).all())
    await database.close()
    assert [row.address for row in kept] == [None, None]


async def test_naive_datetimes_are_refused(store: SqlStore) -> None:
    with pytest.raises(Exception, match="naive"):
        await store.accept(message("m1", received_at=NOON.replace(tzinfo=None)))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ""),
        ("a\x00b\x00", "ab"),
        ("half \ud83d and \ude42 half", "half \ufffd and \ufffd half"),
        ("whole \ud83d\ude42", "whole 🙂"),
        ("\x1b[31m‮反转\u2028 \r\n", "\x1b[31m‮反转\u2028 \r\n"),
        ("'; DROP TABLE messages; -- %s :x {y} \\", "'; DROP TABLE messages; -- %s :x {y} \\"),
        ("长" * 350_000, "长" * 350_000),
    ],
    ids=["empty", "nul", "halves", "pair", "controls", "sql", "1MB"],
)
async def test_hostile_text_is_kept_as_far_as_a_database_can(store: SqlStore, text: str, kept: str) -> None:
    conversation_id = (await store.accept(message("m1", text=text, action=text))).conversation_id
    async with store.conversation(conversation_id) as conversation:
        assert conversation.pending[0].message.text == kept
        assert conversation.pending[0].message.action == kept
        state = State(floor=Floor("waiting", NOON, kept))
        saved = turn(
            state,
            conversation.pending,
            (reply(text, quick_replies=(Button(text),)),),
            handover=Handover(text, {"last": text}),
            unanswered=(Unanswered(text, "en", (text,)),),
        )
        await conversation.save(saved)
    line = (await store.history(conversation_id))[1]
    assert line.text == kept
    assert line.reply is not None
    assert line.reply.quick_replies[0].label.replace("\x00", "") == kept
    (delivery,) = await store.take_deliveries(now=NOON)
    assert delivery.reply == line.reply
