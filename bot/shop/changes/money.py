"""What was paid for what, where a refund goes, and what a charge is taken from. All in cents."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bot.shop.changes.lines import new_id, order_of
from bot.shop.changes.plan import Facts, Movement, Snapshot
from bot.shop.changes.rules import refuse
from bot.shop.domain import Customer, Order, OrderItem, OrderStatus, Payment, PaymentKind, PaymentMethod
from bot.shop.policy import Policy

_PROMISED = ("requested", "approved", "in_transit")
"""Returns whose money has not moved yet."""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a sum, and the payment method that it is for."""

    kind: PaymentKind
    method_id: str | None
    amount: int


def line_values(order: Order) -> Mapping[str, int]:
    """Item id to what the line cost: less its own discount and its share of the order's; they add up to the cent."""
    goods = sum(item.unit_price * item.quantity - item.discount for item in order.items)
    off = min(order.discount, goods)
    values, so_far = {}, 0
    for item in order.items:
        value = item.unit_price * item.quantity - item.discount
        share = (off * (so_far + value) // goods - off * so_far // goods) if goods else 0
        so_far += value
        values[item.id] = value - share
    return values


def paid_for(order: Order, item: OrderItem, quantity: int, already: int) -> int:
    """What `quantity` more of the item cost after `already` were taken back: over all of them, the line's value.

    A price that was made up since is taken off; it was for those that were still there. Less than nothing
    where more was made up than the item came to cost, when a discount moved to it later.
    """
    value, after = line_values(order)[item.id], already + quantity
    paid = value * after // item.quantity - value * already // item.quantity
    for one in order.price_protections:
        if one.item_id == item.id:
            gone = item.quantity - one.quantity
            first, last = max(already - gone, 0), max(after - gone, 0)
            paid -= one.amount * last // one.quantity - one.amount * first // one.quantity
    return paid


def shipping_paid(order: Order) -> int:
    goods = sum(item.unit_price * item.quantity - item.discount for item in order.items)
    return order.shipping_fee - max(order.discount - goods, 0)


def promised(order: Order, policy: Policy) -> int:
    """What returns and exchanges that are under way will pay back, where that waits for the goods."""
    back = 0
    if policy.return_items.refund_when == "received":
        back += sum(one.refund_amount for one in order.returns if one.status in _PROMISED)
    if policy.exchange_items.refund_when == "received":
        back += sum(-min(one.price_difference, 0) for one in order.exchanges if one.status in _PROMISED)
    return back


def refundable(order: Order, policy: Policy) -> tuple[Share, ...]:
    """What each method paid and did not get back yet, banks and wallets before gift cards."""
    counted = ("done",) if order.status is OrderStatus.PENDING else ("done", "pending")
    paid: dict[tuple[PaymentKind, str | None], int] = {}
    for one in order.payments:
        if one.kind == "charge" and one.status in counted:
            paid[one.method, one.method_id] = paid.get((one.method, one.method_id), 0) + one.amount
    elsewhere = promised(order, policy)
    for one in order.payments:
        if one.kind == "refund" and one.status != "failed":
            key = (one.method, one.method_id)
            here = min(paid.get(key, 0), one.amount)
            if here:
                paid[key] -= here
            elsewhere += one.amount - here
    shares = []
    for (kind, method_id), amount in sorted(paid.items(), key=lambda entry: entry[0][0] == "gift_card"):
        taken = min(amount, elsewhere)
        elsewhere -= taken
        if amount > taken:
            shares.append(Share(kind, method_id, amount - taken))
    return tuple(shares)


def refund_shares(snapshot: Snapshot, policy: Policy, amount: int, to: str | None) -> tuple[Share, ...]:
    """Where `amount` goes; less only where less is left of what was paid.

    Raises Refused where `to` is a method that the policy does not pay back to.
    """
    original = _fill(refundable(order_of(snapshot), policy), amount)
    if to is None or [share.method_id for share in original] == [to]:
        return original
    method = method_of(snapshot.customer, to)
    if method.kind == "gift_card" and policy.refunds.gift_card == "existing":
        total = sum(share.amount for share in original)
        return (Share(method.kind, method.id, total),) if total else ()
    if to in [share.method_id for share in original]:
        refuse("refund.mixed", policy.refunds.document)
    if original:
        refuse("refund.route", policy.refunds.document)
    return ()


def difference_shares(snapshot: Snapshot, policy: Policy, amount: int, to: str | None) -> tuple[Share, ...]:
    """Where a price difference is paid back."""
    if to is None or policy.refunds.differences == "original":
        return refund_shares(snapshot, policy, amount, to)
    method = method_of(snapshot.customer, to)
    total = sum(share.amount for share in _fill(refundable(order_of(snapshot), policy), amount))
    return (Share(method.kind, method.id, total),) if total else ()


def _fill(shares: Iterable[Share], amount: int) -> tuple[Share, ...]:
    filled = []
    for share in shares:
        part = min(share.amount, amount)
        amount -= part
        if part:
            filled.append(replace(share, amount=part))
    return tuple(filled)


def method_of(customer: Customer, method_id: str) -> PaymentMethod:
    for method in customer.payment_methods:
        if method.id == method_id:
            return method
    return refuse("method.not_found")


def charge_share(snapshot: Snapshot, policy: Policy, amount: int, to: str | None) -> Share:
    """What `amount` is charged to: the method named, else the one that paid.

    Raises Refused where the shop does not take it, or a gift card's balance does not carry it.
    """
    method = method_of(snapshot.customer, to) if to is not None else _paying_method(snapshot, policy)
    if policy.refunds.methods is not None and method.kind not in policy.refunds.methods:
        refuse("method.kind", policy.refunds.methods_document)
    if method.kind == "gift_card" and (method.balance or 0) < amount:
        refuse("method.balance", policy.refunds.methods_document, balance=method.balance or 0, amount=amount)
    return Share(method.kind, method.id, amount)


def _paying_method(snapshot: Snapshot, policy: Policy) -> PaymentMethod:
    charged = [
        one.method_id
        for one in order_of(snapshot).payments
        if one.kind == "charge" and one.status != "failed"
    ]
    mine = {method.id: method for method in snapshot.customer.payment_methods}
    used = [mine[method_id] for method_id in charged if method_id in mine]
    for method in sorted(used, key=lambda method: method.kind == "gift_card"):
        return method
    return refuse("method.none", policy.refunds.methods_document)


def movements(kind: str, shares: Iterable[Share], customer: Customer) -> tuple[Movement, ...]:
    """A gift card that the customer has is settled at once."""
    cards = {method.id for method in customer.payment_methods if method.kind == "gift_card"}
    return tuple(
        Movement(
            "refund" if kind == "refund" else "charge",
            share.amount,
            share.kind,
            share.method_id,
            "done" if share.method_id in cards else "pending",
        )
        for share in shares
        if share.amount > 0
    )


def moved(
    order: Order, customer: Customer, moves: Iterable[Movement], snapshot: Snapshot, reason: str
) -> tuple[Order, Customer]:
    """Both with the money moved: the order's history longer, gift cards fuller or emptier."""
    for move in moves:
        letter = "P" if move.kind == "charge" else "R"
        count = sum(one.kind == move.kind for one in order.payments)
        payment = Payment(
            id=new_id(order, letter, count, {one.id for one in order.payments}),
            kind=move.kind,
            method=move.method,
            amount=move.amount,
            at=snapshot.now,
            status=move.status,
            method_id=move.method_id,
            reason=reason,
        )
        order = replace(order, payments=(*order.payments, payment))
        if move.status == "done":
            customer = _with_balance(customer, move)
    return order, customer


def _with_balance(customer: Customer, move: Movement) -> Customer:
    change = move.amount if move.kind == "refund" else -move.amount
    return replace(
        customer,
        payment_methods=tuple(
            replace(method, balance=(method.balance or 0) + change) if method.id == move.method_id else method
            for method in customer.payment_methods
        ),
    )


def shares_facts(shares: Iterable[Share], policy: Policy) -> list[Facts]:
    """For facts: where the money goes, and in how many working days."""
    days = policy.refunds.days
    return [
        {
            "method": share.kind,
            "method_id": share.method_id,
            "amount": share.amount,
            "days": list(days.get(share.kind) or days.get("*") or ()),
        }
        for share in shares
    ]
