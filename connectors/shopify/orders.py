"""A Shopify order as a row of orders.jsonl."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.channel import Payload
from connectors.shopify.customers import address_row
from connectors.shopify.ids import guest_id, number_of, order_number
from connectors.shopify.money import of_bag
from connectors.shopify.parcels import has_arrived, is_sent, parcel_row, units
from connectors.shopify.payments import UNPAID, payment_rows
from connectors.shopify.products import options_of
from connectors.shopify.returns import protections, return_rows
from connectors.shopify.words import clean

_GONE = "gone"
"""The product of a line whose product was deleted, or that never had one."""
_PACKING = ("IN_PROGRESS", "PENDING_FULFILLMENT")
_NOWHERE = "ZZ"
"""What ISO 3166-1 leaves to its users: an order of things that nobody sends has no address."""


def order_row(order: Mapping[str, Any]) -> Payload:
    placed = placed_at(order)
    parcels = [one for one in order["fulfillments"] if is_sent(one)]
    items = _items(order, parcels)
    there = {item["id"] for item in items}
    row: Payload = {
        "number": order_number(order["name"]),
        "customer_id": owner_of(order),
        "status": _status(order, items, parcels),
        "placed_at": placed.isoformat(),
        "items": items,
        "address": _address(order),
        "shipping_fee": sum(
            _gross(one, order) for one in order["shippingLines"]["nodes"] if not one["isRemoved"]
        ),
        "fulfilments": [sent for one in parcels if (sent := parcel_row(one, placed, there))],
        "payments": payment_rows(order, placed),
        "returns": return_rows(order, items, placed),
        "price_protections": protections(order, items),
    }
    if order["discountCode"]:
        row["coupon_code"] = clean(order["discountCode"])
    if order["cancelledAt"]:
        row["cancelled_at"] = max(_moment(order["cancelledAt"]), placed).isoformat()
        row["cancel_reason"] = str(order["cancelReason"] or "").lower()
    return row


def owner_of(order: Mapping[str, Any]) -> str:
    """The customer's id, or a guest's."""
    customer = order["customer"]
    return number_of(customer["id"]) if customer else guest_id(order)


def placed_at(order: Mapping[str, Any]) -> datetime:
    """The earlier one: a shop that moved here brought its orders with their own dates."""
    return min(_moment(order["createdAt"]), _moment(order["processedAt"]))


def has_tax_on_top(order: Mapping[str, Any]) -> bool:
    """Then an item's price in the order is not comparable with the one in the shop."""
    taxes = (tax for line in order["lineItems"]["nodes"] for tax in line["taxLines"])
    return not order["taxesIncluded"] and any(of_bag(tax["priceSet"]) for tax in taxes)


def _status(order: Mapping[str, Any], items: Sequence[Payload], parcels: Sequence[Mapping[str, Any]]) -> str:
    if order["cancelledAt"]:
        return "cancelled"
    if parcels:
        arrived: Counter[str] = Counter()
        for parcel in parcels:
            if has_arrived(parcel):
                arrived.update(units(parcel))
        shipped = {number_of(one["id"]) for one in order["lineItems"]["nodes"] if one["requiresShipping"]}
        waiting = [one for one in items if one["id"] in shipped and arrived[one["id"]] < one["quantity"]]
        return "shipped" if waiting else "delivered"
    if order["displayFinancialStatus"] in UNPAID:
        return "pending"
    return "packing" if order["displayFulfillmentStatus"] in _PACKING else "paid"


def _items(order: Mapping[str, Any], parcels: Sequence[Mapping[str, Any]]) -> list[Payload]:
    """Lines with what is left of them; what was sent stays though it came back, what was taken out does not."""
    sent: Counter[str] = Counter()
    for parcel in parcels:
        sent.update(units(parcel))
    lines = order["lineItems"]["nodes"]
    kept = {
        one["id"]: max(one["currentQuantity"], min(sent[number_of(one["id"])], one["quantity"]))
        for one in lines
    }
    if order["cancelledAt"] or not any(kept.values()):
        kept = {one["id"]: one["quantity"] for one in lines}
    return [_item(one, kept[one["id"]], order) for one in lines if kept[one["id"]]]


def _item(line: Mapping[str, Any], quantity: int, order: Mapping[str, Any]) -> Payload:
    """Tax that comes on top is part of the price, so that the order's total is what was paid."""
    number, ordered = number_of(line["id"]), line["quantity"]
    tax = 0 if order["taxesIncluded"] else sum(of_bag(one["priceSet"]) for one in line["taxLines"])
    goods = of_bag(line["originalUnitPriceSet"]) * ordered
    off = sum(of_bag(one["allocatedAmountSet"]) for one in line["discountAllocations"])
    unit = -(-(goods + tax) // ordered)
    paid = (goods + tax - off) * quantity // ordered
    row: Payload = {
        "id": number,
        "product_id": number_of(line["product"]["id"]) if line["product"] else _GONE,
        "sku": number_of(line["variant"]["id"]) if line["variant"] else f"line-{number}",
        "name": clean(line["title"]) or "?",
        "quantity": quantity,
        "unit_price": unit,
    }
    if line["variant"]:
        row["options"] = options_of(line["variant"]["selectedOptions"])
    if unit * quantity > paid:
        row["discount"] = unit * quantity - paid
    return row


def _gross(line: Mapping[str, Any], order: Mapping[str, Any]) -> int:
    tax = 0 if order["taxesIncluded"] else sum(of_bag(one["priceSet"]) for one in line["taxLines"])
    return of_bag(line["discountedPriceSet"]) + tax


def _address(order: Mapping[str, Any]) -> Payload:
    address = order["shippingAddress"] or order["billingAddress"]
    if address is None:
        name = (order["customer"] or {}).get("displayName") or ""
        return {"id": "none", "name": clean(name), "street": "", "city": "", "country": _NOWHERE}
    return address_row(address, _NOWHERE)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
