"""Replacing the embedded shop: all at once, only what differs, and noticed by other processes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select, update

from bot.errors import NotPrepared
from bot.shop import tables
from bot.shop.domain import Event, OrderStatus, ShopData
from bot.shop.importer import read_folder
from bot.shop.policy import default_policy
from bot.shop.replacing import Counts
from bot.shop.rows import product_record
from bot.shop.sql import SqlShop
from bot.store.database import Database
from bot.store.opening import open_database
from tests.bot.shop import foreign, sample

MakeShop = Callable[[], SqlShop]


@pytest.fixture
def data(tmp_path: Path) -> ShopData:
    return read_folder(sample.write_folder(tmp_path / "shop", products=4, customers=5, orders=12))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = open_database(database_url)
    yield database
    await database.close()


@pytest.fixture
def make_shop(database: Database) -> MakeShop:
    """Shops that know nothing of each other, as in several processes; they ask at every call."""
    return lambda: SqlShop(database, recheck_seconds=0)


async def test_without_an_import_the_remedy_is_named(make_shop: MakeShop) -> None:
    with pytest.raises(NotPrepared, match="kefu shop import"):
        await make_shop().catalogue()


async def test_importing_again_changes_nothing(make_shop: MakeShop, data: ShopData) -> None:
    shop = make_shop()
    first = await shop.replace(data)
    assert (first.products, first.customers, first.orders) == (
        Counts(added=4, changed=0, removed=0, unchanged=0),
        Counts(added=5, changed=0, removed=0, unchanged=0),
        Counts(added=12, changed=0, removed=0, unchanged=0),
    )
    catalogue = await shop.catalogue()
    again = await shop.replace(data)
    assert again.products == Counts(added=0, changed=0, removed=0, unchanged=4)
    assert again.orders == Counts(added=0, changed=0, removed=0, unchanged=12)
    assert await shop.catalogue() is catalogue, "what was computed from it need not be computed again"


async def test_changed_rows_are_changed_and_those_that_are_gone_are_removed(
    make_shop: MakeShop, database: Database, data: ShopData
) -> None:
    shop = make_shop()
    await shop.replace(data)
    renamed = replace(data.customers[0], name="新名字", emails=("new@mail.example",))
    smaller = replace(
        data,
        products=(*data.products[2:], data.products[0]),  # the second is gone, the first is last
        customers=(renamed, *data.customers[1:4]),
        orders=data.orders[:3],
    )
    summary = await shop.replace(smaller)
    assert summary.products == Counts(added=0, changed=3, removed=1, unchanged=0)
    assert summary.customers == Counts(added=0, changed=1, removed=1, unchanged=3)
    assert summary.orders == Counts(added=0, changed=0, removed=9, unchanged=3)
    assert [product.id for product in await shop.catalogue()] == ["P003", "P004", "P001"]
    assert await shop.customer("C00001") == renamed
    assert await shop.customer("C00005") is None
    assert await shop.order(data.orders[5].number, customer_id=data.orders[5].customer_id) is None

    def count(connection: Connection) -> list[int]:
        children = (tables.variants, tables.contacts, tables.order_items)
        return [
            connection.execute(select(func.count()).select_from(table)).scalar_one() for table in children
        ]

    assert await database.read(count) == [36, 12, sum(len(order.items) for order in smaller.orders)]


async def test_a_changed_contact_verifies_and_the_old_one_no_longer_does(
    make_shop: MakeShop, data: ShopData
) -> None:
    shop = make_shop()
    await shop.replace(data)
    order = data.orders[0]
    owner = next(customer for customer in data.customers if customer.id == order.customer_id)
    assert await shop.verify_order(order.number, owner.emails[0]) == order
    moved = replace(owner, emails=("moved@mail.example",))
    await shop.replace(
        replace(data, customers=tuple(moved if c.id == owner.id else c for c in data.customers))
    )
    assert await shop.verify_order(order.number, owner.emails[0]) is None
    assert await shop.verify_order(order.number, "moved@mail.example") == order


async def test_an_order_that_differs_gets_a_version_it_never_had(make_shop: MakeShop, data: ShopData) -> None:
    shop = make_shop()
    await shop.replace(data)
    first, *rest = data.orders
    noted = replace(data, orders=(replace(first, note="改过"), *rest))
    versions = []
    for shop_data in (data, noted, noted, data):
        await shop.replace(shop_data)
        order = await shop.order(first.number, customer_id=first.customer_id)
        assert order is not None
        versions.append(order.version)
    assert versions == [1, 2, 2, 3]


async def test_another_process_notices_an_import_and_a_change_of_stock(
    make_shop: MakeShop, database: Database, data: ShopData
) -> None:
    here, there = make_shop(), make_shop()
    await here.replace(data)
    before = await there.catalogue()
    dearer = replace(data.products[0], variants=tuple(replace(v, price=9) for v in data.products[0].variants))
    await here.replace(replace(data, products=(dearer, *data.products[1:])))
    after = await there.catalogue()
    assert after[0] == dearer
    assert after[1] is before[1], "only what changed is read again"

    def sell(connection: Connection) -> None:
        sku = dearer.variants[3].sku
        connection.execute(update(tables.variants).where(tables.variants.c.sku == sku).values(stock=77))
        connection.execute(update(tables.state).values(generation=tables.state.c.generation + 1))

    await database.write(sell)
    sold = await there.product("P001")
    assert sold is not None
    assert sold.variants[3].stock == 77


async def test_stock_that_was_sold_stays_sold_until_the_files_say_another_number(
    make_shop: MakeShop, database: Database, data: ShopData
) -> None:
    shop = make_shop()
    await shop.replace(data)
    first = data.products[0].variants[1]

    def sell(connection: Connection) -> None:
        table = tables.variants
        one_less = update(table).where(table.c.sku == first.sku).values(stock=table.c.stock - 1)
        connection.execute(one_less)

    async def stock() -> int:
        product = await make_shop().product("P001")
        assert product is not None
        return product.variants[1].stock

    await database.write(sell)
    await shop.replace(data)
    assert await stock() == first.stock - 1
    delivered = replace(first, stock=50)
    variants = (data.products[0].variants[0], delivered, *data.products[0].variants[2:])
    newer = replace(data, products=(replace(data.products[0], variants=variants), *data.products[1:]))
    await shop.replace(newer)
    assert await stock() == 50
    await database.write(sell)
    await shop.replace(newer, fresh=True)
    assert await stock() == 50, "a fresh start forgets what was sold"


async def test_a_sku_may_move_to_another_product(make_shop: MakeShop, data: ShopData) -> None:
    shop = make_shop()
    await shop.replace(data)
    one, two = data.products[:2]
    swapped = (replace(one, variants=two.variants), replace(two, variants=one.variants))
    await shop.replace(replace(data, products=(*swapped, *data.products[2:])))
    assert tuple((await shop.catalogue())[:2]) == swapped


async def test_an_import_that_fails_leaves_the_old_shop(make_shop: MakeShop, data: ShopData) -> None:
    shop = make_shop()
    await shop.replace(data)
    same_key = (replace(data.orders[0], number="A-1"), replace(data.orders[1], number="A1"))
    other = replace(data.profile, currency="EUR")
    with pytest.raises(Exception, match=r"(?i)unique"):
        await shop.replace(replace(data, profile=other, products=data.products[:1], orders=same_key))
    assert (await shop.profile()).currency == "CNY"
    assert len(await shop.catalogue()) == 4
    assert await shop.order(data.orders[0].number, customer_id=data.orders[0].customer_id) == data.orders[0]


async def test_a_reader_sees_the_old_shop_or_the_new_one(make_shop: MakeShop, data: ShopData) -> None:
    """Every product and the profile carry the number of their import; readers never see two numbers."""
    importer, readers = make_shop(), [make_shop() for _ in range(3)]

    def numbered(number: int) -> ShopData:
        return replace(
            data,
            profile=replace(data.profile, phone=str(number)),
            products=tuple(replace(product, brand=str(number)) for product in data.products),
        )

    await importer.replace(numbered(0))
    done = asyncio.Event()

    async def read(shop: SqlShop) -> set[str]:
        seen = set()
        while not done.is_set():
            snapshot = await shop._snapshots.current()
            numbers = {product.brand for product in snapshot.active} | {snapshot.profile.phone}
            assert len(numbers) == 1, numbers
            seen |= numbers
            await asyncio.sleep(0)
        return seen

    async def write() -> None:
        for number in range(1, 15):
            await importer.replace(numbered(number))
        done.set()

    results = await asyncio.gather(write(), *(read(shop) for shop in readers))
    assert any(seen and len(seen) > 1 for seen in results[1:])


async def test_two_imports_at_once_leave_one_whole_shop(
    make_shop: MakeShop, database: Database, data: ShopData
) -> None:
    half = replace(data, products=data.products[:2], orders=())
    await asyncio.gather(make_shop().replace(data), make_shop().replace(half), return_exceptions=False)
    shop = make_shop()
    products, orders = len(await shop.catalogue()), len(await shop.orders(data.orders[0].customer_id))
    assert (products, orders > 0) in [(4, True), (2, False)]


async def test_events_stay_and_are_written(make_shop: MakeShop, database: Database, data: ShopData) -> None:
    shop = make_shop()
    await shop.record(
        [Event("searched", sample.START, customer_id="C00001", text="帐篷\0")], now=sample.START
    )
    await shop.replace(data)
    row = (await database.read(lambda connection: connection.execute(select(tables.events)).all()))[0]
    assert (row.kind, row.at, row.customer_id, row.product_id) == (
        "searched",
        int(sample.START.timestamp()),
        "C00001",
        None,
    )
    assert row.text == "帐篷\ufffd"


def test_a_document_does_not_depend_on_stock(data: ShopData) -> None:
    product = data.products[0]
    sold_out = replace(product, variants=tuple(replace(variant, stock=0) for variant in product.variants))
    assert product_record(product, 0).row == product_record(sold_out, 0).row


@pytest.fixture
def foreign_data(tmp_path: Path) -> ShopData:
    return read_folder(foreign.write_folder(tmp_path / "foreign"))


async def test_a_foreign_shop_is_taken_over_whole_with_its_policy(
    make_shop: MakeShop, foreign_data: ShopData
) -> None:
    data, shop = foreign_data, make_shop()
    summary = await shop.replace(data)
    added = [counts.added for counts in (summary.products, summary.customers, summary.orders)]
    assert added == [foreign.PRODUCTS, foreign.CUSTOMERS, foreign.ORDERS]
    assert sum(len(product.variants) for product in await shop.catalogue()) == 600
    assert {order.status for order in data.orders} == set(OrderStatus) - {OrderStatus.PENDING}
    for order in data.orders[::50]:
        assert await shop.order(order.number, customer_id=order.customer_id) == order
    assert (await shop.policy()).exchange_items.once_per == "order"
    await shop.replace(replace(data, policy=None))
    assert await shop.policy() == default_policy()
