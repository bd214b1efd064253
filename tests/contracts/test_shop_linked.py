"""A shop that is kept elsewhere: its copy, and changes that are carried out there; on every system's simulation."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from bot.shop.changes.plan import Outdated, Plan, Receipt, Refused, Unreached, Unsettled
from bot.shop.changes.requests import CancelOrder, ChangeAddress, NotifyRestock, Request, Undo
from bot.shop.domain import Order, OrderStatus, ShopData
from bot.shop.linked import moments
from bot.shop.linked.link import Link
from bot.shop.linked.merging import forget, merge
from bot.shop.linked.rows import Told
from bot.shop.linked.tables import looks, undertakings
from bot.store.opening import open_database
from connectors.channel import RetryLater
from connectors.shop_system import Change, Kind, Thing
from tests.connectors.plain_shop import PlainShop
from tests.connectors.shop_case import ShopCase, row_of, shop_cases
from tests.connectors.shop_seed import seed
from tests.contracts.conftest import url_of
from tests.contracts.shops import NOW, QUICK, open_link
from tests.contracts.test_shop_changes import DEFAULT

OWNER, NUMBER = "2", "100006"
POLICY = DEFAULT.read_text(encoding="utf-8")
CANCEL = CancelOrder(NUMBER, "changed_mind")


@dataclass
class Stage:
    url: str
    data: ShopData
    shop: Any
    """The simulated system."""
    link: Link

    async def look(self, number: str = NUMBER, owner: str = OWNER) -> Order:
        """As the copy has it."""
        order = await super(type(self.link.shop), self.link.shop).order(number, customer_id=owner)
        assert order is not None
        return order

    async def fetch(self) -> None:
        while await self.link.syncing.fetch_touched():
            pass

    async def hear(self, kind: Kind, id: str) -> None:
        await self.link.receive(self.shop.webhook(kind, id))
        await self.fetch()

    async def preview(self, request: Request = CANCEL, owner: str = OWNER) -> Plan:
        return await self.link.shop.preview(request, customer_id=owner, now=NOW)

    async def change(self, plan: Plan, key: str = "k1", owner: str = OWNER) -> Receipt:
        return await self.link.shop.change(
            plan.request, customer_id=owner, now=NOW, key=key, digest=plan.digest
        )

    async def write(self, work: Any) -> None:
        database = open_database(self.url)
        await database.write(work)
        await database.close()


@pytest.fixture(params=shop_cases().values(), ids=shop_cases().keys())
def case(request: pytest.FixtureRequest) -> ShopCase:
    given: ShopCase = request.param
    return given


@pytest.fixture
def data(case: ShopCase, tmp_path: Path) -> ShopData:
    return seed(tmp_path / "shop", prefixed=case.prefixed)


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return url_of("sqlite", request, tmp_path)


@pytest.fixture
async def stage(case: ShopCase, data: ShopData, url: str) -> AsyncIterator[Stage]:
    async with case.open(data, NOW) as shop, open_link(url, data, shop.system) as link:
        yield Stage(url, data, shop, link)


@pytest.mark.parametrize("mood", [None, "drop"])
async def test_a_change_is_carried_out_there_once_and_its_receipt_kept_here(stage: Stage, mood: Any) -> None:
    plan = await stage.preview()
    stage.shop.moods = [] if mood is None else [mood]
    receipt = await stage.change(plan)
    done = list(stage.shop.done(NUMBER))
    assert done
    assert len(done) == len(set(done))
    order = await stage.look()
    assert order.status is OrderStatus.CANCELLED
    assert [move.amount for move in receipt.movements] == [plan.movements[0].amount]
    assert await stage.change(plan) == receipt
    assert await stage.link.shop.receipts(OWNER) == [receipt]
    # What the system then tells of it is no news, however often it tells it.
    await stage.fetch()
    for _ in range(2):
        await stage.hear("order", NUMBER)
    await stage.link.syncing.look(early=True)
    assert (await stage.look()).version == order.version
    assert list(stage.shop.done(NUMBER)) == done


async def test_a_webhook_brings_the_order_and_voids_what_was_shown(stage: Stage) -> None:
    plan, before = await stage.preview(), await stage.look()
    stage.shop.ship(NUMBER)
    await stage.hear("order", NUMBER)
    shipped = await stage.look()
    assert (shipped.status, shipped.version) == (OrderStatus.SHIPPED, before.version + 1)
    await stage.hear("order", NUMBER)
    assert await stage.look() == shipped
    with pytest.raises(Refused):
        await stage.change(plan)
    assert list(stage.shop.done(NUMBER)) == []


async def test_what_happened_unheard_is_seen_before_anything_is_done(stage: Stage) -> None:
    plan = await stage.preview()
    stage.shop.ship(NUMBER)
    with pytest.raises((Refused, Outdated)):
        await stage.change(plan)
    assert list(stage.shop.done(NUMBER)) == []
    assert (await stage.look()).status is OrderStatus.SHIPPED


async def test_looks_find_what_changed_and_what_is_gone(stage: Stage) -> None:
    variant = stage.data.products[0].variants[0]
    stage.shop.restock(variant.sku, 77)
    stage.shop.remove("product", "4")
    await stage.link.syncing.look(early=True)
    await stage.fetch()
    product = await stage.link.shop.product("1")
    assert product is not None
    assert product.variants[0].stock == 77
    assert await stage.link.shop.product("4") is None
    kinds = {one.kind: one for one in (await stage.link.status()).kinds}
    assert (kinds["product"].there, kinds["order"].there, kinds["order"].complete) == (3, 6, True)


async def test_who_must_be_erased_is_and_stays_so(stage: Stage) -> None:
    request = stage.shop.erasure(OWNER)
    if request is None:
        pytest.skip("knows no erasure")
    await stage.change(await stage.preview())
    await stage.link.receive(request)
    for _ in range(2):
        assert await stage.link.shop.customer(OWNER) is None
        assert await stage.link.shop.orders(OWNER) == []
        assert await stage.link.shop.receipts(OWNER) == []
        await stage.link.syncing.look(early=True)
        await stage.hear("order", NUMBER)
    assert await stage.link.shop.customer("1") is not None


# What follows is the copy's and the bookkeeping's own: one system is as good as another.


class Moody(PlainShop):
    """Whose reading breaks off after so many things, and whose people are quicker than a change."""

    breaks_after: int | None = None
    ships_first = False

    async def carry_out(self, change: Change, *, key: str) -> None:
        if self.ships_first:
            await asyncio.to_thread(self.ship, NUMBER)
        await super().carry_out(change, key=key)

    async def read(self, kind: Kind, *, since: Any = None) -> AsyncIterator[Thing]:
        count = 0
        async for thing in super().read(kind, since=since):
            if count == self.breaks_after:
                raise RetryLater("it broke off")
            count += 1
            yield thing


@pytest.fixture
def plain_data(tmp_path: Path) -> ShopData:
    return seed(tmp_path / "shop")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def each_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return url_of(request.param, request, tmp_path)


@asynccontextmanager
async def plain_stage(url: str, data: ShopData, *, read: bool = True, **given: Any) -> AsyncIterator[Stage]:
    times = replace(QUICK, **{name: given.pop(name) for name in ("patience", "insist") if name in given})
    shop = Moody(NOW, **given)
    shop.fill(data)
    async with open_link(url, data, shop, read=read, times=times) as link:
        yield Stage(url, data, shop, link)


async def test_rows_that_do_not_fit_hold_nothing_up_and_are_named(
    each_url: str, plain_data: ShopData
) -> None:
    async with plain_stage(each_url, plain_data, read=False) as stage:
        product, order = row_of("product", plain_data.products[0]), row_of("order", plain_data.orders[0])
        stage.shop.put("product", {**product, "id": "8", "price": 5})
        stage.shop.put("product", {**product, "id": "9"})  # the skus of another
        stage.shop.put("order", {**order, "number": "#SG 1004"})  # written like another
        stage.shop.put("order", {**order, "number": "7", "items": []})
        stage.shop.put("customer", {**row_of("customer", plain_data.customers[0]), "id": "x" * 80})
        stage.shop.put(
            "customer", {**row_of("customer", plain_data.customers[2]), "phones": ["n/a", "555 01234"]}
        )
        read = {one.kind: (one.read, one.odd) for one in await stage.link.syncing.look()}
        assert read == {"product": (6, 1), "customer": (4, 1), "order": (8, 1)}
        await stage.fetch()
        status = await stage.link.status()
        assert [(one.kind, one.id) for one in status.odd] == [
            ("order", "#SG 1004"),
            ("order", "7"),
            ("product", "8"),
            ("product", "9"),
        ]
        assert "sku" in status.odd[-1].problem
        customer = await stage.link.shop.customer("3")
        assert customer is not None
        assert customer.phones == ("555 01234",), "what is no number finds nobody, and keeps nobody out"
        assert len(await stage.link.shop.catalogue()) == 3
        assert len(await stage.link.shop.orders("1")) == 3
        stage.shop.put("order", {**order, "number": "7"})
        await stage.hear("order", "7")
        assert (await stage.look("7", "1")).number == "7"


async def test_an_older_state_never_takes_the_place_of_a_newer_one(
    each_url: str, plain_data: ShopData
) -> None:
    async with plain_stage(each_url, plain_data) as stage:
        order = next(one for one in plain_data.orders if one.number == NUMBER)
        later, start = moments.micros(NOW) + moments.SECOND, moments.now() + moments.SECOND

        async def tell(status: OrderStatus, updated_at: int, asked: int) -> OrderStatus:
            told = Told("order", NUMBER, start + asked, updated_at, replace(order, status=status))
            await stage.write(partial(merge, told=[told]))
            return (await stage.look()).status

        assert await tell(OrderStatus.PACKING, later, 2) is OrderStatus.PACKING
        assert await tell(OrderStatus.PENDING, later - 1, 3) is OrderStatus.PACKING, "older"
        assert await tell(OrderStatus.PENDING, later, 1) is OrderStatus.PACKING, "asked earlier"
        assert await tell(OrderStatus.SHIPPED, later, 4) is OrderStatus.SHIPPED
        gone = Told("order", NUMBER, start + 6)
        await stage.write(partial(merge, told=[gone]))
        assert await stage.link.shop.order(NUMBER, customer_id=OWNER) is None
        late = Told("order", NUMBER, start + 5, later + 9, order)
        await stage.write(partial(merge, told=[late]))
        assert await stage.link.shop.order(NUMBER, customer_id=OWNER) is None, "asked before it was gone"


async def test_a_reading_that_breaks_off_goes_on_where_it_was(each_url: str, plain_data: ShopData) -> None:
    async with plain_stage(each_url, plain_data, read=False) as stage:
        product = row_of("product", plain_data.products[0])
        for number in range(250):
            variant = {**product["variants"][0], "sku": f"N{number}", "options": {}}
            row = {**product, "id": f"n{number}", "variants": [variant], "options": []}
            stage.shop.put("product", row, NOW + timedelta(hours=number))
        stage.shop.breaks_after = 150
        with pytest.raises(RetryLater):
            await stage.link.syncing.look()
        assert len(await stage.link.shop.catalogue()) == 99, "the page that was whole"
        assert (await stage.link.status()).kinds[0].problem
        # Somebody else's hold counts until it is over; then it is read on, not anew.
        await stage.write(lambda connection: connection.execute(update(looks).values(due_at=0)))
        stage.shop.breaks_after, read = None, list[int]()
        await stage.link.syncing.look(on_progress=lambda kind, count: read.append(count))
        assert read[1] < 160
        assert len(await stage.link.shop.catalogue()) == 253
        assert await stage.link.syncing.look() == [], "nothing is due"


async def test_one_process_reads_at_a_time(each_url: str, plain_data: ShopData) -> None:
    async with (
        plain_stage(each_url, plain_data, read=False) as stage,
        plain_stage(each_url, plain_data, read=False) as other,
    ):
        theirs = list[Any]()

        async def look_too(kind: Kind, count: int) -> None:
            theirs.extend(await other.link.syncing.look(early=True))

        class Slow(Moody):
            async def read(self, kind: Kind, *, since: Any = None) -> AsyncIterator[Thing]:
                if kind == "product":
                    theirs.append([one.kind for one in await other.link.syncing.look(early=True)])
                async for thing in super().read(kind, since=since):
                    yield thing

        slow = Slow(NOW)
        slow.fill(plain_data)
        stage.link.syncing._system = slow
        mine = await stage.link.syncing.look(early=True)
        assert theirs == [["customer", "order"]]
        assert [one.kind for one in mine] == ["product", "customer", "order"]


async def test_what_the_api_cannot_do_is_a_colleagues(each_url: str, plain_data: ShopData) -> None:
    data = replace(plain_data, policy=POLICY.replace("cancel_order:", "cancel_order:\n  undo_minutes: 60"))
    async with plain_stage(each_url, data, changes=frozenset({"cancel_order"})) as stage:
        order = await stage.look()
        address = ChangeAddress(NUMBER, replace(order.address, street="新街 2 号"))
        with pytest.raises(Refused, match=r"system\.by_hand"):
            await stage.preview(address)
        choices = await stage.link.shop.choices(NUMBER, customer_id=OWNER, now=NOW)
        assert choices.cancel.open
        assert choices.address.refused is not None
        assert choices.address.refused.rule == "system.by_hand"
        # What the policy forbids is told first: a colleague would not do it either.
        with pytest.raises(Refused, match=r"address\.same"):
            await stage.preview(ChangeAddress(NUMBER, order.address))
        receipt = await stage.change(await stage.preview())
        assert receipt.undo_until is None, "nobody is offered what cannot be done"
        with pytest.raises(Refused):
            await stage.preview(Undo(receipt.number))
        sold_out = next(
            (product.id, variant.sku)
            for product in plain_data.products
            for variant in product.variants
            if product.active and variant.stock == 0
        )
        told = await stage.change(await stage.preview(NotifyRestock(*sold_out)), key="k2")
        assert told.kind == "notify_restock"
        assert stage.shop.done("") == []


async def test_a_system_that_refuses_changes_nothing(each_url: str, plain_data: ShopData) -> None:
    async with plain_stage(each_url, plain_data) as stage:
        plan, before = await stage.preview(), await stage.look()
        stage.shop.ships_first = True
        with pytest.raises(Refused, match=r"system\.refused"):
            await stage.change(plan)
        assert (await stage.look()).version == before.version
        status = await stage.link.status()
        assert (status.unsettled, await stage.link.shop.receipts(OWNER)) == ([], [])


async def test_a_system_that_is_away_stops_no_answer_and_no_change_is_begun(
    each_url: str, plain_data: ShopData
) -> None:
    async with plain_stage(each_url, plain_data, insist=0.3) as stage:
        plan = await stage.preview()
        stage.shop.moods = [503] * 99
        order = await stage.link.shop.order(NUMBER, customer_id=OWNER)
        assert order is not None
        with pytest.raises(Unreached):
            await stage.change(plan)
        assert (await stage.link.status()).unsettled == []


async def test_what_is_not_known_to_be_done_is_tried_on_and_blocks_other_changes(
    each_url: str, plain_data: ShopData
) -> None:
    async with plain_stage(each_url, plain_data, patience=0.1) as stage:
        plan = await stage.preview()
        calls: list[Any] = [0.0, "drop"]  # the order is asked for; the change is done, and nobody hears it
        stage.shop.moods = [*calls]
        with pytest.raises(Unsettled):
            await stage.change(plan)
        assert stage.shop.done(NUMBER) == ["cancel_order"]
        assert await stage.link.shop.is_unsettled("k1", customer_id=OWNER)
        (open_,) = (await stage.link.status()).unsettled
        assert (open_.kind, open_.order_number, open_.attempts) == ("cancel_order", NUMBER, 1)
        assert await stage.link.shop.receipts(OWNER) == []
        with pytest.raises(Refused, match=r"system\.under_way"):
            await stage.preview()
        # Meanwhile the system tells of it: that is no receipt yet.
        await stage.hear("order", NUMBER)
        assert (await stage.look()).status is OrderStatus.CANCELLED
        assert await stage.link.shop.receipts(OWNER) == []
        await stage.write(lambda connection: connection.execute(update(undertakings).values(due_at=0)))
        assert await stage.link.carrying.settle_due() == 1
        assert not await stage.link.shop.is_unsettled("k1", customer_id=OWNER)
        (receipt,) = await stage.link.shop.receipts(OWNER)
        assert (receipt.key, receipt.at) == ("k1", NOW)
        assert await stage.change(plan) == receipt
        assert stage.shop.done(NUMBER) == ["cancel_order"]
        assert (await stage.look()).status is OrderStatus.CANCELLED
        assert (await stage.link.status()).unsettled == []


async def test_after_a_day_it_is_a_colleagues(each_url: str, plain_data: ShopData) -> None:
    async with plain_stage(each_url, plain_data, patience=0.1) as stage:
        plan = await stage.preview()
        stage.shop.moods = [0.0, 503]
        with pytest.raises(Unsettled):
            await stage.change(plan)
        yesterday = {"due_at": 0, "made_at": undertakings.c.made_at - 25 * 3600 * 10**6}
        await stage.write(lambda connection: connection.execute(update(undertakings).values(yesterday)))
        await stage.link.carrying.settle_due()
        assert (await stage.link.status()).unsettled == []
        assert stage.shop.done(NUMBER) == []
        assert await stage.link.shop.receipts(OWNER) == []
        await stage.preview()  # and nothing stands in the way of another change


async def test_a_date_far_ahead_keeps_nothing_out(each_url: str, plain_data: ShopData) -> None:
    async with plain_stage(each_url, plain_data, read=False) as stage:
        ahead = datetime.now(UTC) + timedelta(days=900)
        order = row_of("order", plain_data.orders[0])
        stage.shop.put("order", {**order, "number": "7"}, ahead)
        await stage.link.syncing.look(early=True)
        stage.shop.put("order", {**order, "number": "8"}, datetime.now(UTC))
        await stage.write(lambda connection: connection.execute(update(looks).values(due_at=0)))
        await stage.link.syncing.look()
        assert (await stage.look("8", "1")).number == "8"


async def test_what_was_gone_by_mistake_comes_back(each_url: str, plain_data: ShopData) -> None:
    async with plain_stage(each_url, plain_data) as stage:
        newer = {**row_of("order", plain_data.orders[0]), "number": "7"}
        stage.shop.put("order", newer, NOW + timedelta(days=1))
        await stage.hear("order", "7")
        await stage.link.syncing.look(
            early=True
        )  # what changes is read from here on: the other orders are not
        await stage.write(partial(merge, told=[Told("order", NUMBER, moments.now())]))
        assert await stage.link.shop.order(NUMBER, customer_id=OWNER) is None
        await stage.link.syncing.look(early=True)
        await stage.fetch()
        assert (await stage.look()).number == NUMBER


async def test_who_is_erased_while_a_change_is_under_way_leaves_nothing(
    each_url: str, plain_data: ShopData
) -> None:
    async with plain_stage(each_url, plain_data) as stage:
        plan = await stage.preview()
        carry_out = stage.shop.carry_out

        async def erased_meanwhile(change: Change, *, key: str) -> None:
            await carry_out(change, key=key)
            await stage.write(partial(forget, customer_id=OWNER, asked_at=moments.now()))

        stage.shop.carry_out = erased_meanwhile
        assert (await stage.change(plan)).kind == "cancel_order"
        await stage.fetch()
        assert await stage.link.shop.receipts(OWNER) == []
        assert await stage.link.shop.orders(OWNER) == []
        assert (await stage.link.status()).unsettled == []


async def test_one_change_that_cannot_be_read_holds_no_other_up(each_url: str, plain_data: ShopData) -> None:
    async with plain_stage(each_url, plain_data, patience=0.1) as stage:
        plan = await stage.preview()
        stage.shop.moods = [0.0, "drop"]
        with pytest.raises(Unsettled):
            await stage.change(plan)

        odd = {"id": 0, "customer_id": OWNER, "key": "odd", "document": "{}", "made_at": 0, "attempts": 0}
        odd |= {"due_at": 0, "problem": ""}
        await stage.write(lambda connection: connection.execute(insert(undertakings).values(odd)))
        await stage.write(lambda connection: connection.execute(update(undertakings).values(due_at=0)))
        await stage.link.carrying.settle_due()
        assert [one.key for one in await stage.link.shop.receipts(OWNER)] == ["k1"]


async def test_while_the_copy_is_not_whole_the_system_is_asked(each_url: str, plain_data: ShopData) -> None:
    async with plain_stage(each_url, plain_data, read=False) as stage:
        shop = stage.link.shop
        assert not await shop.is_whole()
        assert (await shop.catalogue(), await shop.orders(OWNER)) == ((), [])
        assert await shop.order(NUMBER, customer_id="1") is None
        order = await shop.order(f" #{NUMBER}", customer_id=OWNER)
        assert order is not None
        assert order.number == NUMBER
        await stage.link.syncing.look()
        assert await shop.is_whole()
        asked = len(stage.shop.calls)
        assert await shop.order("1", customer_id=OWNER) is None
        assert len(stage.shop.calls) == asked


async def test_an_address_is_the_accounts_though_somebody_ordered_with_it_as_a_guest(
    each_url: str, plain_data: ShopData
) -> None:
    async with plain_stage(each_url, plain_data) as stage:
        customer = next(one for one in plain_data.customers if one.emails)
        for id in ("guest-1", "guest-2"):
            guest = {"id": id, "name": "Mallory", "emails": [customer.emails[0]], "phones": []}
            stage.shop.put("customer", guest)
            await stage.hear("customer", id)
        found = await stage.link.shop.customer_by_email(customer.emails[0])
        assert found is not None
        assert found.id == customer.id
