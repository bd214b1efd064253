"""Write the demo shop as an import folder: `python -m bot.shop.demo.build DIR`."""

import shutil
import sys
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from bot.shop.demo.clock import ZONE, Clock
from bot.shop.demo.customers import customers, with_coupons
from bot.shop.demo.drawings.brand import favicon, logo
from bot.shop.demo.drawings.gallery import draw
from bot.shop.demo.orders import Shelves, orders
from bot.shop.demo.plans import others, stories
from bot.shop.demo.products import pictures, products
from bot.shop.demo.profile import profile
from bot.shop.domain import Customer, Order, Product, ShopProfile

SEED = 7
_DOCUMENTS = Path(__file__).parent / "documents"


def build(target: Path, *, now: datetime, seed: int = SEED) -> None:
    """`profile.json`, the JSON Lines files, `images/` and `documents/` in `target`.

    The same moment and seed write the same bytes. Files of the same names are overwritten.

    Raises:
        ValueError: when `now` has no offset.
    """
    if now.tzinfo is None:
        raise ValueError("now needs an offset")
    clock = Clock(now.astimezone(ZONE))
    goods = products(clock.now)
    shelves = Shelves({product.id: product for product in goods}, customers(clock, seed), seed)
    placed = sorted(
        orders([*stories(), *others(shelves.products, seed)], shelves, clock.now),
        key=lambda order: order.number,
    )
    target.mkdir(parents=True, exist_ok=True)
    _write(target / "profile.json", ShopProfile, [profile()])
    _write(target / "products.jsonl", Product, goods)
    _write(target / "customers.jsonl", Customer, _shoppers(shelves, placed, clock))
    _write(target / "orders.jsonl", Order, placed)
    _draw(target)
    if _DOCUMENTS.is_dir():
        shutil.copytree(_DOCUMENTS, target / "documents", dirs_exist_ok=True)


def _shoppers(shelves: Shelves, placed: list[Order], clock: Clock) -> Iterable[Customer]:
    by_customer: dict[str, list[Order]] = defaultdict(list)
    for order in placed:
        by_customer[order.customer_id].append(order)
    for customer in shelves.customers.values():
        yield with_coupons(customer, by_customer[customer.id], clock, shelves.seed)


def _write(path: Path, kind: Any, rows: Iterable[object]) -> None:
    adapter = TypeAdapter(kind)
    path.write_bytes(b"".join(adapter.dump_json(row, exclude_defaults=True) + b"\n" for row in rows))


def _draw(target: Path) -> None:
    (target / "images").mkdir(exist_ok=True)
    for picture in pictures():
        drawing = draw(picture.shape, picture.category, picture.colour)
        (target / picture.path).write_text(drawing, encoding="utf-8")
    (target / "images" / "logo.svg").write_text(logo(), encoding="utf-8")
    (target / "images" / "favicon.svg").write_text(favicon(), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m bot.shop.demo.build DIR")
    build(Path(sys.argv[1]), now=datetime.now(UTC))
