"""The shop that every shop system holds in the contract suites: ids of digits alone, as some systems make them.

Products 1 to 4, the last no longer sold; customers 1 to 3; orders 100001 to 100003 of customer 1, delivered; one of
customer 2 with a number of its own; 100005 cancelled and paid back; 100006 paid and not sent.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.shop.domain import ShopData
from bot.shop.importer import read_folder
from tests.bot.shop import sample

Row = dict[str, Any]
Line = tuple[int, int]
"""(Number of the product, how many of its first variant)."""


def seed(folder: Path, *, prefixed: bool = True) -> ShopData:
    customers = [
        customer(1),
        customer(2, emails=["Li.Na@Mail.example", "two@mail.example"], phones=["+86 139-0000-0002"]),
        customer(3, emails=[], phones=[]),
    ]
    products = [product(1), product(2), product(3), product(4, active=False)]
    return read_folder(
        sample.write_folder(folder, products=products, customers=customers, orders=_orders(prefixed))
    )


def _orders(prefixed: bool) -> list[Row]:
    number = "SG-1004" if prefixed else "1004"
    return [
        order(1, 1, [(1, 1), (2, 3)]),
        order(2, 1, [(1, 1), (2, 3)]),
        order(3, 1, [(1, 1), (3, 3)]),
        order(4, 2, [(2, 1), (3, 3)], number=number),
        _cancelled(order(5, 2, [(1, 1), (4, 3)])),
        paid(6, 2, [(3, 2)]),
    ]


def order(key: int, customer: int, lines: Sequence[Line], **changes: Any) -> Row:
    """Paid in full, sent in one parcel, delivered."""
    row = paid(key, customer, lines, **changes)
    parcel = sample.order(key)["fulfilments"][0]
    items = {item["id"]: item["quantity"] for item in row["items"]}
    return {**row, "status": "delivered", "fulfilments": [{**parcel, "id": f"{key}01", "items": items}]}


def paid(key: int, customer: int, lines: Sequence[Line], **changes: Any) -> Row:
    """Paid in full, nothing sent."""
    row = sample.order(key)
    items = [_item(row["items"][0], f"{key}{index}", *line) for index, line in enumerate(lines, start=1)]
    total = sum(item["unit_price"] * item["quantity"] for item in items)
    return {
        **row,
        "customer_id": str(customer),
        "status": "paid",
        "items": items,
        "address": {**sample.address("1"), "id": str(customer)},
        "fulfilments": [],
        "payments": [{**row["payments"][0], "id": f"{key}01", "amount": total}],
        **changes,
    }


def _cancelled(row: Row) -> Row:
    at = (datetime.fromisoformat(row["placed_at"]) + timedelta(hours=2)).isoformat()
    refund = {**row["payments"][0], "id": f"{row['payments'][0]['id']}2", "kind": "refund", "at": at}
    return {
        **row,
        "status": "cancelled",
        "cancelled_at": at,
        "fulfilments": [],
        "payments": [*row["payments"], refund],
    }


def _item(item: Row, id: str, number: int, quantity: int) -> Row:
    variant = product(number)["variants"][0]
    return {
        **item,
        "id": id,
        "product_id": str(number),
        "sku": variant["sku"],
        "name": product(number)["name"],
        "quantity": quantity,
        "unit_price": variant["price"],
        "options": variant["options"],
    }


def product(number: int, **changes: Any) -> Row:
    return {**sample.product(number), "id": str(number), **changes}


def customer(number: int, **changes: Any) -> Row:
    row = sample.customer(number)
    address: Mapping[str, Any] = {**row["addresses"][0], "id": str(number)}
    method = {"id": f"{number}1", "kind": "wechat_pay"}
    return {
        **row,
        "id": str(number),
        "addresses": [address],
        "default_address_id": str(number),
        "payment_methods": [method],
        **changes,
    }
