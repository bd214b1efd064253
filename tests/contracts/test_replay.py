"""200 changes on a foreign shop of 1,000 orders, over REST and by the Python API, against a model of plain dicts."""

import asyncio
import json
import re
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.conversation import Identity
from bot.shop.changes.plan import Refused
from bot.shop.importer import read_folder
from bot.shop.sql import SqlShop
from tests.bot.shop.foreign import write_folder
from tests.conftest import NOW
from tests.contracts.replay import KINDS, Action, actions
from tests.contracts.replay_model import Model
from tests.hardening.house import House, copied, open_house

pytestmark = pytest.mark.asyncio(loop_scope="module")

COUNT, SEED = 200, 7
Row = dict[str, Any]
Do = Callable[[Action], Awaitable[str]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("replay")
    data = copied(demo_data, folder)
    await asyncio.to_thread(write_folder, folder / "shop")
    async with open_house(data) as house:
        yield house


async def start_over(house: House) -> None:
    folder = house.server.settings.data.parent / "shop"
    assert isinstance(house.server.kefu.shop, SqlShop)
    await house.server.kefu.shop.replace(await asyncio.to_thread(read_folder, folder), fresh=True)


def rows(house: House) -> dict[str, list[Row]]:
    """The shop as it stands on disk; the documents of products with their stock."""
    connection = sqlite3.connect(f"file:{house.server.settings.data / 'kefu.db'}?mode=ro", uri=True)
    stock = dict(connection.execute("SELECT sku, stock FROM shop_variants"))
    found = {
        table: [json.loads(text) for (text,) in connection.execute(f"SELECT document FROM shop_{table}")]
        for table in ("products", "customers", "orders")
    }
    found["versions"] = [dict(connection.execute("SELECT number, version FROM shop_orders"))]
    found["receipts"] = [{"count": connection.execute("SELECT count(*) FROM shop_receipts").fetchone()[0]}]
    names = "order_number, item_id, sku, quantity, cancelled"
    found["lines"] = sorted(connection.execute(f"SELECT {names} FROM shop_order_items"))
    connection.close()
    for product in found["products"]:
        for variant in product["variants"]:
            variant["stock"] = stock[variant["sku"]]
    return found


async def play(house: House, do: Do) -> Counter[str]:
    """Every action by `do` and by the model, which agree on each and on the end; how each ended."""
    await start_over(house)
    before = rows(house)
    shop = before["products"], before["customers"], before["orders"]
    model, outcomes = Model(*shop, now=NOW.isoformat()), Counter[str]()
    for number, action in enumerate(actions(*shop, seed=SEED, count=COUNT)):
        if action.confirmed:
            expected = model.act(action.kind, action.customer_id, action.arguments)
            outcome = await do(action)
            assert outcome == expected, f"{number}: {action}"
            outcomes[f"{action.kind} done" if outcome == "done" else outcome] += 1
        else:
            await do(action)
            outcomes["left at the proposal"] += 1
    compare(rows(house), model, before, sum(outcomes[f"{kind} done"] for kind in KINDS))
    return outcomes


def compare(after: dict[str, list[Row]], model: Model, before: dict[str, list[Row]], done: int) -> None:
    for row in after["orders"]:
        for field, value in model.orders[row["number"]].items():
            assert row[field] == value, f"{field} of order {row['number']}"
        assert row.keys() == model.orders[row["number"]].keys()
    for row in after["customers"]:
        for field, value in model.customers[row["id"]].items():
            assert row[field] == value, f"{field} of customer {row['id']}"
        assert row.keys() == model.customers[row["id"]].keys()
    stock = {one["sku"]: one["stock"] for row in after["products"] for one in row["variants"]}
    assert stock == model.stock
    for row in (*after["products"], *before["products"]):
        for variant in row["variants"]:
            variant["stock"] = 0
    assert after["products"] == before["products"]
    assert after["versions"] == [{number: 1 + count for number, count in model.changes.items()}]
    assert after["receipts"] == [{"count": done}]
    assert after["lines"] == sorted(
        (order["number"], line["id"], line["sku"], line["quantity"], int(order["status"] == "cancelled"))
        for order in model.orders.values()
        for line in order["items"]
    )


async def test_over_rest(house: House) -> None:
    async def do(action: Action) -> str:
        path, customer = f"/v1/tools/{action.kind}", {"customer_id": action.customer_id}
        response = await house.client.post(path, {"arguments": action.arguments, **customer})
        proposal = await response.json()
        assert response.status == 200, proposal
        if proposal["outcome"] == "refused":
            assert proposal["text"]
            return str(proposal["rule"])
        if not action.confirmed:
            return "proposed"
        for _ in range(2):  # An answer that got lost is asked for again.
            response = await house.client.post(path, {"confirm": proposal["confirm"], **customer})
            done = await response.json()
            assert response.status == 200, done
            assert done["receipt"]["movements"] == proposal["plan"]["movements"]
            told = done["text"] + json.dumps(done["cards"])
            # The policy sets no time to send things back, so none is told.
            assert not re.search(r"None|\bby (Mon|Tue|Wed|Thu|Fri|Sat|Sun)", told), told
        return "done"

    outcomes = await play(house, do)
    assert all(outcomes[f"{kind} done"] >= 4 for kind in KINDS), outcomes
    refused = {name: count for name, count in outcomes.items() if "." in name}
    assert len(refused) >= 20, outcomes
    assert sum(refused.values()) >= 40, outcomes


async def test_by_the_python_api(house: House) -> None:
    calls = house.server.kefu.calls

    async def do(action: Action) -> str:
        identity = Identity("signed_in", action.customer_id)
        try:
            confirmation, plan = await calls.propose(action.kind, action.arguments, identity, now=NOW)
        except Refused as refused:
            return refused.rule
        if not action.confirmed:
            return "proposed"
        receipt = await calls.confirm(confirmation, identity, now=NOW)
        assert receipt.movements == plan.movements
        assert await calls.confirm(confirmation, identity, now=NOW) == receipt
        return "done"

    await play(house, do)
