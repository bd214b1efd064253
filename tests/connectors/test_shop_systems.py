"""What holds for every shop system, over its simulated server; what Kefu makes of it, tests/contracts/ see."""

import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy
from pydantic import TypeAdapter

from bot.shop.domain import Customer, Order, OrderStatus, Product, ShopData
from bot.shop.jsonlines import parse
from connectors.channel import Denied, Malformed, RetryLater
from connectors.shop_system import KINDS, Change, Heard, Kind, ShopSystem, Thing, Touched
from tests.bot.shop.sample import START
from tests.connectors.shop_case import ShopCase, Simulated, kept, row_of, shop_cases
from tests.connectors.shop_seed import seed

NOW = START + timedelta(days=9)
_TYPES: dict[Kind, TypeAdapter[Any]] = {
    "product": TypeAdapter(Product),
    "customer": TypeAdapter(Customer),
    "order": TypeAdapter(Order),
}


@dataclass
class Stage:
    case: ShopCase
    data: ShopData
    shop: Simulated

    @property
    def system(self) -> ShopSystem:
        return self.shop.system

    def there(self, kind: Kind) -> dict[str, Product | Customer | Order]:
        if kind == "product":
            return {one.id: one for one in self.data.products}
        if kind == "customer":
            return {one.id: one for one in self.data.customers}
        return {one.number: one for one in self.data.orders}

    async def read(self, kind: Kind, since: datetime | None = None) -> list[Thing]:
        return [thing async for thing in self.system.read(kind, since=since)]

    async def found(self, kind: Kind, id: str) -> Thing:
        thing = await self.system.find(kind, id)
        assert thing is not None
        return thing


def value_of(thing: Thing) -> Any:
    """As an import reads it: strictly."""
    return parse(_TYPES[thing.kind], json.dumps(thing.row))


@pytest.fixture(params=shop_cases().values(), ids=shop_cases().keys())
def case(request: pytest.FixtureRequest) -> ShopCase:
    given: ShopCase = request.param
    return given


@pytest.fixture
def data(case: ShopCase, tmp_path: Path) -> ShopData:
    return seed(tmp_path, prefixed=case.prefixed)


@pytest.fixture
async def stage(case: ShopCase, data: ShopData) -> AsyncIterator[Stage]:
    async with case.open(data, NOW) as shop:
        yield Stage(case, data, shop)


@pytest.mark.parametrize("kind", KINDS)
async def test_everything_is_read_as_rows_of_the_import_format(stage: Stage, kind: Kind) -> None:
    things, there = await stage.read(kind), stage.there(kind)
    assert {thing.id for thing in things} == there.keys() == await stage.system.ids(kind)
    for thing in things:
        assert thing.kind == kind
        assert thing.updated_at < NOW
        assert kept(stage.case, kind, value_of(thing)) == kept(stage.case, kind, there[thing.id])
        assert await stage.system.find(kind, thing.id) == thing
    assert await stage.system.find(kind, "999999") is None


async def test_what_changed_since_is_read_and_the_rest_is_not(stage: Stage) -> None:
    assert await stage.read("order", NOW - timedelta(seconds=1)) == []
    before = await stage.found("order", "100006")
    stage.shop.ship("100006")
    stage.shop.restock(stage.data.products[0].variants[0].sku, 77)
    (order,) = await stage.read("order", before.updated_at + timedelta(microseconds=1))
    assert (order.id, value_of(order).status) == ("100006", "shipped")
    assert order.updated_at > before.updated_at
    assert order in await stage.read("order", order.updated_at), "at that very moment, too"
    (product,) = await stage.read("product", NOW - timedelta(seconds=1))
    assert value_of(product).variants[0].stock == 77
    dates = [thing.updated_at for thing in await stage.read("order")]
    assert dates == sorted(dates)


