"""Swapping delivered items for other variants of the same product."""

from collections import Counter
from dataclasses import replace

from bot.shop.changes.aftercare import Open, check_item, check_order
from bot.shop.changes.lines import item_of, new_id, order_of, require_stock, shown, wanted_variant
from bot.shop.changes.money import (
    charge_share,
    difference_shares,
    method_of,
    moved,
    movements,
    shares_facts,
)
from bot.shop.changes.plan import Facts, Plan, Snapshot
from bot.shop.changes.requests import ExchangeItems
from bot.shop.changes.rules import refuse
from bot.shop.changes.state import reason_of, reason_words, undo_until
from bot.shop.domain import Exchange, Order, OrderItem, Product, Variant
from bot.shop.policy import Policy, Reason


def plan_exchange(request: ExchangeItems, snapshot: Snapshot, policy: Policy) -> Plan:
    rules, order = policy.exchange_items, order_of(snapshot)
    reason = reason_of(
        "exchanges", rules.reasons, request.reason, rules.document, required=rules.reason_required
    )
    check_order("exchanges", snapshot, policy, reason)
    fault = reason is not None and reason.fault
    opens, wanted = _checked(request, snapshot, policy, reason)
    if request.settle_with is not None:
        method_of(snapshot.customer, request.settle_with)
    difference = sum(
        (variant.price - _price(order, item_of(order, item_id), product, policy)) * opens[item_id].quantity
        for item_id, (product, variant) in wanted.items()
    )
    charges = (charge_share(snapshot, policy, difference, request.settle_with),) if difference > 0 else ()
    refunds = difference_shares(snapshot, policy, max(-difference, 0), request.settle_with)
    now_charged = charges if rules.charge_when == "requested" else ()
    now_refunded = refunds if rules.refund_when == "requested" else ()
    moves = movements("charge", now_charged, snapshot.customer) + movements(
        "refund", now_refunded, snapshot.customer
    )
    exchange = Exchange(
        id=new_id(order, "E", len(order.exchanges), {one.id for one in order.exchanges}),
        items=dict(request.items),
        status="approved" if rules.approved(fault=fault) else "requested",
        requested_at=snapshot.now,
        price_difference=difference if difference > 0 else -sum(share.amount for share in refunds),
        reason=request.reason,
        settle_with=request.settle_with,
    )
    after, customer = moved(
        replace(order, exchanges=(*order.exchanges, exchange)), snapshot.customer, moves, snapshot, "exchange"
    )
    stock: Counter[str] = Counter()
    for item_id, sku in request.items.items():
        stock[sku] -= opens[item_id].quantity
    pickup = rules.fee(policy.delivery.region(order.address))
    facts: Facts = {
        "order": order.number,
        "items": [
            shown(item_of(order, item_id), opens[item_id].quantity, variant)
            | {"until": opens[item_id].until, "unopened": opens[item_id].unopened}
            for item_id, (_, variant) in wanted.items()
        ],
        "reason": reason_words(reason, request.reason) if request.reason else None,
        "fault": fault,
        "approved": exchange.status == "approved",
        "review_hours": None if exchange.status == "approved" else rules.review_hours,
        "difference": exchange.price_difference,
        "charge": sum(share.amount for share in charges),
        "charges": shares_facts(charges, policy),
        "charge_when": rules.charge_when,
        "refund": sum(share.amount for share in refunds),
        "refunds": shares_facts(refunds, policy),
        "refund_when": rules.refund_when,
        "fee": 0 if fault else pickup or 0,
        "pickup": pickup is not None,
        "send_days": rules.send_days,
        "hold_days": rules.hold_days,
        "once": rules.once_per,
        "document": rules.document,
    }
    return Plan(
        request=request,
        customer=customer,
        order=after,
        stock=dict(stock),
        movements=moves,
        facts=facts,
        undo_until=undo_until(rules, snapshot),
    )


def _checked(
    request: ExchangeItems, snapshot: Snapshot, policy: Policy, reason: Reason | None
) -> tuple[dict[str, Open], dict[str, tuple[Product, Variant]]]:
    order = order_of(snapshot)
    if not request.items:
        refuse("item.none", policy.exchange_items.document)
    opens: dict[str, Open] = {}
    wanted: dict[str, tuple[Product, Variant]] = {}
    needed: Counter[str] = Counter()
    for item_id, sku in request.items.items():
        item = item_of(order, item_id)
        opens[item_id] = check_item("exchanges", snapshot, policy, item, reason)
        fault = reason is not None and reason.fault
        current = "" if fault else current_sku(order, item)  # a faulty one may be swapped for the same
        wanted[item_id] = wanted_variant(snapshot, item, current, sku)
        needed[sku] += opens[item_id].quantity
        require_stock(item, wanted[item_id][1], needed[sku])
    return opens, wanted


def current_sku(order: Order, item: OrderItem) -> str:
    """What the shopper has now, after exchanges that are done."""
    done = [one.items[item.id] for one in order.exchanges if one.status == "done" and item.id in one.items]
    return done[-1] if done else item.sku


def _price(order: Order, item: OrderItem, product: Product, policy: Policy) -> int:
    """What the new price is compared with."""
    sku = current_sku(order, item)
    if policy.exchange_items.compare == "paid" and sku == item.sku:
        return item.unit_price
    return next((variant.price for variant in product.variants if variant.sku == sku), item.unit_price)
