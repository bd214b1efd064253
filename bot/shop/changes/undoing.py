"""Taking a change back: the order as it was before, the money and the stock moved the other way."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.shop.changes.money import Share, method_of, moved, movements, shares_facts
from bot.shop.changes.plan import Plan, Receipt, Snapshot
from bot.shop.changes.requests import Undo
from bot.shop.changes.rules import refuse
from bot.shop.domain import Customer, Order
from bot.shop.policy import Policy


@dataclass(frozen=True, slots=True)
class Done:
    """A change that was done, with how things were before it."""

    receipt: Receipt
    order_before: Order | None
    version_after: int | None
    """The order's, which undoing must find unchanged."""
    customer_before: Customer
    stock: Mapping[str, int]
    """As the plan moved it."""


def undo_plan(request: Undo, done: Done, snapshot: Snapshot, policy: Policy) -> Plan:
    """Raises Refused where it was undone before, where it is too late, or where something else has changed since."""
    receipt = done.receipt
    if receipt.undone_by is not None or receipt.kind == "undo":
        refuse("undo.done")
    if receipt.undo_until is None:
        refuse("undo.never")
    if snapshot.now > receipt.undo_until:
        refuse("undo.window")
    order = snapshot.order
    if order is not None and order.version != done.version_after:
        refuse("undo.changed")
    stock = {sku: -number for sku, number in done.stock.items() if number}
    if any(_on_shelf(snapshot, sku) + number < 0 for sku, number in stock.items()):
        refuse("undo.changed")
    customer = _restored(snapshot.customer, done)
    refunds = [
        Share(one.method, one.method_id, one.amount) for one in receipt.movements if one.kind == "charge"
    ]
    charges = [
        Share(one.method, one.method_id, one.amount) for one in receipt.movements if one.kind == "refund"
    ]
    moves = movements("refund", refunds, customer) + movements("charge", charges, customer)
    for move in moves:
        if (
            move.kind == "charge"
            and move.status == "done"
            and _balance(customer, move.method_id) < move.amount
        ):
            refuse("undo.changed")
    restored: Order | None = None
    if order is not None and done.order_before is not None:
        bare = replace(done.order_before, version=order.version, payments=order.payments)
        restored, customer = moved(bare, customer, moves, snapshot, "undone")
    facts = {
        "order": receipt.order_number,
        "undoes": receipt.number,
        "kind": receipt.kind,
        "refund": sum(share.amount for share in refunds),
        "refunds": shares_facts(refunds, policy),
        "charge": sum(share.amount for share in charges),
        "charges": shares_facts(charges, policy),
    }
    return Plan(request=request, customer=customer, order=restored, stock=stock, movements=moves, facts=facts)


def _restored(customer: Customer, done: Done) -> Customer:
    """Without what the change did to the customer; what happened to them elsewhere since stays."""
    before = done.customer_before
    if done.receipt.kind == "change_default_address":
        return replace(customer, addresses=before.addresses, default_address_id=before.default_address_id)
    if done.receipt.kind == "cancel_order" and done.order_before is not None:
        code = done.order_before.coupon_code
        used = {one.code: one.used for one in before.coupons}
        coupons = (
            replace(one, used=used.get(code, one.used)) if one.code == code else one
            for one in customer.coupons
        )
        return replace(customer, coupons=tuple(coupons))
    return customer


def _on_shelf(snapshot: Snapshot, sku: str) -> int:
    variants = (variant for product in snapshot.products.values() for variant in product.variants)
    return next((variant.stock for variant in variants if variant.sku == sku), 0)


def _balance(customer: Customer, method_id: str | None) -> int:
    return method_of(customer, method_id or "").balance or 0
