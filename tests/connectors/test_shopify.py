"""What is Shopify's own: signatures, costs, cursors, languages, guests, and money that moves once."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.shop.changes.plan import Snapshot
from bot.shop.changes.planning import make_plan
from bot.shop.changes.requests import read_request, request_document
from bot.shop.domain import Customer, Order, Product, ShopData
from bot.shop.linked.rows import read_thing, row_of
from bot.shop.policy import default_policy
from connectors.channel import Denied, Malformed, RetryLater
from connectors.registry import BadConfig, open_shop_system
from connectors.shop_system import Change, Heard, Kind, Refusal, Thing, Touched
from connectors.shopify import Shopify, webhooks
from connectors.shopify.ids import guest_id
from connectors.shopify.money import decimal, minor
from tests.bot.shop.sample import START
from tests.connectors.shop_seed import seed
from tests.connectors.shopify_server import SECRET, SHOP, TOKEN, Bucket, Server, open_server
from tests.connectors.shopify_shop import config
from tests.connectors.shopify_state import Node, State, bag
from tests.contracts.platform import open_kit, request

POLICY = default_policy()
NOW = START + timedelta(days=9)
PAID, DELIVERED = "100006", "100001"
ADDRESS = {
    "id": "new",
    "name": "Ada Lovelace",
    "street": "12 St James's Square, flat 3",
    "city": "杭州",
    "province": "浙江",
    "country": "CN",
    "postcode": "310 012",
    "phone": "+86 138 0013 8000",
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> ShopData:
    return seed(tmp_path_factory.mktemp("shop"))


@pytest.fixture
async def server(data: ShopData) -> AsyncIterator[Server]:
    async with open_server(State(data, NOW)) as server:
        server.mutations.looks_until_cancelled = 0
        yield server


@pytest.fixture
async def shopify(server: Server) -> AsyncIterator[Shopify]:
    async with open_kit(NOW) as kit:
        yield Shopify(config(server.url), kit)


async def value(shopify: Shopify, kind: Kind, id: str) -> Any:
    thing = await shopify.find(kind, id)
    assert thing is not None
    told = read_thing(thing, 0)
    assert told.value is not None, told.problem
    return told.value


async def things(shopify: Shopify, kind: Kind) -> list[Thing]:
    return [thing async for thing in shopify.read(kind)]


async def planned(shopify: Shopify, kind: str, customer: str, **asked: Any) -> Change:
    """What Kefu would ask Shopify for: its plan by its own policy, of what Shopify says there is."""
    wanted = read_request(kind, asked)
    products = [read_thing(thing, 0).value for thing in await things(shopify, "product")]
    buyer: Customer = await value(shopify, "customer", customer)
    order: Order | None = None
    if "order_number" in asked:
        order = await value(shopify, "order", asked["order_number"])
    snapshot = Snapshot(
        now=NOW,
        zone=ZoneInfo("Asia/Shanghai"),
        customer=buyer,
        order=order,
        products={one.id: one for one in products if isinstance(one, Product)},
    )
    plan = make_plan(wanted, snapshot, POLICY)
    return Change(
        kind=kind,
        request=request_document(wanted),
        customer_id=customer,
        at=NOW,
        before=row_of(order) if order else None,
        after=row_of(plan.order) if plan.order else None,
        movements=tuple(
            {"kind": one.kind, "amount": one.amount, "method": one.method, "method_id": one.method_id}
            for one in plan.movements
        ),
    )


def cheaper(server: Server, sku: str) -> str:
    """The variant's id, at nine yuan from now on."""
    variant = server.state.variant_of[sku]
    variant["price"] = "9.00"
    server.state.touch(variant["product"])
    return str(variant["id"].rsplit("/", 1)[-1])


