"""A shop kept elsewhere, through the door: its webhooks, and orders that shoppers change there."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import update

from bot.shop.domain import Order, OrderStatus, ShopData
from bot.shop.importer import read_folder
from bot.shop.linked.link import Link
from bot.shop.linked.tables import looks, undertakings
from bot.store.opening import open_database
from connectors.channel import Request
from tests.bot.http.conftest import API_KEY, TOKENS, Client, Server, serving
from tests.conftest import NOW
from tests.connectors.plain_shop import PlainShop

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Stage:
    server: Server
    door: Client
    shop: PlainShop
    orders: list[Order]

    async def told(self, told: Request) -> tuple[int, str]:
        """The system brings it; what it is answered."""
        async with self.server.http.post(
            f"{self.door.url}/shop/hooks", data=told.body, headers=told.headers
        ) as response:
            return response.status, await response.text()

    @property
    def link(self) -> Link:
        assert self.server.kefu.link is not None
        return self.server.kefu.link

    async def until(self, number: str, status: OrderStatus, owner: str) -> Order:
        """The order, once it is that far."""

        async def came() -> bool:
            order = await self.server.kefu.shop.order(number, customer_id=owner)
            return order is not None and order.status is status

        await until(came)
        order = await self.server.kefu.shop.order(number, customer_id=owner)
        assert order is not None
        return order

    async def shopper(self, customer_id: str) -> "Shopper":
        client = self.door.with_headers(Accept_Language="zh")
        await client.session(shopper_token=TOKENS.sign_shopper(customer_id))
        return Shopper(client)


@dataclass
class Shopper:
    client: Client
    last: Any = None

    async def say(self, text: str, **more: Any) -> str:
        """Everything said in answer."""
        answer = await self.client.say(text, wait=30, **more)
        self.last = answer["replies"]
        return "\n".join(reply["text"] for reply in self.last)

    async def press(self, label: str) -> str:
        buttons = [
            button
            for reply in self.last
            for button in (
                *reply["quick_replies"],
                *(one for card in reply["cards"] for one in card["buttons"]),
            )
        ]
        (action,) = {button["action"] for button in buttons if button["label"] == label}
        return await self.say(label, action=action)

    @property
    def receipts(self) -> list[str]:
        return [card["id"] for reply in self.last for card in reply["cards"] if card["kind"] == "receipt"]


@pytest.fixture(scope="module")
def demo_shop(demo_data: Path) -> ShopData:
    return read_folder(demo_data / "demo")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(
    demo_data: Path, demo_shop: ShopData, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    shop = PlainShop(NOW, changes=frozenset({"cancel_order"}))
    await asyncio.to_thread(shop.fill, demo_shop)
    orders = [one for one in demo_shop.orders if one.status is OrderStatus.PAID and not one.fulfilments]
    async with serving(demo_data, tmp_path_factory.mktemp("linked") / "data", shop) as server:
        stage = Stage(server, await server.open(), shop, orders)
        await until(lambda: _is_read(stage.link))
        yield stage


async def until(came: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(1000):
        if await came():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never came")


async def _is_read(link: Link) -> bool:
    return all(one.complete for one in (await link.status()).kinds)


async def _is_idle(link: Link) -> bool:
    """Nothing waits to be fetched, and every change is settled."""
    status = await link.status()
    return not status.waiting and not status.unsettled


async def test_a_webhook_is_on_disk_before_it_is_acknowledged_and_changes_the_copy(stage: Stage) -> None:
    order = stage.orders.pop()
    before = await stage.until(order.number, OrderStatus.PAID, order.customer_id)
    told = stage.shop.webhook("order", order.number)
    assert (await stage.told(told))[0] == 200
    await asyncio.to_thread(stage.shop.ship, order.number)
    for _ in range(2):
        assert await stage.told(told) == (200, "")
    shipped = await stage.until(order.number, OrderStatus.SHIPPED, order.customer_id)
    assert shipped.version == before.version + 1
    await until(lambda: _is_idle(stage.link))


async def test_a_program_says_that_an_order_changed_and_the_system_is_asked(stage: Stage) -> None:
    order = stage.orders.pop()
    await asyncio.to_thread(stage.shop.ship, order.number)
    hint = {"id": "1", "source": "erp", "type": "order_changed", "data": {"id": order.number}}
    seen = {"id": "2", "source": "erp", "type": "viewed", "data": {"product_id": "P1"}}
    erp = stage.door.with_headers(Authorization=f"Bearer {API_KEY}")
    for recorded in ([True, True], [True, False]):
        answer = await (await erp.post("/v1/events", [hint, seen])).json()
        assert [one["recorded"] for one in answer["items"]] == recorded
    await stage.until(order.number, OrderStatus.SHIPPED, order.customer_id)
    await until(lambda: _is_idle(stage.link))


async def test_who_is_not_the_system_is_turned_away(stage: Stage) -> None:
    order = stage.orders[0]
    told = stage.shop.webhook("order", order.number)
    async with stage.server.http.post(f"{stage.door.url}/shop/hooks", data=told.body) as response:
        assert response.status == 401
        assert (await response.json())["error"]["code"] == "bad_signature"
    async with stage.server.http.post(
        f"{stage.door.url}/shop/hooks", data=b"{", headers=told.headers
    ) as response:
        assert response.status == 200, "signed, and no better when it is sent again"
    async with stage.server.http.post(
        f"{stage.door.url}/shop/hooks", data=b"x" * 300_000, headers=told.headers
    ) as response:
        assert response.status == 413


async def test_an_order_is_cancelled_there_once_while_the_system_is_slow_and_fails(stage: Stage) -> None:
    order = stage.orders.pop()
    shopper = await stage.shopper(order.customer_id)
    said = await shopper.say(f"取消{order.number}，不想要了")
    assert "确认" in json.dumps(shopper.last, ensure_ascii=False), said
    stage.shop.moods = [0.2, 503, "drop"]
    assert f"{order.number} 已经取消" in await shopper.press("确认")
    receipts = shopper.receipts
    assert len(receipts) == 1
    assert stage.shop.done(order.number) == ["cancel_order"]
    cancelled = await stage.until(order.number, OrderStatus.CANCELLED, order.customer_id)
    for _ in range(2):
        assert (await stage.told(stage.shop.webhook("order", order.number)))[0] == 200
    assert await stage.until(order.number, OrderStatus.CANCELLED, order.customer_id) == cancelled
    found = await stage.server.kefu.shop.receipts(order.customer_id, order_number=order.number)
    assert [one.number for one in found] == receipts
    assert stage.shop.done(order.number) == ["cancel_order"]


async def test_what_is_not_confirmed_is_said_so_and_its_receipt_comes_with_the_next_word(
    stage: Stage,
) -> None:
    order, link = stage.orders.pop(), stage.link
    shopper = await stage.shopper(order.customer_id)
    await shopper.say(f"取消{order.number}，不想要了")
    link.shop._patience, patience = 0.1, link.shop._patience
    stage.shop.moods = [0.0, "drop"]
    said = await shopper.press("确认")
    link.shop._patience = patience
    assert "还没确认" in said
    assert "已经取消" not in said
    assert shopper.receipts == []
    assert stage.shop.done(order.number) == ["cancel_order"]
    database = open_database(stage.server.settings.database)
    await database.write(lambda connection: connection.execute(update(undertakings).values(due_at=0)))
    await database.close()
    await until(lambda: _is_idle(link))
    assert f"{order.number} 已经取消" in await shopper.say("好了吗")
    assert len(shopper.receipts) == 1
    assert stage.shop.done(order.number) == ["cancel_order"]


async def test_what_the_api_cannot_do_goes_to_a_colleague(stage: Stage) -> None:
    order = stage.orders.pop()
    shopper = await stage.shopper(order.customer_id)
    said = await shopper.say(f"{order.number}地址改成上海市徐汇区漕溪北路 88 号 5 楼，张三，13900001111")
    assert "同事" in said
    assert "后台" in said
    conversation = shopper.client.conversation_id
    assert conversation is not None
    handover = await stage.server.kefu.store.open_handover(conversation)
    assert handover is not None
    assert handover.reason == "by_hand"


async def test_before_everything_is_read_no_order_is_said_not_to_exist(stage: Stage) -> None:
    shop, database = stage.link.shop, open_database(stage.server.settings.database)

    async def set_whole(whole: bool) -> None:
        await database.write(lambda connection: connection.execute(update(looks).values(complete=whole)))
        shop._whole = whole

    owner = stage.orders[0].customer_id
    signed_in, nobody = await stage.shopper(owner), Shopper(stage.door.with_headers(Accept_Language="zh"))
    await nobody.client.session()
    unread = "SG-99999 到哪了", "订单号 SG-99999，邮箱 nobody@mail.example，查一下到哪了"
    await set_whole(False)
    for _ in range(2):
        for shopper, text in zip((signed_in, nobody), unread, strict=True):
            said = await shopper.say(text)
            assert "暂时查不到" in said, said
            assert "没找到" not in said
        await stage.shopper(owner)
    await set_whole(True)
    await database.close()
    assert "没找到" in await signed_in.say(unread[0])
