"""Every implementation of the shop protocol, filled with the same shop: embedded, or linked to a simulated system."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.shop.base import Shop
from bot.shop.domain import Customer, Order, Product, ShopData
from bot.shop.linked.link import Link, Times
from bot.shop.sql import SqlShop
from bot.store.opening import open_database
from connectors.shop_system import Kind, ShopSystem
from tests.bot.shop import sample
from tests.connectors.shop_case import ShopCase, kept, shop_cases
from tests.connectors.shop_seed import seed

SHOPS = ("sql", *shop_cases())
NOW = sample.START + timedelta(days=9)
QUICK = Times(recheck=0, insist=1.0)


@dataclass(frozen=True)
class Standing:
    """A shop that stands, and what it was filled with."""

    shop: Shop
    data: ShopData
    case: ShopCase | None
    """None: the embedded one."""

    def kept(self, kind: Kind, value: Product | Customer | Order | None) -> Any:
        """As far as this shop can keep it."""
        return kept(self.case, kind, value)

    def number(self, typed: str) -> str:
        """`SG-1004`, or without the letters where there can be none."""
        return typed if self.case is None or self.case.prefixed else typed.translate(_WITHOUT_LETTERS)

    def keeps_contact(self, contact: str) -> bool:
        """Some systems keep one address and one number of a customer."""
        lost = self.case.loses.get("customer", ()) if self.case else ()
        return ("emails" if "@" in contact else "phones") not in lost


_WITHOUT_LETTERS = {ord(letter): None for letter in "SGsgＳＧ-"}


def case_of(name: str) -> ShopCase | None:
    return None if name == "sql" else shop_cases()[name]


def shop_data(name: str, folder: Path) -> ShopData:
    case = case_of(name)
    return seed(folder, prefixed=case is None or case.prefixed)


@asynccontextmanager
async def open_standing(name: str, url: str, data: ShopData) -> AsyncIterator[Standing]:
    case = case_of(name)
    if case is None:
        database = open_database(url)
        shop = SqlShop(database)
        await shop.replace(data)
        yield Standing(shop, data, None)
        await database.close()
    else:
        async with case.open(data, NOW) as simulated, open_link(url, data, simulated.system) as link:
            yield Standing(link.shop, data, case)


@asynccontextmanager
async def open_link(
    url: str, data: ShopData, system: ShopSystem, *, read: bool = True, times: Times = QUICK
) -> AsyncIterator[Link]:
    """Everything read, unless told otherwise."""
    database = open_database(url)
    link = Link(database, system, times=times)
    await link.prepare(data.profile, data.policy)
    if read:
        await link.syncing.look(early=True)
        while await link.syncing.fetch_touched():
            pass
    try:
        yield link
    finally:
        await database.close()