Making = Callable[[Server, Shopify], Any]
CHANGES: dict[str, tuple[str, Making, Sequence[str]]] = {
    "all of an order": (
        PAID,
        lambda server, shopify: planned(
            shopify, "cancel_order", "2", order_number=PAID, reason="changed_mind"
        ),
        ["cancel", "refund"],
    ),
    "some of an order": (
        PAID,
        lambda server, shopify: planned(
            shopify, "cancel_order", "2", order_number=PAID, reason="changed_mind", items={"61": 1}
        ),
        ["remove", "refund"],
    ),
    "address": (
        PAID,
        lambda server, shopify: planned(shopify, "change_address", "2", order_number=PAID, address=ADDRESS),
        ["address"],
    ),
    "items": (
        PAID,
        lambda server, shopify: planned(
            shopify, "change_items", "2", order_number=PAID, items={"61": cheaper(server, "P003-05")}
        ),
        ["edit", "refund"],
    ),
    "return": (
        DELIVERED,
        lambda server, shopify: planned(
            shopify, "return_items", "1", order_number=DELIVERED, items={"12": 2}, reason="does_not_fit"
        ),
        ["return"],
    ),
    "return to be looked at": (
        DELIVERED,
        lambda server, shopify: planned(
            shopify, "return_items", "1", order_number=DELIVERED, items={"12": 3}, reason="defective"
        ),
        ["return"],
    ),
    "price": (
        DELIVERED,
        lambda server, shopify: (
            cheaper(server, "P002-00"),
            planned(shopify, "protect_price", "1", order_number=DELIVERED, items=["12"]),
        )[1],
        ["refund"],
    ),
    "default address": (
        PAID,
        lambda server, shopify: planned(shopify, "change_default_address", "2", address=ADDRESS),
        [],
    ),
}


@pytest.mark.parametrize(
    ("name", "mood"), [*((name, "drop") for name in CHANGES), ("all of an order", 503), ("items", 503)]
)
async def test_a_change_is_made_once_whichever_answer_is_lost(name: str, mood: Any, data: ShopData) -> None:
    number, make, effects = CHANGES[name]
    good = 0
    while True:
        async with open_server(State(data, NOW)) as server, open_kit(NOW) as kit:
            server.mutations.looks_until_cancelled = 1
            shopify = Shopify(config(server.url), kit)
            change = await make(server, shopify)
            server.moods = [*[0.0] * good, mood]
            for _ in range(3):
                with suppress(RetryLater):
                    await shopify.carry_out(change, key="k1")
                    break
            survived = bool(server.moods)
            server.moods = []
            gid = server.state.order(number)["id"]
            done = [what for about, what in server.state.effects if about == gid]
            assert done == effects, good
            before = await value(shopify, "order", number)
            await shopify.carry_out(change, key="k1")
            assert [what for about, what in server.state.effects if about == gid] == effects
            assert await value(shopify, "order", number) == before
            assert len(server.state.nodes["gid://shopify/Customer/2"]["addressesV2"]) == 1 + (not effects)
            assert server.dearest <= 1000
        good += 1
        if survived:  # the mood was never met: every call has had its turn
            assert good > 2
            return


async def test_what_was_changed_reads_as_kefu_wrote_it(server: Server, shopify: Shopify) -> None:
    for name in ("some of an order", "address", "items", "price", "return", "default address"):
        _, make, _ = CHANGES[name]
        await shopify.carry_out(await make(server, shopify), key=name)
    paid: Order = await value(shopify, "order", PAID)
    assert paid.address.name == "Ada Lovelace"
    assert paid.address.street == "12 St James's Square, flat 3"
    assert [(item.unit_price, item.quantity, item.options["size"]) for item in paid.items] == [(900, 1, "L")]
    assert [(one.kind, one.amount) for one in paid.payments] == [
        ("charge", 2600),
        ("refund", 1300),
        ("refund", 400),
    ]
    assert sum(one.amount if one.kind == "charge" else -one.amount for one in paid.payments) == paid.total
    delivered: Order = await value(shopify, "order", DELIVERED)
    (back,) = delivered.returns
    assert (back.items, back.reason, back.status) == ({"12": 2}, "does_not_fit", "approved")
    assert (back.fee, back.refund_amount) == (1200, 1200)
    (protection,) = delivered.price_protections
    assert (protection.item_id, protection.quantity) == ("12", 3)
    customer: Customer = await value(shopify, "customer", "2")
    assert len(customer.addresses) == 2
    chosen = next(one for one in customer.addresses if one.id == customer.default_address_id)
    assert (chosen.name, chosen.province) == ("Ada Lovelace", "浙江")
    assert delivered.status == "delivered"


