"""Where an order stands, and what a product offers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.shop.domain import Order, OrderStatus, Payment, Product
from bot.shop.facts import in_stock, nearest_variants, price_range, progress, unshipped, variant_matches
from tests.bot.shop import sample

SHANGHAI = timezone(timedelta(hours=8))
PLACED = datetime(2026, 11, 10, 20, 0, tzinfo=SHANGHAI)


def at(days: float) -> datetime:
    return PLACED + timedelta(days=days)


def parcel(
    key: str = "F1",
    items: dict[str, int] | None = None,
    *,
    events: tuple[tuple[float, str], ...] = (),
    **more: Any,
) -> dict[str, Any]:
    row = {
        "id": key,
        "carrier": "sf",
        "tracking_number": key,
        "items": items or {"I1": 1, "I2": 2},
        "shipped_at": at(1),
        "estimated_at": at(4),
        "events": [{"at": at(day), "status": status, "text": status} for day, status in events],
    }
    return {**row, **more}


def order(*parcels: dict[str, Any], status: str = "shipped", **changes: Any) -> Order:
    item = sample.order(1)["items"][0]
    items = [{**item, "id": "I1", "quantity": 1}, {**item, "id": "I2", "quantity": 2}]
    row = {**sample.order(1), "status": status, "placed_at": PLACED, "items": items, "payments": []}
    return TypeAdapter(Order).validate_python({**row, "fulfilments": list(parcels), **changes})


MOVING = ((1.1, "picked_up"), (2, "in_transit"))


@pytest.mark.parametrize(
    ("given_order", "stage"),
    [
        (order(status="pending"), "awaiting_payment"),
        (order(status="paid"), "preparing"),
        (order(status="packing"), "preparing"),
        (order(status="cancelled"), "cancelled"),
        (order(status="shipped"), "in_transit"),
        (order(status="delivered"), "delivered"),
        (order(parcel()), "in_transit"),
        (order(parcel(events=MOVING)), "in_transit"),
        (order(parcel(items={"I1": 1}, events=MOVING)), "partly_shipped"),
        (order(parcel(events=(*MOVING, (3, "out_for_delivery")))), "out_for_delivery"),
        (order(parcel(events=(*MOVING, (3, "exception")))), "exception"),
        (order(parcel(events=(*MOVING, (3, "returned")))), "returned"),
        (order(parcel(events=(*MOVING, (3, "delivered")))), "delivered"),
        (order(parcel(delivered_at=at(3)), status="delivered"), "delivered"),
        (order(parcel(items={"I1": 1}, delivered_at=at(3)), parcel("F2", {"I2": 2})), "partly_delivered"),
        (order(parcel(items={"I1": 1}, delivered_at=at(3))), "partly_delivered"),
        (order(parcel(events=((2, "exception"),)), parcel("F2", shipped_at=at(3))), "in_transit"),
        (order(parcel(events=MOVING), status="cancelled"), "cancelled"),
    ],
)
def test_stage(given_order: Order, stage: str) -> None:
    assert progress(given_order, at(5)).stage == stage


def test_an_event_of_tomorrow_has_not_happened() -> None:
    coming = order(parcel(events=(*MOVING, (6, "delivered")), delivered_at=at(6)))
    today = progress(coming, at(5))
    assert today.stage == "in_transit"
    assert today.current is not None
    assert today.current.latest is not None
    assert today.current.latest.status == "in_transit"
    assert progress(coming, at(6)).delivered_at == at(6)


@pytest.mark.parametrize(
    ("now", "late", "silent"),
    [
        (at(2.5), 0, 0),
        (at(4), 0, 2),
        (at(4) + timedelta(hours=3), 0, 2),  # 23:00 of the estimated day is not late
        (at(4) + timedelta(hours=4), 1, 2),  # midnight, in the shop's zone
        (at(9), 5, 7),
    ],
)
def test_late_by_calendar_days_and_silent_since_the_last_event(now: datetime, late: int, silent: int) -> None:
    found = progress(order(parcel(events=MOVING)), now)
    assert (found.late_days, found.silent_days) == (late, silent)
    assert found.expected_at == at(4)


def test_a_parcel_never_heard_of_is_silent_since_it_left() -> None:
    assert progress(order(parcel()), at(5)).silent_days == 4


def test_what_has_arrived_is_neither_late_nor_silent() -> None:
    found = progress(order(parcel(delivered_at=at(9)), status="delivered"), at(30))
    assert (found.late_days, found.silent_days, found.expected_at) == (0, 0, None)
    assert found.delivered_at == at(9)


def test_of_several_parcels_the_one_under_way_is_spoken_of() -> None:
    found = progress(
        order(
            parcel("F1", {"I1": 1}, delivered_at=at(3)),
            parcel("F2", {"I2": 1}, events=((2, "in_transit"),), estimated_at=at(6)),
            parcel("F3", {"I2": 1}, events=((1.5, "in_transit"),), estimated_at=at(8)),
        ),
        at(5),
    )
    assert found.current is not None
    assert found.current.parcel.id == "F2"
    assert found.expected_at == at(8)
    assert found.delivered_at is None


def test_a_lost_parcel_that_was_sent_again_is_not_spoken_of() -> None:
    found = progress(order(parcel(events=((2, "exception"),)), parcel("F2", shipped_at=at(3))), at(5))
    assert [entry.parcel.id for entry in found.parcels] == ["F2"]


def test_what_has_not_left() -> None:
    assert unshipped(order(parcel(items={"I2": 1}))) == {"I1": 1, "I2": 1}
    assert progress(order(status="cancelled"), at(1)).unshipped == {}


@pytest.mark.parametrize(
    ("moved", "state"),
    [
        ([], "none"),
        ([("refund", 500, "done")], "partial"),
        ([("refund", 1000, "done")], "full"),
        ([("refund", 500, "done"), ("refund", 500, "pending")], "pending"),
        ([("refund", 500, "failed")], "none"),
    ],
)
def test_refunds(moved: list[tuple[Any, int, Any]], state: str) -> None:
    payments = tuple(
        Payment(str(number), kind, "alipay", amount, PLACED, status)
        for number, (kind, amount, status) in enumerate([("charge", 1000, "done"), *moved])
    )
    assert progress(replace(order(), payments=payments), at(5)).refunds.state == state


PRODUCT: Product = TypeAdapter(Product).validate_python(sample.product())


def stocked(*skus: str) -> Product:
    variants = (replace(variant, stock=int(variant.sku in skus)) for variant in PRODUCT.variants)
    return replace(PRODUCT, variants=tuple(variants))


def test_variants_with_all_that_is_wanted() -> None:
    assert [v.sku for v in variant_matches(PRODUCT, {"colour": "navy", "size": "M"})] == ["P001-07"]
    assert len(variant_matches(PRODUCT, {"size": "M"})) == 4
    assert len(variant_matches(PRODUCT, {})) == 12
    assert variant_matches(PRODUCT, {"colour": "pink"}) == ()


def test_the_nearest_variant_differs_least() -> None:
    # Navy is P001-06 (S) to P001-08 (L), white P001-03 to P001-05.
    wanted = {"colour": "navy", "size": "L"}
    near = nearest_variants(stocked("P001-06", "P001-07", "P001-05", "P001-00"), wanted)
    assert [variant.sku for variant in near] == ["P001-05", "P001-07", "P001-06", "P001-00"]
    assert nearest_variants(stocked("P001-08"), wanted) == (), "what was wanted is no alternative"


def test_price_and_stock() -> None:
    assert in_stock(stocked("P001-03"))
    assert not in_stock(stocked())
    assert price_range(stocked("P001-03", "P001-05")) == (1103, 1105)
    assert price_range(stocked()) == (1100, 1111)


moments = st.floats(0, 20).map(at)


@given(
    status=st.sampled_from(list(OrderStatus)),
    now=moments,
    delivered=st.none() | moments,
    days=st.lists(st.floats(0, 20), max_size=4).map(sorted),
    share=st.integers(1, 2),
)
def test_progress_keeps_its_word(
    status: OrderStatus, now: datetime, delivered: datetime | None, days: list[float], share: int
) -> None:
    statuses = ("picked_up", "in_transit", "out_for_delivery", "delivered")
    events = tuple(zip(days, statuses[: len(days)], strict=True))
    found = progress(
        order(
            parcel(items={"I1": 1, "I2": share}, events=events, delivered_at=delivered), status=status.value
        ),
        now,
    )
    assert found.late_days >= 0
    assert found.silent_days >= 0
    if found.delivered_at is not None:
        assert found.stage == "delivered"
        assert found.delivered_at <= now
    if found.stage == "delivered":
        assert found.late_days == 0
        assert found.unshipped == {}
    if found.current is not None and found.current.latest is not None:
        assert found.current.latest.at <= now


def test_now_in_another_zone_counts_days_there() -> None:
    utc = progress(order(parcel()), (at(4) + timedelta(hours=4)).astimezone(UTC))
    assert utc.late_days == 0
