"""An order as a row of the import format: what it cost to the cent, what was paid and paid back, its parcels."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from connectors.channel import Payload
from connectors.shop_system import Thing
from connectors.woocommerce.addresses import Places, address_row, person
from connectors.woocommerce.config import Config, Status
from connectors.woocommerce.customers import customer_id
from connectors.woocommerce.products import changed_at
from connectors.woocommerce.statuses import NO_ORDER, is_paid, payment_kind, status_of, tracked
from connectors.woocommerce.values import cents, identifier, meta, moment, number, objects, text, tidied

REASON = "_kefu_cancel_reason"
"""Of an order's meta data: why the customer cancelled it."""
_NOT_SENT = ("pending", "paid", "packing")
_MOST_OF_ONE = 9999


async def order_thing(
    order: Payload, refunds: Sequence[Payload], skus: Mapping[int, str], places: Places, config: Config
) -> Thing | None:
    """None: it is none yet or no longer, in another currency, or of nothing but fees.

    `skus`: of the lines, by their id.
    """
    at, placed = changed_at(order), moment(order.get("date_created_gmt"))
    number = identifier(order.get("number")) or str(order["id"])
    if (
        at is None
        or placed is None
        or order.get("status") in NO_ORDER
        or order.get("currency") != config.currency
    ):
        return None
    status = status_of(order, bool(tracked(order)), config)
    gone = _units(refunds) if status in _NOT_SENT else Counter()
    lines = [line for line in objects(order.get("line_items")) if _left(line, gone) > 0]
    if not lines:
        return None
    row: Payload = {
        "number": number,
        "customer_id": customer_id(order),
        "status": status,
        "placed_at": placed.isoformat(),
        "items": [_item(line, gone, skus, config) for line in lines],
        "address": await _address(order, places),
        "note": text(order.get("customer_note")),
        "coupon_code": _coupon(order),
        "fulfilments": _parcels(order, lines, status, placed),
        "payments": [*_charge(order, placed, config), *_refunds(order, refunds, placed, config)],
        "returns": _returns(refunds, lines, placed, config)
        if status not in (*_NOT_SENT, "cancelled")
        else [],
    }
    row |= _sums(order, row["items"], _cancelled_part(refunds, gone, config), config)
    if status == "cancelled":
        row["cancel_reason"] = text(meta(order, REASON))
    return Thing("order", number, tidied(row), at)


def _left(line: Payload, gone: Mapping[int, int]) -> int:
    return min(number(line.get("quantity")) - gone.get(number(line.get("id")), 0), _MOST_OF_ONE)


