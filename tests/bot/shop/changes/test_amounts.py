"""What changes come to, in cents that can be checked by hand."""

from dataclasses import replace
from datetime import timedelta

from bot.shop.changes.plan import Movement, Plan
from bot.shop.changes.planning import Done, make_plan, undo_plan
from bot.shop.changes.requests import (
    CancelOrder,
    ChangeAddress,
    ChangeDefaultAddress,
    ChangeItems,
    ChangePayment,
    ExchangeItems,
    NotifyRestock,
    ProtectPrice,
    ReportProblem,
    Request,
    RequestInvoice,
    ReturnItems,
    Undo,
)
from bot.shop.domain import Customer, Exchange, Invoice, Order, OrderStatus
from bot.shop.policy import Policy, default_policy, read_policy
from tests.bot.shop.changes.small_shop import (
    CUSTOMER,
    HOME,
    HONG_KONG,
    LHASA,
    NOW,
    PRODUCTS,
    order,
    paid,
    receipt,
    snapshot,
)
from tests.bot.shop.changes.test_policy import STRICT

POLICY, OTHER = default_policy(), read_policy(STRICT)
CANCEL = CancelOrder("118640", "changed_mind")


def planned(
    request: Request, before: Order | None, policy: Policy = POLICY, **changes: object
) -> tuple[Plan, Order]:
    plan = make_plan(request, snapshot(before, **changes), policy)
    return plan, plan.order or order()


def balance(customer: Customer) -> int | None:
    return next(method.balance for method in customer.payment_methods if method.id == "G")


def back(customer: Customer, code: str) -> bool:
    return not next(coupon.used for coupon in customer.coupons if coupon.code == code)


def test_cancelling_gives_back_all_that_was_paid_the_wallet_s_part_first() -> None:
    before = order(
        "packing", shipping_fee=800, payments=(paid(1000, "G", key="P1"), paid(29799, "W", key="P2"))
    )
    plan, after = planned(CANCEL, before)
    assert plan.movements == (
        Movement("refund", 29799, "wechat_pay", "W", "pending"),
        Movement("refund", 1000, "gift_card", "G", "done"),
    )
    assert balance(plan.customer) == 6000
    assert plan.stock == {"TEE-M": 2, "SOCKS-S": 3}
    assert (after.status, after.cancelled_at, after.cancel_reason) == (
        OrderStatus.CANCELLED,
        NOW,
        "changed_mind",
    )
    assert plan.facts["refund"] == 30799
    assert [one["days"] for one in plan.facts["refunds"]] == [[1, 3], [0, 0]]
    assert plan.undo_until is None


def test_an_unpaid_order_is_cancelled_without_money() -> None:
    plan, _ = planned(CANCEL, order("pending", payments=(replace(paid(29999), status="failed"),)))
    assert plan.movements == ()
    assert plan.stock == {"TEE-M": 2, "SOCKS-S": 3}


def test_the_coupon_comes_back_with_the_whole_order_unless_it_has_expired() -> None:
    assert back(planned(CANCEL, order("paid", coupon_code="SAVE30"))[0].customer, "SAVE30")
    plan, _ = planned(CANCEL, order("paid", coupon_code="OVER"))
    assert not back(plan.customer, "OVER")
    assert plan.facts["coupon_expired"]


def test_one_of_three_is_cancelled_for_its_share() -> None:
    before = order("paid", lines=[("TEE-M", 2), ("TEE-L", 1)], discount=1000)  # 32000 less 1000
    plan, after = planned(replace(CANCEL, items={"I1": 1}), before)
    assert [move.amount for move in plan.movements] == [9687]  # 10000 less a third of 625, the lines' share
    assert before.total - after.total == 9687
    assert [item.quantity for item in after.items] == [1, 1]
    assert plan.stock == {"TEE-M": 1}
    assert after.status is OrderStatus.PAID


def test_below_the_coupon_s_minimum_its_discount_is_lost() -> None:
    before = order("paid", lines=[("TEE-M", 2), ("TEE-L", 1)], discount=3000, coupon_code="SAVE30")
    plan, after = planned(replace(CANCEL, items={"I1": 1}), before)
    assert (after.total, after.discount) == (22000, 0)
    assert [move.amount for move in plan.movements] == [before.total - 22000]
    assert not back(plan.customer, "SAVE30")


