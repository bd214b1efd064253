"""What is offered: how many, until when, for which reasons; or the rule that forbids it."""

from dataclasses import replace
from datetime import timedelta

from bot.shop.changes.allowed import Choice, choices
from bot.shop.policy import default_policy
from tests.bot.shop.changes.small_shop import NOW, PRODUCTS, order, snapshot

POLICY = default_policy()


def rule(choice: Choice) -> str | None:
    return choice.refused.rule if choice.refused is not None else None


def test_within_the_week_everything_may_come_back() -> None:
    offered = choices(snapshot(order(days=3)), POLICY)
    tee, socks = offered.items
    assert tee.give_back.quantity == 2
    assert tee.give_back.until == "2027-03-14T23:59:59+08:00"
    assert list(tee.give_back.reasons) == [
        "change_of_mind",
        "does_not_fit",
        "defective",
        "wrong_item",
        "not_as_described",
    ]
    assert tee.give_back.reasons["defective"] == "2027-06-05T23:59:59+08:00"
    assert tee.give_back.otherwise is not None
    assert tee.give_back.otherwise.rule == "returns.fault_window"  # damaged in transit, after 48 hours
    assert (tee.give_back.unopened, socks.give_back.unopened) == (False, True)
    assert tee.exchange.until == "2027-03-22T23:59:59+08:00"
    assert rule(tee.report["damaged"]) == "problems.window"
    assert tee.report["wrong"].open
    assert (rule(offered.cancel), rule(offered.address)) == ("cancel.delivered", "address.delivered")
    assert offered.invoice.amount == 29999


def test_the_last_day_counts_to_midnight() -> None:
    arrived = NOW.replace(hour=9, minute=0)
    late = snapshot(order(days=0.27), now=arrived + timedelta(days=7, hours=14, minutes=59))
    assert "change_of_mind" in choices(late, POLICY).items[0].give_back.reasons
    over = replace(late, now=arrived + timedelta(days=7, hours=15))
    choice = choices(over, POLICY).items[0].give_back
    assert next(iter(choice.reasons)) == "defective"
    assert choice.otherwise is not None
    assert choice.otherwise.rule == "returns.window"


def test_two_parcels_have_two_windows() -> None:
    made = order("shipped")
    first = replace(made.fulfilments[0], items={"I1": 2}, delivered_at=NOW - timedelta(days=1))
    second = replace(made.fulfilments[0], id="F2", items={"I2": 3})
    tee, socks = choices(snapshot(replace(made, fulfilments=(first, second))), POLICY).items
    assert tee.give_back.open
    assert rule(socks.give_back) == "returns.not_arrived"


def test_what_is_made_to_order_can_be_cancelled_for_an_hour() -> None:
    made = order("paid", lines=[("COVER-S", 1), ("TEE-M", 1)])
    just_paid = replace(made.payments[0], at=NOW - timedelta(minutes=20))
    offered = choices(snapshot(replace(made, payments=(just_paid,))), POLICY)
    assert offered.cancel.until == "2027-03-10T16:09:59+08:00"
    assert offered.items[1].cancel.until is None
    offered = choices(snapshot(made), POLICY)
    assert rule(offered.cancel) == "cancel.started"
    assert offered.items[1].cancel.open


def test_the_price_that_fell_is_offered_with_its_amount() -> None:
    tee = PRODUCTS["TEE"]
    now = PRODUCTS | {"TEE": replace(tee, variants=tuple(replace(one, price=8000) for one in tee.variants))}
    offered = choices(snapshot(order("packing"), products=now), POLICY)
    assert offered.items[0].protect_price.amount == 4000
    assert rule(offered.items[1].protect_price) == "price.same"
    assert rule(offered.payment) == "payment.state"
    assert offered.address.open
