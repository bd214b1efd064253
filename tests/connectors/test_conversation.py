"""A whole conversation with an order change on every channel, whatever its platform's mood."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.shop.domain import Order, OrderStatus
from bot.store.base import OpenConversation, Turn
from tests.connectors.case import cases
from tests.connectors.chatwoot_case import bring, event
from tests.connectors.street import Street, Talk, open_street
from tests.contracts.platform import NOW, Odd

pytestmark = pytest.mark.asyncio(loop_scope="module")
_people = count(1)
_STEPS = 4


@dataclass(frozen=True)
class Mood:
    name: str
    answers: tuple[int | float | Odd, ...] = ()
    """What the platform does with the first calls after each thing said."""
    first: int = 0
    """From which step on."""
    repeats: bool = False
    """Everything is brought several times: at once, after a lost acknowledgement, and later."""


LOST = Mood("cut", (Odd.CUT,)), Mood("late", (Odd.LATE,), first=_STEPS - 1)
"""Our message is taken, and we never hear of it."""
MOODS = (
    Mood("normal"),
    Mood("repeating", repeats=True),
    Mood("slow", (0.3, 0.3)),
    Mood("failing", (503, 500)),
    Mood("busy", (Odd.BUSY, Odd.BUSY)),
    *LOST,
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def street(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    async with open_street(demo_data, tmp_path_factory.mktemp("channels")) as found:
        yield found


@dataclass
class Wish:
    """Somebody who wants an order cancelled."""

    talk: Talk
    order: Order
    contact: str

    async def say(self, step: int, *, repeated: bool) -> None:
        match step:
            case 0:
                await self.talk.tell("退货运费谁出？", repeated=repeated)
            case 1:
                await self.talk.tell(f"取消{self.order.number}，不想要了", repeated=repeated)
            case 2:
                await self.talk.tell(f"我的手机号是{self.contact}", repeated=repeated)
            case 3:
                await self.talk.press("确认", repeated=repeated)

    def expected(self, step: int) -> str:
        return ("运费", "手机", self.order.number, f"{self.order.number} 已经取消")[step]


@pytest.mark.parametrize("mood", MOODS, ids=lambda mood: mood.name)
async def test_an_order_is_cancelled_once(street: Street, mood: Mood) -> None:
    """On all channels at the same time."""
    for platform in street.platforms.values():
        platform.told.clear()
        platform.early.clear()
    wishes = [await _wish(street, name) for name in cases()]
    for step in range(_STEPS):
        for wish in wishes:
            wish.talk.platform.quiet_until = NOW
            wish.talk.platform.moods = list(mood.answers) if step >= mood.first else []
        await asyncio.gather(*(wish.say(step, repeated=mood.repeats) for wish in wishes))
        shown = await _shown(street, wishes)
        missing = {
            name: words for name, words in shown.items() if _of(wishes, name).expected(step) not in words
        }
        assert not missing
    if mood.repeats:
        await asyncio.gather(*(wish.talk.say_all_again() for wish in wishes))
        await asyncio.sleep(0.3)  # what is looked for comes a moment later
        await street.settle()
    flaws = {wish.talk.name: await _flaws(street, wish, mood) for wish in wishes}
    assert not {name: found for name, found in flaws.items() if found}


async def _wish(street: Street, name: str) -> Wish:
    case = cases()[name]
    order = street.orders.pop()
    customer = await street.kefu.shop.customer(order.customer_id)
    assert customer is not None
    return Wish(Talk(street, name, case, case.person(next(_people))), order, customer.phones[0])


async def _shown(street: Street, wishes: list[Wish]) -> dict[str, str]:
    """What everybody is shown, once everybody was and nothing more comes."""
    shown = {wish.talk.name: list[str]() for wish in wishes}
    until = asyncio.get_running_loop().time() + 60
    while silent := [name for name, words in shown.items() if not words]:
        assert asyncio.get_running_loop().time() < until, f"nothing is shown: {silent}"
        await asyncio.sleep(0.02)
        await street.settle()
        for wish in wishes:
            shown[wish.talk.name] += wish.talk.shown()
    return {name: "\n".join(words) for name, words in shown.items()}


def _of(wishes: list[Wish], name: str) -> Wish:
    return next(wish for wish in wishes if wish.talk.name == name)


async def _flaws(street: Street, wish: Wish, mood: Mood) -> list[str]:
    """What is wrong on the channel after all."""
    talk, store, shop = wish.talk, street.kefu.store, street.kefu.shop
    conversation_id = await store.find(talk.name, talk.sender)
    assert conversation_id is not None
    lines = await store.history(conversation_id, limit=50)
    replies = [line.reply for line in lines if line.reply is not None]
    answered = Counter(one for reply in replies for one in reply.in_reply_to)
    calls, words = talk.calls(), ["\n".join(talk.case.shown(call)) for call in talk.calls()]
    found = list[str]()
    if sorted(answered.values()) != [1] * _STEPS:
        found.append(f"answered {answered}")
    if len(set(words)) != len(words):
        found.append("shown twice")
    at = [next((n for n, each in enumerate(words) if reply.text[:12] in each), -1) for reply in replies]
    if at != sorted(at) or -1 in at:
        found.append(f"out of order, or lost: {at}")
    receipts = await shop.receipts(wish.order.customer_id, order_number=wish.order.number)
    attempts = await store.attempts(conversation_id=conversation_id)
    order = await shop.order(wish.order.number, customer_id=wish.order.customer_id)
    if [one.kind for one in receipts] != ["cancel_order"] or [one.outcome for one in attempts] != ["done"]:
        found.append(f"changed {[one.kind for one in receipts]}, tried {[one.outcome for one in attempts]}")
    if order is None or order.status is not OrderStatus.CANCELLED:
        found.append("not cancelled")
    if talk.platform.early:
        found.append(f"{len(talk.platform.early)} calls before the time it had asked for")
    knows_again = any(talk.case.key(call) for call in calls)
    again = len(talk.platform.told) - len(calls)
    if mood in LOST and again != (_STEPS - mood.first if knows_again else 0):
        found.append(f"told again {again} times")
    return found


async def _has_said(street: Street, talk: Talk, messages: int) -> bool:
    """So many are on disk, and being answered."""
    id = await street.kefu.store.find(talk.name, talk.sender)
    if id is None or not street.kefu.desk.is_working(id):
        return False
    lines = await street.kefu.store.history(id)
    return sum(line.author == "shopper" for line in lines) >= messages


async def test_heard_while_the_turn_before_is_still_open(street: Street) -> None:
    """Acknowledged at once, whatever the bot is doing; repeated by the platform; answered once when it is done."""
    dialogue, going_on = street.kefu.dialogue, asyncio.Event()
    answer = dialogue.answer

    async def slowly(conversation: OpenConversation, **options: Any) -> Turn:
        await going_on.wait()
        return await answer(conversation, **options)

    talks = [
        Talk(street, name, case, case.person(next(_people)))
        for name, case in cases().items()
        if case.bring is None
    ]
    store = street.kefu.store
    dialogue.answer = slowly  # type: ignore[method-assign]
    try:
        async with asyncio.timeout(20):
            for number, text in enumerate(("退货运费谁出？", "多久发货？"), 1):
                await asyncio.gather(*(talk.tell(text, repeated=True) for talk in talks))
                while not all([await _has_said(street, talk, number) for talk in talks]):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)  # WeCom's are looked for
        ids = [await store.find(talk.name, talk.sender) for talk in talks]
        assert all(id is not None and street.kefu.desk.is_working(id) for id in ids)
        assert not any(talk.calls() for talk in talks)
    finally:
        going_on.set()
        del dialogue.answer
    for talk, id in zip(talks, ids, strict=True):
        assert "运费" in await talk.answer(), talk.name
        lines = await store.history(str(id))
        answered = [one for line in lines if line.reply for one in line.reply.in_reply_to]
        assert len(answered) == len(set(answered)) == 2, talk.name


async def test_chatwoots_people_give_a_conversation_back(street: Street) -> None:
    case, platform = cases()["chatwoot"], street.platforms["chatwoot"]
    talk = Talk(street, "chatwoot", case, "777002")
    await talk.say("转人工")
    assert platform.calls[-1].body == {"status": "open"}
    conversation_id = await street.kefu.store.find("chatwoot", talk.sender)
    assert conversation_id is not None
    # It was on its way already: the wait goes on.
    await talk.say("快一点")
    assert (await _floor(street, conversation_id), platform.calls[-1].body) == ("waiting", {"status": "open"})
    street.clock.ahead = timedelta(minutes=2)
    later = bring(event("9001", talk.sender, content="退货运费谁出？", created_at=_iso(street.clock())))
    await street.bring("chatwoot", later)
    assert "运费" in await talk.answer()
    assert await _floor(street, conversation_id) == "bot"
    assert platform.calls[-1].path.endswith("/messages")
    assert await street.kefu.store.open_handover(conversation_id) is None
    street.clock.ahead = timedelta()


async def _floor(street: Street, conversation_id: str) -> str:
    state = await street.kefu.store.state(conversation_id)
    assert state is not None
    return state.floor.name


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
