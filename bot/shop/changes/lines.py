"""The lines of an order: which are meant, how many of them are left, when they arrived, what may be done until when."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from bot.shop.changes.plan import Facts, Snapshot
from bot.shop.changes.rules import refuse
from bot.shop.domain import Order, OrderItem, OrderStatus, Product, Variant
from bot.shop.facts import progress
from bot.shop.policy import Window

_OVER = "rejected"


def order_of(snapshot: Snapshot) -> Order:
    if snapshot.order is None or snapshot.order.customer_id != snapshot.customer.id:
        refuse("order.not_found", order="")
    return snapshot.order


def state_of(order: Order) -> OrderStatus:
    """The order's state; one with a parcel has left, whatever its status says."""
    early = (OrderStatus.PENDING, OrderStatus.PAID, OrderStatus.PACKING)
    return OrderStatus.SHIPPED if order.fulfilments and order.status in early else order.status


def item_of(order: Order, item_id: str) -> OrderItem:
    for item in order.items:
        if item.id == item_id:
            return item
    return refuse("item.not_found")


def returned(order: Order, item: OrderItem) -> int:
    """How many came back or are on their way back."""
    return sum(one.items.get(item.id, 0) for one in order.returns if one.status != _OVER)


def swapped(order: Order, item: OrderItem) -> bool:
    """Exchanged, or being exchanged."""
    return any(item.id in one.items and one.status != _OVER for one in order.exchanges)


def left(order: Order, item: OrderItem) -> int:
    """How many the shopper keeps so far, as they were ordered."""
    return 0 if swapped(order, item) else item.quantity - returned(order, item)


def arrived(snapshot: Snapshot, order: Order, item: OrderItem) -> tuple[int, datetime | None]:
    """How many of the item arrived, and when the last of them did."""
    parcels = progress(order, snapshot.now.astimezone(snapshot.zone)).parcels
    with_it = [one for one in parcels if item.id in one.parcel.items]
    done = [(one.parcel.items[item.id], one.delivered_at) for one in with_it if one.delivered_at]
    if order.status is OrderStatus.DELIVERED:  # the shop says so, with or without parcels
        last = max((at for _, at in done), default=None)
        return item.quantity, last or max((one.parcel.shipped_at for one in with_it), default=order.placed_at)
    return min(sum(count for count, _ in done), item.quantity), max((at for _, at in done), default=None)


def paid_at(order: Order) -> datetime:
    return min(
        (one.at for one in order.payments if one.kind == "charge" and one.status == "done"),
        default=order.placed_at,
    )


def closes(window: Window | None, start: datetime, snapshot: Snapshot) -> datetime | None:
    """When it is over; None: never. Days end at midnight in the shop's time zone."""
    if window is None:
        return None
    if window.hours is not None:
        return start + timedelta(hours=window.hours)
    assert window.days is not None
    day = start.astimezone(snapshot.zone).date() + timedelta(days=window.days + 1)
    return datetime(day.year, day.month, day.day, tzinfo=snapshot.zone)


def is_over(window: Window | None, start: datetime, snapshot: Snapshot) -> bool:
    end = closes(window, start, snapshot)
    return end is not None and snapshot.now >= end


def last_moment(window: Window | None, start: datetime, snapshot: Snapshot) -> str | None:
    """For facts: the last second of the window."""
    end = closes(window, start, snapshot)
    return (end - timedelta(seconds=1)).isoformat() if end is not None else None


def span(window: Window) -> Facts:
    return {"days": window.days} if window.days is not None else {"hours": window.hours}


def marks(snapshot: Snapshot, product_id: str) -> frozenset[str]:
    """The product's tags and its category, which policy may name."""
    product = snapshot.products.get(product_id)
    return frozenset((*product.tags, product.category)) if product is not None else frozenset()


def refuse_started(
    rule: str,
    document: str | None,
    windows: Mapping[str, Window],
    snapshot: Snapshot,
    items: Iterable[OrderItem],
) -> None:
    """Raises Refused where something has a mark whose window after payment is over."""
    order = order_of(snapshot)
    if order.status is OrderStatus.PENDING:
        return
    for item in items:
        for mark in sorted(marks(snapshot, item.product_id) & windows.keys()):
            if is_over(windows[mark], paid_at(order), snapshot):
                refuse(rule, document, item=item.name, window=span(windows[mark]))


def wanted_variant(snapshot: Snapshot, item: OrderItem, current: str, sku: str) -> tuple[Product, Variant]:
    """The variant wanted instead of `current`; raises Refused unless it is another one of the same product, for sale."""
    product = snapshot.products.get(item.product_id)
    variant = next((one for one in product.variants if one.sku == sku), None) if product is not None else None
    if product is None or variant is None or not product.active:
        refuse("variant.not_found", item=item.name)
    if variant.sku == current:
        refuse("variant.same", item=item.name)
    return product, variant


def require_stock(item: OrderItem, variant: Variant, wanted: int) -> None:
    if variant.stock < wanted:
        refuse("variant.sold_out", item=item.name)


def shown(item: OrderItem, quantity: int, variant: Variant | None = None) -> Facts:
    """An item for facts; `variant` is what it becomes."""
    facts: Facts = {
        "id": item.id,
        "product_id": item.product_id,
        "name": dict(item.name),
        "sku": item.sku,
        "quantity": quantity,
        "options": dict(item.options),
    }
    if variant is not None:
        facts["new"] = {"sku": variant.sku, "options": dict(variant.options), "price": variant.price}
    return facts


def new_id(order: Order, letter: str, count: int, taken: Collection[str]) -> str:
    """`118640-T1`: the next after `count` that is free, without the order's number where that is too long."""
    start = f"{order.number}-" if len(order.number) <= 48 else ""
    number = count + 1
    while f"{start}{letter}{number}" in taken:
        number += 1
    return f"{start}{letter}{number}"
