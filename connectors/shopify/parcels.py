"""Fulfilments of Shopify as parcels with their tracking events."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from connectors.channel import Payload
from connectors.shopify.ids import number_of
from connectors.shopify.words import clean, step


def is_sent(parcel: Mapping[str, Any]) -> bool:
    return parcel["status"] not in ("CANCELLED", "ERROR", "FAILURE")


def has_arrived(parcel: Mapping[str, Any]) -> bool:
    return parcel["deliveredAt"] is not None or parcel["displayStatus"] in ("DELIVERED", "PICKED_UP")


def units(parcel: Mapping[str, Any]) -> Counter[str]:
    """Line to how many of it."""
    counted: Counter[str] = Counter()
    for one in parcel["fulfillmentLineItems"]["nodes"]:
        counted[number_of(one["lineItem"]["id"])] += one["quantity"]
    return counted


def parcel_row(parcel: Mapping[str, Any], placed: datetime, there: Collection[str]) -> Payload | None:
    """None where nothing of the order's is in it."""
    items = {line: count for line, count in units(parcel).items() if line in there and count}
    if not items:
        return None
    shipped = max(_moment(parcel["createdAt"]), placed)
    tracking = parcel["trackingInfo"]
    row: Payload = {
        "id": number_of(parcel["id"]),
        "carrier": next((clean(one["company"]) for one in tracking if one["company"]), ""),
        "tracking_number": ", ".join(clean(one["number"]) for one in tracking if one["number"]),
        "items": items,
        "shipped_at": shipped.isoformat(),
        "events": _events(parcel, placed),
    }
    if parcel["estimatedDeliveryAt"]:
        row["estimated_at"] = max(_moment(parcel["estimatedDeliveryAt"]), placed).isoformat()
    if has_arrived(parcel):
        at = parcel["deliveredAt"] or (row["events"][-1]["at"] if row["events"] else parcel["createdAt"])
        row["delivered_at"] = max(_moment(at), shipped).isoformat()
    return row


def _events(parcel: Mapping[str, Any], placed: datetime) -> list[Payload]:
    rows = []
    for event in sorted(parcel["events"]["nodes"], key=lambda one: _moment(one["happenedAt"])):
        found = step(event["status"])
        if found is None:
            continue
        status, words = found
        message = clean(event["message"] or "")
        place = ", ".join(clean(event[key]) for key in ("city", "province") if event[key])
        row: Payload = {
            "at": max(_moment(event["happenedAt"]), placed).isoformat(),
            "status": status,
            "text": message or words,
        }
        rows.append({**row, "place": place} if place else row)
    return rows


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
