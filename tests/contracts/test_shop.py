"""The shop protocol: what every implementation answers to the same shop."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.shop.base import Shop
from bot.shop.domain import Event, EventKind, OrderStatus, ShopData
from tests.bot.shop import sample
from tests.contracts.conftest import url_of
from tests.contracts.shops import SHOPS, Standing, open_standing, shop_data

HOSTILE = ["", " ", "\0", "a\0b", "\ud800", "' OR 1=1 --", "%", "_", "x" * 100_000, "订单", "100001\n"]


PLACES = [
    *((name, database) for name in ("sql", "plain") for database in ("sqlite", "postgres")),
    *((name, "sqlite") for name in SHOPS if name not in ("sql", "plain")),
]
"""Which shop, and the database below it: that of a linked one is the same for all."""


@pytest.fixture(
    params=[
        pytest.param(
            (name, database),
            id=f"{name}-{database}",
            marks=[pytest.mark.postgres] if database == "postgres" else [],
        )
        for name, database in PLACES
    ]
)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """The shop's name and the URL of its database."""
    name, database = request.param
    return name, url_of(database, request, tmp_path)


@pytest.fixture
def data(place: tuple[str, str], tmp_path: Path) -> ShopData:
    return shop_data(place[0], tmp_path / "shop")


@pytest.fixture
async def standing(place: tuple[str, str], data: ShopData) -> AsyncIterator[Standing]:
    name, url = place
    async with open_standing(name, url, data) as standing:
        yield standing


@pytest.fixture
def shop(standing: Standing) -> Shop:
    return standing.shop


async def test_profile_products_customers_and_orders_come_back_as_they_were_given(standing: Standing) -> None:
    shop, data = standing.shop, standing.data
    assert await shop.profile() == data.profile
    there = {product.id: product for product in await shop.catalogue()}
    assert there.keys() == {product.id for product in data.products if product.active}
    for product in data.products:
        assert standing.kept("product", await shop.product(product.id)) == standing.kept("product", product)
    for customer in data.customers:
        found = await shop.customer(customer.id)
        assert standing.kept("customer", found) == standing.kept("customer", customer)
    for order in data.orders:
        placed = await shop.order(order.number, customer_id=order.customer_id)
        assert standing.kept("order", placed) == standing.kept("order", order)


async def test_a_product_no_longer_sold_is_still_known(shop: Shop) -> None:
    product = await shop.product("4")
    assert product is not None
    assert not product.active


async def test_what_is_not_there_is_none(shop: Shop) -> None:
    assert await shop.product("999") is None
    assert await shop.customer("99999") is None
    assert await shop.order("999999", customer_id="1") is None
    assert await shop.orders("3") == []


async def test_orders_come_newest_first(shop: Shop) -> None:
    assert [order.number for order in await shop.orders("1")] == ["100003", "100002", "100001"]
    assert [order.number for order in await shop.orders("1", limit=2)] == ["100003", "100002"]
    assert await shop.orders("1", limit=0) == []
    assert await shop.orders("1", limit=-1) == []


async def test_somebody_elses_order_is_not_found(shop: Shop) -> None:
    assert await shop.order("100001", customer_id="2") is None
    assert await shop.order("100001", customer_id="") is None


async def test_an_order_number_may_be_typed_in_many_ways(standing: Standing) -> None:
    for typed in ("SG-1004", "sg1004", "#SG 1004", "ＳＧ１００４"):
        order = await standing.shop.order(standing.number(typed), customer_id="2")
        assert order is not None, typed
        assert order.number == standing.number("SG-1004")


async def test_an_order_and_its_customers_contact_verify(standing: Standing) -> None:
    for contact in (
        "li.na@mail.example",
        " LI.NA@MAIL.EXAMPLE",
        "two@mail.example",
        "13900000002",
        "0086 139 00000002",
    ):
        if standing.keeps_contact(contact):
            order = await standing.shop.verify_order(standing.number("sg1004"), contact)
            assert order is not None, contact
            assert order.customer_id == "2"


