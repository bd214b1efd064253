"""Killed at every statement and commit of a change, then asked again with the same key: done once, one receipt."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.shop.changes.requests import CancelOrder, kind_of, request_document
from bot.shop.domain import OrderStatus, ShopData
from bot.shop.importer import read_folder
from bot.shop.sql import SqlShop
from bot.store.opening import open_database
from tests.bot.shop import sample
from tests.contracts.test_shop_changes import ANNA, BORIS, NOW, paid

MOST = 90
"""More orders than a change has moments."""


def shop_data(folder: Path) -> ShopData:
    """Every order is paid by gift card, so that stock, order, customer and receipt are written."""
    card = {"id": "GIFT", "kind": "gift_card", "balance": 0}
    customers = [sample.customer(1, payment_methods=[card]), sample.customer(2)]
    orders = [paid(number) for number in range(1, MOST + 1)]
    for order in orders:
        order["payments"][0] |= {"method": "gift_card", "method_id": "GIFT"}
    return read_folder(sample.write_folder(folder, products=3, customers=customers, orders=orders))


async def prepare(url: str, data: ShopData) -> list[str]:
    """The digest of what cancelling each order comes to."""
    database = open_database(url)
    shop = SqlShop(database)
    await shop.replace(data)
    plans = [
        await shop.preview(CancelOrder(order.number, "changed_mind"), customer_id=ANNA, now=NOW)
        for order in data.orders
    ]
    await database.close()
    return [plan.digest for plan in plans]


class Mortal:
    def __init__(self, *arguments: str, module: str = "tests.contracts.mortal_shop") -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def cancel(self, number: str, digest: str, *, owner: str = ANNA, moment: int = 0) -> str | None:
        """The receipt's number; None: it died before it was told."""
        request = CancelOrder(number, "changed_mind")
        line = {
            "moment": moment,
            "kind": kind_of(request),
            "request": request_document(request),
            "customer_id": owner,
            "now": NOW.isoformat(),
            "key": f"cancel-{number}",
            "digest": digest,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(line), file=self._process.stdin, flush=True)
        told = self._process.stdout.readline().strip()
        if told == "end":
            return None
        assert self._process.stdout.readline().strip() == "end"
        return told

    def stop(self) -> None:
        self._process.communicate()


def die_at_moments(url: str, data: ShopData, digests: list[str], step: int) -> dict[str, str]:
    """Order number to receipt number, of every order up to the first whose change outlived its moment."""
    given: dict[str, str] = {}
    mortal = Mortal(url)
    try:
        for number, (order, digest) in enumerate(zip(data.orders, digests, strict=True)):
            moment = 1 + number * step
            told = mortal.cancel(order.number, digest, moment=moment)
            again = mortal.cancel(order.number, digest)
            assert again is not None, f"after the end at moment {moment} it could not be done"
            given[order.number] = again
            if told is not None:
                assert told == again
                return given
    finally:
        mortal.stop()
    raise AssertionError(f"a change has more than {MOST} moments")


async def look(url: str, data: ShopData, given: dict[str, str]) -> None:
    database = open_database(url)
    shop = SqlShop(database)
    listed = await shop.receipts(ANNA)
    assert {receipt.order_number: receipt.number for receipt in listed} == given
    assert len(listed) == len(given)
    back = 0
    for before in data.orders:
        order = await shop.order(before.number, customer_id=ANNA)
        assert order is not None
        if order.number not in given:
            assert order == before
            continue
        assert (order.status, order.version) == (OrderStatus.CANCELLED, 2)
        assert [(one.kind, one.amount) for one in order.payments] == [("charge", 2200), ("refund", 2200)]
        back += 1
    customer = await shop.customer(ANNA)
    product = await shop.product("P001")
    assert customer is not None
    assert product is not None
    assert customer.payment_methods[0].balance == 2200 * back
    assert product.variants[0].stock == data.products[0].variants[0].stock + 2 * back
    assert await shop.receipts(BORIS) == []
    await database.close()


@pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.slow)], ids=["every-third", "every"])
def test_killed_at_a_moment_a_change_is_done_exactly_once(
    database_url: str, tmp_path: Path, step: int
) -> None:
    data = shop_data(tmp_path / "shop")
    digests = asyncio.run(prepare(database_url, data))
    given = die_at_moments(database_url, data, digests, step)
    assert len(given) * step > 30, "before and after every statement and the commit"
    print(f"{len(given) - 1} moments")
    asyncio.run(look(database_url, data, given))
