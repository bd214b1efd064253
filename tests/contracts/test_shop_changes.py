"""Changing the shop: at most once, exactly as shown, or not at all; the same on SQLite and PostgreSQL."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from bot.errors import InvalidInput
from bot.shop import changing, receipts, tables
from bot.shop.changes.plan import Outdated, Receipt, Refused
from bot.shop.changes.requests import (
    CancelOrder,
    ChangeDefaultAddress,
    ChangeItems,
    NotifyRestock,
    Request,
    Undo,
)
from bot.shop.domain import Order, OrderStatus, ShopData
from bot.shop.importer import read_folder
from bot.shop.sql import SqlShop
from bot.store.database import Database
from bot.store.opening import open_database
from tests.bot.shop import sample

DEFAULT = Path(changing.__file__).with_name("policy.yaml")
NOW = sample.START + timedelta(days=1)
ANNA, BORIS = "C00001", "C00002"
CANCEL = CancelOrder("100001", "changed_mind")
SWAP = ChangeItems("100001", {"I1": "P001-03"})
_keys = itertools.count(1)


def paid(number: int, /, sku: str = "P001-00", quantity: int = 2, **changes: Any) -> sample.Row:
    """A paid order of one line; Anna's unless told otherwise."""
    price = 1000 + 100 * int(sku[1:4]) + int(sku[-2:])
    owner = changes.get("customer_id", ANNA)
    row = sample.order(number, status="paid", fulfilments=[], customer_id=ANNA)
    item = {**row["items"][0], "product_id": sku[:4], "sku": sku, "quantity": quantity, "unit_price": price}
    payment = {**row["payments"][0], "method_id": f"{owner}-W", "amount": price * quantity}
    return {**row, "items": [item], "payments": [payment], **changes}


@pytest.fixture
def data(tmp_path: Path) -> ShopData:
    card = {"id": "GIFT", "kind": "gift_card", "balance": 10_000}
    anna = sample.customer(1)
    customers = [{**anna, "payment_methods": [*anna["payment_methods"], card]}, sample.customer(2)]
    orders = [paid(1), paid(2), paid(3, customer_id=BORIS), paid(4, number="SG-1004", sku="P002-05")]
    return read_folder(sample.write_folder(tmp_path, products=3, customers=customers, orders=orders))


@pytest.fixture
async def database(database_url: str, data: ShopData) -> AsyncIterator[Database]:
    database = open_database(database_url)
    await SqlShop(database).replace(data)
    yield database
    await database.close()


@pytest.fixture
def shop(database: Database) -> SqlShop:
    return SqlShop(database, recheck_seconds=0)


@pytest.fixture
async def undoable(shop: SqlShop, data: ShopData) -> None:
    """The shop lets cancelling be undone for an hour."""
    policy = DEFAULT.read_text(encoding="utf-8")
    await shop.replace(
        replace(data, policy=policy.replace("cancel_order:", "cancel_order:\n  undo_minutes: 60"))
    )


async def confirm(shop: SqlShop, request: Request, customer_id: str = ANNA, key: str = "") -> Receipt:
    """Shown and agreed to at once."""
    plan = await shop.preview(request, customer_id=customer_id, now=NOW)
    return await shop.change(
        request, customer_id=customer_id, now=NOW, key=key or f"key-{next(_keys)}", digest=plan.digest
    )


async def look(shop: SqlShop, number: str = "100001", customer_id: str = ANNA) -> Order:
    order = await shop.order(number, customer_id=customer_id)
    assert order is not None
    return order


async def stock(shop: SqlShop, sku: str = "P001-00") -> int:
    product = await shop.product(sku[:4])
    assert product is not None
    return next(variant.stock for variant in product.variants if variant.sku == sku)


