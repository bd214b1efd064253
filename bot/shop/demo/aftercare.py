"""Returns, exchanges and refunds of an order that was delivered."""

from dataclasses import replace
from random import Random
from typing import Literal

from pydantic import TypeAdapter

from bot.shop.demo.clock import Clock
from bot.shop.demo.plans import Plan
from bot.shop.demo.prices import ACROSS_THE_BORDER, PICKUP_FEE, Share, refund_shares
from bot.shop.domain import Exchange, Order, OrderItem, Payment, PaymentMethod, Product, Return

FREE_REASONS = ("damaged", "defective", "wrong_item", "not_as_described")
"""The shop's fault: the shopper pays nothing for the way back."""

# Days after delivery that a return or exchange was asked for, and last moved.
_PACE = {
    "requested": (1, 1),
    "approved": (2, 2),
    "in_transit": (2, 4),
    "received": (2, 5),
    "shipped": (2, 6),
    "refunded": (3, 8),
    "done": (3, 11),
    "rejected": (11, 12),
}
_RETURN, _EXCHANGE = TypeAdapter(Return), TypeAdapter(Exchange)
_TOO_LATE = 16
"""Days after delivery; exchanges end with the 15th."""
_APPROVED = ("approved", "in_transit", "received", "refunded")


def with_aftercare(order: Order, plan: Plan, product: Product, clock: Clock, random: Random) -> Order:
    """`product` is what the order's first item is."""
    if plan.aftercare == "return":
        return _with_return(order, plan, clock, random)
    if plan.aftercare == "exchange":
        return _with_exchange(order, plan, product, clock, random)
    return order


def paid_value(order: Order, item: OrderItem, quantity: int) -> int:
    """What this many of the item cost after its share of the order's discount, rounded down."""
    goods = sum(line.unit_price * line.quantity - line.discount for line in order.items)
    value = (item.unit_price * item.quantity - item.discount) * quantity // item.quantity
    return value - -(-order.discount * value // goods)


def refund_payments(
    order: Order, paid: tuple[Share, ...], amount: int, payment: Payment
) -> tuple[Payment, ...]:
    """`payment` says when, why and how far; its amount and method are filled in."""
    return tuple(
        replace(
            payment,
            id=f"{order.number}-R{index}",
            method=share.method.kind,
            method_id=share.method.id,
            amount=share.amount,
        )
        for index, share in enumerate(refund_shares(paid, amount), start=1)
    )


def shares_paid(order: Order) -> tuple[Share, ...]:
    from_methods = [
        (p.method_id or "", p.method, p.amount)
        for p in order.payments
        if p.kind == "charge" and p.status == "done"
    ]
    return tuple(Share(PaymentMethod(method_id, kind), amount) for method_id, kind, amount in from_methods)


def _with_return(order: Order, plan: Plan, clock: Clock, random: Random) -> Order:
    item = order.items[0]
    asked, moved = _PACE[plan.status]
    asked_at = clock.at(plan.days - asked, 11, random.randint(0, 500))
    moved_at = clock.at(plan.days - moved, 10, random.randint(60, 560)) if moved > asked else None
    if plan.status == "approved":
        moved_at = asked_at
    value = paid_value(order, item, item.quantity)
    fetched = plan.reason not in FREE_REASONS and order.address.country not in ACROSS_THE_BORDER
    amount = max(0, value - PICKUP_FEE) if fetched else value
    request = _RETURN.validate_python(
        {
            "id": f"{order.number}-T1",
            "items": {item.id: item.quantity},
            "reason": plan.reason,
            "status": plan.status,
            "requested_at": asked_at,
            "refund_amount": amount if plan.status in _APPROVED else 0,
            "updated_at": moved_at,
        }
    )
    order = replace(order, returns=(request,))
    if plan.status not in ("received", "refunded"):
        return order
    assert moved_at is not None
    status: Literal["done", "pending"] = "done" if plan.status == "refunded" else "pending"
    refund = Payment("", "refund", "card", 0, moved_at, status, reason="return")
    return replace(
        order, payments=order.payments + refund_payments(order, shares_paid(order), amount, refund)
    )


def _with_exchange(order: Order, plan: Plan, product: Product, clock: Clock, random: Random) -> Order:
    item = order.items[0]
    asked = _PACE[plan.status][0] if plan.status != "rejected" else _TOO_LATE
    exchange = _EXCHANGE.validate_python(
        {
            "id": f"{order.number}-E1",
            "items": {item.id: _other_size(item, product, random)},
            "status": plan.status,
            "requested_at": clock.at(plan.days - asked, 11, random.randint(0, 500)),
        }
    )
    return replace(order, exchanges=(exchange,))


def _other_size(item: OrderItem, product: Product, random: Random) -> str:
    wanted = {name: value for name, value in item.options.items() if name != "size"}
    return random.choice(
        [
            variant.sku
            for variant in product.variants
            if variant.sku != item.sku and wanted.items() <= variant.options.items()
        ]
    )
