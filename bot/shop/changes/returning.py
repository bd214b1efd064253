"""Sending delivered items back for their money."""

from collections.abc import Mapping
from dataclasses import replace

from bot.shop.changes.aftercare import Open, check_item, check_order
from bot.shop.changes.lines import item_of, new_id, order_of, returned, shown
from bot.shop.changes.money import moved, movements, paid_for, refund_shares, shares_facts, shipping_paid
from bot.shop.changes.plan import Facts, Plan, Snapshot
from bot.shop.changes.requests import ReturnItems
from bot.shop.changes.rules import refuse
from bot.shop.changes.state import reason_of, reason_words, undo_until
from bot.shop.domain import Order, Return
from bot.shop.policy import Policy, Reason


def plan_return(request: ReturnItems, snapshot: Snapshot, policy: Policy) -> Plan:
    rules, order = policy.return_items, order_of(snapshot)
    reason = reason_of(
        "returns", rules.reasons, request.reason, rules.document, required=rules.reason_required
    )
    check_order("returns", snapshot, policy, reason)
    opens = _checked(request, snapshot, policy, reason)
    fault = reason is not None and reason.fault
    goods = sum(
        max(paid_for(order, item_of(order, item_id), quantity, returned(order, item_of(order, item_id))), 0)
        for item_id, quantity in request.items.items()
    )
    shipping = _shipping_back(order) if fault and rules.shipping_back_for_fault else 0
    pickup = rules.fee(policy.delivery.region(order.address))
    fee = 0 if fault else min(pickup or 0, goods)
    shares = refund_shares(snapshot, policy, goods + shipping - fee, request.refund_to)
    now = rules.refund_when == "requested"
    moves = movements("refund", shares, snapshot.customer) if now else ()
    back = Return(
        id=new_id(order, "T", len(order.returns), {one.id for one in order.returns}),
        items=dict(request.items),
        reason=request.reason,
        status="approved" if rules.approved(fault=fault) else "requested",
        requested_at=snapshot.now,
        refund_amount=sum(share.amount for share in shares),
        fee=fee,
        shipping=shipping,
        refund_to=request.refund_to,
    )
    after, customer = moved(
        replace(order, returns=(*order.returns, back)), snapshot.customer, moves, snapshot, "return"
    )
    facts: Facts = {
        "order": order.number,
        "items": [
            shown(item_of(order, item_id), quantity)
            | {"until": opens[item_id].until, "unopened": opens[item_id].unopened}
            for item_id, quantity in request.items.items()
        ],
        "reason": reason_words(reason, request.reason),
        "fault": fault,
        "approved": back.status == "approved",
        "review_hours": None if back.status == "approved" else rules.review_hours,
        "refund": back.refund_amount,
        "refunds": shares_facts(shares, policy),
        "refund_when": rules.refund_when,
        "fee": fee,
        "pickup": pickup is not None,
        "shipping": shipping,
        "send_days": rules.send_days,
        "document": rules.document,
    }
    return Plan(
        request=request,
        customer=customer,
        order=after,
        movements=moves,
        facts=facts,
        undo_until=undo_until(rules, snapshot),
    )


def _checked(
    request: ReturnItems, snapshot: Snapshot, policy: Policy, reason: Reason | None
) -> Mapping[str, Open]:
    rules, order = policy.return_items, order_of(snapshot)
    if not request.items:
        refuse("item.none", rules.document)
    opens = {}
    for item_id, quantity in request.items.items():
        item = item_of(order, item_id)
        opens[item_id] = check_item("returns", snapshot, policy, item, reason)
        if not 0 < quantity <= opens[item_id].quantity:
            refuse("item.quantity", rules.document, item=item.name, left=opens[item_id].quantity)
        if quantity < item.quantity and not rules.part_of_line:
            refuse("returns.part", rules.document, item=item.name)
    return opens


def _shipping_back(order: Order) -> int:
    """What is left of the delivery fee to pay back."""
    gone = sum(one.shipping for one in order.returns if one.status != "rejected")
    return max(shipping_paid(order) - gone, 0)
