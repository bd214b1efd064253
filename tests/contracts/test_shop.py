"""The shop protocol: what every implementation answers to the same shop."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.shop.base import Shop
from bot.shop.domain import Event, EventKind, OrderStatus, ShopData
from bot.shop.importer import read_folder
from bot.shop.sql import SqlShop
from bot.store.opening import open_database
from tests.bot.shop import sample

HOSTILE = ["", " ", "\0", "a\0b", "\ud800", "' OR 1=1 --", "%", "_", "x" * 100_000, "订单", "100001\n"]


def two_items(number: int, first: int, second: int, /, **changes: object) -> sample.Row:
    """An order of one of `first` and three of `second`."""
    row = sample.order(number)
    items = [
        {
            **row["items"][0],
            "id": item_id,
            "product_id": f"P{key:03}",
            "sku": f"P{key:03}-00",
            "quantity": count,
        }
        for item_id, key, count in (("I1", first, 1), ("I2", second, 3))
    ]
    return {**row, "items": items, "fulfilments": [], "payments": [], **changes}


def orders() -> list[sample.Row]:
    return [
        two_items(1, 1, 2),
        two_items(2, 1, 2),
        two_items(3, 1, 3),
        two_items(4, 2, 3, number="SG-1004", customer_id="C00002"),
        two_items(5, 1, 4, status="cancelled", customer_id="C00002"),
    ]


@pytest.fixture
def data(tmp_path: Path) -> ShopData:
    customers = [
        sample.customer(1),
        sample.customer(2, emails=["Li.Na@Mail.example", "two@mail.example"], phones=["+86 139-0000-0002"]),
        sample.customer(3, emails=[], phones=[]),
    ]
    products = [sample.product(1), sample.product(2), sample.product(3), sample.product(4, active=False)]
    return read_folder(
        sample.write_folder(tmp_path / "shop", products=products, customers=customers, orders=orders())
    )


@pytest.fixture
async def shop(database_url: str, data: ShopData) -> AsyncIterator[Shop]:
    database = open_database(database_url)
    shop = SqlShop(database)
    await shop.replace(data)
    yield shop
    await database.close()


async def test_profile_products_customers_and_orders_come_back_as_they_were_imported(
    shop: Shop, data: ShopData
) -> None:
    assert await shop.profile() == data.profile
    assert list(await shop.catalogue()) == [product for product in data.products if product.active]
    for customer in data.customers:
        assert await shop.customer(customer.id) == customer
    for order in data.orders:
        assert await shop.order(order.number, customer_id=order.customer_id) == order


async def test_a_product_no_longer_sold_is_still_known(shop: Shop, data: ShopData) -> None:
    assert await shop.product("P004") == data.products[3]
    assert "P004" not in [product.id for product in await shop.catalogue()]


async def test_what_is_not_there_is_none(shop: Shop) -> None:
    assert await shop.product("P999") is None
    assert await shop.customer("C99999") is None
    assert await shop.order("999999", customer_id="C00001") is None
    assert await shop.orders("C00003") == []


async def test_orders_come_newest_first(shop: Shop) -> None:
    assert [order.number for order in await shop.orders("C00001")] == ["100003", "100002", "100001"]
    assert [order.number for order in await shop.orders("C00001", limit=2)] == ["100003", "100002"]
    assert await shop.orders("C00001", limit=0) == []
    assert await shop.orders("C00001", limit=-1) == []


async def test_somebody_elses_order_is_not_found(shop: Shop) -> None:
    assert await shop.order("100001", customer_id="C00002") is None
    assert await shop.order("100001", customer_id="") is None


@pytest.mark.parametrize("typed", ["SG-1004", "sg1004", "#SG 1004", "ＳＧ１００４"])
async def test_an_order_number_may_be_typed_in_many_ways(shop: Shop, typed: str) -> None:
    order = await shop.order(typed, customer_id="C00002")
    assert order is not None
    assert order.number == "SG-1004"


@pytest.mark.parametrize(
    "contact",
    ["li.na@mail.example", " LI.NA@MAIL.EXAMPLE", "two@mail.example", "13900000002", "0086 139 00000002"],
)
async def test_an_order_and_its_customers_contact_verify(shop: Shop, contact: str) -> None:
    order = await shop.verify_order("sg1004", contact)
    assert order is not None
    assert order.customer_id == "C00002"


@pytest.mark.parametrize(
    ("number", "contact"),
    [
        ("SG-1004", "customer1@mail.example"),  # another customer's
        ("SG-1004", "139000000"),  # the beginning of it
        ("SG-1004", "lina@mail.example"),
        ("SG-1003", "li.na@mail.example"),  # no such order; the next one is hers
        ("SG-1005", "li.na@mail.example"),
        ("999999", "li.na@mail.example"),
        ("100001", ""),
        ("", "li.na@mail.example"),
    ],
)
async def test_anything_else_does_not(shop: Shop, number: str, contact: str) -> None:
    assert await shop.verify_order(number, contact) is None


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
async def test_hostile_text_finds_nothing_and_breaks_nothing(shop: Shop, text: str) -> None:
    assert await shop.product(text) is None
    assert await shop.customer(text) is None
    assert await shop.orders(text) == []
    assert await shop.order(text, customer_id="C00003") is None
    assert await shop.order("100001", customer_id=text) is None
    assert await shop.verify_order(text, text) is None
    assert await shop.verify_order("100001", text) is None
    assert await shop.bought_together([text]) == {}
    assert await shop.interest(text, since=sample.START) == {}
    said = Event("searched", sample.START, customer_id=text, product_id=text, text=text, order_number=text)
    assert await shop.record([said], now=sample.START) == [True]


async def test_bought_together_counts_orders_and_leaves_cancelled_ones_out(shop: Shop) -> None:
    assert await shop.bought_together(["P001"]) == {"P002": 2, "P003": 1}
    assert list(await shop.bought_together(["P001"], limit=1)) == ["P002"]
    assert await shop.bought_together(["P001", "P002"]) == {"P003": 2}
    assert await shop.bought_together(["P004"]) == {}
    assert await shop.bought_together([]) == {}


async def test_what_was_bought_elsewhere_counts_once_and_not_beside_its_order(shop: Shop) -> None:
    def bought(id: str, **more: Any) -> Event:
        return Event("bought", sample.START, product_id="P003", source="pos", id=id, **more)

    start, before = sample.START, dict(await shop.popularity(since=sample.START))
    events = [bought("1", quantity=2), bought("1", quantity=2), bought("2", order_number="sg 1004")]
    assert await shop.record(events, now=start) == [True, False, True]
    assert await shop.record([bought("1"), replace(bought("1"), source="web")], now=start) == [False, True]
    assert await shop.popularity(since=start) == before | {"P003": before["P003"] + 3}
    # It is known for half a year, and then forgotten.
    later = start + timedelta(days=179)
    assert await shop.record([bought("1")], now=later) == [False]
    assert await shop.record([replace(bought("1"), at=later)], now=start + timedelta(days=181)) == [True]


async def test_what_says_most_of_a_customers_interest(shop: Shop) -> None:
    def did(kind: EventKind, product_id: str | None, minute: int, customer_id: str = "C00001") -> Event:
        return Event(kind, sample.START + timedelta(minutes=minute), customer_id, product_id)

    events = [
        did("viewed", "P001", 1),
        did("added", "P001", 2),
        did("viewed", "P001", 3),
        did("bought", "P002", 4),
        did("viewed", "P002", 5),
        did("viewed", "P003", 6, "C00002"),
        did("searched", None, 7),
        did("viewed", "P003", -1),
    ]
    await shop.record(events, now=sample.START)
    interest = await shop.interest("C00001", since=sample.START)
    assert list(interest.items()) == [("P002", "bought"), ("P001", "added")]


async def test_popularity_counts_units_since_then(shop: Shop, data: ShopData) -> None:
    assert await shop.popularity(since=sample.START) == {"P002": 7, "P001": 3, "P003": 6}
    second = data.orders[1].placed_at.replace(minute=0)
    assert await shop.popularity(since=second) == {"P002": 4, "P003": 6, "P001": 2}
    assert await shop.popularity(since=sample.START + timedelta(days=999)) == {}


async def test_moments_keep_their_offset(shop: Shop, data: ShopData) -> None:
    order = await shop.order("100001", customer_id="C00001")
    assert order is not None
    assert order.placed_at == datetime.fromisoformat(orders()[0]["placed_at"])
    assert order.placed_at.tzinfo is not None
    assert order.status is OrderStatus.DELIVERED
