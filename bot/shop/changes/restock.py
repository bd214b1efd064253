"""Telling a shopper when something that is sold out is back."""

from datetime import timedelta

from bot.shop.changes.plan import Plan, Snapshot
from bot.shop.changes.requests import NotifyRestock
from bot.shop.changes.rules import refuse
from bot.shop.changes.state import undo_until
from bot.shop.policy import Policy


def plan_restock(request: NotifyRestock, snapshot: Snapshot, policy: Policy) -> Plan:
    rules = policy.notify_restock
    product = snapshot.products.get(request.product_id)
    variants = product.variants if product is not None and product.active else ()
    variant = next((one for one in variants if one.sku == request.sku), None)
    if product is None or variant is None:
        refuse("restock.gone", rules.document)
    if variant.stock:
        refuse("restock.in_stock", rules.document, item=product.name)
    if {*product.tags, product.category} & set(rules.exclusions):
        refuse("restock.excluded", rules.document, item=product.name)
    waiting = _waiting(snapshot, policy)
    if request.sku in waiting:
        refuse("restock.already", rules.document, item=product.name)
    if len(waiting) >= rules.at_most:
        refuse("restock.many", rules.document, most=rules.at_most)
    return Plan(
        request=request,
        customer=snapshot.customer,
        order=None,
        facts={
            "product_id": product.id,
            "name": dict(product.name),
            "sku": variant.sku,
            "options": dict(variant.options),
            "days": rules.days,
            "document": rules.document,
        },
        undo_until=undo_until(rules, snapshot),
    )


def _waiting(snapshot: Snapshot, policy: Policy) -> set[str]:
    """The skus that the customer waits for already."""
    days = policy.notify_restock.days
    return {
        str(receipt.request.get("sku"))
        for receipt in snapshot.receipts
        if receipt.kind == "notify_restock"
        and receipt.undone_by is None
        and (receipt.request.get("sku"), int(receipt.at.timestamp())) not in snapshot.told
        and (days is None or snapshot.now < receipt.at + timedelta(days=days))
    }
