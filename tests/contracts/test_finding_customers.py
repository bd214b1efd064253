"""The shop protocol: who is it that says so? Every implementation finds the same person, or nobody."""

import statistics
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from bot.shop.base import Shop
from bot.shop.domain import ShopData
from bot.shop.importer import read_folder
from bot.shop.sql import SqlShop
from bot.store.migrate import upgrade
from bot.store.migrations.steps import scripts
from bot.store.opening import open_database
from tests.bot.shop import sample
from tests.contracts.test_shop import HOSTILE


def address(name: str, postcode: str, country: str = "CN") -> sample.Row:
    return {
        "id": f"A{postcode}",
        "name": name,
        "street": "1",
        "city": "X",
        "country": country,
        "postcode": postcode,
    }


def person(number: int, **changes: Any) -> sample.Row:
    return sample.customer(number, default_address_id=None, **changes)


def customers() -> list[sample.Row]:
    return [
        person(
            1,
            name="Émilie O'Connor",
            emails=["Emilie@Mail.example", "second@mail.example"],
            phones=["+44 20 7946 0001"],
            addresses=[address("A Friend", "75001", "FR"), address("Émilie", "SW1A 1AA", "GB")],
        ),
        person(2, name="林小满", emails=["twice@mail.example"], addresses=[address("妈妈", "200040")]),
        person(3, name="陈 一诺", emails=["TWICE@mail.example"], addresses=[address("陈", "310000")]),
        person(4, name="王芳", emails=[], addresses=[address("王芳", "100000")]),
        person(5, name="王芳", emails=["wang@mail.example"], addresses=[address("王芳", "100000")]),
        person(6, name="Cher", emails=["cher@mail.example"], addresses=[address("Cher", "90210", "US")]),
    ]


@pytest.fixture
def data(tmp_path: Path) -> ShopData:
    order = sample.order(1, customer_id="C00001")
    return read_folder(sample.write_folder(tmp_path / "shop", customers=customers(), orders=[order]))


@pytest.fixture
async def shop(database_url: str, data: ShopData) -> AsyncIterator[Shop]:
    database = open_database(database_url)
    shop = SqlShop(database)
    await shop.replace(data)
    yield shop
    await database.close()


@pytest.mark.parametrize(
    ("email", "found"),
    [
        ("emilie@mail.example", "C00001"),
        (" SECOND@MAIL.EXAMPLE", "C00001"),
        ("ｓｅｃｏｎｄ@mail.example", "C00001"),
        ("wang@mail.example", "C00005"),
        ("twice@mail.example", None),  # two have it
        ("emilie@mail.exampl", None),
        ("+44 20 7946 0001", None),  # a phone is no e-mail address
        ("nobody@mail.example", None),
    ],
)
async def test_by_email(shop: Shop, email: str, found: str | None) -> None:
    customer = await shop.customer_by_email(email)
    assert (customer and customer.id) == found


@pytest.mark.parametrize(
    ("name", "postcode", "found"),
    [
        ("Émilie O'Connor", "SW1A 1AA", "C00001"),
        ("o'connor, emilie", "sw1a1aa", "C00001"),
        ("EMILIE OCONNOR", "75001", "C00001"),
        ("林小满", "200040", "C00002"),
        ("林 小满", "２０００４０", "C00002"),
        ("陈一诺", "310000", "C00003"),
        ("王芳", "100000", None),  # two live there
        ("A Friend", "75001", None),  # a parcel went there; it is not their account
        ("妈妈", "200040", None),
        ("Cher", "90210", None),  # one name only
        ("Emilie", "SW1A 1AA", None),
        ("林", "200040", None),
        ("林小满", "310000", None),
        ("林小满", "", None),
        ("", "200040", None),
        ("emilie@mail.example", "75001", None),
    ],
)
async def test_by_name_and_postcode(shop: Shop, name: str, postcode: str, found: str | None) -> None:
    customer = await shop.customer_by_name(name, postcode)
    assert (customer and customer.id) == found


@pytest.mark.parametrize("typed", HOSTILE, ids=lambda typed: ascii(typed[:12]))
async def test_hostile_text_finds_nobody(shop: Shop, typed: str) -> None:
    assert await shop.customer_by_email(typed) is None
    assert await shop.customer_by_email(f"{typed}@mail.example") is None
    assert await shop.customer_by_name(typed, "200040") is None
    assert await shop.customer_by_name("林小满", typed) is None


async def test_name_and_postcode_are_no_contact_of_an_order(shop: Shop, data: ShopData) -> None:
    number = data.orders[0].number
    assert await shop.verify_order(number, "emilie@mail.example") is not None
    for contact in ("emilie oconnor\n75001", "Émilie O'Connor\n75001"):
        assert await shop.verify_order(number, contact) is None


def as_of_revision_2(connection: Connection) -> None:
    context = MigrationContext.configure(connection)
    with Operations.context(context):
        for step in reversed(list(scripts().iterate_revisions("0002", "base"))):
            assert step is not None
            step.module.upgrade()
            context.stamp(scripts(), step.revision)


async def test_a_shop_imported_before_is_found_by_name_after_the_upgrade(
    empty_url: str, data: ShopData
) -> None:
    database = open_database(empty_url)
    await database.write(as_of_revision_2)
    shop = SqlShop(database)
    await shop.replace(data)
    count = text("SELECT count(*) FROM shop_contacts")
    whole = await database.read(lambda connection: connection.execute(count).scalar())
    await database.write(lambda connection: connection.execute(text("DELETE FROM shop_contacts")))
    await upgrade(empty_url)
    assert await database.read(lambda connection: connection.execute(count).scalar()) == whole
    found = await shop.customer_by_name("林小满", "200040")
    assert found is not None
    await database.close()


@pytest.mark.slow  # a busy machine tells anything
async def test_time_does_not_tell_who_is_a_customer(shop: Shop) -> None:
    async def seconds(email: str) -> float:
        started = time.perf_counter()
        await shop.customer_by_email(email)
        return time.perf_counter() - started

    known, unknown = [], []
    for number in range(300):
        known.append(await seconds("emilie@mail.example"))
        unknown.append(await seconds(f"nobody{number}@mail.example"))
    ratio = statistics.median(known) / statistics.median(unknown)
    assert 0.8 < ratio < 1.25, f"a known address takes {ratio:.2f} times as long"


@pytest.mark.parametrize(
    ("typed", "whom"),
    [
        ("C00002", ["C00002"]),
        ("EMILIE@mail.example", ["C00001"]),
        ("020 7946 0001", ["C00001"]),
        ("twice@mail.example", ["C00002", "C00003"]),
        ("王芳", ["C00004", "C00005"]),
        ("o'connor", ["C00001"]),
        ("妈妈", ["C00002"]),
        ("wang@", ["C00005"]),
        ("C0000", []),
        ('"name"', []),
        ("%", []),
        ("_ang@", []),
        ("\\", []),
        ("", []),
    ],
)
async def test_the_shop_s_people_find_customers(shop: Shop, typed: str, whom: list[str]) -> None:
    assert [one.id for one in await shop.find_customers(typed)] == whom


async def test_the_shop_s_people_find_customers_by_their_orders(shop: Shop, data: ShopData) -> None:
    order = data.orders[0]
    for typed in (order.number, f"#{order.number.lower()}"):
        assert [one.id for one in await shop.find_customers(typed)] == [order.customer_id]
    assert len(await shop.find_customers("王芳", limit=1)) == 1
