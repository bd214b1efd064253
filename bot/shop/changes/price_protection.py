"""Paying back what a price fell by since it was paid (价保)."""

from dataclasses import dataclass, replace

from bot.shop.changes.lines import (
    arrived,
    is_over,
    item_of,
    last_moment,
    left,
    marks,
    new_id,
    order_of,
    shown,
    span,
    swapped,
)
from bot.shop.changes.money import moved, movements, paid_for, refund_shares, shares_facts
from bot.shop.changes.plan import Facts, Plan, Refused, Snapshot
from bot.shop.changes.requests import ProtectPrice
from bot.shop.changes.rules import refuse
from bot.shop.changes.state import require_state, undo_until
from bot.shop.domain import OrderItem, PriceProtection
from bot.shop.policy import Policy


@dataclass(frozen=True, slots=True)
class Fall:
    quantity: int
    each: int
    """Cents."""
    price: int
    """Of today, in cents."""
    until: str | None
    """ISO; the window's last second."""

    @property
    def amount(self) -> int:
        return self.each * self.quantity


def plan_price_protection(request: ProtectPrice, snapshot: Snapshot, policy: Policy) -> Plan:
    rules, order = policy.protect_price, order_of(snapshot)
    check_state(snapshot, policy)
    falls = _falls(request, snapshot, policy)
    shares = refund_shares(snapshot, policy, sum(fall.amount for _, fall in falls), None)
    if sum(share.amount for share in shares) < sum(fall.amount for _, fall in falls) or not shares:
        refuse("price.nothing", rules.document)
    moves = movements("refund", shares, snapshot.customer)
    after = order
    for item, fall in falls:
        made_up = PriceProtection(
            id=new_id(after, "D", len(after.price_protections), {one.id for one in after.price_protections}),
            item_id=item.id,
            quantity=fall.quantity,
            amount=fall.amount,
            at=snapshot.now,
        )
        after = replace(after, price_protections=(*after.price_protections, made_up))
    after, customer = moved(after, snapshot.customer, moves, snapshot, "price_protection")
    facts: Facts = {
        "order": order.number,
        "items": [
            shown(item, fall.quantity)
            | {
                "price_paid": item.unit_price,
                "price_now": fall.price,
                "each": fall.each,
                "amount": fall.amount,
            }
            for item, fall in falls
        ],
        "refund": sum(share.amount for share in shares),
        "refunds": shares_facts(shares, policy),
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


def check_state(snapshot: Snapshot, policy: Policy) -> None:
    require_state("price", policy.protect_price.states, policy.protect_price.document, snapshot)


def _falls(request: ProtectPrice, snapshot: Snapshot, policy: Policy) -> list[tuple[OrderItem, Fall]]:
    """Of the items named; where none are named, of those whose price fell."""
    order = order_of(snapshot)
    if request.items:
        items = [item_of(order, item_id) for item_id in dict.fromkeys(request.items)]
        return [(item, check_price(snapshot, policy, item)) for item in items]
    falls, refusals = [], []
    for item in order.items:
        try:
            falls.append((item, check_price(snapshot, policy, item)))
        except Refused as refused:
            refusals.append(refused)
    if not falls and len(refusals) == 1:
        raise refusals[0]
    if not falls:
        refuse("price.nothing", policy.protect_price.document)
    return falls


def check_price(snapshot: Snapshot, policy: Policy, item: OrderItem) -> Fall:
    """What the item's price fell by; raises Refused where nothing is due."""
    rules, order = policy.protect_price, order_of(snapshot)
    if marks(snapshot, item.product_id) & set(rules.exclusions):
        refuse("price.excluded", rules.document, item=item.name)
    if swapped(order, item) or left(order, item) < item.quantity:
        refuse("price.returned", rules.document, item=item.name)
    earlier = [one for one in order.price_protections if one.item_id == item.id]
    if earlier and rules.once_per == "item":
        refuse("price.once", rules.document, item=item.name)
    units, at = arrived(snapshot, order, item)
    until = None
    if at is not None and units >= item.quantity:
        if rules.window is not None and is_over(rules.window, at, snapshot):
            refuse(
                "price.window",
                rules.document,
                item=item.name,
                arrived=at.isoformat(),
                window=span(rules.window),
            )
        until = last_moment(rules.window, at, snapshot)
    product = snapshot.products.get(item.product_id)
    variants = product.variants if product is not None and product.active else ()
    price = next((variant.price for variant in variants if variant.sku == item.sku), item.unit_price)
    fell = item.unit_price - sum(one.amount // one.quantity for one in earlier) - price
    if fell <= 0:
        refuse("price.same", rules.document, item=item.name)
    paid_each = paid_for(order, item, item.quantity, 0) // item.quantity
    if paid_each <= price:
        refuse("price.coupon", rules.document, item=item.name)
    return Fall(item.quantity, min(fell, paid_each), price, until)