async def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the shop but the generation."""

    def read(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in tables.metadata.tables.values()
        }

    return await database.read(read)


async def test_a_preview_writes_nothing(shop: SqlShop, database: Database) -> None:
    before = await everything(database)
    plan = await shop.preview(CANCEL, customer_id=ANNA, now=NOW)
    assert plan.order is not None
    assert (plan.order.status, plan.order.version) == (OrderStatus.CANCELLED, 1)
    assert [(move.kind, move.amount, move.method) for move in plan.movements] == [
        ("refund", 2200, "wechat_pay")
    ]
    assert plan.stock == {"P001-00": 2}
    assert await everything(database) == before


async def test_a_change_writes_order_stock_money_and_receipt(shop: SqlShop, database: Database) -> None:
    before = await stock(shop)
    receipt = await confirm(shop, CANCEL, key="k1")
    order = await look(shop)
    assert (order.status, order.version, order.cancel_reason) == (OrderStatus.CANCELLED, 2, "changed_mind")
    assert [(one.kind, one.amount, one.status) for one in order.payments] == [
        ("charge", 2200, "done"),
        ("refund", 2200, "pending"),
    ]
    assert await stock(shop) == before + 2
    assert await shop.popularity(since=sample.START) == {"P001": 4, "P002": 2}, (
        "what was cancelled is not sold"
    )
    assert (receipt.kind, receipt.key, receipt.customer_id) == ("cancel_order", "k1", ANNA)
    assert (receipt.order_number, receipt.at) == ("100001", NOW)
    assert receipt.request["reason"] == "changed_mind"
    assert [move.amount for move in receipt.movements] == [2200]
    for name in (receipt.number, receipt.number.lower().replace("-", " "), "k1"):
        assert await shop.receipt(name, customer_id=ANNA) == receipt


async def test_receipts_are_listed_newest_first_for_their_customer_alone(shop: SqlShop) -> None:
    first = await confirm(shop, CANCEL)
    second = await confirm(shop, replace(CANCEL, order_number="sg1004"))
    theirs = await confirm(shop, replace(CANCEL, order_number="100003"), BORIS)
    assert await shop.receipts(ANNA) == [second, first]
    assert await shop.receipts(ANNA, order_number="SG-1004") == [second]
    assert await shop.receipts(BORIS) == [theirs]
    assert await shop.receipts(BORIS, order_number="100001") == []
    for name in (first.number, first.key):
        assert await shop.receipt(name, customer_id=BORIS) is None


async def test_a_key_is_used_once_and_answers_with_its_receipt_ever_after(
    shop: SqlShop, database: Database
) -> None:
    first = await confirm(shop, CANCEL, key="k1")
    before = await everything(database)
    later = NOW + timedelta(days=400)
    for request, digest in ((CANCEL, "whatever"), (replace(CANCEL, order_number="100002"), "")):
        again = await shop.change(request, customer_id=ANNA, now=later, key="k1", digest=digest)
        assert again == first
    assert await everything(database) == before


async def test_the_same_key_of_somebody_else_is_another_key(shop: SqlShop) -> None:
    await confirm(shop, CANCEL, key="k1")
    theirs = await confirm(shop, replace(CANCEL, order_number="100003"), BORIS, key="k1")
    assert (theirs.customer_id, theirs.order_number) == (BORIS, "100003")


@pytest.mark.parametrize("key", ["", "k" * 256])
async def test_a_key_has_a_sensible_length(shop: SqlShop, key: str) -> None:
    with pytest.raises(InvalidInput):
        await shop.change(CANCEL, customer_id=ANNA, now=NOW, key=key, digest="")


async def test_without_the_digest_that_was_shown_nothing_is_done(shop: SqlShop, database: Database) -> None:
    before = await everything(database)
    plan = await shop.preview(CANCEL, customer_id=ANNA, now=NOW)
    other = await shop.preview(replace(CANCEL, reason="too_slow"), customer_id=ANNA, now=NOW)
    for digest in ("", "x" * 32, other.digest, plan.digest.upper()):
        with pytest.raises(Outdated) as outdated:
            await shop.change(CANCEL, customer_id=ANNA, now=NOW, key="k1", digest=digest)
        assert outdated.value.plan.digest == plan.digest, "the plan to show instead"
    assert await everything(database) == before


@pytest.mark.parametrize(
    ("number", "customer_id", "rule"),
    [
        ("100003", ANNA, "order.not_found"),
        ("999999", ANNA, "order.not_found"),
        ("", ANNA, "order.not_found"),
        ("\0", ANNA, "order.not_found"),
        ("100001' OR 1=1 --", ANNA, "order.not_found"),
        ("100001", "C99999", "customer.not_found"),
        ("100001", "\0\ud800", "customer.not_found"),
    ],
)
async def test_somebody_elses_order_is_like_one_that_does_not_exist(
    shop: SqlShop, number: str, customer_id: str, rule: str
) -> None:
    request = replace(CANCEL, order_number=number)
    with pytest.raises(Refused) as refused:
        await shop.preview(request, customer_id=customer_id, now=NOW)
    assert refused.value.rule == rule
    with pytest.raises(Refused) as refused:
        await shop.change(request, customer_id=customer_id, now=NOW, key="k1", digest="")
    assert refused.value.rule == rule


async def test_an_order_that_changed_in_between_is_shown_again(shop: SqlShop, data: ShopData) -> None:
    plan = await shop.preview(CANCEL, customer_id=ANNA, now=NOW)
    first, *rest = data.orders
    await shop.replace(replace(data, orders=(replace(first, note="gift"), *rest)))
    with pytest.raises(Outdated) as outdated:
        await shop.change(CANCEL, customer_id=ANNA, now=NOW, key="k1", digest=plan.digest)
    now = outdated.value.plan
    assert now.order is not None
    assert now.order.version == 2
    receipt = await shop.change(CANCEL, customer_id=ANNA, now=NOW, key="k1", digest=now.digest)
    assert receipt.key == "k1", "a key that only failed is still free"


async def test_an_order_that_left_in_between_is_refused(shop: SqlShop, data: ShopData) -> None:
    plan = await shop.preview(CANCEL, customer_id=ANNA, now=NOW)
    first, *rest = data.orders
    await shop.replace(replace(data, orders=(replace(first, status=OrderStatus.SHIPPED), *rest)))
    with pytest.raises(Refused) as refused:
        await shop.change(CANCEL, customer_id=ANNA, now=NOW, key="k1", digest=plan.digest)
    assert (refused.value.rule, refused.value.document) == ("cancel.shipped", "cancel-order")


async def test_an_import_that_says_nothing_new_takes_nothing_back(
    shop: SqlShop, database: Database, data: ShopData
) -> None:
    await confirm(shop, CANCEL)
    changed = await everything(database)
    await shop.replace(data)
    again = await everything(database)
    assert {name: rows for name, rows in again.items() if name != "shop_state"} == {
        name: rows for name, rows in changed.items() if name != "shop_state"
    }


async def test_an_import_that_says_something_new_wins_with_a_version_of_its_own(
    shop: SqlShop, data: ShopData
) -> None:
    await confirm(shop, CANCEL)
    first, *rest = data.orders
    await shop.replace(replace(data, orders=(replace(first, note="gift"), *rest)))
    order = await look(shop)
    assert (order.status, order.note, order.version) == (OrderStatus.PAID, "gift", 3)
    assert len(await shop.receipts(ANNA)) == 1, "what was done was done"


async def test_a_fresh_import_forgets_changes_and_receipts(shop: SqlShop, data: ShopData) -> None:
    await confirm(shop, CANCEL, key="k1")
    await shop.replace(data, fresh=True)
    assert await look(shop) == data.orders[0]
    assert await shop.receipts(ANNA) == []
    assert (await confirm(shop, CANCEL, key="k1")).key == "k1"


async def test_money_on_a_gift_card_is_there_at_once(shop: SqlShop, data: ShopData) -> None:
    by_card = replace(
        data.orders[0],
        payments=(replace(data.orders[0].payments[0], method="gift_card", method_id="GIFT"),),
    )
    await shop.replace(replace(data, orders=(by_card, *data.orders[1:])))
    receipt = await confirm(shop, CANCEL)
    assert [(move.method_id, move.status) for move in receipt.movements] == [("GIFT", "done")]
    customer = await shop.customer(ANNA)
    assert customer is not None
    assert customer.payment_methods[1].balance == 12_200
    assert await shop.verify_order("100002", "customer1@mail.example"), "contacts are as they were"


async def test_twenty_callers_with_one_key_get_one_receipt(shop: SqlShop, database: Database) -> None:
    plan = await shop.preview(CANCEL, customer_id=ANNA, now=NOW)
    shops = [SqlShop(database) for _ in range(20)]
    given = await asyncio.gather(
        *(one.change(CANCEL, customer_id=ANNA, now=NOW, key="k1", digest=plan.digest) for one in shops)
    )
    assert given == [given[0]] * 20
    order = await look(shop)
    assert (order.version, len(order.payments)) == (2, 2)
    assert len(await shop.receipts(ANNA)) == 1


async def test_of_twenty_keys_on_one_order_one_wins(shop: SqlShop, database: Database) -> None:
    before = await stock(shop)
    plan = await shop.preview(CANCEL, customer_id=ANNA, now=NOW)
    ends = await asyncio.gather(
        *(
            SqlShop(database).change(CANCEL, customer_id=ANNA, now=NOW, key=f"k{n}", digest=plan.digest)
            for n in range(20)
        ),
        return_exceptions=True,
    )
    assert Counter(type(end) for end in ends) == {Receipt: 1, Refused: 19}
    assert await stock(shop) == before + 2
    assert len(await shop.receipts(ANNA)) == 1


async def test_changes_of_many_customers_at_once_all_succeed(shop: SqlShop, database: Database) -> None:
    """In either order of rows: nobody waits for somebody who waits for them."""
    wanted = [("100001", ANNA), ("100002", ANNA), ("SG-1004", ANNA), ("100003", BORIS)] * 3
    first = wanted[:4]
    given = await asyncio.gather(
        *(confirm(SqlShop(database), replace(CANCEL, order_number=n), who, key=f"{n}") for n, who in first)
    )
    assert len({receipt.number for receipt in given}) == 4
    assert await stock(shop) == 1 + 2 * 3


async def test_wanting_to_be_told_is_kept_until_it_is_undone(
    shop: SqlShop, database: Database, data: ShopData
) -> None:
    policy = DEFAULT.read_text(encoding="utf-8").replace(
        "notify_restock:", "notify_restock:\n  undo_minutes: 9"
    )
    sold_out = next(one for one in data.products[0].variants if not one.stock)
    await shop.replace(replace(data, policy=policy))
    table = tables.restock_notices

    async def waiting() -> list[tuple[Any, ...]]:
        columns = select(
            table.c.customer_id, table.c.product_id, table.c.sku, table.c.asked_at, table.c.told_at
        )
        return await database.read(lambda connection: list(map(tuple, connection.execute(columns))))

    done = await confirm(shop, NotifyRestock("P001", sold_out.sku))
    assert done.order_number is None
    assert await waiting() == [(ANNA, "P001", sold_out.sku, int(NOW.timestamp()), None)]
    await confirm(shop, NotifyRestock("P001", sold_out.sku), BORIS)
    await confirm(shop, Undo(done.number))
    assert [row[0] for row in await waiting()] == [BORIS]


async def test_the_default_address_changes_for_the_customer_alone(shop: SqlShop, data: ShopData) -> None:
    new = replace(data.customers[0].addresses[0], id="new", street="文三路 90 号", postcode="310012")
    assert await shop.customer_by_name("顾客1", "310012") is None
    receipt = await confirm(shop, ChangeDefaultAddress(new))
    customer = await shop.customer(ANNA)
    assert customer is not None
    for postcode in ("310000", "310012"):
        assert await shop.customer_by_name("顾客1", postcode) == customer, "found where they live now"
    assert await shop.verify_order("100001", "customer1@mail.example")
    assert customer.default_address_id == "new"
    assert customer.addresses == (*data.customers[0].addresses, new)
    assert await look(shop) == data.orders[0]
    assert receipt.order_number is None
    assert await shop.receipts(ANNA) == [receipt]


@pytest.mark.parametrize(
    "request_",
    [
        replace(CANCEL, reason="x" * 30_000),
        replace(CANCEL, reason="\ud800"),
        replace(CANCEL, items={f"I{number}": 1 for number in range(10_000)}),
    ],
)
async def test_a_request_beyond_all_measure_is_turned_down(shop: SqlShop, request_: Request) -> None:
    with pytest.raises(InvalidInput):
        await shop.preview(request_, customer_id=ANNA, now=NOW)
    with pytest.raises(InvalidInput):
        await shop.change(request_, customer_id=ANNA, now=NOW, key="k", digest="")


async def test_receipt_numbers_that_are_taken_are_drawn_again(shop: SqlShop, database: Database) -> None:
    taken = await confirm(shop, CANCEL)
    request = replace(CANCEL, order_number="100002")
    plan = await shop.preview(request, customer_id=ANNA, now=NOW)
    draws = iter([taken.number, taken.number, "KF-222222"])
    work = partial(
        changing.change,
        request=request,
        customer_id=ANNA,
        now=NOW,
        key="k2",
        digest=plan.digest,
        draw=lambda: next(draws),
    )
    assert (await database.write(work)).number == "KF-222222"


def test_receipt_numbers_are_easy_to_read_aloud() -> None:
    numbers = {receipts.new_number() for _ in range(2000)}
    assert len(numbers) > 1990
    assert all(number.startswith("KF-") and len(number) == 9 for number in numbers)
    assert not set("".join(number[3:] for number in numbers)) & set("01OIL8BS5Z2UAE") - set("258")


async def test_undoing_puts_everything_back_and_keeps_both_movements(
    shop: SqlShop, database: Database, data: ShopData, undoable: None
) -> None:
    before = await stock(shop)
    done = await confirm(shop, CANCEL)
    undone = await confirm(shop, Undo(done.number))
    order = await look(shop)
    assert replace(order, payments=order.payments[:1], version=1) == data.orders[0]
    assert order.version == 3
    assert [(one.kind, one.amount) for one in order.payments] == [
        ("charge", 2200),
        ("refund", 2200),
        ("charge", 2200),
    ]
    assert await stock(shop) == before
    assert (undone.kind, undone.order_number) == ("undo", "100001")
    assert await shop.receipt(done.number, customer_id=ANNA) == replace(done, undone_by=undone.number)
    for number in (done.number, undone.number):
        with pytest.raises(Refused) as refused:
            await confirm(shop, Undo(number))
        assert refused.value.rule == "undo.done"


async def test_undoing_is_refused_once_anything_else_was_changed(shop: SqlShop, undoable: None) -> None:
    done = await confirm(shop, CANCEL)
    plan = await shop.preview(Undo(done.number), customer_id=ANNA, now=NOW)
    again = await confirm(shop, Undo(done.number), key="other tab")
    with pytest.raises(Refused) as refused:
        await shop.change(Undo(done.number), customer_id=ANNA, now=NOW, key="k", digest=plan.digest)
    assert refused.value.rule == "undo.done"
    assert again.kind == "undo"


async def test_undoing_is_refused_where_the_goods_were_sold_meanwhile(
    shop: SqlShop, database: Database, data: ShopData, undoable: None
) -> None:
    done = await confirm(shop, CANCEL)

    def sell(connection: Connection) -> None:
        connection.execute(update(tables.variants).values(stock=0))

    await database.write(sell)
    with pytest.raises(Refused) as refused:
        await confirm(shop, Undo(done.number))
    assert refused.value.rule == "undo.changed"


async def test_somebody_elses_receipt_cannot_be_undone(shop: SqlShop, undoable: None) -> None:
    done = await confirm(shop, CANCEL)
    for number, who in ((done.number, BORIS), ("KF-222222", ANNA), ("\0", ANNA)):
        with pytest.raises(Refused) as refused:
            await shop.preview(Undo(number), customer_id=who, now=NOW)
        assert refused.value.rule == "receipt.not_found"


async def test_other_variants_move_stock_both_ways_and_the_difference(shop: SqlShop) -> None:
    before = (await stock(shop), await stock(shop, "P001-03"))
    receipt = await confirm(shop, SWAP)
    order = await look(shop)
    assert [(item.sku, item.unit_price) for item in order.items] == [("P001-03", 1103)]
    assert [(move.kind, move.amount) for move in receipt.movements] == [("charge", 6)]
    assert (await stock(shop), await stock(shop, "P001-03")) == (before[0] + 2, before[1] - 2)
    assert await shop.popularity(since=sample.START) == {"P001": 6, "P002": 2}


async def test_of_many_who_want_the_last_pieces_nobody_gets_what_is_gone(
    shop: SqlShop, database: Database
) -> None:
    """Four are left and each order takes two: of three orders, two get theirs."""
    assert await stock(shop, "P001-03") == 4
    orders = [("100001", ANNA), ("100002", ANNA), ("100003", BORIS)]
    asked = [(replace(SWAP, order_number=number), who) for number, who in orders]
    plans = [await shop.preview(request, customer_id=who, now=NOW) for request, who in asked]
    ends = await asyncio.gather(
        *(
            SqlShop(database).change(
                request, customer_id=who, now=NOW, key=f"{n}.{request.order_number}", digest=plan.digest
            )
            for n in range(7)
            for (request, who), plan in zip(asked, plans, strict=True)
        ),
        return_exceptions=True,
    )
    assert Counter(type(end) for end in ends)[Receipt] == 2
    assert {type(end) for end in ends} <= {Receipt, Refused, Outdated}
    assert await stock(shop, "P001-03") == 0
    assert sorted(one.items[0].sku for one in [await look(shop, n, who) for n, who in orders]) == [
        "P001-00",
        "P001-03",
        "P001-03",
    ]


async def test_stock_that_went_in_between_is_refused(shop: SqlShop, database: Database) -> None:
    plan = await shop.preview(SWAP, customer_id=ANNA, now=NOW)
    gone = update(tables.variants).where(tables.variants.c.sku == "P001-03").values(stock=1)
    await database.write(lambda connection: connection.execute(gone))
    with pytest.raises(Refused) as refused:
        await shop.change(SWAP, customer_id=ANNA, now=NOW, key="k", digest=plan.digest)
    assert refused.value.rule == "variant.sold_out"


async def test_a_price_that_changed_in_between_is_shown_again(shop: SqlShop, data: ShopData) -> None:
    plan = await shop.preview(SWAP, customer_id=ANNA, now=NOW)
    first = data.products[0]
    dearer = replace(first, variants=tuple(replace(one, price=one.price + 1) for one in first.variants))
    await shop.replace(replace(data, products=(dearer, *data.products[1:])))
    with pytest.raises(Outdated) as outdated:
        await shop.change(SWAP, customer_id=ANNA, now=NOW, key="k", digest=plan.digest)
    assert [move.amount for move in outdated.value.plan.movements] == [8]
    assert (await look(shop)).version == 1


async def test_what_fails_last_leaves_nothing_behind(shop: SqlShop, database: Database) -> None:
    before = await everything(database)
    plan = await shop.preview(CANCEL, customer_id=ANNA, now=NOW)

    def draw() -> str:
        raise RuntimeError("no number today")

    work = partial(
        changing.change, request=CANCEL, customer_id=ANNA, now=NOW, key="k", digest=plan.digest, draw=draw
    )
    with pytest.raises(RuntimeError):
        await database.write(work)
    assert await everything(database) == before


async def test_changes_and_imports_at_once_wait_for_each_other(
    shop: SqlShop, database: Database, data: ShopData
) -> None:
    wanted = [("100001", ANNA), ("100002", ANNA), ("SG-1004", ANNA), ("100003", BORIS)]
    plans = [
        await shop.preview(replace(CANCEL, order_number=number), customer_id=who, now=NOW)
        for number, who in wanted
    ]
    await asyncio.gather(
        *(
            SqlShop(database).change(plan.request, customer_id=who, now=NOW, key=number, digest=plan.digest)
            for plan, (number, who) in zip(plans, wanted, strict=True)
        ),
        *(SqlShop(database).replace(data) for _ in range(4)),
    )
    assert {(await look(shop, number, who)).status for number, who in wanted} == {OrderStatus.CANCELLED}
    assert await stock(shop) == 1 + 3 * 2
