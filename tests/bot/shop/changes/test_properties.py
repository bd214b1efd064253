"""Whatever is asked in whatever order: the money adds up, nothing appears or vanishes, and only known states are reached."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.shop.changes.allowed import choices
from bot.shop.changes.plan import Plan, Refused, Snapshot
from bot.shop.changes.planning import Done, make_plan, undo_plan
from bot.shop.changes.requests import (
    CancelOrder,
    ChangeAddress,
    ChangeItems,
    ChangePayment,
    ExchangeItems,
    ProtectPrice,
    ReportProblem,
    Request,
    ReturnItems,
    Undo,
    kind_of,
)
from bot.shop.changes.rules import RULES
from bot.shop.domain import Address, Order, OrderStatus
from bot.shop.policy import Policy, default_policy, read_policy
from tests.bot.shop.changes.small_shop import (
    HOME,
    HONG_KONG,
    LHASA,
    PRODUCTS,
    order,
    paid,
    receipt,
    snapshot,
)
from tests.bot.shop.changes.test_policy import STRICT

AT_ONCE = read_policy(
    STRICT.replace("return_items: {", "return_items: {refund_when: requested, ").replace(
        "charge_when: received", "charge_when: requested, refund_when: requested"
    )
)
SHARED = default_policy().model_copy(
    update={
        "cancel_order": default_policy().cancel_order.model_copy(update={"undo_minutes": 60}),
        "change_payment": default_policy().change_payment.model_copy(update={"states": ("paid",)}),
    }
)
POLICIES = (default_policy(), SHARED, read_policy(STRICT), AT_ONCE)
SKUS = [variant.sku for product in PRODUCTS.values() for variant in product.variants]
SOLD = [sku for sku in SKUS if not sku.startswith(("GONE", "OLD", "GIFT"))]
_ORDER = TypeAdapter(Order)
_NEXT = {
    state: {state, OrderStatus.CANCELLED} if state in ("pending", "paid", "packing") else {state}
    for state in OrderStatus
}

METHODS = (None, None, None, "W", "A", "G", "P", "X")


def some_request(pick: Random, now: Order, policy: Policy) -> Request:
    """Mostly a sensible one: the order's own items, variants of their products, reasons that are accepted."""
    items = [item.id for item in now.items] + ["I1"]
    products = {item.id: item.product_id for item in now.items}
    counted = {pick.choice(items): pick.choice((1, 1, 1, 2, 3, 0)) for _ in range(pick.choice((1, 1, 2)))}
    swaps = {
        item: pick.choice([sku for sku in SKUS if sku.startswith(products.get(item, ""))])
        for item in pick.sample(items, pick.choice((1, 1, 2)))
    }

    def reason(accepted: Iterable[str]) -> str:
        return pick.choice([*accepted, *accepted, ""])

    method = pick.choice(METHODS)
    early: list[Request] = [
        CancelOrder(now.number, reason(policy.cancel_order.reasons), counted, method),
        ChangeItems(now.number, swaps, method),
        ChangeItems(now.number, swaps, method),
        ChangePayment(now.number, method or "A"),
        ChangeAddress(now.number, pick.choice((HOME, LHASA, HONG_KONG))),
        ProtectPrice(now.number),
        Undo("KF-2345CD"),
    ]
    if pick.random() < 0.1:
        early.append(CancelOrder(now.number, reason(policy.cancel_order.reasons), {}, method))
    late: list[Request] = [
        ReturnItems(now.number, counted, reason(policy.return_items.reasons), method),
        ExchangeItems(now.number, swaps, reason(policy.exchange_items.reasons), method),
        ReportProblem(now.number, "damaged", counted, photos=("photo",)),
        ProtectPrice(now.number, tuple(swaps)),
        Undo("KF-2345CD"),
    ]
    fitting = late if now.status in ("shipped", "delivered") else early
    return pick.choice(fitting if pick.random() < 0.8 else early + late)


