"""The floor while things happen at once: a change just confirmed, a place in the queue that moves."""

from dataclasses import dataclass
from datetime import timedelta

from bot.factory import Kefu
from bot.handover.deadlines import Deadlines
from bot.handover.places import Places
from bot.handover.turns import Turns
from bot.live import Frame
from bot.shop.changes.requests import read_request
from bot.store.base import Turn
from connectors.base import Message, Reply
from tests.conftest import NOW


@dataclass(frozen=True)
class Person:
    id: str
    name: str


LIN = Person("a1", "小林")


async def say(
    kefu: Kefu,
    text: str,
    number: int,
    *,
    sender: str = "s1",
    customer: str | None = "C001",
    action: str | None = None,
) -> tuple[str, list[Reply]]:
    message = Message("web", sender, f"m{number}", text, NOW, customer_id=customer, action=action)
    accepted = await kefu.desk.submit(message)
    return accepted.conversation_id, await kefu.desk.replies_to(accepted, wait_seconds=20)


def turns_of(kefu: Kefu) -> Turns:
    return Turns(kefu.shop, kefu.texts, kefu.store, deadlines=Deadlines(), handover_minutes=10)


async def test_a_change_that_was_done_when_the_agent_came_still_gives_its_receipt(kefu: Kefu) -> None:
    conversation_id, (shown,) = await say(kefu, "取消118626，不想要了", 1)
    assert shown.cards[0].kind == "change"
    async with kefu.store.conversation(conversation_id) as conversation:
        open_ = conversation.state.confirmation
    assert open_ is not None
    # The change is made, and before its turn is saved somebody of the shop speaks.
    await kefu.shop.change(
        read_request(open_.tool, open_.request),
        customer_id=open_.customer_id,
        now=NOW,
        key=open_.key,
        digest=open_.digest,
    )
    turns = turns_of(kefu)
    await kefu.desk.act(conversation_id, lambda one: turns.say(one, LIN, "我来看看", "r1", now=NOW))
    _, (receipt,) = await say(kefu, "", 2, action=f"confirm {open_.key}")
    assert (receipt.floor, receipt.author, receipt.cards[0].kind) == ("agent", "bot", "receipt")
    assert len(await kefu.store.attempts(conversation_id=conversation_id)) == 1
    # From then on it is silent.
    message = Message("web", "s1", "m3", "好的", NOW, customer_id="C001")
    accepted = await kefu.desk.submit(message)
    assert await kefu.desk.replies_to(accepted, wait_seconds=0.5) == []
    async with kefu.store.conversation(conversation_id) as conversation:
        assert conversation.pending == ()
        assert conversation.state.floor.name == "agent"
        assert conversation.state.confirmation is None


async def test_who_waits_hears_when_their_place_moves(kefu: Kefu) -> None:
    first, _ = await say(kefu, "转人工", 1, sender="s1", customer=None)
    second, (told,) = await say(kefu, "human please", 1, sender="s2", customer=None)
    assert "There is 1 person ahead of you." in told.text
    places = Places(kefu.store, kefu.live, kefu.texts, clock=lambda: NOW + timedelta(seconds=30))
    with kefu.live.watch(second) as frames:
        await places.tell()
        await places.tell()
        assert [frames.get_nowait()] == [
            Frame("floor", floor="waiting", text="There is 1 person ahead of you.")
        ]
        assert frames.empty()
        async with kefu.store.conversation(first) as conversation:
            await conversation.save(Turn("t1", conversation.state, (), (), handover_change={"priority": 0}))
        async with kefu.store.conversation(second) as conversation:
            await conversation.save(Turn("t2", conversation.state, (), (), handover_change={"priority": 2}))
        # Nobody is there and nobody ahead: nothing can be said of the wait.
        await places.tell()
        assert frames.empty()
