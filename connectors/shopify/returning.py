"""Sending items back: Shopify keeps the return; its money moves when the goods are there, by the shop's own hand."""

from typing import Any

from connectors.shop_system import Refusal
from connectors.shopify import mutations
from connectors.shopify.ids import number_of
from connectors.shopify.money import decimal
from connectors.shopify.returns import reason_note
from connectors.shopify.work import OrderWork

_REASONS = {
    "change_of_mind": "UNWANTED",
    "defective": "DEFECTIVE",
    "damaged": "DEFECTIVE",
    "wrong_item": "WRONG_ITEM",
    "not_as_described": "NOT_AS_DESCRIBED",
}
"""Kefu's own policy's; a shop's others are told in the note."""


async def return_items(work: OrderWork) -> None:
    """The mark stands in the note of its lines, so that both are there at once."""
    if _is_there(work):
        return
    if work.change.movements:
        raise Refusal("money that moves before the goods are back is a colleague's work")
    if work.change.request.get("refund_to"):
        raise Refusal("Shopify pays back to what paid")
    back = _added(work)
    lines = await _lines(work, approved=back["status"] == "approved")
    given: dict[str, Any] = {"orderId": work.gid, "returnLineItems": lines}
    if back.get("fee"):
        currency = work.order["currencyCode"]
        given["returnShippingFee"] = {
            "amount": {"amount": decimal(back["fee"], currency), "currencyCode": currency}
        }
    if back["status"] == "approved":
        await work.api.do("returnCreate", mutations.CREATE_RETURN, input=given)
    else:
        await work.api.do("returnRequest", mutations.REQUEST_RETURN, input=given)


def _is_there(work: OrderWork) -> bool:
    return any(
        work.mark in f"{line['returnReasonNote'] or ''}{line['customerNote'] or ''}"
        for back in work.order["returns"]["nodes"]
        for line in back["returnLineItems"]["nodes"]
    )


def _added(work: OrderWork) -> dict[str, Any]:
    before, after = work.change.before or {}, work.change.after or {}
    known = {one["id"] for one in before.get("returns", ())}
    added: list[dict[str, Any]] = [one for one in after.get("returns", ()) if one["id"] not in known]
    if len(added) != 1:
        raise Refusal("it does not say which return")
    return added[0]


async def _lines(work: OrderWork, *, approved: bool) -> list[dict[str, Any]]:
    """The parcels' lines that they are taken from, as far as these can still come back."""
    missing = {str(line): int(count) for line, count in work.change.request["items"].items()}
    reason = str(work.change.request.get("reason") or "")
    note = {"returnReasonNote" if approved else "customerNote": reason_note(reason or "other", work.mark)}
    lines = []
    found = await work.api.ask(mutations.RETURNABLE, id=work.gid)
    for parcel in found["returnableFulfillments"]["nodes"]:
        for one in parcel["returnableFulfillmentLineItems"]["nodes"]:
            line = number_of(one["fulfillmentLineItem"]["lineItem"]["id"])
            count = min(missing.get(line, 0), one["quantity"])
            if count:
                missing[line] -= count
                lines.append(
                    {
                        "fulfillmentLineItemId": one["fulfillmentLineItem"]["id"],
                        "quantity": count,
                        "returnReason": _REASONS.get(reason, "OTHER"),
                        **note,
                    }
                )
    if any(missing.values()):
        raise Refusal("not as many can still come back")
    return lines