def some_order(pick: Random) -> Order:
    status = OrderStatus(
        pick.choice(("pending", "paid", "paid", "paid", "packing", "shipped", *["delivered"] * 5))
    )
    lines = [(pick.choice(SOLD), pick.randint(1, 3)) for _ in range(pick.randint(1, 3))]
    made = order(status.value, lines=lines, days=pick.choice((0.5, 1, 3, 3, 10)), payments=())
    first = replace(made.items[0], unit_price=made.items[0].unit_price + pick.choice((0, 1, 777, 3000)))
    first = replace(first, discount=pick.choice((0, 0, 1, first.unit_price // 3, first.unit_price)))
    made = replace(made, items=(first, *made.items[1:]), shipping_fee=pick.choice((0, 800, 2000)))
    off = pick.choice((0, 0, 1000, 3001, made.total // 7, made.total))
    coupon, address = pick.choice((None, "SAVE30", "OVER")), pick.choice((HOME, LHASA))
    made = replace(made, discount=min(off, made.total), coupon_code=coupon, address=address)
    if status is OrderStatus.PENDING:
        return made
    card = pick.choice((0, 0, made.total // 3, made.total))
    at = made.placed_at
    charges = (paid(made.total - card, "W", key="P1", at=at), paid(card, "G", key="P2", at=at))
    return replace(made, payments=tuple(one for one in charges if one.amount))


orders = st.builds(some_order, st.randoms(use_true_random=True))


@settings(max_examples=1000, deadline=None)
@given(st.integers(0, 2**32))
def test_money_stock_and_states_hold_through_any_sequence(seed: int) -> None:
    pick = Random(seed)
    policy = pick.choice(POLICIES)
    now = snapshot(some_order(pick), products=_cheaper(pick.choice((0, 0, 1, 500, 5000))))
    done: Done | None = None
    for _ in range(10):
        assert now.order is not None
        request = some_request(pick, now.order, policy)
        try:
            plan = _planned(request, done, now, policy)
        except Refused as refused:
            event(refused.rule)
            continue
        if plan is None:
            continue
        event(kind_of(request))
        after = _done(plan, now)
        _check_step(plan, now, after)
        _check_order(after, policy)
        _check_goods(now, after)
        assert after.order is not None
        if not isinstance(request, Undo):
            done = Done(receipt(plan), now.order, after.order.version, now.customer, plan.stock)
        elif done is not None:
            done = replace(done, receipt=replace(done.receipt, undone_by="KF-2"))
        now = after
        choices(now, policy)
        if _due(after.order, policy) < 0:
            # Prices fell to nearly nothing, and then something cheaper was taken: what could not be paid back
            # is not owed, and from here on the sums do not tell of it.
            return


@settings(max_examples=150, deadline=None)
@given(orders, st.sampled_from(POLICIES))
def test_what_is_offered_is_not_refused(before: Order, policy: Policy) -> None:
    now = snapshot(before)
    offered = choices(now, policy)
    for one in offered.items:
        for reason in one.give_back.reasons:
            quantity = one.give_back.quantity
            make_plan(ReturnItems(before.number, {one.item.id: quantity}, reason), now, policy)
        if one.give_back.refused is not None:
            for name in policy.return_items.reasons or ("",):
                assert _rule(ReturnItems(before.number, {one.item.id: 1}, name), now, policy)
        if one.protect_price.open:
            plan = make_plan(ProtectPrice(before.number, (one.item.id,)), now, policy)
            assert plan.facts["refund"] == one.protect_price.amount
    whole = [CancelOrder(before.number, name) for name in offered.cancel.reasons]
    assert all(make_plan(one, now, policy) for one in whole)
    assert offered.cancel.open == bool(whole)


text = st.text(st.characters(exclude_categories=()), max_size=300)


@settings(max_examples=300, deadline=None)
@given(orders, st.data())
def test_anything_at_all_is_a_plan_or_a_refusal(before: Order, data: st.DataObject) -> None:
    address = st.builds(Address, text, text, text, text, text, phone=text, province=text, postcode=text)
    anything = st.dictionaries(text, st.integers(), max_size=3)
    request = data.draw(
        st.one_of(
            st.builds(CancelOrder, text, text, anything, text),
            st.builds(ReturnItems, text, anything, text, text),
            st.builds(ExchangeItems, text, st.dictionaries(text, text, max_size=3), text, text),
            st.builds(ChangeItems, text, st.dictionaries(text, text, max_size=3), text),
            st.builds(ChangeAddress, text, address),
        )
    )
    assert _rule(request, snapshot(before), default_policy()) in RULES


def _rule(request: Request, now: Snapshot, policy: Policy) -> str | None:
    try:
        make_plan(request, now, policy)
    except Refused as refused:
        return refused.rule
    return None


def _cheaper(cents: int) -> Mapping[str, Any]:
    return {
        key: replace(
            product,
            variants=tuple(replace(one, price=max(one.price - cents, 100)) for one in product.variants),
        )
        for key, product in PRODUCTS.items()
    }


def _planned(request: Request, done: Done | None, now: Snapshot, policy: Policy) -> Plan | None:
    if not isinstance(request, Undo):
        return make_plan(request, now, policy)
    return undo_plan(request, done, now, policy) if done is not None else None


def _done(plan: Plan, before: Snapshot) -> Snapshot:
    """As the shop would be when the plan was done."""
    assert plan.order is not None
    products = {
        key: replace(
            product,
            variants=tuple(
                replace(one, stock=one.stock + plan.stock.get(one.sku, 0)) for one in product.variants
            ),
        )
        for key, product in before.products.items()
    }
    version = replace(plan.order, version=plan.order.version + 1)
    return replace(
        before,
        order=version,
        customer=plan.customer,
        products=products,
        now=before.now + timedelta(minutes=1),
    )


def _check_step(plan: Plan, before: Snapshot, after: Snapshot) -> None:
    assert plan.order is not None
    assert before.order is not None
    assert (plan.order.number, plan.order.customer_id, plan.order.version) == (
        before.order.number,
        before.order.customer_id,
        before.order.version,
    )
    undone = isinstance(plan.request, Undo)
    assert undone or plan.order.status in _NEXT[before.order.status]
    assert before.order.payments == plan.order.payments[: len(before.order.payments)]
    new = plan.order.payments[len(before.order.payments) :]
    assert [(one.kind, one.amount, one.method_id) for one in new] == [
        (one.kind, one.amount, one.method_id) for one in plan.movements
    ]
    assert all(move.amount > 0 for move in plan.movements)
    moved = sum(m.amount if m.kind == "refund" else -m.amount for m in plan.movements if m.status == "done")
    assert _card(after) - _card(before) == moved
    assert json.dumps(plan.facts)
    assert plan.digest


def _due(made: Order, policy: Policy) -> int:
    """What the shop should have for the order in the end."""
    swaps = [one.price_difference for one in made.exchanges]
    due = made.total - sum(one.amount for one in made.price_protections)
    if policy.return_items.refund_when == "requested":
        due -= sum(one.refund_amount for one in made.returns)
    due += sum(s for s in swaps if s > 0) if policy.exchange_items.charge_when == "requested" else 0
    due += sum(s for s in swaps if s < 0) if policy.exchange_items.refund_when == "requested" else 0
    return due


def _check_order(now: Snapshot, policy: Policy) -> None:
    made = now.order
    assert made is not None
    assert _ORDER.validate_json(_ORDER.dump_json(made)) == made
    assert made.total >= 0
    assert _card(now) >= 0
    sums: Counter[str] = Counter()
    for one in made.payments:
        sums[one.kind] += one.amount
    kept = sums["charge"] - sums["refund"]
    assert kept >= 0
    assert len({one.id for one in made.payments}) == len(made.payments)
    back = sum(one.refund_amount for one in made.returns)
    swaps = [one.price_difference for one in made.exchanges]
    if made.status is OrderStatus.CANCELLED:
        assert kept == 0
    elif made.status is not OrderStatus.PENDING:
        # Never is more paid back than was paid.
        assert kept == max(_due(made, policy), 0)
        later = back if policy.return_items.refund_when == "received" else 0
        later -= sum(s for s in swaps if s < 0) if policy.exchange_items.refund_when == "received" else 0
        assert later <= kept
    for item in made.items:
        gone = sum(one.items.get(item.id, 0) for one in made.returns)
        assert gone <= item.quantity


def _check_goods(before: Snapshot, after: Snapshot) -> None:
    """What is on the shelf, in the order and kept aside for exchanges is the same, and nothing is below zero."""
    assert all(one.stock >= 0 for product in after.products.values() for one in product.variants)
    assert _goods(before) == _goods(after)


def _goods(now: Snapshot) -> Counter[str]:
    """By product: variants of one are swapped for one another."""
    made = now.order
    assert made is not None
    goods: Counter[str] = Counter()
    for product in now.products.values():
        goods[product.id] += sum(one.stock for one in product.variants)
    if made.status is not OrderStatus.CANCELLED:
        for item in made.items:
            goods[item.product_id] += item.quantity
            kept = item.quantity - sum(one.items.get(item.id, 0) for one in made.returns)
            goods[item.product_id] += kept * sum(item.id in one.items for one in made.exchanges)
    return goods


def _card(now: Snapshot) -> int:
    return next(method.balance or 0 for method in now.customer.payment_methods if method.id == "G")
