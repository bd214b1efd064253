"""Which orders the demo has: the two shoppers' stories, and enough others in every state."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from pydantic import ConfigDict, TypeAdapter

from bot.shop.demo.baskets import basket
from bot.shop.demo.clock import chance
from bot.shop.demo.customers import people
from bot.shop.demo.data import load
from bot.shop.demo.prices import ACROSS_THE_BORDER
from bot.shop.domain import Product

Stage = Literal[
    "pending",
    "payment_failed",
    "paid",
    "packing",
    "in_transit",
    "out_for_delivery",
    "delayed",
    "exception",
    "split",
    "delivered",
    "cancelled_unpaid",
    "cancelled_refunding",
    "cancelled_refunded",
]


@dataclass(frozen=True, slots=True)
class Plan:
    """An order to make."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    customer: str
    stage: Stage
    lines: dict[str, int]
    """Sku to quantity."""
    days: int = 0
    """Since delivery, since the parcel left, or since it was placed: whatever the stage is about."""
    coupon: str | None = None
    gift_card: bool = False
    note: str = ""
    aftercare: Literal["", "return", "exchange"] = ""
    status: str = ""
    """Of the return or exchange."""
    reason: str = ""


# (stage, aftercare, status, how many, days from, days to)
_OTHERS: tuple[tuple[Stage, Literal["", "return", "exchange"], str, int, int, int], ...] = (
    ("pending", "", "", 7, 0, 0),
    ("payment_failed", "", "", 3, 0, 0),
    ("paid", "", "", 11, 0, 1),
    ("packing", "", "", 9, 0, 1),
    ("in_transit", "", "", 14, 0, 2),
    ("out_for_delivery", "", "", 7, 0, 0),
    ("delayed", "", "", 6, 5, 10),
    ("exception", "", "", 4, 0, 0),
    ("split", "", "", 6, 2, 3),
    ("delivered", "", "", 4, 0, 0),
    ("delivered", "", "", 10, 1, 6),
    ("delivered", "", "", 6, 8, 14),
    ("delivered", "", "", 12, 16, 88),
    ("delivered", "", "", 9, 95, 320),
    ("cancelled_unpaid", "", "", 2, 1, 40),
    ("cancelled_refunding", "", "", 3, 0, 1),
    ("cancelled_refunded", "", "", 3, 5, 60),
    ("delivered", "return", "requested", 2, 2, 4),
    ("delivered", "return", "approved", 2, 3, 5),
    ("delivered", "return", "in_transit", 2, 5, 7),
    ("delivered", "return", "received", 2, 7, 9),
    ("delivered", "return", "refunded", 2, 14, 40),
    ("delivered", "return", "rejected", 2, 20, 40),
    ("delivered", "exchange", "requested", 1, 2, 4),
    ("delivered", "exchange", "approved", 1, 4, 5),
    ("delivered", "exchange", "in_transit", 1, 5, 6),
    ("delivered", "exchange", "received", 1, 7, 8),
    ("delivered", "exchange", "shipped", 1, 9, 10),
    ("delivered", "exchange", "done", 1, 18, 30),
    ("delivered", "exchange", "rejected", 1, 24, 30),
)


def stories() -> tuple[Plan, ...]:
    """The orders of C001 and C002."""
    return TypeAdapter(tuple[Plan, ...]).validate_python(load("stories.yaml"))


def others(products: dict[str, Product], seed: int) -> Iterator[Plan]:
    ids = [customer_id for customer_id in people() if customer_id not in ("C001", "C002")]
    chance(seed, "customers").shuffle(ids)
    used: set[tuple[str, str | None]] = set()
    rows = [row for row in _OTHERS for _ in range(row[3])]
    # One customer after another, so that everybody has orders; two rounds and a half here.
    for index, (row, customer_id) in enumerate(zip(rows, itertools.cycle(ids), strict=False)):
        if row[1] == "exchange" and people()[customer_id].country in ACROSS_THE_BORDER:
            customer_id = "C003"  # exchanges are for the mainland
        plan = _other(row, customer_id, products, chance(seed, "plan", index))
        again = (customer_id, plan.coupon) in used
        used.add((customer_id, plan.coupon))
        yield replace(plan, coupon=None) if again else plan


def _other(
    row: tuple[Stage, Literal["", "return", "exchange"], str, int, int, int],
    customer_id: str,
    products: dict[str, Product],
    random: Random,
) -> Plan:
    stage, aftercare, status, _, first, last = row
    days = random.randint(first, last)
    abroad = people()[customer_id].country in ACROSS_THE_BORDER
    sold = {key: one for key, one in products.items() if not (abroad and "mainland_only" in one.tags)}
    lines = basket(sold, random, fit=int(customer_id[1:]) * 7 % 5, days_ago=days, kind=aftercare or stage)
    custom = any(sku.startswith("P065") for sku in lines)
    return Plan(
        customer=customer_id,
        stage=stage,
        lines=lines,
        days=days,
        coupon=random.choice(("GIFT10", "SAVE30", "MEMBER5", "FREESHIP")) if random.random() < 0.28 else None,
        gift_card=random.random() < 0.5,
        note=_note(random, custom),
        aftercare=aftercare,
        status=status,
        reason=_reason(aftercare, status, random),
    )


def _note(random: Random, custom: bool) -> str:
    if custom:
        return random.choice(("刻字：慢慢来", "刻字：XM", "刻字：见字如面"))
    return (
        random.choice(("放门口就行", "周末送", "请打电话再上门", "送人的，别放价签"))
        if random.random() < 0.15
        else ""
    )


def _reason(aftercare: str, status: str, random: Random) -> str:
    if aftercare == "exchange":
        return "does_not_fit"
    if aftercare == "return":
        if status == "rejected":
            return "change_of_mind"
        return random.choice(("does_not_fit", "change_of_mind", "defective", "not_as_described"))
    return ""
