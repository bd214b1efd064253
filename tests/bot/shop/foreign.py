"""A shop as an adapter would write it: 50 products, 600 variants, 500 customers, 1,000 orders of every kind.

The same for the same seed. `python -m tests.bot.shop.foreign FOLDER` writes it.
"""

import random
import sys
from datetime import datetime, timedelta
from pathlib import Path

from tests.bot.shop import sample

PRODUCTS, CUSTOMERS, ORDERS = 50, 500, 1000
PAGE = Path(__file__).parents[3] / "docs" / "import.md"
STATUSES = ("paid", "paid", "packing", "shipped", "delivered", "delivered", "delivered", "cancelled")


def simple_policy() -> str:
    """The one that the documentation shows."""
    return PAGE.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]


def customer(number: int, chance: random.Random) -> sample.Row:
    row = sample.customer(number)
    methods = [
        {"id": f"card_{number}", "kind": "card", "label": f"{chance.randrange(10_000):04}"},
        {"id": f"gift_card_{number}", "kind": "gift_card", "balance": chance.randrange(10_000)},
        {"id": f"paypal_{number}", "kind": "paypal"},
    ]
    return {**row, "payment_methods": chance.sample(methods, chance.randint(1, 3)), "language": "en"}


def order(number: int, owners: dict[str, sample.Row], chance: random.Random) -> sample.Row:
    row = sample.order(number, customers=CUSTOMERS, products=PRODUCTS, status=chance.choice(STATUSES))
    method = chance.choice(owners[row["customer_id"]]["payment_methods"])
    row["payments"][0] |= {"method": method["kind"], "method_id": method["id"]}
    if row["status"] != "delivered":
        row["fulfilments"] = [_under_way(row["fulfilments"][0])] if row["status"] == "shipped" else []
    placed = datetime.fromisoformat(row["placed_at"])
    if row["status"] == "cancelled":
        row |= {"cancelled_at": _later(placed, hours=2), "cancel_reason": "no_longer_needed"}
        row["payments"].append(
            {**row["payments"][0], "id": "R1", "kind": "refund", "at": _later(placed, hours=2)}
        )
    item = row["items"][0]
    if row["status"] == "delivered" and chance.random() < 0.2:
        row["returns"] = [
            {
                "id": "T1",
                "items": {item["id"]: 1},
                "reason": "",
                "status": "requested",
                "requested_at": _later(placed, days=4),
                "refund_amount": item["unit_price"],
            }
        ]
    elif row["status"] == "delivered" and chance.random() < 0.2:
        other = f"{item['product_id']}-{(int(item['sku'][-2:]) + 1) % 12:02}"
        row["exchanges"] = [
            {
                "id": "E1",
                "items": {item["id"]: other},
                "status": "approved",
                "requested_at": _later(placed, days=4),
            }
        ]
    return row


def _under_way(parcel: sample.Row) -> sample.Row:
    return {name: value for name, value in parcel.items() if name not in ("delivered_at", "events")}


def _later(moment: datetime, **time: float) -> str:
    return (moment + timedelta(**time)).isoformat()


def write_folder(folder: Path, seed: int = 1) -> Path:
    chance = random.Random(seed)
    customers = [customer(number, chance) for number in range(1, CUSTOMERS + 1)]
    owners = {row["id"]: row for row in customers}
    orders = [order(number, owners, chance) for number in range(1, ORDERS + 1)]
    sample.write_folder(folder, products=PRODUCTS, customers=customers, orders=orders)
    (folder / "policy.yaml").write_text(simple_policy(), encoding="utf-8")
    return folder


if __name__ == "__main__":
    write_folder(Path(sys.argv[1]))
