"""Other variants of what was ordered, before it leaves."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from bot.shop.changes.lines import item_of, order_of, refuse_started, require_stock, shown, wanted_variant
from bot.shop.changes.money import (
    Share,
    charge_share,
    difference_shares,
    method_of,
    moved,
    movements,
    shares_facts,
)
from bot.shop.changes.plan import Facts, Plan, Snapshot
from bot.shop.changes.requests import ChangeItems
from bot.shop.changes.rules import refuse
from bot.shop.changes.state import require_state, undo_until
from bot.shop.domain import Order, OrderItem, OrderStatus, Variant
from bot.shop.policy import Policy


def plan_items(request: ChangeItems, snapshot: Snapshot, policy: Policy) -> Plan:
    rules, order = policy.change_items, order_of(snapshot)
    if not request.items:
        refuse("item.none", rules.document)
    items = [item_of(order, item_id) for item_id in request.items]
    for item in items:
        check_change(snapshot, policy, item)
    wanted = _wanted(request, snapshot, items)
    if request.settle_with is not None:
        method_of(snapshot.customer, request.settle_with)
    changed, difference = _changed(order, wanted)
    charges: tuple[Share, ...] = ()
    refunds: tuple[Share, ...] = ()
    if order.status is not OrderStatus.PENDING and difference > 0:
        charges = (charge_share(snapshot, policy, difference, request.settle_with),)
    elif order.status is not OrderStatus.PENDING and difference < 0:
        refunds = difference_shares(snapshot, policy, -difference, request.settle_with)
    moves = movements("charge", charges, snapshot.customer) + movements("refund", refunds, snapshot.customer)
    after, customer = moved(changed, snapshot.customer, moves, snapshot, "items")
    stock: Counter[str] = Counter()
    for item in items:
        stock[item.sku] += item.quantity
        stock[wanted[item.id].sku] -= item.quantity
    facts: Facts = {
        "order": order.number,
        "items": [shown(item, item.quantity, wanted[item.id]) for item in items],
        "difference": difference,
        "order_total": after.total,
        "charge": sum(share.amount for share in charges),
        "charges": shares_facts(charges, policy),
        "refund": sum(share.amount for share in refunds),
        "refunds": shares_facts(refunds, policy),
        "once": rules.once_per,
        "document": rules.document,
    }
    return Plan(
        request=request,
        customer=customer,
        order=after,
        stock={sku: number for sku, number in stock.items() if number},
        movements=moves,
        facts=facts,
        undo_until=undo_until(rules, snapshot),
    )


def check_change(snapshot: Snapshot, policy: Policy, item: OrderItem) -> None:
    """Raises Refused where this item can no longer become another variant."""
    rules = policy.change_items
    require_state("items", rules.states, rules.document, snapshot)
    refuse_started("items.started", rules.document, rules.tag_windows, snapshot, [item])
    for receipt in snapshot.receipts:
        if receipt.kind == "change_items" and receipt.undone_by is None:
            same = item.id in receipt.request.get("items", {})
            if rules.once_per == "order" or (rules.once_per == "item" and same):
                refuse("items.once", rules.document, order=order_of(snapshot).number)


def _wanted(request: ChangeItems, snapshot: Snapshot, items: list[OrderItem]) -> dict[str, Variant]:
    wanted: dict[str, Variant] = {}
    needed: Counter[str] = Counter()
    for item in items:
        sku = request.items[item.id]
        _, wanted[item.id] = wanted_variant(snapshot, item, item.sku, sku)
        needed[sku] += item.quantity
        require_stock(item, wanted[item.id], needed[sku])
    return wanted


def _changed(order: Order, wanted: Mapping[str, Variant]) -> tuple[Order, int]:
    """The order with the new variants at today's prices, and what it costs more than before.

    A price that was made up for before is made up no longer: the new variant never cost more.
    """
    items = tuple(_as(item, wanted[item.id]) if item.id in wanted else item for item in order.items)
    goods = sum(item.unit_price * item.quantity - item.discount for item in items)
    changed = replace(
        order,
        items=items,
        discount=min(order.discount, goods + order.shipping_fee),
        price_protections=tuple(one for one in order.price_protections if one.item_id not in wanted),
    )
    made_up = sum(one.amount for one in order.price_protections if one.item_id in wanted)
    return changed, changed.total - order.total + made_up


def _as(item: OrderItem, variant: Variant) -> OrderItem:
    return replace(
        item,
        sku=variant.sku,
        options=dict(variant.options),
        unit_price=variant.price,
        discount=min(item.discount, variant.price * item.quantity),
    )