async def test_what_is_removed_is_there_no_longer(stage: Stage) -> None:
    stage.shop.remove("product", "4")
    assert await stage.system.find("product", "4") is None
    assert await stage.system.ids("product") == {"1", "2", "3"}


async def test_webhooks_name_what_changed(stage: Stage) -> None:
    stage.shop.ship("100006")
    assert Touched("order", "100006") in stage.system.receive(stage.shop.webhook("order", "100006")).touched
    stage.shop.remove("product", "4")
    assert Touched("product", "4") in stage.system.receive(stage.shop.webhook("product", "4")).touched
    erasure = stage.shop.erasure("3")
    if erasure is not None:
        assert stage.system.receive(erasure).forget == ("3",)


async def test_a_webhook_that_is_not_signed_is_turned_away(stage: Stage) -> None:
    signed = stage.shop.webhook("order", "100006")
    spoilt = CIMultiDict({name: f"{value[:-2]}zz" for name, value in signed.headers.items()})
    for altered in (
        replace(signed, headers=CIMultiDictProxy(CIMultiDict()), query={}),
        replace(signed, headers=CIMultiDictProxy(spoilt), query={}),
    ):
        with pytest.raises(Denied):
            stage.system.receive(altered)


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(
    content=st.one_of(
        st.binary(max_size=300),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=20),
            lambda inner: (
                st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=5)
            ),
            max_leaves=20,
        ).map(lambda value: json.dumps(value).encode()),
    )
)
@example(content=b"[" * 100_000)
async def test_whatever_a_webhook_holds_is_read_or_refused(stage: Stage, content: bytes) -> None:
    with suppress(Denied, Malformed):
        assert isinstance(stage.system.receive(stage.case.signed(content)), Heard)


@pytest.mark.parametrize("mood", [429, 503, "drop"])
async def test_a_system_in_a_mood_answers_later_or_says_so(stage: Stage, mood: Any) -> None:
    stage.shop.moods = [mood]
    for _ in range(9):
        with suppress(RetryLater):
            assert (await stage.found("order", "100006")).id == "100006"
            assert {thing.id for thing in await stage.read("order")} == stage.there("order").keys()
            return
    raise AssertionError("it never answered")


def cancellation(stage: Stage, before: Thing) -> Change:
    order = value_of(before)
    assert isinstance(order, Order)
    (charge,) = order.payments
    after = replace(
        order,
        status=OrderStatus.CANCELLED,
        cancelled_at=NOW,
        cancel_reason="changed_mind",
        payments=(charge, replace(charge, id=f"{charge.id}2", kind="refund", at=NOW, status="pending")),
    )
    request = {"order_number": order.number, "reason": "changed_mind", "items": {}, "refund_to": None}
    money = {
        "kind": "refund",
        "amount": charge.amount,
        "method": charge.method,
        "method_id": charge.method_id,
    }
    return Change(
        "cancel_order", request, order.customer_id, NOW, before.row, row_of("order", after), (money,)
    )


@pytest.mark.parametrize("mood", [None, 429, 503, "drop"])
async def test_a_change_is_carried_out_once_however_often_it_is_asked_for(stage: Stage, mood: Any) -> None:
    if "cancel_order" not in stage.system.changes:
        pytest.skip("cannot cancel")
    before = await stage.found("order", "100006")
    change = cancellation(stage, before)
    stage.shop.moods = [] if mood is None else [mood]
    for _ in range(9):
        with suppress(RetryLater):
            await stage.system.carry_out(change, key="key-1")
            break
    once = list(stage.shop.done("100006"))
    assert once
    assert len(once) == len(set(once))
    await stage.system.carry_out(change, key="key-1")
    assert list(stage.shop.done("100006")) == once
    after = await stage.found("order", "100006")
    assert value_of(after).status == "cancelled"
    assert after.updated_at > before.updated_at


async def test_subscribing_again_changes_nothing(stage: Stage) -> None:
    for _ in range(2):
        await stage.system.subscribe("https://kefu.shop.example/shop/hooks")
