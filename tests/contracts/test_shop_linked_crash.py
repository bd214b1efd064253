"""Killed at every moment between a confirmation and its receipt: done in the shop's own system once, one receipt."""

import asyncio
from pathlib import Path

import pytest

from bot.shop.changes.requests import CancelOrder
from bot.shop.domain import OrderStatus, ShopData
from bot.shop.importer import read_folder
from bot.shop.linked.link import Link
from bot.store.opening import open_database
from tests.bot.shop import sample
from tests.connectors import shop_seed
from tests.connectors.plain_shop import PlainShop
from tests.contracts.conftest import url_of
from tests.contracts.test_shop_changes_crash import NOW, Mortal

OWNER = "2"
MOST = 200
"""More orders than a change has moments."""


@pytest.fixture
def data(tmp_path: Path) -> ShopData:
    products = [shop_seed.product(number) for number in range(1, 4)]
    customers = [shop_seed.customer(number) for number in (1, 2)]
    orders = [shop_seed.paid(number, 2, [(3, 2)]) for number in range(1, MOST + 1)]
    return read_folder(
        sample.write_folder(tmp_path / "shop", products=products, customers=customers, orders=orders)
    )


async def prepare(url: str, system: PlainShop, data: ShopData) -> list[str]:
    """The digest of what cancelling each order comes to."""
    database = open_database(url)
    link = Link(database, system)
    await link.prepare(data.profile, data.policy)
    await link.syncing.look()
    digests = []
    for order in data.orders:
        request = CancelOrder(order.number, "changed_mind")
        digests.append((await link.shop.preview(request, customer_id=OWNER, now=NOW)).digest)
    await database.close()
    return digests


def die_at_moments(url: str, file: str, data: ShopData, digests: list[str], step: int) -> dict[str, str]:
    """Order number to receipt number, up to the first order whose change outlived its moment."""
    given: dict[str, str] = {}
    mortal = Mortal(url, file, module="tests.contracts.mortal_linked")
    try:
        for index, (order, digest) in enumerate(zip(data.orders, digests, strict=True)):
            moment = 1 + index * step
            told = mortal.cancel(order.number, digest, owner=OWNER, moment=moment)
            again = mortal.cancel(order.number, digest, owner=OWNER)
            assert again is not None, f"after the end at moment {moment} it could not be done"
            given[order.number] = again
            if told is not None:
                assert told == again
                return given
    finally:
        mortal.stop()
    raise AssertionError(f"a change has more than {MOST} moments")


async def look(url: str, system: PlainShop, data: ShopData, given: dict[str, str]) -> None:
    database = open_database(url)
    link = Link(database, system)
    receipts = await link.shop.receipts(OWNER)
    assert {receipt.order_number: receipt.number for receipt in receipts} == given
    assert len(receipts) == len(given)
    assert (await link.status()).unsettled == []
    for before in data.orders:
        done = ["cancel_order"] if before.number in given else []
        assert system.done(before.number) == done
    # What the system tells of it afterwards is no news.
    versions = []
    for _ in range(2):
        orders = await link.shop.orders(OWNER, limit=MOST)
        versions.append({one.number: (one.version, one.status) for one in orders if one.number in given})
        await link.syncing.look(early=True)
        while await link.syncing.fetch_touched():
            pass
    assert versions[0] == versions[1]
    assert {status for _, status in versions[0].values()} == {OrderStatus.CANCELLED}
    await database.close()


@pytest.mark.parametrize(
    ("database", "step"),
    [
        pytest.param("sqlite", 9, id="sqlite"),
        pytest.param("sqlite", 1, marks=pytest.mark.slow, id="sqlite-every-one"),
        pytest.param("postgres", 1, marks=[pytest.mark.slow, pytest.mark.postgres], id="postgres-every-one"),
    ],
)
def test_killed_anywhere_a_change_is_carried_out_exactly_once(
    database: str, step: int, request: pytest.FixtureRequest, data: ShopData, tmp_path: Path
) -> None:
    url, file = url_of(database, request, tmp_path), str(tmp_path / "system.db")
    system = PlainShop(NOW, file)
    system.fill(data)
    digests = asyncio.run(prepare(url, system, data))
    given = die_at_moments(url, file, data, digests, step)
    assert len(given) * step > 60, "before and after every statement, every commit and what the system does"
    print(f"{(len(given) - 1) * step} moments")
    asyncio.run(look(url, system, data, given))
