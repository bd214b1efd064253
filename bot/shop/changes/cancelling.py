"""Cancelling an order, or some of its items, before it leaves."""

from collections.abc import Mapping
from dataclasses import replace

from bot.shop.changes.lines import item_of, order_of, refuse_started, shown, state_of
from bot.shop.changes.money import (
    Share,
    charge_share,
    moved,
    movements,
    paid_for,
    refund_shares,
    refundable,
    shares_facts,
)
from bot.shop.changes.plan import Facts, Plan, Snapshot
from bot.shop.changes.requests import CancelOrder
from bot.shop.changes.rules import refuse
from bot.shop.changes.state import reason_of, reason_words, require_state, undo_until
from bot.shop.domain import Coupon, Customer, Order, OrderItem, OrderStatus
from bot.shop.policy import Policy, Reason


def plan_cancelling(request: CancelOrder, snapshot: Snapshot, policy: Policy) -> Plan:
    rules = policy.cancel_order
    check_cancelling(snapshot, policy)
    reason = reason_of("cancel", rules.reasons, request.reason, rules.document, required=True)
    units = _units(request, snapshot)
    items = [item for item in order_of(snapshot).items if item.id in units]
    refuse_started("cancel.started", rules.document, rules.tag_windows, snapshot, items)
    if all(units.get(item.id) == item.quantity for item in order_of(snapshot).items):
        return _whole(request, snapshot, policy, reason)
    check_part(snapshot, policy)
    return _part(request, snapshot, policy, reason, units)


def check_cancelling(snapshot: Snapshot, policy: Policy) -> None:
    require_state("cancel", policy.cancel_order.states, policy.cancel_order.document, snapshot)


def check_part(snapshot: Snapshot, policy: Policy) -> None:
    order = order_of(snapshot)
    if state_of(order) not in policy.cancel_order.partial_states:
        refuse("cancel.part", policy.cancel_order.document, order=order.number)


def _units(request: CancelOrder, snapshot: Snapshot) -> Mapping[str, int]:
    order = order_of(snapshot)
    if not request.items:
        return {item.id: item.quantity for item in order.items}
    for item_id, quantity in request.items.items():
        item = item_of(order, item_id)
        if not 0 < quantity <= item.quantity:
            refuse("item.quantity", None, item=item.name, left=item.quantity)
    return request.items


def _whole(request: CancelOrder, snapshot: Snapshot, policy: Policy, reason: Reason | None) -> Plan:
    order = order_of(snapshot)
    amount = sum(share.amount for share in refundable(order, policy))
    shares = refund_shares(snapshot, policy, amount, request.refund_to)
    moves = movements("refund", shares, snapshot.customer)
    cancelled = replace(
        order, status=OrderStatus.CANCELLED, cancelled_at=snapshot.now, cancel_reason=request.reason
    )
    after, customer = moved(cancelled, snapshot.customer, moves, snapshot, "cancelled")
    facts: Facts = {"whole": True, "order_total": order.total}
    coupon = _coupon(order, customer)
    if policy.cancel_order.coupon_back and coupon is not None and coupon.used:
        facts["coupon"] = dict(coupon.label)
        facts["coupon_expired"] = coupon.ends_at is not None and coupon.ends_at < snapshot.now
        if not facts["coupon_expired"]:
            customer = _with_coupon_back(customer, coupon)
    units = {item.id: item.quantity for item in order.items}
    return Plan(
        request=request,
        customer=customer,
        order=after,
        stock=_back(snapshot, units),
        movements=moves,
        facts=facts | _facts(snapshot, policy, units, shares, reason_words(reason, request.reason)),
        undo_until=undo_until(policy.cancel_order, snapshot),
    )


def _part(
    request: CancelOrder, snapshot: Snapshot, policy: Policy, reason: Reason | None, units: Mapping[str, int]
) -> Plan:
    order = order_of(snapshot)
    value = sum(paid_for(order, item, units.get(item.id, 0), 0) for item in order.items)
    smaller, coupon_lost = _without(order, snapshot.customer, units)
    value -= coupon_lost
    shares: tuple[Share, ...] = ()
    charges: tuple[Share, ...] = ()
    if order.status is not OrderStatus.PENDING and value > 0:
        shares = refund_shares(snapshot, policy, value, request.refund_to)
    elif order.status is not OrderStatus.PENDING and value < 0:
        charges = (charge_share(snapshot, policy, -value, None),)
    moves = movements("refund", shares, snapshot.customer) + movements("charge", charges, snapshot.customer)
    after, customer = moved(smaller, snapshot.customer, moves, snapshot, "cancelled")
    facts: Facts = {
        "whole": False,
        "order_total": after.total,
        "coupon_lost": coupon_lost,
        "charges": shares_facts(charges, policy),
        "charge": sum(share.amount for share in charges),
    }
    return Plan(
        request=request,
        customer=customer,
        order=after,
        stock=_back(snapshot, units),
        movements=moves,
        facts=facts | _facts(snapshot, policy, units, shares, reason_words(reason, request.reason)),
        undo_until=undo_until(policy.cancel_order, snapshot),
    )


def _without(order: Order, customer: Customer, units: Mapping[str, int]) -> tuple[Order, int]:
    """The order without these units, and what is lost with a coupon whose minimum is no longer met."""
    items = tuple(
        _fewer(item, units.get(item.id, 0)) for item in order.items if units.get(item.id, 0) < item.quantity
    )
    protections = tuple(
        replace(one, quantity=one.quantity - gone, amount=one.amount - one.amount * gone // one.quantity)
        for one in order.price_protections
        if (gone := units.get(one.item_id, 0)) < one.quantity
    )
    goods = sum(item.unit_price * item.quantity - item.discount for item in items)
    bare = replace(order, price_protections=())
    value = sum(paid_for(bare, item, units.get(item.id, 0), 0) for item in order.items)
    discount = goods + order.shipping_fee - (order.total - value)
    coupon = _coupon(order, customer)
    lost = discount if coupon is not None and coupon.kind != "free_shipping" and goods < coupon.minimum else 0
    smaller = replace(order, items=items, discount=discount - lost, price_protections=protections)
    return smaller, lost


def _fewer(item: OrderItem, gone: int) -> OrderItem:
    kept = item.quantity - gone
    return replace(item, quantity=kept, discount=item.discount * kept // item.quantity)


def _coupon(order: Order, customer: Customer) -> Coupon | None:
    return next((one for one in customer.coupons if one.code == order.coupon_code), None)


def _with_coupon_back(customer: Customer, coupon: Coupon) -> Customer:
    coupons = (replace(one, used=False) if one.code == coupon.code else one for one in customer.coupons)
    return replace(customer, coupons=tuple(coupons))


def _back(snapshot: Snapshot, units: Mapping[str, int]) -> dict[str, int]:
    """What comes back to the shelf; what the shop no longer sells does not."""
    known = {variant.sku for product in snapshot.products.values() for variant in product.variants}
    stock: dict[str, int] = {}
    for item in order_of(snapshot).items:
        if item.sku in known and units.get(item.id):
            stock[item.sku] = stock.get(item.sku, 0) + units[item.id]
    return stock


def _facts(
    snapshot: Snapshot, policy: Policy, units: Mapping[str, int], shares: tuple[Share, ...], reason: Facts
) -> Facts:
    order = order_of(snapshot)
    return {
        "order": order.number,
        "items": [shown(item, units[item.id]) for item in order.items if units.get(item.id)],
        "reason": reason,
        "refund": sum(share.amount for share in shares),
        "refunds": shares_facts(shares, policy),
        "document": policy.cancel_order.document,
    }