async def test_an_earlier_change_said_again_does_not_undo_a_later_one(
    server: Server, shopify: Shopify
) -> None:
    first = await planned(shopify, "change_address", "2", order_number=PAID, address=ADDRESS)
    await shopify.carry_out(first, key="first")
    other = {**ADDRESS, "street": "1 Elsewhere"}
    await shopify.carry_out(
        await planned(shopify, "change_address", "2", order_number=PAID, address=other), key="second"
    )
    await shopify.carry_out(first, key="first")
    assert (await value(shopify, "order", PAID)).address.street == "1 Elsewhere"


async def test_what_shopify_cannot_do_safely_is_refused_and_nothing_changes(
    server: Server, shopify: Shopify
) -> None:
    cancel = await CHANGES["all of an order"][1](server, shopify)
    address = await CHANGES["address"][1](server, shopify)
    items = await CHANGES["items"][1](server, shopify)
    back = await CHANGES["return"][1](server, shopify)
    (money,) = cancel.movements
    order = server.state.order(PAID)

    async def refused(change: Change) -> None:
        before = len(server.state.effects)
        with pytest.raises(Refusal):
            await shopify.carry_out(change, key="k")
        assert len(server.state.effects) == before

    await refused(replace(items, movements=({**money, "kind": "charge", "amount": 5},)))
    await refused(replace(items, after=items.before))
    await refused(replace(cancel, movements=({**money, "amount": 5},)))
    await refused(replace(cancel, movements=({**money, "method": "gift_card"},)))
    await refused(replace(cancel, kind="request_invoice"))
    await refused(replace(address, movements=({**money, "amount": 800},)))
    fee = {**(address.before or {}), "shipping_fee": 800}
    await refused(replace(address, after=fee))
    await refused(replace(address, request={**address.request, "order_number": "404"}))
    await refused(replace(back, movements=(money,)))
    await refused(replace(back, request={**back.request, "items": {"12": 9}}))
    default = await CHANGES["default address"][1](server, shopify)
    await refused(replace(default, customer_id=guest_id({"id": "x"})))
    await refused(replace(default, customer_id="999"))
    for change in (cancel, address, items, back):  # put right by a colleague meanwhile: somebody else's
        await refused(replace(change, customer_id="999"))
    order["presentmentCurrencyCode"] = "USD"
    await refused(await CHANGES["some of an order"][1](server, shopify))
    order["presentmentCurrencyCode"] = "CNY"
    order["taxesIncluded"] = False
    order["lineItems"][0]["taxLines"] = [{"title": "VAT", "priceSet": bag(52)}]
    await refused(items)
    order["taxesIncluded"] = True
    server.state.ship(PAID)
    for change in (cancel, address, items):
        await refused(change)


@pytest.mark.parametrize("name", ["all of an order", "some of an order", "address", "items"])
async def test_an_order_that_waits_for_its_money_is_changed_without_any(
    server: Server, shopify: Shopify, name: str
) -> None:
    server.state.order(PAID)["transactions"][0]["status"] = "PENDING"
    _, make, effects = CHANGES[name]
    change = await make(server, shopify)
    assert change.movements == ()
    await shopify.carry_out(change, key="k")
    assert [what for _, what in server.state.effects] == [what for what in effects if what != "refund"]
    order: Order = await value(shopify, "order", PAID)
    assert order.status == ("cancelled" if "cancel" in effects else "pending")
    assert order.total == sum(item.unit_price * item.quantity for item in order.items)


