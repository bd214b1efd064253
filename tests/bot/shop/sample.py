"""A made-up shop of any size, as import rows; the same for the same arguments."""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

START = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
COLOURS = (("black", "黑色"), ("white", "白色"), ("navy", "藏青"), ("green", "绿色"))
SIZES = ("S", "M", "L")
Row = dict[str, Any]


def shop_profile(**changes: Any) -> Row:
    return {
        "name": {"zh": "样品店", "en": "Sample Shop"},
        "currency": "CNY",
        "timezone": "Asia/Shanghai",
        "languages": ["zh", "en"],
        "email": "help@sample.example",
        "hours": [{"days": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "18:00"}],
        **changes,
    }


def product(number: int = 1, /, **changes: Any) -> Row:
    """Twelve variants: four colours in three sizes."""
    key = f"P{number:03}"
    combinations = [(colour, size) for colour, _ in COLOURS for size in SIZES]
    return {
        "id": key,
        "name": {"zh": f"样品{number}", "en": f"Sample {number}"},
        "category": ("clothing", "home", "bags")[number % 3],
        "description": {"zh": "软和,耐洗。" * 10, "en": "Soft, washes well. " * 10},
        "options": [
            {
                "name": "colour",
                "label": {"zh": "颜色", "en": "Colour"},
                "values": [{"value": en, "label": {"zh": zh, "en": en}} for en, zh in COLOURS],
            },
            {"name": "size", "label": "Size", "values": [{"value": size, "label": size} for size in SIZES]},
        ],
        "attributes": [{"name": "material", "label": "Material", "value": {"zh": "棉", "en": "cotton"}}],
        "variants": [
            {
                "sku": f"{key}-{index:02}",
                "price": 1000 + 100 * number + index,
                "stock": (number + index) % 9,
                "options": {"colour": colour, "size": size},
            }
            for index, (colour, size) in enumerate(combinations)
        ],
        **changes,
    }


def customer(number: int = 1, /, **changes: Any) -> Row:
    key = f"C{number:05}"
    return {
        "id": key,
        "name": f"顾客{number}",
        "emails": [f"customer{number}@mail.example"],
        "phones": [f"+86 138 {number:08}"],
        "language": "zh",
        "addresses": [address(key)],
        "default_address_id": f"{key}-A1",
        "payment_methods": [{"id": f"{key}-W", "kind": "wechat_pay"}],
        **changes,
    }


def address(key: str) -> Row:
    return {
        "id": f"{key}-A1",
        "name": "收件人",
        "street": "延安路 1 号",
        "city": "杭州",
        "province": "浙江",
        "country": "CN",
        "phone": "13800000000",
        "postcode": "310000",
    }


def order(number: int = 1, /, *, customers: int = 1, products: int = 1, **changes: Any) -> Row:
    """A delivered order with one parcel."""
    pick = random.Random(number)
    owner = f"C{pick.randrange(customers) + 1:05}"
    placed = START + timedelta(minutes=37 * number)
    items = [
        _item(index, pick.randrange(products) + 1, pick.randrange(12)) for index in range(1 + number % 3)
    ]
    total = sum(item["unit_price"] * item["quantity"] for item in items)
    return {
        "number": f"{100000 + number}",
        "customer_id": owner,
        "status": "delivered",
        "placed_at": placed.isoformat(),
        "items": items,
        "address": address(owner),
        "fulfilments": [_parcel(number, placed, {item["id"]: item["quantity"] for item in items})],
        "payments": [
            {"id": "T1", "kind": "charge", "method": "wechat_pay", "amount": total, "at": placed.isoformat()}
        ],
        **changes,
    }


def _item(index: int, number: int, variant: int) -> Row:
    return {
        "id": f"I{index + 1}",
        "product_id": f"P{number:03}",
        "sku": f"P{number:03}-{variant:02}",
        "name": {"zh": f"样品{number}", "en": f"Sample {number}"},
        "quantity": 1 + index % 2,
        "unit_price": 1000 + 100 * number + variant,
        "options": {"colour": COLOURS[variant // 3][0], "size": SIZES[variant % 3]},
    }


def _parcel(number: int, placed: datetime, items: dict[str, int]) -> Row:
    steps = (("picked_up", "已揽收"), ("in_transit", "到达转运中心"), ("delivered", "已签收"))
    return {
        "id": "F1",
        "carrier": "sf",
        "tracking_number": f"SF{number:010}",
        "items": items,
        "shipped_at": (placed + timedelta(hours=6)).isoformat(),
        "estimated_at": (placed + timedelta(days=3)).isoformat(),
        "delivered_at": (placed + timedelta(days=2)).isoformat(),
        "events": [
            {
                "at": (placed + timedelta(hours=hours)).isoformat(),
                "status": status,
                "text": {"zh": text, "en": status},
                "place": {"zh": "杭州", "en": "Hangzhou"},
            }
            for hours, (status, text) in zip((7, 20, 48), steps, strict=True)
        ],
    }


def write_folder(
    folder: Path,
    *,
    products: int | list[Row] = 3,
    customers: int | list[Row] = 4,
    orders: int | list[Row] = 6,
    profile: Row | None = None,
) -> Path:
    """A folder to import; each file's rows are given, or their number."""
    if isinstance(products, int):
        products = [product(number) for number in range(1, products + 1)]
    if isinstance(customers, int):
        customers = [customer(number) for number in range(1, customers + 1)]
    if isinstance(orders, int):
        sizes = {"customers": len(customers), "products": len(products)}
        orders = [order(number, **sizes) for number in range(1, orders + 1)]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "profile.json").write_text(json.dumps(profile or shop_profile(), ensure_ascii=False))
    for name, rows in (("products", products), ("customers", customers), ("orders", orders)):
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(text)
    return folder
