"""What changes come to in a shop with the simple rules of docs/import.md, in plain dicts.

Written from that page, and knowing nothing of the planners: it is what they are compared with.
"""

import copy
from typing import Any

Row = dict[str, Any]
Share = tuple[str, str | None, int]
"""A kind of payment method, its id, cents."""

CHANGEABLE = ("pending", "paid")
REASONS = ("no_longer_needed", "ordered_by_mistake")
PROMISED = ("requested", "approved", "in_transit")


class Forbidden(Exception):
    """Its text is the rule."""


class Model:
    def __init__(self, products: list[Row], customers: list[Row], orders: list[Row], now: str) -> None:
        """Rows as the shop keeps them; `stock` lies in the variants."""
        self.now = now
        self.products = {row["id"]: row for row in copy.deepcopy(products)}
        self.customers = {row["id"]: row for row in copy.deepcopy(customers)}
        self.orders = {row["number"]: row for row in copy.deepcopy(orders)}
        self.stock = {one["sku"]: one["stock"] for row in products for one in row["variants"]}
        self.changes = dict.fromkeys(self.orders, 0)
        self._swapped: set[str] = set()

    def act(self, kind: str, customer_id: str, arguments: Row) -> str:
        """`done`, or the rule that forbids it; what is forbidden changes nothing."""
        before = copy.deepcopy(
            (self.customers[customer_id], self.orders.get(arguments.get("order_number", "")))
        )
        try:
            getattr(self, kind)(customer_id, **arguments)
        except Forbidden as forbidden:
            self.customers[customer_id] = before[0]
            if before[1] is not None:
                self.orders[before[1]["number"]] = before[1]
            return str(forbidden)
        if "order_number" in arguments:
            self.changes[arguments["order_number"]] += 1
        return "done"

    def cancel_order(
        self,
        customer_id: str,
        order_number: str,
        reason: str,
        items: Row | None = None,
        refund_to: str | None = None,
    ) -> None:
        order = self._own(customer_id, order_number)
        _require(order, "cancel", CHANGEABLE, known=("cancelled", "shipped", "delivered"))
        _forbid(reason not in REASONS, "cancel.reason")
        for item_id, quantity in (items or {}).items():
            _forbid(quantity > _line(order, item_id)["quantity"], "item.quantity")
        whole = {line["id"]: line["quantity"] for line in order["items"]}
        _forbid(bool(items) and items != whole, "cancel.part")
        paid = sum(amount for _, _, amount in self._paid(order))
        for share in self._back(order, paid, refund_to):
            self._move(order, "refund", share, "cancelled")
        order |= {"status": "cancelled", "cancelled_at": self.now, "cancel_reason": reason}
        for line in order["items"]:
            self.stock[line["sku"]] += line["quantity"]

    def change_address(self, customer_id: str, order_number: str, address: Row) -> None:
        order = self._own(customer_id, order_number)
        _require(order, "address", CHANGEABLE, known=("cancelled", "shipped", "delivered"))
        new = _address(address)
        _forbid(new | {"id": ""} == order["address"] | {"id": ""}, "address.same")
        order["address"] = new

    def change_items(
        self, customer_id: str, order_number: str, items: Row, settle_with: str | None = None
    ) -> None:
        order = self._own(customer_id, order_number)
        lines = [_line(order, item_id) for item_id in items]
        _require(order, "items", CHANGEABLE, known=("cancelled", "shipped", "delivered"))
        _forbid(order_number in self._swapped, "items.once")
        needed = dict.fromkeys(items.values(), 0)
        new = {line["id"]: self._wanted(line, items[line["id"]], line["quantity"], needed) for line in lines}
        self._method(customer_id, settle_with)
        more = sum((new[line["id"]]["price"] - line["unit_price"]) * line["quantity"] for line in lines)
        if more > 0:
            self._move(order, "charge", self._from(order, more, settle_with), "items")
        if more < 0:
            for share in self._difference(order, -more, settle_with):
                self._move(order, "refund", share, "items")
        for line in lines:
            variant = new[line["id"]]
            self.stock[line["sku"]] += line["quantity"]
            self.stock[variant["sku"]] -= line["quantity"]
            line |= {"sku": variant["sku"], "options": variant["options"], "unit_price": variant["price"]}
        self._swapped.add(order_number)

    def change_payment(self, customer_id: str, order_number: str, pay_with: str) -> None:
        order = self._own(customer_id, order_number)
        _require(order, "payment", CHANGEABLE, known=("cancelled", "shipped", "delivered"))
        paid = self._paid(order)
        _forbid(len(paid) > 1, "payment.several")
        method = self._method(customer_id, pay_with)
        _forbid(paid[0][1] == pay_with, "payment.same")
        new = self._from(order, paid[0][2], method["id"])
        self._move(order, "refund", paid[0], "payment")
        self._move(order, "charge", new, "payment")

    def return_items(
        self, customer_id: str, order_number: str, items: Row, reason: str = "", refund_to: str | None = None
    ) -> None:
        order = self._own(customer_id, order_number)
        _require(order, "returns", ("delivered",), known=("cancelled",), early="returns.early")
        amount = 0
        for item_id, quantity in items.items():
            line = _line(order, item_id)
            _forbid(quantity > self._kept(order, line, "returns"), "item.quantity")
            amount += line["unit_price"] * quantity
        shares = self._back(order, amount, refund_to)
        entry = {"items": dict(items), "reason": reason, "refund_amount": sum(share[2] for share in shares)}
        rest = {"updated_at": None, "fee": 0, "shipping": 0, "refund_to": refund_to}
        self._ask(order, "returns", "T", entry | rest)

    def exchange_items(
        self,
        customer_id: str,
        order_number: str,
        items: Row,
        reason: str = "",
        settle_with: str | None = None,
    ) -> None:
        order = self._own(customer_id, order_number)
        _require(order, "exchanges", ("delivered",), known=("cancelled",), early="exchanges.early")
        lines = [_line(order, item_id) for item_id in items]
        kept: dict[str, int] = {}
        new, needed = {}, dict.fromkeys(items.values(), 0)
        for line in lines:
            kept[line["id"]] = self._kept(order, line, "exchanges")
            new[line["id"]] = self._wanted(line, items[line["id"]], kept[line["id"]], needed)
        self._method(customer_id, settle_with)
        more = sum((new[line["id"]]["price"] - line["unit_price"]) * kept[line["id"]] for line in lines)
        if more > 0:
            self._from(
                order, more, settle_with
            )  # It must be possible; the money moves when the old one is back.
        if more < 0:
            more = -sum(share[2] for share in self._difference(order, -more, settle_with))
        for line in lines:
            self.stock[items[line["id"]]] -= kept[line["id"]]
        entry = {"items": dict(items), "reason": reason, "price_difference": more, "settle_with": settle_with}
        self._ask(order, "exchanges", "E", entry)

    def change_default_address(self, customer_id: str, address: Row) -> None:
        customer, new = self.customers[customer_id], _address(address)
        mine = {one["id"]: one for one in customer["addresses"]}
        now = mine[customer["default_address_id"]]
        _forbid(now | {"id": ""} == new | {"id": ""}, "address.same")
        alike = [one["id"] for one in mine.values() if one | {"id": ""} == new | {"id": ""}]
        if not alike:
            mine[new["id"]] = new
        customer |= {"addresses": list(mine.values()), "default_address_id": alike[0] if alike else new["id"]}

    def _own(self, customer_id: str, number: str) -> Row:
        order = self.orders.get(number)
        if order is None or order["customer_id"] != customer_id:
            raise Forbidden("order.not_found")
        return order

    def _kept(self, order: Row, line: Row, group: str) -> int:
        """How many the customer has; every exchange of these shops is under way."""
        _forbid(any(line["id"] in one["items"] for one in order["exchanges"]), f"{group}.exchanged")
        kept: int = line["quantity"] - sum(one["items"].get(line["id"], 0) for one in order["returns"])
        _forbid(kept == 0, f"{group}.left")
        _forbid(group == "exchanges" and bool(order["exchanges"]), "exchanges.once")
        return kept

    def _wanted(self, line: Row, sku: str, count: int, needed: dict[str, int]) -> Row:
        """The variant of that sku; `needed` counts what the request takes of each."""
        variants = {one["sku"]: one for one in self.products[line["product_id"]]["variants"]}
        _forbid(sku not in variants, "variant.not_found")
        _forbid(sku == line["sku"], "variant.same")
        needed[sku] += count
        _forbid(self.stock[sku] < needed[sku], "variant.sold_out")
        return variants[sku]

    def _method(self, customer_id: str, method_id: str | None) -> Row:
        if method_id is None:
            return {}
        methods = {one["id"]: one for one in self.customers[customer_id]["payment_methods"]}
        _forbid(method_id not in methods, "method.not_found")
        return methods[method_id]

    def _paid(self, order: Row) -> list[Share]:
        """What each method still holds of the order, gift cards last; what went back elsewhere is taken off the first."""
        held: dict[tuple[str, str | None], int] = {}
        elsewhere = sum(one["refund_amount"] for one in order["returns"] if one["status"] in PROMISED)
        elsewhere += sum(
            max(-one["price_difference"], 0) for one in order["exchanges"] if one["status"] in PROMISED
        )
        for one in order["payments"]:
            key = (one["method"], one["method_id"])
            held[key] = held.get(key, 0) + (one["amount"] if one["kind"] == "charge" else -one["amount"])
        elsewhere -= sum(amount for amount in held.values() if amount < 0)
        left = []
        for (kind, method_id), amount in sorted(held.items(), key=lambda one: one[0][0] == "gift_card"):
            taken = min(max(amount, 0), elsewhere)
            elsewhere -= taken
            if amount - taken > 0:
                left.append((kind, method_id, amount - taken))
        return left

    def _original(self, order: Row, amount: int) -> list[Share]:
        shares = []
        for kind, method_id, held in self._paid(order):
            part = min(held, amount)
            amount -= part
            shares.append((kind, method_id, part))
        return [share for share in shares if share[2]]

    def _back(self, order: Row, amount: int, to: str | None) -> list[Share]:
        """The way it was paid, or to a gift card."""
        original = self._original(order, amount)
        used = [method_id for _, method_id, _ in original]
        if to is None or used == [to]:
            return original
        method = self._method(order["customer_id"], to)
        if method["kind"] == "gift_card":
            return [("gift_card", to, sum(share[2] for share in original))] if original else []
        _forbid(to in used, "refund.mixed")
        _forbid(bool(original), "refund.route")
        return []

    def _difference(self, order: Row, amount: int, to: str | None) -> list[Share]:
        """To any of the customer's methods."""
        original = self._original(order, amount)
        if to is None or not original:
            return original
        return [(self._method(order["customer_id"], to)["kind"], to, sum(share[2] for share in original))]

    def _from(self, order: Row, amount: int, method_id: str | None) -> Share:
        if method_id is None:
            used = [one["method_id"] for one in order["payments"] if one["kind"] == "charge"]
            method_id = sorted(used, key=lambda one: str(one).startswith("gift_card"))[0]
        method = self._method(order["customer_id"], method_id)
        _forbid(method["kind"] == "gift_card" and (method["balance"] or 0) < amount, "method.balance")
        return method["kind"], method_id, amount

    def _move(self, order: Row, kind: str, share: Share, reason: str) -> None:
        method, method_id, amount = share
        count = sum(one["kind"] == kind for one in order["payments"]) + 1
        is_card = method == "gift_card"
        order["payments"].append(
            {
                "id": f"{order['number']}-{'R' if kind == 'refund' else 'P'}{count}",
                "kind": kind,
                "method": method,
                "amount": amount,
                "at": self.now,
                "status": "done" if is_card else "pending",
                "method_id": method_id,
                "reason": reason,
            }
        )
        if is_card:
            self._method(order["customer_id"], method_id)["balance"] += (
                amount if kind == "refund" else -amount
            )

    def _ask(self, order: Row, group: str, letter: str, entry: Row) -> None:
        count = len(order[group]) + 1
        head = {"id": f"{order['number']}-{letter}{count}", "status": "approved", "requested_at": self.now}
        order[group].append(head | entry)


def _line(order: Row, item_id: str) -> Row:
    found = [line for line in order["items"] if line["id"] == item_id]
    _forbid(not found, "item.not_found")
    return found[0]


def _require(
    order: Row, group: str, states: tuple[str, ...], known: tuple[str, ...], early: str = ""
) -> None:
    state = order["status"]
    if state not in states:
        before = early if early and state in ("pending", "paid", "packing") else f"{group}.state"
        raise Forbidden(f"{group}.{state}" if state in known else before)


def _address(address: Row) -> Row:
    empty = {"phone": "", "province": "", "district": "", "postcode": ""}
    return {name: value.strip() for name, value in (empty | address).items()}


def _forbid(wrong: bool, rule: str) -> None:
    if wrong:
        raise Forbidden(rule)
