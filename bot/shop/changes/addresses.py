"""Where an order goes, and where the customer's orders go by default."""

from collections.abc import Mapping
from dataclasses import replace

from bot.shop.changes.fields import address_facts, clean_address
from bot.shop.changes.lines import marks, order_of
from bot.shop.changes.money import (
    Share,
    charge_share,
    moved,
    movements,
    refund_shares,
    shares_facts,
    shipping_paid,
)
from bot.shop.changes.plan import Facts, Plan, Snapshot
from bot.shop.changes.requests import ChangeAddress, ChangeDefaultAddress
from bot.shop.changes.rules import refuse
from bot.shop.changes.state import require_state, undo_until
from bot.shop.domain import Address, Order, OrderStatus
from bot.shop.policy import Policy


def plan_address(request: ChangeAddress, snapshot: Snapshot, policy: Policy) -> Plan:
    rules, order = policy.change_address, order_of(snapshot)
    check_address(snapshot, policy)
    address = clean_address(request.address, policy)
    if _same(address, order.address):
        refuse("address.same", rules.document)
    region = policy.delivery.region(address)
    unsendable = set(policy.delivery.not_sent.get(region, ()))
    for item in order.items:
        if marks(snapshot, item.product_id) & unsendable:
            refuse("address.item", policy.delivery.document, item=item.name)
    changed = replace(order, address=address, shipping_fee=_fee(order, address, snapshot, policy))
    if changed.total < 0:
        changed = replace(changed, discount=changed.discount + changed.total)
    difference = changed.total - order.total
    charges: tuple[Share, ...] = ()
    refunds: tuple[Share, ...] = ()
    if order.status is not OrderStatus.PENDING and difference > 0:
        charges = (charge_share(snapshot, policy, difference, None),)
    elif order.status is not OrderStatus.PENDING and difference < 0:
        refunds = refund_shares(snapshot, policy, -difference, None)
    moves = movements("charge", charges, snapshot.customer) + movements("refund", refunds, snapshot.customer)
    after, customer = moved(changed, snapshot.customer, moves, snapshot, "address")
    facts: Facts = {
        "order": order.number,
        "address": address_facts(address),
        "address_before": address_facts(order.address),
        "region": region,
        "shipping_fee": changed.shipping_fee,
        "difference": difference,
        "order_total": after.total,
        "charge": sum(share.amount for share in charges),
        "charges": shares_facts(charges, policy),
        "refund": sum(share.amount for share in refunds),
        "refunds": shares_facts(refunds, policy),
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


def check_address(snapshot: Snapshot, policy: Policy) -> None:
    require_state("address", policy.change_address.states, policy.change_address.document, snapshot)


def _fee(order: Order, address: Address, snapshot: Snapshot, policy: Policy) -> int:
    """The delivery fee to the new address; a coupon that made it free still does."""
    region = policy.delivery.region(address)
    if region == policy.delivery.region(order.address) or region not in policy.change_address.recalculated:
        return order.shipping_fee
    coupons: Mapping[str, str] = {one.code: one.kind for one in snapshot.customer.coupons}
    if coupons.get(order.coupon_code or "") == "free_shipping":
        return order.shipping_fee
    return policy.delivery.fee(address, order.total - shipping_paid(order))


def _same(address: Address, other: Address) -> bool:
    return replace(address, id=other.id) == other


def plan_default_address(request: ChangeDefaultAddress, snapshot: Snapshot, policy: Policy) -> Plan:
    rules, customer = policy.change_default_address, snapshot.customer
    address = clean_address(request.address, policy)
    mine = {one.id: one for one in customer.addresses}
    before = mine.get(customer.default_address_id or "")
    if before is not None and _same(address, before):
        refuse("address.same", rules.document)
    known = next((one for one in customer.addresses if _same(address, one)), None)
    if known is not None:
        address, addresses = known, customer.addresses
    elif address.id in mine:
        addresses = tuple(address if one.id == address.id else one for one in customer.addresses)
    elif len(customer.addresses) >= rules.at_most:
        refuse("address.many", rules.document, most=rules.at_most)
    else:
        addresses = (*customer.addresses, address)
    return Plan(
        request=request,
        customer=replace(customer, addresses=addresses, default_address_id=address.id),
        order=None,
        facts={
            "address": address_facts(address),
            "address_before": address_facts(before) if before is not None else None,
            "document": rules.document,
        },
        undo_until=undo_until(rules, snapshot),
    )