async def test_items_are_swapped_as_many_as_are_left(server: Server, shopify: Shopify) -> None:
    await shopify.carry_out(await CHANGES["some of an order"][1](server, shopify), key="part")
    items = await CHANGES["items"][1](server, shopify)
    server.moods = [*[0.0] * 7, "drop"]  # the edit's last call
    with pytest.raises(RetryLater):
        await shopify.carry_out(items, key="items")
    assert [what for _, what in server.state.effects] == ["remove", "refund", "edit"]
    await shopify.carry_out(items, key="items")
    assert [what for _, what in server.state.effects] == ["remove", "refund", "edit", "refund"]
    order: Order = await value(shopify, "order", PAID)
    assert [(item.unit_price, item.quantity) for item in order.items] == [(900, 1)]


async def test_an_order_whose_money_is_already_on_its_way_is_not_refused(
    server: Server, shopify: Shopify
) -> None:
    cancel = await CHANGES["all of an order"][1](server, shopify)
    server.mutations.looks_until_cancelled = 3
    server.moods = [*[0.0] * 4, "drop"]  # orderCancel's own answer
    with pytest.raises(RetryLater):
        await shopify.carry_out(cancel, key="c")
    order = server.state.order(PAID)
    server.mutations._refund_all(order)
    with pytest.raises(RetryLater, match="in part"):
        await shopify.carry_out(cancel, key="c")
    await value(shopify, "order", PAID)
    await shopify.carry_out(cancel, key="c")
    assert [what for _, what in server.state.effects] == ["refund", "cancel"]
    server.mutations.looks_until_cancelled = 0


async def test_what_a_colleague_did_meanwhile_is_not_paid_for_twice(server: Server, shopify: Shopify) -> None:
    cancel = await CHANGES["all of an order"][1](server, shopify)
    items = await CHANGES["items"][1](server, shopify)
    other = Shopify(config(server.url), shopify._api._kit)
    await other.carry_out(items, key="a colleague's")
    assert [what for _, what in server.state.effects] == ["edit", "refund"]
    await shopify.carry_out(items, key="ours")
    assert [what for _, what in server.state.effects] == ["edit", "refund"]
    order = server.state.order(PAID)
    order["cancelledAt"], order["cancellation"] = server.state.later(), {"staffNote": "by hand"}
    with pytest.raises(Refusal, match="kept the money"):
        await shopify.carry_out(cancel, key="c")


async def test_calls_wait_until_the_bucket_holds_what_they_cost(server: Server, shopify: Shopify) -> None:
    server.bucket = Bucket(most=1000, per_second=20_000, left=0)
    assert len(await things(shopify, "order")) == 6
    assert server.throttled > 0
    server.bucket = Bucket(most=1000, per_second=1, left=0)
    with pytest.raises(RetryLater) as later:
        await shopify.find("product", "1")
    assert later.value.seconds is not None
    assert later.value.seconds > 8


async def test_reading_everything_leaves_half_of_the_bucket_to_shoppers(
    server: Server, shopify: Shopify
) -> None:
    server.bucket = Bucket(most=2000, per_second=2000, left=1000)
    left = []
    async for _ in shopify.read("order"):
        left.append(server.bucket.left)
    assert min(left[2:]) > 800
    assert server.throttled == 0


async def test_what_changes_while_it_is_read_is_read_again(server: Server, shopify: Shopify) -> None:
    seen = []
    async for thing in shopify.read("order"):
        seen.append(thing.id)
        if len(seen) == 2:
            server.state.touch(server.state.order(seen[0]))
            server.state.remove("order", "100005")
    assert sorted(seen) == sorted(["SG-1004", "100001", "100002", "100003", "100006", seen[0]])
    assert seen[-1] == seen[0]


