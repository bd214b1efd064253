"""A whole conversation with an order change on every channel, its platform repeating itself, slow and failing."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web

from bot.factory import Kefu, build
from bot.http.app import make_app
from bot.settings import read_settings
from bot.shop.domain import Order, OrderStatus
from bot.store.base import OpenConversation, Turn
from connectors.channel import Request
from tests.conftest import CACHE, NOW
from tests.connectors.case import Case, cases
from tests.connectors.chatwoot_case import bring, event
from tests.contracts.platform import Platform, open_kit, open_platform

pytestmark = pytest.mark.asyncio(loop_scope="module")
_REPEATS = 3


@dataclass
class Clock:
    """Stands at `NOW`, where the platforms' signatures are made, unless a test puts it forward."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return NOW + self.ahead


@dataclass
class Street:
    """One Kefu behind one door, on all channels, each with its platform."""

    kefu: Kefu
    http: ClientSession
    url: str
    platforms: dict[str, Platform]
    addresses: dict[str, str]
    orders: list[Order]
    clock: "Clock"
    numbers: "count[int]" = field(default_factory=lambda: count(1000))

    async def bring(self, name: str, request: Request) -> int:
        async with self.http.request(
            request.method,
            f"{self.url}/channels/{name}{'/' + request.path if request.path else ''}",
            params=dict(request.query),
            data=request.body,
            headers=dict(request.headers),
        ) as response:
            await response.read()
            return response.status

    async def bring_again_and_again(self, name: str, request: Request) -> None:
        assert await asyncio.gather(*(self.bring(name, request) for _ in range(_REPEATS))) == [200] * _REPEATS


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def street(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    data = tmp_path_factory.mktemp("channels") / "data"
    shutil.copytree(demo_data, data)
    clock = Clock()
    async with AsyncExitStack() as stack:
        platforms, addresses, connectors = {}, {}, {}
        for name, case in cases().items():
            platform = platforms[name] = await stack.enter_async_context(open_platform())
            platform.answer = case.answer
            address = addresses[name] = await stack.enter_async_context(case.serve(platform))
            connectors[name] = case.open(address, await stack.enter_async_context(open_kit(NOW)))
        settings = read_settings(data=data, cache=CACHE, public_url="https://kefu.shop.example")
        kefu = await build(settings, clock=clock, connectors=connectors)
        await kefu.start()
        runner = web.AppRunner(make_app(kefu, settings, clock=clock), access_log=None, shutdown_timeout=1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        http = await stack.enter_async_context(ClientSession())
        customers = [f"C{number:03}" for number in range(3, 41)]
        orders = [order for one in customers for order in await kefu.shop.orders(one)]
        kinds = (OrderStatus.PAID, OrderStatus.PENDING)
        open_orders = [order for kind in kinds for order in orders if order.status is kind]
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield Street(kefu, http, url, platforms, addresses, open_orders, clock)
        await kefu.stop()
        await runner.cleanup()


@dataclass
class Talk:
    street: Street
    name: str
    case: Case
    sender: str
    heard: int = 0
    """Calls of the platform that were looked at."""

    async def say(self, text: str) -> str:
        """Said, brought several times at once; what is shown for it."""
        await self.tell(text)
        return await self.answer()

    async def press(self, label: str) -> str:
        """Pressed, or typed where there are no buttons; what is shown for it, while time flies."""
        if self.case.press is None:
            await self.tell(label)
        else:
            number, calls = str(next(self.street.numbers)), self.street.platforms[self.name].calls
            await self.bring(self.case.press(label, self.sender, number, calls))
        shown = await self.answer(hurry=timedelta(seconds=10))
        self.street.clock.ahead = timedelta()
        return shown

    async def tell(self, text: str) -> None:
        number = str(next(self.street.numbers))
        if self.case.bring is None:
            await self.bring(self.case.say(text, self.sender, number))
        else:
            for _ in range(_REPEATS):
                await self.case.bring(self.street.addresses[self.name], text, self.sender, number)

    async def bring(self, request: Request) -> None:
        await self.street.bring_again_and_again(self.name, request)

    async def answer(self, hurry: timedelta = timedelta()) -> str:
        """What the platform was told until nothing more comes; `hurry` passes whenever we look."""
        platform = self.street.platforms[self.name]
        words: list[str] = []
        async with asyncio.timeout(60):
            while not words or await self._busy():
                await asyncio.sleep(0.05)
                self.street.clock.ahead += hurry
                words += [one for call in platform.calls[self.heard :] for one in self.case.shown(call)]
                self.heard = len(platform.calls)
        return "\n".join(words)

    async def _busy(self) -> bool:
        depths = await self.street.kefu.store.depths()
        return bool(depths["inbox"] or depths["outbox"])


@pytest.mark.parametrize(("name", "case"), cases().items())
async def test_an_order_is_cancelled_once(street: Street, name: str, case: Case) -> None:
    order = street.orders[list(cases()).index(name)]
    customer = await street.kefu.shop.customer(order.customer_id)
    assert customer is not None
    talk = Talk(street, name, case, case.sender)
    answered = await talk.say("退货运费谁出？")
    assert "运费" in answered
    contact = (customer.phones or customer.emails)[0]
    shown = await talk.say(f"取消{order.number}，不想要了，我的手机号是{contact}")
    assert "取消" in shown, shown
    # The platform refuses for a while; the shopper is told once all the same.
    street.platforms[name].moods = [503, 429]
    done = await talk.press("确认")
    assert f"{order.number} 已经取消" in done, done
    assert done.count(f"{order.number} 已经取消") == 1
    receipts = await street.kefu.shop.receipts(order.customer_id, order_number=order.number)
    assert [one.kind for one in receipts] == ["cancel_order"]
    conversation_id = await street.kefu.store.find(name, case.sender)
    assert conversation_id is not None
    assert _answered_once(await street.kefu.store.history(conversation_id, limit=50))


def _answered_once(lines: Sequence[object]) -> bool:
    replies = [line.reply for line in lines if getattr(line, "reply", None)]
    answered = [one for reply in replies for one in reply.in_reply_to]
    return len(answered) == len(set(answered)) == 3


async def test_heard_while_the_turn_before_is_still_open(street: Street) -> None:
    """Acknowledged at once, whatever the bot is doing; repeated by the platform; answered once when it is done."""
    dialogue, going_on = street.kefu.dialogue, asyncio.Event()
    answer = dialogue.answer

    async def slowly(conversation: OpenConversation, **options: Any) -> Turn:
        await going_on.wait()
        return await answer(conversation, **options)

    case = cases()["telegram"]
    talk = Talk(street, "telegram", case, "777001")
    dialogue.answer = slowly  # type: ignore[method-assign]
    try:
        async with asyncio.timeout(5):
            await talk.tell("退货运费谁出？")
            conversation_id = await street.kefu.store.find("telegram", talk.sender)
            assert conversation_id is not None
            assert street.kefu.desk.is_working(conversation_id)
            await talk.tell("多久发货？")
        assert len(await street.kefu.store.history(conversation_id)) == 2
    finally:
        going_on.set()
        del dialogue.answer
    assert "运费" in await talk.answer()
    lines = await street.kefu.store.history(conversation_id)
    answered = [one for line in lines if line.reply for one in line.reply.in_reply_to]
    assert len(answered) == len(set(answered)) == 2


async def test_chatwoots_people_give_a_conversation_back(street: Street) -> None:
    case, platform = cases()["chatwoot"], street.platforms["chatwoot"]
    talk = Talk(street, "chatwoot", case, "777002", heard=len(platform.calls))
    await talk.say("转人工")
    assert platform.calls[-1].body == {"status": "open"}
    conversation_id = await street.kefu.store.find("chatwoot", talk.sender)
    assert conversation_id is not None
    # It was on its way already: the wait goes on.
    await talk.say("快一点")
    assert (await _floor(street, conversation_id), platform.calls[-1].body) == ("waiting", {"status": "open"})
    street.clock.ahead = timedelta(minutes=2)
    later = bring(event("9001", talk.sender, content="退货运费谁出？", created_at=_iso(street.clock())))
    await talk.bring(later)
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
