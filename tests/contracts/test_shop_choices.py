"""What can still be done with an order, asked of the shop; the same on SQLite and PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.shop.changes.plan import Refused
from bot.shop.domain import ShopData
from bot.shop.importer import read_folder
from bot.shop.sql import SqlShop
from bot.store.opening import open_database
from tests.bot.shop import sample

NOW = sample.START + timedelta(days=1)


@pytest.fixture
def data(tmp_path: Path) -> ShopData:
    paid = {**sample.order(1, status="paid", fulfilments=[], customer_id="C00001")}
    customers = [sample.customer(1), sample.customer(2)]
    folder = sample.write_folder(tmp_path, products=3, customers=customers, orders=[paid])
    return read_folder(folder)


@pytest.fixture
async def shop(database_url: str, data: ShopData) -> AsyncIterator[SqlShop]:
    database = open_database(database_url)
    shop = SqlShop(database)
    await shop.replace(data)
    yield shop
    await database.close()


async def test_says_what_is_open(shop: SqlShop) -> None:
    choices = await shop.choices("100001", customer_id="C00001", now=NOW)
    assert choices.cancel.open
    assert all(one.change.open for one in choices.items)
    refused = choices.items[0].give_back.refused
    assert refused is not None
    assert refused.rule == "returns.early"


async def test_somebody_elses_order_is_not_found(shop: SqlShop) -> None:
    with pytest.raises(Refused) as refused:
        await shop.choices("100001", customer_id="C00002", now=NOW)
    assert refused.value.rule == "order.not_found"