async def test_an_order_longer_than_a_page_is_read_whole(server: Server, shopify: Shopify) -> None:
    state, order = server.state, server.state.order(PAID)
    first = order["lineItems"][0]
    order["lineItems"] += [state.put("LineItem", **first) for _ in range(130)]
    state.ship(PAID)
    (parcel,) = order["fulfillments"]
    parcel["events"] = [
        {**dict.fromkeys(("message", "city", "province")), "id": "e", "status": "IN_TRANSIT"}
        | {"happenedAt": state.later()}
        for _ in range(20)
    ]
    order["fulfillments"] += [state.put("Fulfillment", **{**parcel, "status": "CANCELLED"}) for _ in range(7)]
    (sale,) = order["transactions"]
    order["transactions"] += [{**sale, "id": f"gid://shopify/OrderTransaction/9{n:02}"} for n in range(40)]
    for kind in ("order", "product"):
        for thing in await things(shopify, kind):
            assert read_thing(thing, 0).value == await value(shopify, kind, thing.id)
    whole: Order = await value(shopify, "order", PAID)
    assert (len(whole.items), len(whole.payments)) == (131, 41)
    assert [len(one.items) for one in whole.fulfilments] == [131]
    assert len(whole.fulfilments[0].events) == 20
    wide = state.nodes["gid://shopify/Product/1"]
    wide["options"] = [{**wide["options"][0], "name": "No.", "optionValues": []}]
    wide["options"][0]["optionValues"] = [
        {"id": "v", "name": str(n), "translations": lambda locale: []} for n in range(300)
    ]
    wide["variants"] = [
        state.put("ProductVariant", **wide["variants"][0])
        | {"selectedOptions": [{"name": "No.", "value": str(n)}]}
        for n in range(300)
    ]
    product: Product = await value(shopify, "product", "1")
    assert [one.options["No."] for one in product.variants] == [str(n) for n in range(300)]
    assert server.dearest <= 1000


async def test_a_new_order_is_found_before_the_search_knows_it(server: Server, shopify: Shopify) -> None:
    server.state.order(PAID)["name"] = "#77"
    server.unsearched.add(server.state.order("77")["id"])
    assert (await value(shopify, "order", "77")).number == "77"
    assert await shopify.find("order", "7") is None
    assert await shopify.find("order", "it's \\ here") is None
    for kind in ("product", "customer"):
        for id in ("", "x", "1/../2", "9" * 30, "gid://shopify/Order/5001"):
            assert await shopify.find(kind, id) is None


async def test_guests_are_customers_of_their_own(server: Server, shopify: Shopify) -> None:
    for number, email in (("100001", "Guest@mail.example"), ("100002", "guest@mail.example"), (PAID, None)):
        order = server.state.order(number)
        order.update(customer=None, email=email, phone="+8613900000000")
    guest, nobody = guest_id({"email": "guest@mail.example"}), guest_id(server.state.order(PAID))
    assert await shopify.ids("customer") == {"1", "2", "3", guest, nobody}
    assert {thing.id for thing in await things(shopify, "customer")} == {"1", "2", "3", guest, nobody}
    found: Customer = await value(shopify, "customer", guest)
    assert (found.name, found.emails) == ("收件人", ("guest@mail.example",))
    assert found.phones == (), "a phone of one's own opens no orders of somebody else's address"
    assert (await value(shopify, "order", "100001")).customer_id == guest
    assert await shopify.find("customer", guest_id({"email": "x@mail.example"})) is None


