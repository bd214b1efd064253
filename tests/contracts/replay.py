"""A sequence of changes of every kind on the foreign shop: the same for the same seed, some of them forbidden."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.contracts.replay_model import REASONS

Row = dict[str, Any]
KINDS = {
    "cancel_order": 35,
    "change_address": 25,
    "change_items": 40,
    "change_payment": 25,
    "return_items": 35,
    "exchange_items": 30,
    "change_default_address": 10,
}
_LATE = ("return_items", "exchange_items")


@dataclass(frozen=True)
class Action:
    kind: str
    customer_id: str
    arguments: Row
    confirmed: bool
    """Else it is proposed and left at that."""


def actions(
    products: list[Row], customers: list[Row], orders: list[Row], *, seed: int, count: int
) -> list[Action]:
    return list(_Chance(products, customers, orders, seed).actions(count))


class _Chance:
    def __init__(self, products: list[Row], customers: list[Row], orders: list[Row], seed: int) -> None:
        self.pick = random.Random(seed)
        self.products = {row["id"]: row for row in products}
        self.customers = {row["id"]: row for row in customers}
        early = [row for row in orders if row["status"] == "paid"]
        late = [row for row in orders if row["status"] == "delivered"]
        # Few enough that the same order comes up again.
        self.early, self.late = self.pick.sample(early, 45), self.pick.sample(late, 45)
        self.any = self.pick.sample(orders, 30)

    def actions(self, count: int) -> Iterator[Action]:
        for kind in self.pick.choices(list(KINDS), list(KINDS.values()), k=count):
            order = self.pick.choice(
                self.any if self.seldom(12) else self.late if kind in _LATE else self.early
            )
            owner = order["customer_id"]
            asking = self.pick.choice(list(self.customers)) if self.seldom(25) else owner
            arguments = getattr(self, f"_{kind}")(order)
            if kind != "change_default_address":
                arguments["order_number"] = "999999" if self.seldom(50) else order["number"]
            yield Action(kind, asking, arguments, confirmed=not self.seldom(20))

    def seldom(self, one_in: int) -> bool:
        return self.pick.randrange(one_in) == 0

    def _method(self, order: Row) -> str:
        mine = [one["id"] for one in self.customers[order["customer_id"]]["payment_methods"]]
        return "nobodys" if self.seldom(15) else str(self.pick.choice(mine))

    def _maybe(self, name: str, order: Row) -> Row:
        return {name: self._method(order)} if self.pick.random() < 0.5 else {}

    def _some(self, order: Row) -> list[Row]:
        return self.pick.sample(order["items"], self.pick.randint(1, len(order["items"])))

    def _cancel_order(self, order: Row) -> Row:
        reason = "just so" if self.seldom(10) else self.pick.choice(REASONS)
        more = {"items": self._counts(order)} if self.seldom(6) else {}
        return {"reason": reason, **more, **self._maybe("refund_to", order)}

    def _change_address(self, order: Row) -> Row:
        return {"address": order["address"] if self.seldom(8) else self._address()}

    def _change_default_address(self, order: Row) -> Row:
        mine = self.customers[order["customer_id"]]["addresses"]
        return {"address": mine[0] if self.seldom(4) else self._address()}

    def _address(self) -> Row:
        number = self.pick.randrange(1, 10)
        new = {"id": f"a{number}", "name": "Sam Poole", "street": f" {number} High Street ", "city": "Leeds"}
        return new | {"country": "GB", "phone": "+44 113 496 0000", "postcode": "LS1 4AP"}

    def _change_items(self, order: Row) -> Row:
        return {"items": self._swaps(order), **self._maybe("settle_with", order)}

    def _exchange_items(self, order: Row) -> Row:
        reason = {"reason": "too small"} if self.seldom(2) else {}
        return {"items": self._swaps(order), **reason, **self._maybe("settle_with", order)}

    def _swaps(self, order: Row) -> Row:
        swaps = {}
        for item in self._some(order):
            product = self.pick.choice(list(self.products)) if self.seldom(15) else item["product_id"]
            swaps[item["id"]] = self.pick.choice(self.products[product]["variants"])["sku"]
        return {"I9": "P001-00"} if self.seldom(25) else swaps

    def _change_payment(self, order: Row) -> Row:
        return {"pay_with": self._method(order)}

    def _return_items(self, order: Row) -> Row:
        reason = "" if self.seldom(2) else "did not like it"
        return {"items": self._counts(order), "reason": reason, **self._maybe("refund_to", order)}

    def _counts(self, order: Row) -> Row:
        more = 1 if self.seldom(10) else 0
        return {item["id"]: self.pick.randint(1, item["quantity"]) + more for item in self._some(order)}
