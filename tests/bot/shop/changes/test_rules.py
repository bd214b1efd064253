"""Every rule is reached by a request that breaks it, and has its words in both languages."""

from dataclasses import dataclass, replace
from datetime import timedelta
from string import Formatter
from typing import Any

import pytest

from bot.shop.changes.plan import Plan, Refused, Snapshot
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
from bot.shop.changes.rules import RULES, refuse
from bot.shop.domain import Address, Exchange, Invoice, PriceProtection, ProblemReport, Return
from bot.shop.policy import Policy, default_policy
from bot.texts.catalogue import Texts, load_texts
from bot.texts.refusals import refusal
from tests.bot.shop.changes.small_shop import (
    CUSTOMER,
    HOME,
    HONG_KONG,
    NOW,
    PRODUCTS,
    ZONE,
    order,
    paid,
    receipt,
    receipt_of,
    snapshot,
)

POLICY = default_policy()
TEXTS = load_texts({})
ELSEWHERE = {
    *("customer.not_found", "order.not_found", "receipt.not_found"),
    *("system.by_hand", "system.refused", "system.under_way"),
}
"""Raised where the shop is read, before there is anything to plan with, or where its own system is asked."""


def policy(section: str, **changes: Any) -> Policy:
    return POLICY.model_copy(update={section: getattr(POLICY, section).model_copy(update=changes)})


OFFERS_PAYMENT = policy("change_payment", states=("paid",))
TO_GIFT_CARD = policy("refunds", gift_card="existing")
CANCEL = CancelOrder("118640", "changed_mind")
RETURN = ReturnItems("118640", {"I1": 1}, "change_of_mind")
EXCHANGE = ExchangeItems("118640", {"I1": "TEE-L"}, "does_not_fit")
CHANGE = ChangeItems("118640", {"I1": "TEE-L"})
MOVE = ChangeAddress("118640", replace(HOME, street="文二路 2 号"))
PAY = ChangePayment("118640", "A")
INVOICE = RequestInvoice("118640", "company", "拾光有限公司", "a@example.com", "91330100MA27X1234X")
PROTECT = ProtectPrice("118640", ("I1",))
REPORT = ReportProblem("118640", "damaged", {"I1": 1}, photos=("photo-1",))
NOTIFY = NotifyRestock("GONE", "GONE-S")
MIXED = (paid(4000, "G", key="P1"), paid(25999, "W", key="P2"))
FRESH = {"days": 0.5}


def returned(count: int = 2, **changes: Any) -> Return:
    return replace(Return("T1", {"I1": count}, "change_of_mind", "approved", NOW), **changes)


def exchanged(**changes: Any) -> Exchange:
    return replace(Exchange("E1", {"I1": "TEE-L"}, "approved", NOW), **changes)


def moved_to(address: Address) -> ChangeAddress:
    return ChangeAddress("118640", address)


def in_transit_too() -> Any:
    """Two parcels, one of them still on its way."""
    first = order("delivered").fulfilments[0]
    return (replace(first, items={"I1": 1}), replace(first, id="F2", items={"I1": 1}, delivered_at=None))


def cheaper(**changes: Any) -> dict[str, Any]:
    """The tee costs 90 now."""
    tee = PRODUCTS["TEE"]
    variants = tuple(replace(one, price=min(one.price, 9000)) for one in tee.variants)
    return {"products": PRODUCTS | {"TEE": replace(tee, variants=variants)}, **changes}