@pytest.mark.parametrize(
    ("financial", "fulfilment", "status"),
    [
        ("PENDING", "UNFULFILLED", "pending"),
        ("EXPIRED", "UNFULFILLED", "pending"),
        ("PARTIALLY_PAID", "UNFULFILLED", "pending"),
        ("AUTHORIZED", "UNFULFILLED", "paid"),
        ("PAID", "ON_HOLD", "paid"),
        ("PAID", "IN_PROGRESS", "packing"),
        ("PARTIALLY_REFUNDED", "PENDING_FULFILLMENT", "packing"),
    ],
)
async def test_status(server: Server, shopify: Shopify, financial: str, fulfilment: str, status: str) -> None:
    server.state.order(PAID).update(displayFinancialStatus=financial, displayFulfillmentStatus=fulfilment)
    assert (await value(shopify, "order", PAID)).status == status


async def test_totals_come_out_as_they_were_paid(server: Server, shopify: Shopify) -> None:
    order = server.state.order(PAID)
    (line,) = order["lineItems"]
    line.update(quantity=3, currentQuantity=2)
    line["taxLines"] = [{"title": "VAT", "priceSet": bag(311)}]
    line["discountAllocations"] = [{"allocatedAmountSet": bag(100)}]
    line["product"] = line["variant"] = None
    shipping: Node = {"isRemoved": False, "discountedPriceSet": bag(800), "title": "Standard"}
    order["shippingLines"] = [
        {**shipping, "taxLines": [{"title": "VAT", "priceSet": bag(64)}]},
        {**shipping, "isRemoved": True, "taxLines": []},
    ]
    order["discountCode"] = "WINTER10"
    order["taxesIncluded"] = False
    read: Order = await value(shopify, "order", PAID)
    assert (read.shipping_fee, read.coupon_code) == (864, "WINTER10")
    assert read.total == (3 * 1300 + 311 - 100) * 2 // 3 + 864
    assert (read.items[0].product_id, read.items[0].sku) == ("gone", "line-61")
    order["taxesIncluded"] = True
    assert (await value(shopify, "order", PAID)).total == (3 * 1300 - 100) * 2 // 3 + 800
    order["shippingAddress"] = None
    assert (await value(shopify, "order", PAID)).address.country == "ZZ"


async def test_products(server: Server, shopify: Shopify) -> None:
    product = server.state.nodes["gid://shopify/Product/1"]
    said = [{"key": "title", "value": "连帽衫"}, {"key": "body_html", "value": "<p>软和,<b>耐洗</b></p>"}]
    product.update(
        tags=["monkey", "final_sale"],
        translations=lambda locale: [{**one, "locale": locale, "outdated": False} for one in said],
        productType="",
        category={"id": "c", "name": "Hoodies"},
        onlineStoreUrl="https://cotton-clay.example/products/hoodie",
        featuredMedia={"id": "m", "preview": {"image": {"url": "https://cdn.shopify.com/1.jpg"}}},
    )
    dear, endless, uncounted = product["variants"][:3]
    dear["compareAtPrice"], endless["inventoryPolicy"] = "99.90", "CONTINUE"
    uncounted["inventoryItem"] = {"id": "i", "tracked": False}
    product["variants"][3].update(inventoryQuantity=-4, compareAtPrice="1.00", sku=None)
    read: Product = await value(shopify, "product", "1")
    assert (read.name["zh"], read.description["zh"]) == ("连帽衫", "软和, 耐洗")
    assert (read.category, read.tags, read.url) == (
        "Hoodies",
        ("monkey", "final_sale"),
        product["onlineStoreUrl"],
    )
    assert (read.image, len(read.aliases)) == ("https://cdn.shopify.com/1.jpg", 11)
    assert [one.price_before for one in read.variants[:4]] == [9990, None, None, None]
    assert [one.stock for one in read.variants[1:4]] == [9999, 9999, 0]
    product.update(publishedAt=None)
    assert not (await value(shopify, "product", "1")).active
    only = {**dear, "selectedOptions": [{"name": "Title", "value": "Default Title"}]}
    product.update(hasOnlyDefaultVariant=True, variants=[only])
    read = await value(shopify, "product", "1")
    assert (read.options, read.variants[0].options) == ((), {})


