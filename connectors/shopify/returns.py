"""Returns of Shopify, and what Kefu wrote into its notes."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.channel import Payload
from connectors.shopify.ids import number_of
from connectors.shopify.money import of_bag
from connectors.shopify.words import clean

_STATUS = {"REQUESTED": "requested", "OPEN": "approved", "DECLINED": "rejected", "CANCELED": "rejected"}
_PROMISED = ("requested", "approved")
_PROTECTED = re.compile(r"price protection ((?:[0-9]+:[0-9]+:[0-9]+ ?)+)")


def return_rows(order: Mapping[str, Any], items: Sequence[Payload], placed: datetime) -> list[Payload]:
    rows, left = [], {item["id"]: item["quantity"] for item in items}
    for back in order["returns"]["nodes"]:
        lines = back["returnLineItems"]["nodes"]
        counted: Counter[str] = Counter()
        for line in lines:
            if "fulfillmentLineItem" in line:
                counted[number_of(line["fulfillmentLineItem"]["lineItem"]["id"])] += line["quantity"]
        status = _status(back)
        # An exchange sends the same line back twice, which a row cannot say.
        units = {line: min(count, left.get(line, 0)) for line, count in counted.items() if left.get(line)}
        if not units:
            continue
        if status != "rejected":
            for line, count in units.items():
                left[line] -= count
        at = max(datetime.fromisoformat(back["createdAt"]), placed)
        changed = back["closedAt"] or back["requestApprovedAt"]
        row: Payload = {
            "id": number_of(back["id"]),
            "items": units,
            "reason": next((reason for line in lines if (reason := _reason(line))), "other"),
            "status": status,
            "requested_at": at.isoformat(),
            **_money(back, status, units, items),
        }
        if changed:
            row["updated_at"] = max(datetime.fromisoformat(changed), at).isoformat()
        rows.append(row)
    return rows


def _status(back: Mapping[str, Any]) -> str:
    if back["status"] == "CLOSED":
        return "refunded" if back["refunds"]["nodes"] else "received"
    return _STATUS.get(back["status"], "requested")


def _money(
    back: Mapping[str, Any], status: str, units: Mapping[str, int], items: Sequence[Payload]
) -> Payload:
    """What was paid back; while it is under way, what the items cost less the fee."""
    paid = sum(of_bag(one["totalRefundedSet"]) for one in back["refunds"]["nodes"])
    fee = sum(of_bag(one["amountSet"]) for one in back["returnShippingFees"])
    if paid or status not in _PROMISED:
        return {"refund_amount": paid, "fee": fee}
    goods = 0
    for item in items:
        value = item["unit_price"] * item["quantity"] - item.get("discount", 0)
        goods += value * units.get(item["id"], 0) // item["quantity"]
    return {"refund_amount": max(goods - fee, 0), "fee": min(fee, goods)}


def _reason(line: Mapping[str, Any]) -> str:
    """As it was given to Kefu, else as Shopify names it."""
    note = clean(line["returnReasonNote"] or line["customerNote"] or "")
    return note.split(" · ")[0] or str((line["returnReasonDefinition"] or {}).get("handle") or "")


def reason_note(reason: str, mark: str) -> str:
    """At most 255 characters."""
    return f"{clean(reason).replace(' · ', ' ')[:200]} · {mark}"


def protection_note(rows: Sequence[Mapping[str, Any]], mark: str) -> str:
    said = " ".join(f"{one['item_id']}:{one['quantity']}:{one['amount']}" for one in rows)
    return f"{mark} price protection {said}"


def protections(order: Mapping[str, Any], items: Sequence[Payload]) -> list[Payload]:
    """Paid back because a price fell: Shopify knows a refund, its note says for what."""
    return list(_protections(order, {item["id"]: item["quantity"] for item in items}))


def _protections(order: Mapping[str, Any], there: Mapping[str, int]) -> Iterator[Payload]:
    for refund in order["refunds"]:
        found = _PROTECTED.search(refund["note"] or "")
        for index, said in enumerate(found[1].split() if found else ()):
            item, quantity, amount = said.split(":")
            if there.get(item):
                yield {
                    "id": f"{number_of(refund['id'])}-{index + 1}",
                    "item_id": item,
                    "quantity": min(int(quantity), there[item]),
                    "amount": int(amount),
                    "at": refund["createdAt"],
                }
