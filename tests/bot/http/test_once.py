"""The same yes said twice, in two tabs and on two channels at once: one change."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from bot.shop.domain import Order, OrderStatus
from tests.bot.http.conftest import TOKENS, Client, Server

pytestmark = pytest.mark.asyncio(loop_scope="module")


def confirming(reply: dict[str, Any]) -> str:
    """The action behind a card's yes."""
    buttons = [button for card in reply["cards"] for button in card["buttons"]] + reply["quick_replies"]
    return next(button["action"] for button in buttons if (button["action"] or "").startswith("confirm "))


async def cancellable(server: Server, place: int) -> Order:
    customers = [f"C{number:03}" for number in range(3, 41)]
    orders = [order for one in customers for order in await server.kefu.shop.orders(one)]
    return [order for order in orders if order.status is OrderStatus.PAID][place]


async def test_a_card_confirmed_in_two_tabs_and_twice_in_each(door: Client, server: Server) -> None:
    order = await cancellable(server, 0)
    tabs = [door.with_headers(Accept_Language="en") for _ in range(2)]
    for tab in tabs:
        await tab.session(shopper_token=TOKENS.sign_shopper(order.customer_id))
    shown = await tabs[0].say(f"cancel order {order.number}, changed my mind")
    action = confirming(shown["replies"][-1])
    ids = [uuid4().hex for _ in range(3)]
    presses = [(tabs[0], ids[0]), (tabs[0], ids[0]), (tabs[1], ids[1]), (tabs[1], ids[2])]
    said = await asyncio.gather(*(tab.say("Confirm", id=id, action=action) for tab, id in presses))
    receipts = await server.kefu.shop.receipts(order.customer_id, order_number=order.number)
    assert [one.kind for one in receipts] == ["cancel_order"]
    assert all(one["replies"] for one in said)
    lines = (await tabs[0].history(limit=100))["messages"]
    assert sum(line["author"] == "shopper" for line in lines) == 1 + len(ids)


async def test_two_cards_for_one_order_on_two_channels(
    door: Client, integrator: Client, server: Server
) -> None:
    order = await cancellable(server, 1)
    web = door.with_headers(Accept_Language="en")
    await web.session(shopper_token=TOKENS.sign_shopper(order.customer_id))
    other = {"sender": uuid4().hex, "customer_id": order.customer_id}
    wish = f"cancel order {order.number}, changed my mind"
    on_web = await web.say(wish)
    on_api = await integrator.say(wish, **other)
    said = await asyncio.gather(
        web.say("Confirm", action=confirming(on_web["replies"][-1])),
        integrator.say("Confirm", action=confirming(on_api["replies"][-1]), **other),
    )
    receipts = await server.kefu.shop.receipts(order.customer_id, order_number=order.number)
    assert [one.kind for one in receipts] == ["cancel_order"]
    outcomes = sorted(run["outcome"] for one in said for reply in one["replies"] for run in reply["tools"])
    assert outcomes in (["ok", "refused"], ["ok", "proposed"]), outcomes