CASES: list[tuple[str, Request, Snapshot, Policy]] = [
    ("item.none", replace(RETURN, items={}), snapshot(order()), POLICY),
    ("item.none", replace(EXCHANGE, items={}), snapshot(order()), POLICY),
    ("item.none", replace(CHANGE, items={}), snapshot(order("paid")), POLICY),
    ("item.none", replace(REPORT, items={}), snapshot(order()), POLICY),
    ("item.not_found", replace(RETURN, items={"I9": 1}), snapshot(order()), POLICY),
    ("item.not_found", replace(CANCEL, items={"I9": 1}), snapshot(order("paid")), POLICY),
    ("item.not_found", replace(PROTECT, items=("I9",)), snapshot(order()), POLICY),
    ("item.quantity", replace(RETURN, items={"I1": 3}), snapshot(order()), POLICY),
    ("item.quantity", replace(RETURN, items={"I1": 2}), snapshot(order(returns=(returned(1),))), POLICY),
    ("item.quantity", replace(RETURN, items={"I1": 0}), snapshot(order()), POLICY),
    ("item.quantity", replace(RETURN, items={"I1": -1}), snapshot(order()), POLICY),
    ("item.quantity", replace(CANCEL, items={"I1": 10_000}), snapshot(order("paid")), POLICY),
    ("item.quantity", replace(REPORT, items={"I1": 3}), snapshot(order(**FRESH)), POLICY),
    ("variant.not_found", replace(CHANGE, items={"I1": "SOCKS-M"}), snapshot(order("paid")), POLICY),
    ("variant.not_found", replace(EXCHANGE, items={"I1": "'; DROP"}), snapshot(order()), POLICY),
    ("variant.not_found", replace(CHANGE, items={"I1": "OLD-M"}), snapshot(order("paid", lines=[("OLD-S", 1)])), POLICY),
    ("variant.same", replace(CHANGE, items={"I1": "TEE-M"}), snapshot(order("paid")), POLICY),
    ("variant.same", replace(EXCHANGE, items={"I1": "TEE-M"}), snapshot(order()), POLICY),
    ("variant.sold_out", replace(CHANGE, items={"I1": "GONE-M"}), snapshot(order("paid", lines=[("GONE-S", 1)])), POLICY),
    ("variant.sold_out", EXCHANGE, snapshot(order(lines=[("TEE-M", 6)])), POLICY),
    ("variant.sold_out", replace(CHANGE, items={"I1": "TEE-L", "I2": "TEE-L"}), snapshot(order("paid", lines=[("TEE-M", 3), ("TEE-S", 3)])), POLICY),
    ("text.missing", moved_to(replace(HOME, street="  ")), snapshot(order("paid")), POLICY),
    ("text.missing", replace(INVOICE, title=" "), snapshot(order()), POLICY),
    ("text.too_long", moved_to(replace(HOME, street="x" * 10_000)), snapshot(order("paid")), POLICY),
    ("text.too_long", replace(REPORT, note="x" * 1001), snapshot(order(**FRESH)), POLICY),
    ("text.too_long", replace(CANCEL, reason="x" * 1000), snapshot(order("paid")), POLICY),
    ("text.unreadable", moved_to(replace(HOME, name="小\u202e满")), snapshot(order("paid")), POLICY),
    ("text.unreadable", replace(INVOICE, title="a\x00b"), snapshot(order()), POLICY),
    ("text.phone", moved_to(replace(HOME, phone="call me")), snapshot(order("paid")), POLICY),
    ("text.phone", moved_to(replace(HOME, phone="a@b.co")), snapshot(order("paid")), POLICY),
    ("text.email", replace(INVOICE, email="a@b"), snapshot(order()), POLICY),
    ("text.email", replace(INVOICE, email="a@b.co,c@d.co"), snapshot(order()), POLICY),
    ("method.not_found", replace(PAY, pay_with="W2"), snapshot(order("paid")), OFFERS_PAYMENT),
    ("method.not_found", replace(CHANGE, settle_with="C2-card"), snapshot(order("paid")), POLICY),
    ("method.not_found", replace(EXCHANGE, settle_with="C2-card"), snapshot(order()), POLICY),
    ("method.not_found", replace(CANCEL, refund_to="C2-card"), snapshot(order("paid")), POLICY),
    ("method.kind", replace(PAY, pay_with="P"), snapshot(order("paid")), OFFERS_PAYMENT),
    ("method.balance", replace(PAY, pay_with="G"), snapshot(order("paid")), OFFERS_PAYMENT),
    ("method.balance", replace(EXCHANGE, settle_with="G"), snapshot(order(lines=[("TEE-M", 3)])), POLICY),
    ("method.none", ChangeAddress("118640", HONG_KONG), snapshot(order("paid", payments=())), POLICY),
    ("refund.route", replace(CANCEL, refund_to="A"), snapshot(order("paid")), POLICY),
    ("refund.route", replace(RETURN, refund_to="G"), snapshot(order()), POLICY),
    ("refund.route", replace(RETURN, refund_to="A"), snapshot(order()), TO_GIFT_CARD),
    ("refund.mixed", replace(CANCEL, refund_to="G"), snapshot(order("paid", payments=MIXED)), POLICY),
    ("cancel.reason", replace(CANCEL, reason="because"), snapshot(order("paid")), POLICY),
    ("cancel.cancelled", CANCEL, snapshot(order("cancelled")), POLICY),
    ("cancel.shipped", CANCEL, snapshot(order("shipped")), POLICY),
    ("cancel.shipped", CANCEL, snapshot(order("paid", fulfilments=order().fulfilments)), POLICY),
    ("cancel.delivered", CANCEL, snapshot(order()), POLICY),
    ("cancel.state", CANCEL, snapshot(order("packing")), policy("cancel_order", states=("paid",))),
    ("cancel.part", replace(CANCEL, items={"I1": 1}), snapshot(order("packing")), POLICY),
    ("cancel.started", CANCEL, snapshot(order("paid", lines=[("COVER-S", 1)])), POLICY),
    ("address.cancelled", MOVE, snapshot(order("cancelled")), POLICY),
    ("address.shipped", MOVE, snapshot(order("shipped")), POLICY),
    ("address.delivered", MOVE, snapshot(order()), POLICY),
    ("address.state", MOVE, snapshot(order("packing")), policy("change_address", states=("paid",))),
    ("address.same", moved_to(replace(HOME, id="A9")), snapshot(order("paid")), POLICY),
    ("address.same", ChangeDefaultAddress(HOME), snapshot(), POLICY),
    ("address.country", moved_to(replace(HOME, country="US")), snapshot(order("paid")), POLICY),
    ("address.country", moved_to(replace(HOME, country="cn")), snapshot(order("paid")), policy("delivery", countries=None)),
    ("address.item", moved_to(HONG_KONG), snapshot(order("paid", lines=[("INK-S", 1)])), POLICY),
    ("address.many", ChangeDefaultAddress(HONG_KONG), snapshot(), policy("change_default_address", at_most=1)),
    ("items.cancelled", CHANGE, snapshot(order("cancelled")), POLICY),
    ("items.shipped", CHANGE, snapshot(order("shipped")), POLICY),
    ("items.delivered", CHANGE, snapshot(order()), POLICY),
    ("items.state", CHANGE, snapshot(order("packing")), POLICY),
    ("items.once", CHANGE, snapshot(order("paid"), receipts=(receipt_of(CHANGE),)), policy("change_items", once_per="order")),
    ("items.once", CHANGE, snapshot(order("paid"), receipts=(receipt_of(CHANGE),)), policy("change_items", once_per="item")),
    ("items.started", replace(CHANGE, items={"I1": "COVER-M"}), snapshot(order("paid", lines=[("COVER-S", 1)])), POLICY),
    ("payment.cancelled", PAY, snapshot(order("cancelled")), OFFERS_PAYMENT),
    ("payment.pending", PAY, snapshot(order("pending")), POLICY),
    ("payment.pending", PAY, snapshot(order("paid", payments=())), OFFERS_PAYMENT),
    ("payment.state", PAY, snapshot(order("paid")), POLICY),
    ("payment.shipped", PAY, snapshot(order("shipped")), OFFERS_PAYMENT),
    ("payment.delivered", PAY, snapshot(order()), OFFERS_PAYMENT),
    ("payment.same", replace(PAY, pay_with="W"), snapshot(order("paid")), OFFERS_PAYMENT),
    ("payment.several", PAY, snapshot(order("paid", payments=MIXED)), OFFERS_PAYMENT),
    ("returns.reason", replace(RETURN, reason="whim"), snapshot(order()), POLICY),
    ("returns.reason", replace(RETURN, reason=""), snapshot(order()), POLICY),
    ("returns.cancelled", RETURN, snapshot(order("cancelled")), POLICY),
    ("returns.early", RETURN, snapshot(order("paid")), POLICY),
    ("returns.state", RETURN, snapshot(order("shipped")), policy("return_items", states=("delivered",))),
    ("returns.not_arrived", RETURN, snapshot(order("shipped")), POLICY),
    ("returns.window", RETURN, snapshot(order(days=8)), POLICY),
    ("returns.fault_window", replace(RETURN, reason="damaged"), snapshot(order(days=3)), POLICY),
    ("returns.final_sale", RETURN, snapshot(order(lines=[("SALE-S", 1)])), POLICY),
    ("returns.custom", RETURN, snapshot(order(lines=[("COVER-S", 1)])), POLICY),
    ("returns.never", replace(RETURN, reason="defective"), snapshot(order(lines=[("GIFT-100", 1)])), POLICY),
    ("returns.excluded", RETURN, snapshot(order()), policy("return_items", exclusions={"clothing": "change_of_mind"})),
    ("returns.region", RETURN, snapshot(order(address=HONG_KONG)), policy("return_items", excluded_regions=("across_border",))),
    ("returns.once", RETURN, snapshot(order(returns=(returned(1),))), policy("return_items", once_per="item")),
    ("returns.once", replace(RETURN, items={"I2": 1}), snapshot(order(returns=(returned(1),))), policy("return_items", once_per="order")),
    ("returns.part", RETURN, snapshot(order()), policy("return_items", part_of_line=False)),
    ("returns.left", RETURN, snapshot(order(returns=(returned(2),))), POLICY),
    ("returns.exchanged", RETURN, snapshot(order(exchanges=(exchanged(),))), POLICY),
    ("returns.exchanged", RETURN, snapshot(order(exchanges=(exchanged(status="done"),))), POLICY),
    ("exchanges.reason", replace(EXCHANGE, reason="whim"), snapshot(order()), POLICY),
    ("exchanges.cancelled", EXCHANGE, snapshot(order("cancelled")), POLICY),
    ("exchanges.early", EXCHANGE, snapshot(order("packing")), POLICY),
    ("exchanges.state", EXCHANGE, snapshot(order("shipped")), policy("exchange_items", states=("delivered",))),
    ("exchanges.not_arrived", EXCHANGE, snapshot(order("shipped")), POLICY),
    ("exchanges.window", EXCHANGE, snapshot(order(days=16)), POLICY),
    ("exchanges.fault_window", replace(EXCHANGE, reason="defective"), snapshot(order(days=91)), POLICY),
    ("exchanges.final_sale", replace(EXCHANGE, items={"I1": "SALE-M"}), snapshot(order(lines=[("SALE-S", 1)])), POLICY),
    ("exchanges.custom", replace(EXCHANGE, items={"I1": "COVER-M"}), snapshot(order(lines=[("COVER-S", 1)])), POLICY),
    ("exchanges.never", replace(EXCHANGE, items={"I1": "GIFT-200"}), snapshot(order(lines=[("GIFT-100", 1)])), POLICY),
    ("exchanges.excluded", EXCHANGE, snapshot(order()), policy("exchange_items", exclusions={"clothing": "change_of_mind"})),
    ("exchanges.region", EXCHANGE, snapshot(order(address=HONG_KONG)), POLICY),
    ("exchanges.once", EXCHANGE, snapshot(order(exchanges=(exchanged(status="done"),))), POLICY),
    ("exchanges.once", replace(EXCHANGE, items={"I2": "SOCKS-M"}), snapshot(order(exchanges=(exchanged(),))), policy("exchange_items", once_per="order")),
    ("exchanges.left", EXCHANGE, snapshot(order(returns=(returned(2),))), POLICY),
    ("exchanges.exchanged", EXCHANGE, snapshot(order(exchanges=(exchanged(),))), POLICY),
    ("invoices.cancelled", INVOICE, snapshot(order("cancelled")), POLICY),
    ("invoices.state", INVOICE, snapshot(order("pending")), POLICY),
    ("invoices.window", INVOICE, snapshot(order(days=181)), POLICY),
    ("invoices.buyer", INVOICE, snapshot(order()), policy("request_invoice", buyers=("personal",))),
    ("invoices.tax_number", replace(INVOICE, tax_number="12345"), snapshot(order()), POLICY),
    ("invoices.tax_number", replace(INVOICE, tax_number=""), snapshot(order()), policy("request_invoice", tax_number_lengths=())),
    ("invoices.nothing", INVOICE, snapshot(order(payments=(paid(29999, "G"),))), POLICY),
    ("invoices.already", INVOICE, snapshot(order(invoices=(Invoice("V1", "personal", "a", "a@b.co", 1, NOW - timedelta(days=31)),))), POLICY),
    ("invoices.already", INVOICE, snapshot(order(invoices=tuple(Invoice(f"V{n}", "personal", "a", "a@b.co", 1, NOW) for n in (1, 2)))), POLICY),
    ("price.cancelled", PROTECT, snapshot(order("cancelled")), POLICY),
    ("price.state", PROTECT, snapshot(order("pending")), POLICY),
    ("price.window", PROTECT, snapshot(order(days=16), **cheaper()), POLICY),
    ("price.once", PROTECT, snapshot(order(price_protections=(PriceProtection("D1", "I1", 2, 200, NOW),)), **cheaper()), POLICY),
    ("price.excluded", PROTECT, snapshot(order(lines=[("COVER-S", 1)])), POLICY),
    ("price.returned", PROTECT, snapshot(order(returns=(returned(1),)), **cheaper()), POLICY),
    ("price.same", PROTECT, snapshot(order()), POLICY),
    ("price.same", ProtectPrice("118640"), snapshot(order(lines=[("TEE-M", 1)])), POLICY),
    ("price.coupon", PROTECT, snapshot(order(discount=9999), **cheaper()), POLICY),
    ("price.nothing", ProtectPrice("118640"), snapshot(order()), POLICY),
    ("price.nothing", PROTECT, snapshot(order(payments=()), **cheaper()), POLICY),
    ("problems.cancelled", REPORT, snapshot(order("cancelled")), POLICY),
    ("problems.state", REPORT, snapshot(order("paid")), POLICY),
    ("problems.not_arrived", REPORT, snapshot(order("shipped")), POLICY),
    ("problems.under_way", replace(REPORT, problem="missing"), snapshot(order("shipped", fulfilments=in_transit_too())), POLICY),
    ("problems.window", REPORT, snapshot(order(days=2.1)), POLICY),
    ("problems.photos", replace(REPORT, photos=()), snapshot(order(**FRESH)), POLICY),
    ("problems.many_photos", replace(REPORT, photos=tuple(f"p{n}" for n in range(10))), snapshot(order(**FRESH)), POLICY),
    ("problems.already", replace(REPORT, items={"I1": 2}), snapshot(order(**FRESH, reports=(ProblemReport("M1", "damaged", {"I1": 1}, "refund", NOW),))), POLICY),
    ("problems.sold_out", REPORT, snapshot(order(**FRESH, lines=[("GONE-S", 1)])), POLICY),
    ("restock.in_stock", NotifyRestock("TEE", "TEE-M"), snapshot(), POLICY),
    ("restock.gone", NotifyRestock("TEE", "GONE-S"), snapshot(), POLICY),
    ("restock.gone", NotifyRestock("OLD", "OLD-S"), snapshot(), POLICY),
    ("restock.excluded", NOTIFY, snapshot(), policy("notify_restock", exclusions=("clothing",))),
    ("restock.already", NOTIFY, snapshot(receipts=(receipt_of(NOTIFY),)), POLICY),
    ("restock.many", NOTIFY, snapshot(receipts=(receipt_of(NotifyRestock("X", "X-1")),)), policy("notify_restock", at_most=1)),
    ("order.not_found", RETURN, snapshot(replace(order(), customer_id="C2")), POLICY),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "request_", "before", "rules"), CASES, ids=[f"{n}-{c[0]}" for n, c in enumerate(CASES)]
)
def test_the_rule_forbids_it(rule: str, request_: Request, before: Snapshot, rules: Policy) -> None:
    with pytest.raises(Refused) as refused:
        make_plan(request_, before, rules)
    assert refused.value.rule == rule
    _said(refused.value)


