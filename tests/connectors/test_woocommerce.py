"""WooCommerce: what is special about it; what every shop system is held to, test_shop_systems.py sees."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from aiohttp import ClientSession, ClientTimeout
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.shop.checks import Known, check_customer, check_order, check_product
from bot.shop.domain import Customer, Order, Product, ShopData
from connectors.channel import Denied, Kit, Malformed, Request, RetryLater
from connectors.shop_system import Change, Heard, Kind, Refusal, Thing, Touched
from connectors.woocommerce import Config, WooCommerce
from connectors.woocommerce.addresses import Places
from connectors.woocommerce.api import Api
from connectors.woocommerce.hooks import TOPICS, heard
from connectors.woocommerce.orders import order_thing
from tests.bot.shop.sample import START
from tests.connectors.shop_seed import seed
from tests.connectors.test_shop_systems import value_of
from tests.connectors.woocommerce_server import (
    KEY,
    SECRET,
    WEBHOOK_SECRET,
    Doc,
    WooServer,
    gmt,
    serve,
    signed,
)
from tests.connectors.woocommerce_shop import fill, open_system, tracking
from tests.contracts.platform import DictMemory, request

NOW = START + timedelta(days=9)
HOOKS = "https://kefu.shop.example/shop/hooks"
ELSEWHERE = {
    "id": "new",
    "name": "Ann Lee",
    "street": "1 High Street",
    "city": "深圳",
    "province": "广东省",
    "country": "CN",
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> ShopData:
    return seed(tmp_path_factory.mktemp("shop"))


@pytest.fixture
async def server(data: ShopData) -> AsyncIterator[WooServer]:
    server = WooServer(NOW)
    fill(server, data)
    async with serve(server):
        yield server


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession(timeout=ClientTimeout(total=20)) as http:
        yield http


@pytest.fixture
def woo(server: WooServer, http: ClientSession) -> WooCommerce:
    return open_system(server, http)


def config(**changes: Any) -> Config:
    given = {"url": "https://shop.example", "consumer_key": KEY, "consumer_secret": SECRET, "currency": "CNY"}
    return Config.model_validate({**given, "webhook_secret": WEBHOOK_SECRET, **changes})


async def read(woo: WooCommerce, kind: Kind, **since: Any) -> list[Thing]:
    return [thing async for thing in woo.read(kind, **since)]


async def row(woo: WooCommerce, kind: Kind, id: str) -> dict[str, Any]:
    """That an import would take."""
    thing = await woo.find(kind, id)
    assert thing is not None
    value: Product | Customer | Order = value_of(thing)
    if isinstance(value, Product):
        assert list(check_product(value)) == []
    elif isinstance(value, Customer):
        assert list(check_customer(value)) == []
    else:
        assert list(check_order(value, Known(None, None))) == []
    return dict(thing.row)


def cancelling(server: WooServer, number: str = "100006", **changes: Any) -> Change:
    order = next(one for one in server.orders.values() if one["number"] == number)
    refund = {
        "kind": "refund",
        "amount": int(float(order["total"]) * 100 + 0.5),
        "method": "wechat_pay",
        "method_id": None,
    }
    given = {
        "kind": "cancel_order",
        "request": {"order_number": number, "reason": "changed_mind", "items": {}, "refund_to": None},
        "customer_id": str(order["customer_id"]),
        "at": NOW,
        "before": {},
        "after": {"number": number, "status": "cancelled"},
        "movements": (refund,) if order["date_paid_gmt"] else (),
    }
    return Change(**{**given, **changes})


def moving(kind: str = "change_address", **address: Any) -> Change:
    request = {"address": {**ELSEWHERE, **address}}
    if kind == "change_address":
        request["order_number"] = "100006"
    return Change(kind, request, "2", NOW)


async def until_done(woo: Callable[[], WooCommerce], change: Change) -> None:
    for _ in range(9):
        with suppress(RetryLater):
            return await woo().carry_out(change, key="a-key")
    raise AssertionError("it was never done")


# Reading


async def test_nothing_is_missed_while_the_list_shifts(server: WooServer, woo: WooCommerce) -> None:
    """Orders are deleted, and others change and move to the end, between any two pages."""
    template = server.orders[100006]
    for id in range(1, 331):
        at = gmt(NOW - timedelta(hours=2) + timedelta(seconds=id // 3))
        server.orders[id] = {**template, "id": id, "number": str(id), "date_modified_gmt": at}
    doomed = iter([*range(1, 40), *range(120, 160)])
    edited = iter([*range(50, 70), *range(200, 220)])

    def meanwhile(path: str) -> None:
        if path == "orders":
            for _ in range(7):
                server.orders.pop(next(doomed, 0), None)
            for _ in range(3):
                order = server.orders.get(next(edited, 0))
                if order:
                    server.touch(order)["customer_note"] = "edited"

    server.after_call = meanwhile
    things = await read(woo, "order")
    latest = {thing.id: thing for thing in things}
    assert latest.keys() >= {order["number"] for order in server.orders.values()}
    assert all(
        latest[order["number"]].row.get("note") == order["customer_note"] for order in server.orders.values()
    )
    dates = [thing.updated_at for thing in things]
    assert dates == sorted(dates)
    doomed, edited = iter(range(221, 300)), iter(())
    assert await woo.ids("order") >= {order["number"] for order in server.orders.values()}


async def test_a_variation_that_changed_brings_its_product(server: WooServer, woo: WooCommerce) -> None:
    assert await read(woo, "product", since=NOW) == []
    server.touch(server.variations[2][3])["stock_quantity"] = 5
    (thing,) = await read(woo, "product", since=NOW)
    assert (thing.id, thing.row["variants"][3]["stock"]) == ("2", 5)
    server.lists_variations = False  # an older WooCommerce
    assert await read(woo, "product", since=NOW) == []


async def test_who_ordered_without_an_account_is_one_customer(server: WooServer, woo: WooCommerce) -> None:
    billing = {
        "first_name": "Gast",
        "last_name": "Maier",
        "email": "Gast@mail.example",
        "phone": "+49 30 1234567",
    }
    for id, email in (
        (100001, "gast@mail.example"),
        (100002, "Gast@mail.example"),
        (100003, "other@mail.example"),
    ):
        server.touch(server.orders[id]).update(customer_id=0, billing={**billing, "email": email})
    guests = {thing.id: thing for thing in await read(woo, "customer") if thing.id.startswith("guest-")}
    assert len(guests) == 2
    first, second, third = [await row(woo, "order", number) for number in ("100001", "100002", "100003")]
    assert first["customer_id"] == second["customer_id"] != third["customer_id"]
    id = first["customer_id"]
    assert guests[id].row["emails"] == ["Gast@mail.example"], "as the latest order has it"
    assert (guests[id].row["name"], guests[id].row["phones"]) == ("Gast Maier", ["+49 30 1234567"])
    for one in (
        woo,
        open_system(server, woo._api._http),
    ):  # one that has seen the orders, and one that has not
        assert await one.find("customer", id) == guests[id]
    assert await woo.ids("customer") == {"1", "2", "3", *guests}
    assert await woo.find("customer", "guest-nobody") is None
    told = woo.receive(signed(json.dumps(server.orders[100001]).encode()))
    assert told.touched == (Touched("customer", id), Touched("order", "100001"))


async def test_a_phone_of_ones_own_opens_no_orders_of_somebody_elses_address(
    server: WooServer, woo: WooCommerce
) -> None:
    theirs = {"first_name": "Gast", "email": "gast@mail.example", "phone": "+49 30 1234567"}
    ours = {**theirs, "phone": "+49 30 7654321"}
    for id, billing in ((100001, theirs), (100002, ours)):
        server.touch(server.orders[id]).update(customer_id=0, billing=billing)
    opened = [(await row(woo, "order", number))["customer_id"] for number in ("100001", "100002")]
    assert opened[0] != opened[1]
    phones = [(await row(woo, "customer", id))["phones"] for id in opened]
    assert phones == [["+49 30 1234567"], ["+49 30 7654321"]]


async def test_a_site_that_knows_of_nothing_deletes_nothing(server: WooServer, woo: WooCommerce) -> None:
    for kind, id in (("order", "100001"), ("customer", "1"), ("product", "1")):
        server.moods = [404]  # a page, and no WooCommerce
        with pytest.raises(RetryLater):
            await woo.find(cast(Kind, kind), id)
        assert await woo.find(cast(Kind, kind), "999999") is None


async def test_accounts_that_changed_are_found_now_and_then_and_new_ones_at_once(
    server: WooServer, woo: WooCommerce
) -> None:
    for id in range(100, 300):
        server.customers[id] = {**server.customers[1], "id": id}
    assert len(await read(woo, "customer")) == 203
    server.touch(server.customers[2])["first_name"] = "Li Na"
    server.customers[9] = {**server.customers[1], "id": 9, "date_created_gmt": gmt(server.now)}
    server.touch(server.customers[9])
    assert [thing.id for thing in await read(woo, "customer", since=NOW)] == ["9"]
    server.now += timedelta(hours=2)
    assert [thing.id for thing in await read(woo, "customer", since=NOW)] == ["2", "9"]


async def test_products_as_shops_really_keep_them(server: WooServer, woo: WooCommerce) -> None:
    plain = {
        **server.products[1],
        "id": 40,
        "type": "simple",
        "name": "Tom &amp; Ann&#8217;s  mug",
        "description": "<p>Holds <b>0.3 l</b>.</p>\n<script>alert(1)</script><p>Dishwasher-safe&nbsp;too.</p>",
        "price": "59",
        "regular_price": "79.5",
        "manage_stock": False,
        "stock_status": "instock",
        "images": [{"src": "http://shop.example/a.jpg"}, {"src": "https://shop.example/b.jpg"}],
        "attributes": [],
        "variations": [],
    }
    server.products[40] = plain
    mug = await row(woo, "product", "40")
    assert (mug["name"], mug["description"]) == ("Tom & Ann’s mug", "Holds 0.3 l.\nDishwasher-safe too.")
    assert mug["image"] == "https://shop.example/b.jpg"
    assert mug["variants"] == [
        {"sku": "40", "price": 5900, "price_before": 7950, "stock": 9999, "options": {}}
    ]
    server.products[41] = {**plain, "id": 41, "type": "grouped", "price": ""}
    assert await woo.find("product", "41") is None
    variations = server.variations[2]
    server.products[2]["sku"] = "TEE"
    variations[0].update(sku="TEE")  # none of its own: WooCommerce tells the parent's
    variations[1].update(attributes=variations[1]["attributes"][:1])  # whatever size
    variations[2].update(stock_quantity=-3, backorders_allowed=True, stock_status="onbackorder")
    tee = await row(woo, "product", "2")
    assert tee["variants"][0]["sku"] == str(variations[0]["id"])
    assert tee["variants"][1]["options"] == {"colour": "black", "size": "any"}
    assert tee["variants"][2]["stock"] == 9999
    assert [value["value"] for value in tee["options"][1]["values"]] == ["S", "M", "L", "any"]
    server.orders[100006]["line_items"][0].update(product_id=2, variation_id=variations[0]["id"], sku="TEE")
    assert (await row(open_system(server, woo._api._http), "order", "100006"))["items"][0]["sku"] == str(
        variations[0]["id"]
    ), "the order names it as the product does"


async def test_refunds_by_the_piece(server: WooServer, woo: WooCommerce) -> None:
    def refund(order: Doc, count: int) -> None:
        line = order["line_items"][-1]
        back = float(line["total"]) / line["quantity"] * count
        meta = [{"key": "_refunded_item_id", "value": str(line["id"])}]
        lines = [{"id": 1, "quantity": -count, "meta_data": meta}]
        one = {"id": 77, "amount": f"{back:.2f}", "date_created_gmt": gmt(NOW), "reason": "too many"}
        server.refunds[order["id"]] = [
            {**one, "refunded_payment": True, "line_items": lines, "meta_data": []}
        ]
        order["refunds"] = [{"id": 77, "reason": "", "total": f"-{back:.2f}"}]

    before, after = await row(woo, "order", "100006"), await row(woo, "order", "100001")
    refund(server.orders[100006], 1)  # has not left: one fewer will
    refund(server.orders[100001], 1)  # has arrived: one came back
    unsent, sent = await row(woo, "order", "100006"), await row(woo, "order", "100001")
    assert (before["items"][0]["quantity"], unsent["items"][0]["quantity"]) == (2, 1)
    assert [payment["kind"] for payment in unsent["payments"]] == ["charge", "refund"]
    assert (unsent["returns"], sent["items"]) == ([], after["items"])
    (returned,) = sent["returns"]
    assert (returned["items"], returned["status"]) == ({sent["items"][-1]["id"]: 1}, "refunded")


@pytest.mark.parametrize(
    ("status", "parcels", "expected"),
    [
        ("on-hold", 0, "pending"),
        ("processing", 0, "paid"),
        ("processing", 1, "shipped"),
        ("completed", 2, "delivered"),
        ("refunded", 0, "cancelled"),
        ("refunded", 1, "delivered"),
        ("partial-shipped", 1, "shipped"),
        ("laser-engraving", 0, "packing"),
        ("in-the-attic", 0, "cancelled"),
        ("checkout-draft", 0, None),
    ],
)
async def test_statuses(
    server: WooServer, http: ClientSession, status: str, parcels: int, expected: str | None
) -> None:
    given = config(url=server.url, statuses={"in-the-attic": "cancelled"})
    woo = WooCommerce(given, Kit(http, DictMemory(), lambda: NOW))
    sent = [
        {"tracking_provider": "", "custom_tracking_provider": "Bote", "tracking_number": str(n)}
        for n in range(parcels)
    ]
    server.orders[100006].update(status=status, meta_data=[tracking(sent)])
    if expected is None:
        assert await woo.find("order", "100006") is None
    else:
        order = await row(woo, "order", "100006")
        assert order["status"] == expected
        assert [one["carrier"] for one in order["fulfilments"]] == ["Bote"] * parcels


async def test_orders_that_cannot_be_told_are_left_out(server: WooServer, woo: WooCommerce) -> None:
    server.orders[100001]["currency"] = "USD"
    server.orders[100002]["line_items"] = []
    server.orders[100003]["status"] = "trash"
    assert {thing.id for thing in await read(woo, "order")} == {"SG-1004", "100005", "100006"}


_MONEY = st.integers(0, 10**6).map(lambda cents: f"{cents / 100:.2f}")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    lines=st.lists(st.tuples(st.integers(1, 9), _MONEY, _MONEY, _MONEY), min_size=1, max_size=4),
    shipping=_MONEY,
    fee=st.integers(-5000, 5000),
)
async def test_an_order_costs_what_it_cost(lines: list[Any], shipping: str, fee: int) -> None:
    items = [
        {
            "id": id,
            "product_id": 1,
            "name": "x",
            "quantity": count,
            "subtotal": before,
            "total": paid,
            "total_tax": tax,
        }
        for id, (count, before, paid, tax) in enumerate(lines, start=1)
    ]
    total = sum(round(float(one["total"]) * 100) + round(float(one["total_tax"]) * 100) for one in items)
    total = max(total + round(float(shipping) * 100) + fee, 0)
    order = {
        "id": 1,
        "number": "1",
        "status": "processing",
        "currency": "CNY",
        "customer_id": 1,
        "date_created_gmt": gmt(NOW),
        "date_modified_gmt": gmt(NOW),
        "date_paid_gmt": gmt(NOW),
        "total": f"{total / 100:.2f}",
        "shipping_total": shipping,
        "line_items": items,
    }
    async with ClientSession() as http:
        places = Places(Api(config(), http), "en")
        thing = await order_thing(order, [], dict.fromkeys(range(1, 5), "x"), places, config())
    assert thing is not None
    value = value_of(thing)
    assert list(check_order(value, Known(None, None))) == []
    assert value.total == total


# Changes


@pytest.mark.parametrize("lost", range(7))
async def test_the_money_moves_once_whichever_answer_is_lost(
    server: WooServer, http: ClientSession, lost: int
) -> None:
    """Each try is a process of its own, as after a crash."""
    server.orders[100006]["payment_method"] = "some-gateway_wechat"
    server.moods = [*[0.0] * lost, "drop"]
    await until_done(lambda: open_system(server, http), cancelling(server))
    await open_system(server, http).carry_out(cancelling(server), key="a-key")
    assert [what for _, what in server.effects] == ["refund", "cancel"]
    order = server.orders[100006]
    assert (order["status"], order["refunds"][0]["total"]) == ("cancelled", f"-{order['total']}")


async def test_an_order_that_nobody_paid_is_cancelled_without_money(
    server: WooServer, woo: WooCommerce
) -> None:
    server.orders[100006].update(status="pending", date_paid_gmt=None)
    await woo.carry_out(cancelling(server), key="a-key")
    assert [what for _, what in server.effects] == ["cancel"]
    assert (await row(woo, "order", "100006"))["cancel_reason"] == "changed_mind"


async def test_a_refund_that_hangs_at_the_bank_is_never_begun_again(
    server: WooServer, woo: WooCommerce
) -> None:
    server.bank = "hangs"
    for _ in range(3):
        with pytest.raises(RetryLater):
            await woo.carry_out(cancelling(server), key="a-key")
        server.bank = "pays"
    assert len(server.refunds[100006]) == 1
    assert server.effects == []
    server.refunds[100006][0]["refunded_payment"] = True  # the bank has answered
    server.orders[100006]["customer_id"] = (
        1  # a colleague put the order right: the money is back all the same
    )
    await woo.carry_out(cancelling(server), key="a-key")
    assert [what for _, what in server.effects] == ["cancel"]


@pytest.mark.parametrize(
    ("what", "changes"),
    [
        ({"bank": "refuses"}, {}),
        ({"refunding": False}, {}),
        ({}, {"after": {"number": "100006", "status": "paid"}}),
        ({}, {"customer_id": "1"}),
        ({}, {"movements": ({"kind": "refund", "amount": 1, "method": "wechat_pay"},)}),
        ({}, {"movements": ({"kind": "refund", "amount": 2604, "method": "gift_card"},)}),
        ({}, {"kind": "return_items"}),
    ],
)
async def test_what_cannot_be_done_safely_is_refused_and_nothing_is_changed(
    server: WooServer, woo: WooCommerce, what: Any, changes: Any
) -> None:
    for name, value in what.items():
        setattr(server, name, value)
    before = json.dumps(server.orders[100006])
    with pytest.raises(Refusal):
        await woo.carry_out(cancelling(server, **changes), key="a-key")
    assert (json.dumps(server.orders[100006]), server.effects, server.refunds[100006]) == (before, [], [])


async def test_what_left_meanwhile_is_not_cancelled_and_what_a_colleague_cancelled_is_done(
    server: WooServer, woo: WooCommerce
) -> None:
    change = cancelling(server)
    server.orders[100006]["meta_data"] = [tracking([{"tracking_number": "SF1"}])]
    with pytest.raises(Refusal):
        await woo.carry_out(change, key="a-key")
    with pytest.raises(Refusal):
        await woo.carry_out(moving(), key="b-key")
    await woo.carry_out(cancelling(server, "100005"), key="c-key")
    assert server.effects == []


@pytest.mark.parametrize("lost", range(4))
async def test_an_address_is_changed_once(server: WooServer, http: ClientSession, lost: int) -> None:
    server.moods = [*[0.0] * lost, "drop"]
    await until_done(lambda: open_system(server, http), moving())
    server.orders[100006]["shipping"]["city"] = "a colleague's correction"
    woo = open_system(server, http)
    await woo.carry_out(moving(), key="a-key")
    assert [what for _, what in server.effects] == ["address"]
    given = server.orders[100006]["shipping"]
    assert (given["first_name"], given["last_name"], given["state"], given["address_2"]) == (
        "Ann",
        "Lee",
        "CN4",
        "",
    )
    address = (await row(woo, "order", "100006"))["address"]
    assert (address["name"], address["province"], address["city"]) == (
        "Ann Lee",
        "广东",
        "a colleague's correction",
    )


async def test_an_address_that_would_change_the_total_is_refused(server: WooServer, woo: WooCommerce) -> None:
    server.taxes = True
    with pytest.raises(Refusal):
        await woo.carry_out(moving(), key="a-key")
    await woo.carry_out(moving(province="浙江"), key="b-key")
    fee = ({"kind": "charge", "amount": 800, "method": "wechat_pay"},)
    with pytest.raises(Refusal):
        await woo.carry_out(replace(moving(street="2 High Street"), movements=fee), key="c-key")
    assert [what for _, what in server.effects] == ["address"]


async def test_a_default_address_is_the_accounts(server: WooServer, woo: WooCommerce) -> None:
    change = moving("change_default_address", name="林小满", district="南山区")
    server.moods = [0.0, 0.0, "drop"]
    await until_done(lambda: woo, change)
    customer = await row(woo, "customer", "2")
    (address,) = customer["addresses"]
    assert (address["id"], address["name"], address["street"]) == (
        "shipping",
        "林小满",
        "1 High Street, 南山区",
    )
    assert customer["default_address_id"] == "shipping"
    with pytest.raises(Refusal):
        await woo.carry_out(replace(change, customer_id="guest-1"), key="b-key")


# Moods


async def test_a_limit_is_waited_out_and_a_slow_or_strange_answer_is_not(server: WooServer) -> None:
    async with ClientSession(timeout=ClientTimeout(total=1.0)) as http:
        woo = open_system(server, http)
        server.moods = [429, 429]
        assert await woo.find("order", "100006") is not None
        for mood in (503, 3.0, 301):
            server.moods = [mood]
            with pytest.raises(RetryLater):
                await woo.find("order", "100006")
        strange = WooCommerce(
            config(url=server.url, consumer_key="ck_other"), Kit(http, DictMemory(), lambda: NOW)
        )
        with pytest.raises(RetryLater, match="401 woocommerce_rest_cannot_view"):
            await strange.find("order", "100006")


# Webhooks


async def test_webhooks_are_there_once_and_switched_on_again(server: WooServer, woo: WooCommerce) -> None:
    await woo.subscribe(HOOKS)
    await woo.subscribe(HOOKS)
    assert sorted(one["topic"] for one in server.webhooks.values()) == sorted(TOPICS)
    got: list[Heard] = []

    def receiver(told: Request) -> int:
        got.append(woo.receive(told))
        return 200

    body = json.dumps(server.orders[100006]).encode()
    for _ in range(7):
        server.deliver("order.updated", body, lambda told: 503)
    server.deliver("order.updated", body, receiver)
    assert got == [], "it is switched off, and what it would have told is lost"
    await woo.subscribe(HOOKS)
    server.deliver("order.updated", body, receiver)
    server.deliver("order.updated", body, receiver)
    assert got == [Heard((Touched("order", "100006"),))] * 2
    assert len(server.webhooks) == len(TOPICS)
    rotated = WooCommerce(config(url=server.url, webhook_secret="another-secret-of-length"), woo_kit(woo))
    await rotated.subscribe(HOOKS)
    assert set(server.secrets.values()) == {"another-secret-of-length"}


def woo_kit(woo: WooCommerce) -> Kit:
    return Kit(woo._api._http, DictMemory(), lambda: NOW)


@pytest.mark.parametrize(
    ("topic", "body", "touched"),
    [
        ("product.updated", {"id": 12, "type": "variation", "parent_id": 7}, (Touched("product", "7"),)),
        ("product.deleted", {"id": 12}, (Touched("product", "12"),)),
        ("order.deleted", {"id": "12"}, (Touched("order", "12"),)),
        ("order.created", {"id": 12, "number": "SG-12", "customer_id": 3}, (Touched("order", "SG-12"),)),
        ("customer.deleted", {"id": 3}, (Touched("customer", "3"),)),
        ("coupon.updated", {"id": 3}, ()),
        ("action.woocommerce_add_to_cart", {"action": "x", "arg": 3}, ()),
    ],
)
def test_what_a_delivery_is_about(topic: str, body: Doc, touched: tuple[Touched, ...]) -> None:
    assert heard(signed(json.dumps(body).encode(), topic), WEBHOOK_SECRET).touched == touched


def test_a_ping_is_answered_and_tells_nothing() -> None:
    assert heard(request(b"webhook_id=12"), WEBHOOK_SECRET) == Heard()
    for body in (b"webhook_id=12&id=5", b"webhook_id=", b'{"id": 5}', b""):
        with pytest.raises(Denied):
            heard(request(body), WEBHOOK_SECRET)


_VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.floats(allow_nan=True)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    topic=st.sampled_from(TOPICS) | st.text("order.product", max_size=9),
    body=st.dictionaries(
        st.sampled_from(("id", "number", "type", "parent_id", "customer_id", "billing")),
        _VALUES
        | st.dictionaries(st.sampled_from(("email", "phone")), _VALUES, max_size=2)
        | st.lists(_VALUES, max_size=2),
    ),
)
@example(topic="order.updated", body={"id": 5, "customer_id": "1e999", "billing": {"email": ["x"]}})
def test_deliveries_of_any_shape_are_read_or_refused(topic: str, body: Doc) -> None:
    with suppress(Malformed):
        for one in heard(signed(json.dumps(body).encode(), topic), WEBHOOK_SECRET).touched:
            assert 0 < len(one.id) <= 64
            assert one.id.isprintable()


# Configuration


@pytest.mark.parametrize(
    "url", ["http://shop.example", "ftp://shop.example", "https://a:b@shop.example", "https://", "x"]
)
def test_the_key_travels_encrypted_or_not_at_all(url: str) -> None:
    with pytest.raises(ValidationError) as error:
        config(url=url)
    assert SECRET not in str(error.value)
    assert SECRET not in repr(config())
    assert config(url="http://127.0.0.1:8080/").url == "http://127.0.0.1:8080"