def test_what_a_lost_coupon_costs_more_than_the_item_is_charged() -> None:
    before = order("paid", lines=[("TEE-M", 3), ("SALE-S", 1)], discount=3000, coupon_code="SAVE30")
    cheap = replace(before, items=(before.items[0], replace(before.items[1], unit_price=100)))
    cheap = replace(cheap, payments=(paid(cheap.total),))
    plan, after = planned(replace(CANCEL, items={"I1": 1, "I2": 1}), cheap)
    assert after.total == 20000
    assert plan.movements == (Movement("refund", 7100, "wechat_pay", "W", "pending"),)
    plan, after = planned(
        replace(CANCEL, items={"I2": 1}),
        replace(cheap, items=(replace(cheap.items[0], unit_price=9950), cheap.items[1])),
    )
    assert (after.total, plan.facts["charge"]) == (29850, 2900)
    assert plan.movements == (Movement("charge", 2900, "wechat_pay", "W", "pending"),)


def test_a_return_pays_back_what_was_paid_less_the_pick_up_once_it_is_back() -> None:
    plan, after = planned(ReturnItems("118640", {"I2": 2}, "does_not_fit"), order(discount=3000))
    socks = 9999 - (3000 - 3000 * 20000 // 29999)
    assert after.returns[0].refund_amount == socks * 2 // 3 - 1200
    assert (after.returns[0].status, after.returns[0].fee) == ("approved", 1200)
    assert plan.movements == ()
    assert plan.stock == {}
    assert plan.facts["send_days"] == 7
    assert plan.facts["items"][0]["unopened"] is True
    assert plan.facts["items"][0]["until"] == "2027-03-14T23:59:59+08:00"


def test_returns_one_by_one_come_to_the_same_as_all_at_once() -> None:
    before = order(discount=1001, shipping_fee=0, address=HONG_KONG)  # no pick-up there, no fee
    whole, _ = planned(ReturnItems("118640", {"I1": 2, "I2": 3}, "change_of_mind"), before)
    now, amounts = before, []
    for item in ("I1", "I2", "I2", "I1", "I2"):
        _, now = planned(ReturnItems("118640", {item: 1}, "change_of_mind"), now)
        amounts.append(now.returns[-1].refund_amount)
    assert sum(amounts) == whole.facts["refund"] == before.total


def test_a_faulty_item_comes_back_free_and_with_the_delivery_fee_once() -> None:
    before = order(shipping_fee=800, lines=[("TEE-M", 2)], days=60)
    plan, after = planned(ReturnItems("118640", {"I1": 1}, "defective"), before)
    assert (plan.facts["refund"], plan.facts["fee"], plan.facts["shipping"]) == (10800, 0, 800)
    assert (after.returns[0].status, plan.facts["review_hours"]) == ("requested", 24)
    again, _ = planned(ReturnItems("118640", {"I1": 1}, "defective"), after)
    assert again.facts["refund"] == 10000


def test_pick_up_costs_more_far_away_and_nobody_comes_across_the_border() -> None:
    request = ReturnItems("118640", {"I1": 1}, "change_of_mind")
    assert planned(request, order(address=LHASA))[0].facts["fee"] == 2000
    plan, _ = planned(request, order(address=HONG_KONG))
    assert (plan.facts["fee"], plan.facts["pickup"]) == (0, False)


def test_another_shop_pays_a_return_back_to_a_gift_card_that_exists() -> None:
    plan, after = planned(ReturnItems("118640", {"I1": 2}, "", "G"), order(days=900), OTHER)
    assert plan.facts["refunds"] == [{"method": "gift_card", "method_id": "G", "amount": 20000, "days": []}]
    assert (after.returns[0].status, after.returns[0].refund_to) == ("requested", "G")
    assert plan.facts["fee"] == 0


def test_an_exchange_keeps_the_new_one_aside_and_charges_the_difference_of_today() -> None:
    before = order()
    before = replace(before, items=(replace(before.items[0], unit_price=15000), before.items[1]))
    plan, after = planned(ExchangeItems("118640", {"I1": "TEE-L"}, "does_not_fit"), before)
    assert plan.movements == (Movement("charge", 4000, "wechat_pay", "W", "pending"),)
    assert plan.stock == {"TEE-L": -2}
    assert after.items == before.items
    assert after.exchanges[0].price_difference == 4000
    assert (plan.facts["hold_days"], plan.facts["fee"]) == (5, 1200)


def test_a_cheaper_one_is_paid_back_when_the_old_one_is_there() -> None:
    plan, after = planned(ExchangeItems("118640", {"I1": "TEE-XS"}), order())
    assert plan.movements == ()
    assert after.exchanges[0].price_difference == -4000
    assert plan.facts["refund"] == 4000
    rest, _ = planned(
        ReturnItems("118640", {"I2": 3}, "change_of_mind"), replace(after, payments=(paid(12000),))
    )
    assert rest.facts["refund"] == 8000  # of 12000, 4000 are promised


def test_a_faulty_one_may_be_swapped_for_the_same_again() -> None:
    done = Exchange("E1", {"I1": "TEE-L"}, "done", NOW - timedelta(days=2), reason="does_not_fit")
    plan, after = planned(ExchangeItems("118640", {"I1": "TEE-L"}, "defective"), order(exchanges=(done,)))
    assert plan.facts["difference"] == 0
    assert after.exchanges[-1].id == "118640-E2"


def test_other_variants_before_it_leaves_cost_or_bring_the_difference() -> None:
    plan, after = planned(ChangeItems("118640", {"I1": "TEE-L"}, settle_with="G"), order("paid"))
    assert plan.movements == (Movement("charge", 4000, "gift_card", "G", "done"),)
    assert balance(plan.customer) == 1000
    assert plan.stock == {"TEE-M": 2, "TEE-L": -2}
    assert (after.items[0].sku, after.items[0].unit_price, after.total) == ("TEE-L", 12000, 33999)
    plan, after = planned(ChangeItems("118640", {"I1": "TEE-XS"}), order("paid"))
    assert plan.movements == (Movement("refund", 4000, "wechat_pay", "W", "pending"),)
    assert planned(ChangeItems("118640", {"I1": "TEE-XS"}), order("pending"))[0].movements == ()


def test_another_shop_pays_a_difference_to_any_method_of_the_customer() -> None:
    plan, _ = planned(ChangeItems("118640", {"I1": "TEE-XS"}, settle_with="P"), order("paid"), OTHER)
    assert plan.movements == (Movement("refund", 4000, "paypal", "P", "pending"),)


def test_moving_far_away_charges_the_new_delivery_fee() -> None:
    plan, after = planned(ChangeAddress("118640", LHASA), order("paid", lines=[("TEE-M", 1)]))
    assert (after.shipping_fee, after.address) == (2000, LHASA)
    assert plan.movements == (Movement("charge", 2000, "wechat_pay", "W", "pending"),)
    assert plan.undo_until == NOW + timedelta(minutes=30)
    plan, after = planned(ChangeAddress("118640", LHASA), order("pending", lines=[("TEE-M", 1)]))
    assert (after.shipping_fee, plan.movements) == (2000, ())
    plan, after = planned(
        ChangeAddress("118640", replace(HOME, street="文二路")), order("paid", shipping_fee=800)
    )
    assert (after.shipping_fee, plan.movements) == (800, ())


def test_another_way_to_pay_gives_back_and_charges_the_same() -> None:
    before = order("paid", lines=[("SOCKS-S", 1)])
    plan, after = planned(ChangePayment("118640", "G"), before, OTHER)
    assert plan.movements == (
        Movement("refund", 3333, "wechat_pay", "W", "pending"),
        Movement("charge", 3333, "gift_card", "G", "done"),
    )
    assert balance(plan.customer) == 1667
    assert [one.id for one in after.payments] == ["P1", "118640-R1", "118640-P2"]


def test_an_invoice_is_for_what_was_paid_without_gift_cards() -> None:
    before = order(payments=(paid(1000, "G", key="P1"), paid(28999, "W", key="P2")))
    request = RequestInvoice("118640", "company", " 拾光有限公司 ", "a@example.com", "9133 0100 ma27x1234x")
    plan, after = planned(request, before)
    assert after.invoices[0].amount == 28999
    assert (after.invoices[0].title, after.invoices[0].tax_number) == ("拾光有限公司", "91330100MA27X1234X")
    assert plan.movements == ()
    plan, after = planned(RequestInvoice("118640", "personal", "个人", "a@example.com", "ignored"), after)
    assert [one.status for one in after.invoices] == ["cancelled", "requested"]
    assert after.invoices[1].tax_number == ""
    assert plan.facts["reissue"]


def test_price_protection_pays_the_fall_for_each_and_remembers_it() -> None:
    tee = PRODUCTS["TEE"]
    now = PRODUCTS | {"TEE": replace(tee, variants=tuple(replace(one, price=8500) for one in tee.variants))}
    plan, after = planned(ProtectPrice("118640"), order(), products=now)
    assert plan.movements == (Movement("refund", 3000, "wechat_pay", "W", "pending"),)
    assert [(one.item_id, one.quantity, one.amount) for one in after.price_protections] == [("I1", 2, 3000)]
    back, _ = planned(ReturnItems("118640", {"I1": 1}, "change_of_mind"), after)
    assert back.facts["refund"] == 8500 - 1200


def test_a_problem_is_kept_for_somebody_to_look_at() -> None:
    request = ReportProblem("118640", "damaged", {"I1": 1}, "碎了\n两处", ("p1", "p1"))
    plan, after = planned(request, order(days=1))
    assert (after.reports[0].status, after.reports[0].photos) == ("open", ("p1",))
    assert (plan.movements, plan.facts["send_back"]) == ((), True)
    assert planned(replace(request, items={"I2": 1}), order(days=1))[0].facts["send_back"] is False


def test_a_restock_notice_and_a_default_address_touch_no_order() -> None:
    assert make_plan(NotifyRestock("GONE", "GONE-S"), snapshot(), POLICY).order is None
    plan = make_plan(ChangeDefaultAddress(LHASA), snapshot(), POLICY)
    assert plan.order is None
    assert (plan.customer.default_address_id, plan.customer.addresses) == ("A2", (HOME, LHASA))
    again = make_plan(ChangeDefaultAddress(replace(HOME, id="A7")), snapshot(customer=plan.customer), POLICY)
    assert (again.customer.default_address_id, len(again.customer.addresses)) == ("A1", 2)


def test_undoing_moves_everything_the_other_way() -> None:
    before = order("paid")
    plan, after = planned(ChangeItems("118640", {"I1": "TEE-L"}, settle_with="G"), before)
    done = Done(receipt(plan), before, 2, CUSTOMER, plan.stock)
    undone = undo_plan(
        Undo("KF-2345CD"), done, snapshot(replace(after, version=2), customer=plan.customer), POLICY
    )
    assert undone.movements == (Movement("refund", 4000, "gift_card", "G", "done"),)
    assert undone.stock == {"TEE-M": -2, "TEE-L": 2}
    assert undone.customer == CUSTOMER
    assert undone.order is not None
    assert replace(undone.order, payments=before.payments, version=1) == before
    assert undone.undo_until is None


def test_a_plan_is_the_same_a_minute_later() -> None:
    """Else every confirmation would be out of date."""
    requests: list[tuple[Request, Order]] = [
        (ReturnItems("118640", {"I1": 1}, "change_of_mind"), order()),
        (ExchangeItems("118640", {"I1": "TEE-L"}), order()),
        (ChangeAddress("118640", LHASA), order("paid")),
        (CANCEL, order("paid")),
        (ReportProblem("118640", "damaged", {"I1": 1}, photos=("p",)), order(days=1)),
    ]
    for request, before in requests:
        first = make_plan(request, snapshot(before), POLICY)
        later = make_plan(request, snapshot(before, now=NOW + timedelta(minutes=1)), POLICY)
        assert first.digest == later.digest
        other = make_plan(request, snapshot(replace(before, version=2)), POLICY)
        assert first.digest != other.digest


def test_ids_step_over_those_that_are_taken() -> None:
    old = Invoice("118640-V2", "personal", "a", "a@b.co", 1, NOW)
    _, after = planned(RequestInvoice("118640", "personal", "个人", "a@example.com"), order(invoices=(old,)))
    assert after.invoices[1].id == "118640-V3"
    _, after = planned(RequestInvoice("1", "personal", "个人", "a@example.com"), order(number="9" * 64))
    assert after.invoices[0].id == "V1"