@dataclass(frozen=True)
class Undoing:
    """A changed address that is to be taken back, with what is wrong about it."""

    rule: str
    receipt: Any = None
    version: int = 2
    later: timedelta = timedelta(0)


@pytest.mark.parametrize(
    "case",
    [
        Undoing("undo.done", {"undone_by": "KF-2"}),
        Undoing("undo.never", {"undo_until": None}),
        Undoing("undo.window", later=timedelta(minutes=31)),
        Undoing("undo.changed", version=3),
    ],
    ids=lambda case: case.rule,
)
def test_what_cannot_be_undone(case: Undoing) -> None:
    before = order("paid")
    plan: Plan = make_plan(MOVE, snapshot(before), POLICY)
    assert plan.order is not None
    done = Done(receipt(plan, **(case.receipt or {})), before, 2, CUSTOMER, plan.stock)
    now = snapshot(replace(plan.order, version=case.version), now=NOW + case.later)
    with pytest.raises(Refused) as refused:
        undo_plan(Undo(done.receipt.number), done, now, POLICY)
    assert refused.value.rule == case.rule
    _said(refused.value)


def test_every_rule_is_reached() -> None:
    reached = {case[0] for case in CASES} | {"undo.done", "undo.never", "undo.window", "undo.changed"}
    assert set(RULES) - reached == ELSEWHERE - {"order.not_found"}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_rule_s_text_names_its_facts_and_no_other(rule: str, language: str) -> None:
    template = TEXTS.templates[language][f"refused.{rule}"]
    named = {name.partition("|")[0] for name in _fields(template)}
    assert named <= set(RULES[rule])
    assert "!" not in template
    assert "！" not in template


