"""Cancelling an order, or some of its items."""

import asyncio

from connectors.channel import RetryLater
from connectors.shop_system import Refusal
from connectors.shopify import mutations
from connectors.shopify.ids import number_of
from connectors.shopify.payments import balance, method_of
from connectors.shopify.refunding import refund
from connectors.shopify.work import ASKED, OrderWork

_LOOKS_SECONDS = (0.1, 0.4, 1.0, 2.0, 3.0)
"""Shopify cancels in the background; so long we watch it."""


async def cancel_order(work: OrderWork) -> None:
    if _is_part(work):
        await _cancel_part(work)
    else:
        await _cancel_whole(work)


def _is_part(work: OrderWork) -> bool:
    after = work.change.after
    return bool(work.change.request.get("items")) and (after is None or after["status"] != "cancelled")


async def _cancel_whole(work: OrderWork) -> None:
    """Once: an order that is cancelled cannot be cancelled again, and its money goes back with it."""
    if work.order["cancelledAt"]:
        if balance(work.order) and work.refunds() and not await _is_ours(work):
            raise Refusal("somebody cancelled the order and kept the money")
        return
    work.require_unsent()
    work.begun = work.asked  # it may be under way: the money moves before the order says that it is cancelled
    moves = work.refunds()
    if sum(move["amount"] for move in moves) != balance(work.order):
        raise Refusal("what was to be paid back is not what was paid")
    paid = {method_of(one["gateway"]) for one in work.order["transactions"]}
    if any(move["method"] not in paid for move in moves):
        raise Refusal("Shopify pays back to what paid")
    if not work.asked:
        await work.leave_mark(ASKED)
    try:
        await work.api.do(
            "orderCancel",
            mutations.CANCEL,
            errors="orderCancelUserErrors",
            id=work.gid,
            refund={"originalPaymentMethodsRefund": True},
            note=f"{work.mark} {work.change.request.get('reason', '')}"[:255],
        )
    except Refusal as refusal:
        if not work.asked:
            raise
        why = str(refusal)  # what was asked for before may be in the way
    else:
        why = "Shopify is still cancelling"
    await _wait_until_cancelled(work, why)


async def _wait_until_cancelled(work: OrderWork, why: str) -> None:
    for seconds in _LOOKS_SECONDS:
        if (await work.api.ask(mutations.CANCELLED, id=work.gid))["order"]["cancelledAt"]:
            return
        await asyncio.sleep(seconds)
    raise RetryLater(why)


async def _is_ours(work: OrderWork) -> bool:
    """Its money may still be on its way back."""
    order = (await work.api.ask(mutations.CANCELLED, id=work.gid))["order"]
    return work.mark in ((order["cancellation"] or {}).get("staffNote") or "")


async def _cancel_part(work: OrderWork) -> None:
    """A refund that takes the items out of the order: both at once."""
    if work.has_refund():
        return
    work.require_unsent()
    found = await work.api.ask(mutations.UNSENT, id=work.gid)
    missing = {str(line): int(count) for line, count in work.change.request["items"].items()}
    lines = []
    for unsent in found["order"]["fulfillmentOrders"]["nodes"]:
        location = (unsent["assignedLocation"] or {}).get("location")
        for one in unsent["lineItems"]["nodes"]:
            line = number_of(one["lineItem"]["id"])
            count = min(missing.get(line, 0), one["remainingQuantity"])
            if count and location:
                missing[line] -= count
                lines.append(
                    {
                        "lineItemId": one["lineItem"]["id"],
                        "quantity": count,
                        "restockType": "CANCEL",
                        "locationId": location["id"],
                    }
                )
    if any(missing.values()):
        raise Refusal("there is not as much left to cancel")
    await refund(work, f"{work.mark} {work.change.request.get('reason', '')}", lines)