def test_minor_units() -> None:
    assert [minor("12.30", "EUR"), minor("1200.0", "JPY"), minor("1.2345", "KWD"), minor("0.005", "USD")] == [
        1230,
        1200,
        1235,
        1,
    ]
    assert [decimal(1230, "EUR"), decimal(1200, "JPY"), decimal(1, "KWD")] == ["12.30", "1200", "0.001"]


async def test_holds_and_waiting_payments_are_there_once(server: Server, shopify: Shopify) -> None:
    order = server.state.order(PAID)
    (sale,) = order["transactions"]
    held = {**sale, "id": "gid://shopify/OrderTransaction/1", "kind": "AUTHORIZATION", "gateway": "stripe"}
    order["transactions"] = [held]
    (payment,) = (await value(shopify, "order", PAID)).payments
    assert (payment.status, payment.method) == ("pending", "card")
    taken = {**sale, "kind": "CAPTURE", "gateway": "stripe", "parentTransaction": held}
    order["transactions"] = [
        held,
        {**sale, "id": "gid://shopify/OrderTransaction/2", "status": "FAILURE"},
        taken,
    ]
    payments = (await value(shopify, "order", PAID)).payments
    assert [(one.method, one.status) for one in payments] == [("wechat_pay", "failed"), ("card", "done")]


async def test_tokens_are_asked_for_and_asked_for_again(server: Server) -> None:
    async with open_kit(NOW) as kit:
        shopify = Shopify(config(server.url, token=None, client_id="a-client-id-of-some-length"), kit)
        assert await shopify.find("product", "1") is not None
        server.tokens.clear()
        assert await shopify.find("product", "1") is not None
        wrong = Shopify(config(server.url, token="shpat_of-another-shop-0"), kit)
        with pytest.raises(RetryLater, match="401"):
            await wrong.find("product", "1")


async def test_subscriptions_that_shopify_ended_are_made_anew(server: Server, shopify: Shopify) -> None:
    url = "https://kefu.shop.example/shop/hooks"
    await shopify.subscribe(url)
    await shopify.subscribe(url)
    hooks = server.state.all("WebhookSubscription")
    assert sorted(hook["topic"] for hook in hooks) == sorted(webhooks.TOPICS)
    heard: list[Touched] = []
    fails = 7

    async def take(request: Any) -> bool:
        nonlocal fails
        fails -= 1
        if fails < 0:
            heard.extend(shopify.receive(request).touched)
        return fails < 0

    server.state.ship(PAID)
    server.state.restock("P001-00", 5)
    await server.deliver(take)
    assert heard == [Touched("order", PAID), Touched("order", PAID), Touched("product", "1")]
    fails = 8
    server.state.restock("P001-00", 6)
    await server.deliver(take)
    assert len(server.state.all("WebhookSubscription")) == len(webhooks.TOPICS) - 1
    await shopify.subscribe(url)
    assert len(server.state.all("WebhookSubscription")) == len(webhooks.TOPICS)


def told(server: Server, topic: str, body: Any) -> Heard:
    return webhooks.receive(server.webhook(topic, json.dumps(body).encode()), config(""))