def test_there_are_no_texts_for_rules_that_are_gone() -> None:
    keys = {key.removeprefix("refused.") for key in TEXTS.templates["en"] if key.startswith("refused.")}
    assert keys == set(RULES)


def test_a_refusal_says_the_facts_of_this_order() -> None:
    with pytest.raises(Refused) as refused:
        make_plan(RETURN, snapshot(order(days=8)), POLICY)
    assert refused.value.document == "returns"
    english, chinese = (_say(TEXTS, refused.value, language) for language in ("en", "zh"))
    assert english.startswith(
        "Product TEE arrived on Tue 2 Mar, and you could return it for 7 days; that's over now."
    )
    assert chinese.startswith("商品 TEE 是 3月2日（周二）签收的，7 天内可以退，现在已经过了。")


def test_a_refusal_says_amounts_as_money() -> None:
    with pytest.raises(Refused) as refused:
        make_plan(replace(EXCHANGE, settle_with="G"), snapshot(order(lines=[("TEE-M", 3)])), POLICY)
    assert "¥50.00" in _say(TEXTS, refused.value, "en")
    assert "¥60.00" in _say(TEXTS, refused.value, "zh")


def test_a_rule_that_is_not_listed_cannot_be_raised() -> None:
    with pytest.raises(KeyError):
        refuse("returns.mood")
    with pytest.raises(AssertionError):
        refuse("returns.left", order="1")


def _fields(template: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(template) if name]


def _say(texts: Texts, refused: Refused, language: str) -> str:
    return refusal(texts, refused, language, currency="CNY", now=NOW, zone=ZONE)


def _said(refused: Refused) -> None:
    for language in ("en", "zh"):
        assert "{" not in _say(TEXTS, refused, language)
