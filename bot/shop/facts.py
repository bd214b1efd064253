"""What can be said about an order or a product: computed from the shop's data, in no language yet."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.shop.domain import Fulfilment, Order, OrderStatus, Product, TrackingEvent, Variant

Stage = Literal[
    "awaiting_payment",
    "preparing",  # paid, nothing has left
    "partly_shipped",  # something has left, something has not
    "in_transit",
    "out_for_delivery",
    "exception",  # the carrier reports a problem
    "returned",  # a parcel goes back to the shop
    "partly_delivered",
    "delivered",
    "cancelled",
]


@dataclass(frozen=True, slots=True)
class ParcelProgress:
    parcel: Fulfilment
    latest: TrackingEvent | None
    """Newest event that has happened."""
    delivered_at: datetime | None
    late_days: int
    """Calendar days past the estimate; 0 once delivered."""
    silent_days: int
    """Whole days since anything was heard of it; 0 once delivered."""


@dataclass(frozen=True, slots=True)
class Refunds:
    done: int
    """Cents paid back."""
    pending: int
    """Cents on their way back."""
    paid: int
    """Cents charged."""

    @property
    def state(self) -> Literal["none", "pending", "partial", "full"]:
        if self.pending:
            return "pending"
        if not self.done:
            return "none"
        return "full" if self.done >= self.paid else "partial"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an order stands, for the one who waits for it."""

    stage: Stage
    parcels: tuple[ParcelProgress, ...]
    """Without those that were lost or came back and were sent again."""
    current: ParcelProgress | None
    """The parcel to speak of: on its way and heard of last, else the one delivered last."""
    expected_at: datetime | None
    """When the last parcel that is under way should arrive."""
    delivered_at: datetime | None
    """When the last parcel arrived; None while anything is missing."""
    late_days: int
    silent_days: int
    unshipped: Mapping[str, int]
    """Item id to how many have not left yet."""
    refunds: Refunds


def progress(order: Order, now: datetime) -> Progress:
    """`now` is in the shop's time zone: calendar days are counted there."""
    every = tuple(_parcel_progress(parcel, now) for parcel in order.fulfilments)
    parcels = tuple(parcel for parcel in every if not _sent_again(parcel, every))
    stage = _stage(order, parcels)
    over = stage in ("delivered", "cancelled")
    under_way = [] if over else [parcel for parcel in parcels if parcel.delivered_at is None]
    estimates = [parcel.parcel.estimated_at for parcel in under_way if parcel.parcel.estimated_at]
    arrived = [parcel.delivered_at for parcel in parcels if parcel.delivered_at]
    return Progress(
        stage=stage,
        parcels=parcels,
        current=_current(parcels),
        expected_at=max(estimates, default=None),
        delivered_at=max(arrived, default=None) if stage == "delivered" else None,
        late_days=max((parcel.late_days for parcel in under_way), default=0),
        silent_days=max((parcel.silent_days for parcel in under_way), default=0),
        unshipped={} if over else unshipped(order),
        refunds=refunds(order),
    )


def _parcel_progress(parcel: Fulfilment, now: datetime) -> ParcelProgress:
    happened = [event for event in parcel.events if event.at <= now]
    latest = happened[-1] if happened else None
    delivered_at = parcel.delivered_at if parcel.delivered_at and parcel.delivered_at <= now else None
    if delivered_at is None and latest is not None and latest.status == "delivered":
        delivered_at = latest.at
    if delivered_at is not None:
        return ParcelProgress(parcel, latest, delivered_at, late_days=0, silent_days=0)
    heard = latest.at if latest else parcel.shipped_at
    return ParcelProgress(
        parcel, latest, None, late_days=_late_days(parcel, now), silent_days=max((now - heard).days, 0)
    )


def _late_days(parcel: Fulfilment, now: datetime) -> int:
    if parcel.estimated_at is None:
        return 0
    return max((now.date() - parcel.estimated_at.astimezone(now.tzinfo).date()).days, 0)