async def test_webhooks(server: Server) -> None:
    assert told(server, "orders/updated", {"id": 1, "name": "#SG-7", "customer": {"id": 5}}).touched == (
        Touched("order", "SG-7"),
    )
    guest = {"id": 1, "name": "#8", "customer": None, "email": "guest@mail.example"}
    assert told(server, "orders/create", guest).touched == (
        Touched("customer", guest_id({"email": "guest@mail.example"})),
        Touched("order", "8"),
    )
    for name in ("#8.1", "#8-R2", "#8"):
        assert told(server, "returns/request", {"id": 3, "name": name}).touched == (Touched("order", "8"),)
    assert told(server, "customers/delete", {"id": 5}).touched == (Touched("customer", "5"),)
    for topic in ("orders/delete", "app/uninstalled", "", "themes/publish"):
        assert told(server, topic, {"id": 5}) == Heard()
    person = {"id": 5, "email": "guest@mail.example", "phone": None}
    erased = told(server, "customers/redact", {"shop_domain": SHOP, "customer": person})
    assert erased.forget == ("5", guest_id({"email": "guest@mail.example"}))
    for topic in ("shop/redact", "customers/data_request"):
        assert told(server, topic, {"shop_domain": SHOP, "customer": person}) == Heard()
    for topic, body in (
        ("customers/redact", {"id": 5, "customer": person}),
        ("products/update", {"id": "5"}),
        ("products/update", {"id": True}),
        ("orders/updated", {"id": 1, "name": "#", "customer": {}}),
        ("orders/updated", {"id": 1, "name": 7, "customer": {}}),
    ):
        with pytest.raises(Malformed):
            told(server, topic, body)


def test_the_signature_is_that_of_the_bytes_as_they_came() -> None:
    # By `openssl dgst -sha256 -hmac a-client-secret-of-some-length -binary | base64`.
    body = '{"id":820982911946154508,"name":"#9999","note":"café"}'.encode()
    signature = "egX42LCs437/JessflO2fnecAZtUi26eQxaqx7FM9LA="
    headers = {
        "X-Shopify-Topic": "products/update",
        "X-Shopify-Hmac-SHA256": signature,
        "X-Shopify-Shop-Domain": SHOP,
        "X-Shopify-Triggered-At": "2020-01-01T00:00:00Z",
    }
    good = request(body, headers=headers)
    assert webhooks.receive(good, config("")).touched == (Touched("product", "820982911946154508"),)
    for bad in (
        replace(good, body=body.replace(b":", b": ")),
        request(body, headers={**headers, "X-Shopify-Shop-Domain": "other.myshopify.com"}),
        request(body, headers={**headers, "X-Shopify-Hmac-SHA256": signature.lower()}),
        request(body, headers={**headers, "X-Shopify-Hmac-SHA256": "é"}),
    ):
        with pytest.raises(Denied):
            webhooks.receive(bad, config(""))
    with pytest.raises(Denied):
        webhooks.receive(good, config("", client_secret=SECRET[::-1]))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)
_BODY = st.dictionaries(
    st.sampled_from(["id", "name", "customer", "email", "phone", "shop_domain"]),
    _JSON | st.dictionaries(st.sampled_from(["id", "email", "phone"]), _JSON) | st.just(SHOP),
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    topic=st.sampled_from(
        ["orders/updated", "products/delete", "customers/redact", "fulfillments/create", "returns/close", "x"]
    ),
    body=_BODY,
)
def test_whatever_a_signed_body_holds_is_read_or_refused(topic: str, body: Any) -> None:
    hook = Server.webhook(None, topic, json.dumps(body).encode())  # type: ignore[arg-type]
    with suppress(Malformed):
        heard = webhooks.receive(hook, config(""))
        assert all(0 < len(one.id) <= 64 and one.id.isprintable() for one in heard.touched)


@pytest.mark.parametrize(
    "changes",
    [
        {"shop": "cotton-clay.example"},
        {"token": None},
        {"client_id": "a-client-id-of-some-length"},
        {"translations": ["Chinese"]},
        {"version": "latest"},
        {"api": "http://shopify.example"},
        {"scopes": "all"},
    ],
)
async def test_a_configuration_that_does_not_fit_is_named(changes: dict[str, Any]) -> None:
    given_ = {"shop": SHOP, "token": TOKEN, "client_secret": SECRET}
    async with open_kit() as kit:
        assert open_shop_system("shopify", given_, kit).name == "shopify"
        with pytest.raises(BadConfig, match="shopify") as bad:
            open_shop_system("shopify", {**given_, **changes}, kit)
    assert not any(secret in str(bad.value) for secret in (TOKEN, SECRET))
    with pytest.raises(ValidationError):
        config("", **changes)
