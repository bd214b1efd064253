"""Money back: at most once for a change, whatever answer was lost."""

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.shop_system import Refusal
from connectors.shopify import mutations
from connectors.shopify.ids import idempotency_key
from connectors.shopify.money import decimal
from connectors.shopify.orders import has_tax_on_top
from connectors.shopify.payments import shares
from connectors.shopify.returns import protection_note
from connectors.shopify.work import OrderWork


async def refund(work: OrderWork, note: str, lines: Sequence[Mapping[str, Any]] = ()) -> None:
    """`note` bears the mark; the same key goes with it, in case an earlier call is still under way."""
    if work.has_refund():
        return
    order = work.order
    moves = work.refunds()
    if moves and order["presentmentCurrencyCode"] != order["currencyCode"]:
        raise Refusal("it was paid in another currency than the shop's")
    parts = shares(order, moves)
    if parts is None:
        raise Refusal("less was paid that way than is to go back")
    transactions = [
        {
            "orderId": work.gid,
            "parentId": one["id"],
            "gateway": one["gateway"],
            "kind": "REFUND",
            "amount": decimal(amount, order["currencyCode"]),
        }
        for one, amount in parts
    ]
    await work.api.do(
        "refundCreate",
        mutations.REFUND,
        key=idempotency_key(work.key),
        input={
            "orderId": work.gid,
            "note": note[:255],
            "notify": bool(transactions),
            "refundLineItems": lines,
            "transactions": transactions,
        },
    )


async def protect_price(work: OrderWork) -> None:
    if work.has_refund():
        return
    if work.order["cancelledAt"]:
        raise Refusal("the order was cancelled")
    if has_tax_on_top(work.order):
        raise Refusal("prices before tax cannot be compared with what was paid")
    before, after = work.change.before or {}, work.change.after or {}
    known = {one["id"] for one in before.get("price_protections", ())}
    added = [one for one in after.get("price_protections", ()) if one["id"] not in known]
    if not added or sum(one["amount"] for one in added) != sum(one["amount"] for one in work.refunds()):
        raise Refusal("it does not say what is paid back for what")
    note = protection_note(added, work.mark)
    if len(note) > 255:
        raise Refusal("more items than a note can name")
    await refund(work, note)