def _sent_again(lost: ParcelProgress, parcels: tuple[ParcelProgress, ...]) -> bool:
    if lost.latest is None or lost.latest.status not in ("exception", "returned"):
        return False
    return any(
        other.parcel.shipped_at > lost.parcel.shipped_at
        and lost.parcel.items.keys() <= other.parcel.items.keys()
        for other in parcels
    )


def _stage(order: Order, parcels: tuple[ParcelProgress, ...]) -> Stage:
    if order.status is OrderStatus.CANCELLED:
        return "cancelled"
    if order.status is OrderStatus.PENDING:
        return "awaiting_payment"
    if order.status is OrderStatus.DELIVERED:
        return "delivered"
    if not parcels:  # the shop tells no parcels, but its status at least
        return "in_transit" if order.status is OrderStatus.SHIPPED else "preparing"
    latest = {parcel.latest.status for parcel in parcels if parcel.latest and parcel.delivered_at is None}
    if "exception" in latest:
        return "exception"
    if "returned" in latest:
        return "returned"
    missing = bool(unshipped(order))
    arrived = [parcel.delivered_at is not None for parcel in parcels]
    if all(arrived) and not missing:
        return "delivered"
    if any(arrived):
        return "partly_delivered"
    if "out_for_delivery" in latest:
        return "out_for_delivery"
    return "partly_shipped" if missing else "in_transit"


def _current(parcels: tuple[ParcelProgress, ...]) -> ParcelProgress | None:
    def heard(parcel: ParcelProgress) -> datetime:
        return parcel.latest.at if parcel.latest else parcel.parcel.shipped_at

    under_way = [parcel for parcel in parcels if parcel.delivered_at is None]
    return max(under_way or parcels, key=heard, default=None)


def unshipped(order: Order) -> dict[str, int]:
    """Item id to how many are in no parcel yet."""
    sent: Counter[str] = Counter()
    for parcel in order.fulfilments:
        sent.update(parcel.items)
    return {item.id: item.quantity - sent[item.id] for item in order.items if sent[item.id] < item.quantity}


def refunds(order: Order) -> Refunds:
    moved: Counter[tuple[str, str]] = Counter()
    for payment in order.payments:
        moved[payment.kind, payment.status] += payment.amount
    return Refunds(moved["refund", "done"], moved["refund", "pending"], moved["charge", "done"])


def in_stock(product: Product) -> bool:
    return any(variant.stock for variant in product.variants)


def price_range(product: Product) -> tuple[int, int]:
    """(Lowest, highest) price in cents of what can be bought; of every variant when nothing can."""
    variants = [variant for variant in product.variants if variant.stock] or product.variants
    prices = [variant.price for variant in variants]
    return min(prices), max(prices)


def variant_matches(product: Product, wanted: Mapping[str, str]) -> tuple[Variant, ...]:
    """Variants that have all the wanted option values, sold out or not."""
    return tuple(
        variant
        for variant in product.variants
        if all(variant.options.get(name) == value for name, value in wanted.items())
    )


def nearest_variants(product: Product, wanted: Mapping[str, str]) -> tuple[Variant, ...]:
    """Variants in stock that are not quite what was wanted, closest first.

    Fewest different options first, then the smallest step within an option (M before S for an L),
    then the lower price.
    """
    order = {
        (option.name, value.value): position
        for option in product.options
        for position, value in enumerate(option.values)
    }

    def distance(variant: Variant) -> tuple[int, int, int]:
        different = [name for name, value in wanted.items() if variant.options.get(name) != value]
        steps = sum(
            abs(order.get((name, wanted[name]), 0) - order.get((name, variant.options.get(name, "")), 0))
            for name in different
        )
        return len(different), steps, variant.price

    exact = {variant.sku for variant in variant_matches(product, wanted)}
    others = (variant for variant in product.variants if variant.stock and variant.sku not in exact)
    return tuple(sorted(others, key=distance))
