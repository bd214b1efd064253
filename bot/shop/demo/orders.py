"""Orders from plans: items, money, parcels and aftercare, at times that fit together."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from bot.shop.demo.aftercare import refund_payments, shares_paid, with_aftercare
from bot.shop.demo.clock import Clock, chance
from bot.shop.demo.parcels import Outcome, Shipment, parcel, route
from bot.shop.demo.plans import Plan
from bot.shop.demo.prices import ACROSS_THE_BORDER, COUPONS, discount, pay, shipping_fee
from bot.shop.domain import Address, Customer, Order, OrderItem, OrderStatus, Payment, Product

_NEWEST, _PER_DAY = 118640, 25
_ENGRAVED = "P065"
"""Takes days to make."""
_PRICES_FELL = 5
"""Days ago; before, everything cost its `price_before`."""
_STATUS = {
    "pending": OrderStatus.PENDING,
    "payment_failed": OrderStatus.PENDING,
    "paid": OrderStatus.PAID,
    "packing": OrderStatus.PACKING,
    "delivered": OrderStatus.DELIVERED,
    "cancelled_unpaid": OrderStatus.CANCELLED,
    "cancelled_refunding": OrderStatus.CANCELLED,
    "cancelled_refunded": OrderStatus.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Shelves:
    """What orders are made of."""

    products: dict[str, Product]
    customers: dict[str, Customer]
    seed: int


def orders(plans: Iterable[Plan], shelves: Shelves, now: datetime) -> Iterator[Order]:
    """One order per plan, each with a number that fits its time and is nobody else's."""
    taken: set[str] = set()
    for index, plan in enumerate(plans):
        planned = _Making(plan, shelves, Clock(now), index)
        number = _number(planned.placed_at(), now, taken)
        order = planned.order(number)
        too_late = latest(order) - (now - timedelta(minutes=11 + index * 7 % 40))
        if too_late > timedelta(0):
            shift = timedelta(minutes=too_late // timedelta(minutes=1) + 1)
            order = _Making(plan, shelves, Clock(now).earlier(shift), index).order(number)
        yield order


def latest(order: Order) -> datetime:
    """The last thing that happened to the order."""
    moments = [order.placed_at, order.cancelled_at]
    moments += [payment.at for payment in order.payments]
    moments += [event.at for fulfilment in order.fulfilments for event in fulfilment.events]
    moments += [moment for item in order.returns for moment in (item.requested_at, item.updated_at)]
    moments += [exchange.requested_at for exchange in order.exchanges]
    return max(moment for moment in moments if moment)


def _number(placed_at: datetime, now: datetime, taken: set[str]) -> str:
    midnight = Clock(now).at(-1, 0)
    number = _NEWEST - int((midnight - placed_at) / timedelta(days=1) * _PER_DAY)
    while str(number) in taken:
        number -= 1
    taken.add(str(number))
    return str(number)


class _Making:
    """One order in the making; the same plan and clock always make the same order."""

    def __init__(self, plan: Plan, shelves: Shelves, clock: Clock, index: int) -> None:
        self.plan, self.shelves, self.clock = plan, shelves, clock
        self.customer = shelves.customers[plan.customer]
        self.seeds = (shelves.seed, "order", index)

    def placed_at(self) -> datetime:
        random, plan = self._chance("placed"), self.plan
        if plan.stage in ("pending", "payment_failed"):
            return self.clock.at(0, 8, random.randint(0, 110))
        if plan.stage == "paid" and plan.customer in ("C001", "C002"):
            return self.clock.at(0, 9, 42)
        if plan.stage in ("paid", "packing") and not plan.days:
            return self.clock.at(0, 7, random.randint(0, 170))
        if plan.stage in ("paid", "packing"):
            return self.clock.at(1, 16, random.randint(5, 420))
        if plan.stage.startswith("cancelled"):
            return self.clock.at(plan.days, 7, random.randint(0, 150))
        # Paid before 16:00 leaves the same day.
        left = self._left()
        if any(sku.startswith(_ENGRAVED) for sku in plan.lines):
            return self.clock.at(left + 4, 10, random.randint(0, 600))
        if random.random() < 0.6:
            return self.clock.at(left, 8, random.randint(0, 460))
        return self.clock.at(left + 1, 16, random.randint(10, 440))

    def order(self, number: str) -> Order:
        plan, items = self.plan, self._items()
        address = self._address()
        goods = sum(item.unit_price * item.quantity for item in items)
        coupon = COUPONS[plan.coupon] if plan.coupon and goods >= COUPONS[plan.coupon].minimum else None
        off = discount(coupon, goods)
        free = coupon is not None and coupon.kind == "free_shipping"
        order = Order(
            number=number,
            customer_id=plan.customer,
            status=_STATUS.get(plan.stage, OrderStatus.SHIPPED),
            placed_at=self.placed_at(),
            items=items,
            address=address,
            shipping_fee=0 if free else shipping_fee(address, goods - off),
            discount=off,
            coupon_code=coupon.code if coupon else None,
            note=plan.note,
        )
        order = replace(order, payments=self._charges(order))
        order = self._sent(order)
        if plan.stage.startswith("cancelled"):
            order = self._cancelled(order)
        first = self.shelves.products[items[0].product_id]
        order = with_aftercare(order, plan, first, self.clock, self._chance("aftercare"))
        return replace(order, version=_version(order))

    def _items(self) -> tuple[OrderItem, ...]:
        age = self.plan.days if self.plan.stage != "delivered" else self._left()
        return tuple(
            self._item(index, sku, quantity, age)
            for index, (sku, quantity) in enumerate(self.plan.lines.items(), start=1)
        )

    def _item(self, index: int, sku: str, quantity: int, age: int) -> OrderItem:
        product = self.shelves.products[sku.split("-")[0]]
        variant = next(variant for variant in product.variants if variant.sku == sku)
        before = variant.price_before if age >= _PRICES_FELL and "final_sale" not in product.tags else None
        return OrderItem(
            id=f"I{index}",
            product_id=product.id,
            sku=sku,
            name=product.name,
            quantity=quantity,
            unit_price=before or variant.price,
            options=variant.options,
        )

    def _address(self) -> Address:
        addresses = self.customer.addresses
        return addresses[-1] if self._chance("address").random() < 0.25 else addresses[0]

    def _charges(self, order: Order) -> tuple[Payment, ...]:
        stage, random = self.plan.stage, self._chance("payment")
        if stage in ("pending", "cancelled_unpaid"):
            return ()
        from_card = order.total // random.randint(1, 3) if self.plan.gift_card else 0
        at = order.placed_at + timedelta(minutes=random.randint(1, 6), seconds=random.randint(0, 59))
        failed = stage == "payment_failed"
        shares = pay(self.customer, order.total, gift_card=0 if failed else from_card)
        return tuple(
            Payment(
                id=f"{order.number}-P{index}",
                kind="charge",
                method=share.method.kind,
                amount=share.amount,
                at=at,
                status="failed" if failed else "done",
                method_id=share.method.id,
                reason="insufficient_funds" if failed else "",
            )
            for index, share in enumerate(shares, start=1)
        )

    def _sent(self, order: Order) -> Order:
        stage = self.plan.stage
        outcomes: dict[str, tuple[Outcome, ...]] = {
            "in_transit": ("in_transit",),
            "out_for_delivery": ("out_for_delivery",),
            "delayed": ("delayed",),
            "exception": ("exception",),
            "split": ("delivered", "in_transit"),
            "delivered": ("delivered",),
        }
        parts = _parts(order.items, len(outcomes.get(stage, ())))
        parcels = tuple(
            parcel(self._shipment(order, index, part, outcome), self.clock, self._chance("parcel", index))
            for index, (part, outcome) in enumerate(
                zip(parts, outcomes.get(stage, ()), strict=False), start=1
            )
        )
        return replace(order, fulfilments=parcels)

    def _shipment(self, order: Order, index: int, items: dict[str, int], outcome: Outcome) -> Shipment:
        left, usual = self._left(), route(self.plan.customer).days
        still_travelling = max(usual, left + 1) if outcome == "in_transit" else usual
        days = min(usual, left) if self.plan.stage == "split" and outcome == "delivered" else still_travelling
        return Shipment(
            id=f"{order.number}-F{index}",
            customer_id=self.plan.customer,
            items=items,
            left=left,
            outcome=outcome,
            carrier=_carrier(order, self.shelves.products, self._chance("carrier", index)),
            days=days,
        )

    def _left(self) -> int:
        """Days since the parcel left."""
        usual, plan = route(self.plan.customer).days, self.plan
        if plan.stage == "delivered":
            return plan.days + usual
        if plan.stage == "out_for_delivery":
            return usual
        if plan.stage == "exception":
            return usual + 1
        if plan.stage == "delayed":
            return max(plan.days, usual + 3)
        # At least the evening of yesterday: a parcel of today has no news yet in the morning.
        return max(1, plan.days)

    def _cancelled(self, order: Order) -> Order:
        plan, random = self.plan, self._chance("cancelled")
        if plan.stage == "cancelled_unpaid":
            at = order.placed_at + timedelta(hours=24)
            return replace(order, cancelled_at=at, cancel_reason="unpaid")
        at = order.placed_at + timedelta(minutes=random.randint(20, 90))
        reason = random.choice(("changed_mind", "changed_mind", "ordered_twice", "out_of_stock"))
        pending = plan.stage == "cancelled_refunding"
        refund = Payment("", "refund", "card", 0, at, "pending" if pending else "done", reason="cancelled")
        refunds = refund_payments(order, shares_paid(order), order.total, refund)
        return replace(order, cancelled_at=at, cancel_reason=reason, payments=order.payments + refunds)

    def _chance(self, *names: object) -> Random:
        return chance(*self.seeds, *names)


def _parts(items: tuple[OrderItem, ...], count: int) -> list[dict[str, int]]:
    """Item ids with quantities, for that many parcels where there are enough pieces."""
    pieces = [item.id for item in items for _ in range(item.quantity)]
    cut = len(pieces) // 2 if count == 2 else len(pieces)
    parts = [pieces[:cut], pieces[cut:]][: max(count, 0)]
    return [{item_id: part.count(item_id) for item_id in part} for part in parts if part]


def _carrier(order: Order, products: dict[str, Product], random: Random) -> str:
    categories = {products[item.product_id].category for item in order.items}
    if order.address.country in ACROSS_THE_BORDER:
        return "sf"
    if order.total >= 29900 or categories & {"electronics", "coffee"}:
        return random.choice(("sf", "jd"))
    return "zto"


def _version(order: Order) -> int:
    """One step for every change the order went through."""
    steps = {"pending": 1, "paid": 2, "packing": 3, "shipped": 4, "delivered": 5, "cancelled": 2}
    return steps[order.status] + 2 * len(order.returns) + 2 * len(order.exchanges)