def _item(line: Payload, gone: Mapping[int, int], skus: Mapping[int, str], config: Config) -> Payload:
    """The unit price is rounded up, and the line's discount makes up for it: the line costs what it cost."""
    ordered, left = number(line.get("quantity")), _left(line, gone)
    before, paid = (_gross(line, key, config) for key in ("subtotal", "total"))
    unit = -(-max(before, paid, 0) // ordered)
    paid = max(paid, 0) * left // ordered
    return {
        "id": str(line["id"]),
        "product_id": str(number(line.get("product_id"))),
        "sku": skus[number(line["id"])],
        "name": text(line.get("parent_name")) or text(line.get("name")) or "-",
        "quantity": left,
        "unit_price": unit,
        "discount": unit * left - paid,
        "options": _options(line),
    }


def _gross(thing: Payload, key: str, config: Config) -> int:
    return cents(thing.get(key), config.decimals) + cents(thing.get(f"{key}_tax"), config.decimals)


def _options(line: Payload) -> dict[str, str]:
    """What was chosen, as it was called when it was ordered."""
    if not number(line.get("variation_id")):
        return {}
    shown = (
        (text(one.get("display_key")), text(one.get("display_value")))
        for one in objects(line.get("meta_data"))
        if not str(one.get("key")).startswith("_")
    )
    return {name: value for name, value in shown if name and value}


def _sums(order: Payload, items: Sequence[Payload], less: int, config: Config) -> Payload:
    """Fees and roundings are in the delivery fee or the discount, so that the total comes out as it was."""
    goods = sum(item["unit_price"] * item["quantity"] - item["discount"] for item in items)
    total = max(cents(order.get("total"), config.decimals) - less, 0)
    sent_for = sum(cents(order.get(key), config.decimals) for key in ("shipping_total", "shipping_tax"))
    shipping = max(sent_for, 0)
    rest = goods + shipping - total
    return {"shipping_fee": shipping - min(rest, 0), "discount": max(rest, 0)}


async def _address(order: Payload, places: Places) -> Payload:
    """What is not sent anywhere has the bill's address, or none."""
    for kind in ("shipping", "billing"):
        found = await address_row(order.get(kind), kind, places)
        if found:
            return found
    name = person(order.get("billing")) or "-"
    return {"id": "none", "name": name, "street": "", "city": "", "country": "ZZ"}


def _coupon(order: Payload) -> str | None:
    return next((code for one in objects(order.get("coupon_lines")) if (code := text(one.get("code")))), None)


def _charge(order: Payload, placed: datetime, config: Config) -> list[Payload]:
    paid, total = moment(order.get("date_paid_gmt")), cents(order.get("total"), config.decimals)
    if paid is None or total <= 0:
        return []
    at = max(paid, placed).isoformat()
    return [{"id": "paid", "kind": "charge", "method": payment_kind(order), "amount": total, "at": at}]


def _refunds(order: Payload, refunds: Sequence[Payload], placed: datetime, config: Config) -> list[Payload]:
    """Of an order that nobody paid there is nothing to pay back."""
    if not is_paid(order):
        return []
    return [
        {
            "id": str(one["id"]),
            "kind": "refund",
            "method": payment_kind(order),
            "amount": back,
            "at": _at(one, placed),
        }
        for one in refunds
        if (back := cents(one.get("amount"), config.decimals)) > 0
    ]


def _at(thing: Payload, placed: datetime) -> str:
    return max(moment(thing.get("date_created_gmt")) or placed, placed).isoformat()


def _units(refunds: Iterable[Payload]) -> Counter[int]:
    """Line to how many of it were refunded."""
    found: Counter[int] = Counter()
    for refund in refunds:
        for line in objects(refund.get("line_items")):
            found[number(meta(line, "_refunded_item_id"))] += abs(number(line.get("quantity")))
    return found


def _cancelled_part(refunds: Sequence[Payload], gone: Mapping[int, int], config: Config) -> int:
    """What was paid back for lines that will never be sent."""
    if not gone:
        return 0
    return sum(cents(one.get("amount"), config.decimals) for one in refunds if _units([one]).total())


def _returns(
    refunds: Sequence[Payload], lines: Sequence[Payload], placed: datetime, config: Config
) -> list[Payload]:
    """What was refunded by the piece after it was sent came back."""
    left = {number(line["id"]): number(line.get("quantity")) for line in lines}
    found = []
    for one in sorted(refunds, key=lambda one: number(one.get("id"))):
        units = {
            id: min(count, left[id]) for id, count in _units([one]).items() if left.get(id, 0) > 0 < count
        }
        for id, count in units.items():
            left[id] -= count
        if units:
            returned = {
                "id": f"return-{one['id']}",
                "items": {str(id): count for id, count in units.items()},
                "reason": text(one.get("reason")) or "-",
                "status": "refunded",
                "requested_at": _at(one, placed),
                "refund_amount": max(cents(one.get("amount"), config.decimals), 0),
            }
            found.append(returned)
    return found


def _parcels(order: Payload, lines: Sequence[Payload], status: Status, placed: datetime) -> list[Payload]:
    """Which line is in which of several parcels, only some of the plugins say."""
    given = tracked(order)
    everything = {str(line["id"]): min(number(line.get("quantity")), _MOST_OF_ONE) for line in lines}
    arrived = moment(order.get("date_completed_gmt")) if status == "delivered" else None
    found = []
    for index, one in enumerate(given, start=1):
        sent = max(_shipped(one.get("date_shipped")) or placed, placed)
        parcel = {
            "id": identifier(one.get("tracking_id")) or str(index),
            "carrier": text(one.get("custom_tracking_provider")) or text(one.get("tracking_provider")) or "-",
            "tracking_number": text(one.get("tracking_number")),
            "items": everything if len(given) == 1 else {},
            "shipped_at": sent.isoformat(),
            "delivered_at": max(arrived, sent).isoformat() if arrived else None,
        }
        found.append(parcel)
    return found if len({parcel["id"] for parcel in found}) == len(found) else _renumbered(found)


def _renumbered(parcels: Sequence[Payload]) -> list[Payload]:
    return [{**parcel, "id": str(index)} for index, parcel in enumerate(parcels, start=1)]


def _shipped(value: Any) -> datetime | None:
    """Unix seconds, as a number or as text."""
    seconds = number(value)
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < 4_000_000_000 else None