async def test_anything_else_does_not(standing: Standing) -> None:
    for number, contact in (
        ("SG-1004", "customer1@mail.example"),  # another customer's
        ("SG-1004", "139000000"),  # the beginning of it
        ("SG-1004", "lina@mail.example"),
        ("SG-1003", "li.na@mail.example"),  # no such order; the next one is hers
        ("SG-1007", "li.na@mail.example"),
        ("999999", "li.na@mail.example"),
        ("100001", ""),
        ("", "li.na@mail.example"),
    ):
        assert await standing.shop.verify_order(standing.number(number), contact) is None


async def test_hostile_text_finds_nothing_and_breaks_nothing(shop: Shop) -> None:
    for text in HOSTILE:
        assert await shop.product(text) is None
        assert await shop.customer(text) is None
        assert await shop.orders(text) == []
        assert await shop.order(text, customer_id="3") is None
        assert await shop.order("100001", customer_id=text) is None
        assert await shop.verify_order(text, text) is None
        assert await shop.verify_order("100001", text) is None
        assert await shop.bought_together([text]) == {}
        assert await shop.interest(text, since=sample.START) == {}
        said = Event(
            "searched", sample.START, customer_id=text, product_id=text, text=text, order_number=text
        )
        assert await shop.record([said], now=sample.START) == [True]


async def test_bought_together_counts_orders_and_leaves_cancelled_ones_out(shop: Shop) -> None:
    assert await shop.bought_together(["1"]) == {"2": 2, "3": 1}
    assert list(await shop.bought_together(["1"], limit=1)) == ["2"]
    assert await shop.bought_together(["1", "2"]) == {"3": 2}
    assert await shop.bought_together(["4"]) == {}
    assert await shop.bought_together([]) == {}


async def test_what_was_bought_elsewhere_counts_once_and_not_beside_its_order(standing: Standing) -> None:
    shop, known = standing.shop, standing.number("sg 1004").strip()

    def bought(id: str, **more: Any) -> Event:
        return Event("bought", sample.START, product_id="3", source="pos", id=id, **more)

    start, before = sample.START, dict(await shop.popularity(since=sample.START))
    events = [bought("1", quantity=2), bought("1", quantity=2), bought("2", order_number=known)]
    assert await shop.record(events, now=start) == [True, False, True]
    assert await shop.record([bought("1"), replace(bought("1"), source="web")], now=start) == [False, True]
    assert await shop.popularity(since=start) == before | {"3": before["3"] + 3}
    # It is known for half a year, and then forgotten.
    later = start + timedelta(days=179)
    assert await shop.record([bought("1")], now=later) == [False]
    assert await shop.record([replace(bought("1"), at=later)], now=start + timedelta(days=181)) == [True]


async def test_what_says_most_of_a_customers_interest(shop: Shop) -> None:
    def did(kind: EventKind, product_id: str | None, minute: int, customer_id: str = "1") -> Event:
        return Event(kind, sample.START + timedelta(minutes=minute), customer_id, product_id)

    events = [
        did("viewed", "1", 1),
        did("added", "1", 2),
        did("viewed", "1", 3),
        did("bought", "2", 4),
        did("viewed", "2", 5),
        did("viewed", "3", 6, "2"),
        did("searched", None, 7),
        did("viewed", "3", -1),
    ]
    await shop.record(events, now=sample.START)
    interest = await shop.interest("1", since=sample.START)
    assert list(interest.items()) == [("2", "bought"), ("1", "added")]


async def test_popularity_counts_units_since_then(shop: Shop, data: ShopData) -> None:
    assert await shop.popularity(since=sample.START) == {"2": 7, "1": 3, "3": 8}
    second = data.orders[1].placed_at.replace(minute=0)
    assert await shop.popularity(since=second) == {"2": 4, "3": 8, "1": 2}
    assert await shop.popularity(since=sample.START + timedelta(days=999)) == {}


async def test_moments_keep_their_offset(shop: Shop, data: ShopData) -> None:
    order = await shop.order("100001", customer_id="1")
    assert order is not None
    assert order.placed_at == data.orders[0].placed_at
    assert order.placed_at.tzinfo is not None
    assert order.status is OrderStatus.DELIVERED
