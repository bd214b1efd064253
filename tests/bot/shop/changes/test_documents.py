"""The policy and the demo shop's help pages say the same numbers, in both languages.

Each claim is a sentence made from policy.yaml; the page that the policy names must hold it.
"""

import re
from pathlib import Path

import pytest

import bot.shop.demo.build as demo
from bot.shop.demo.prices import ACROSS_THE_BORDER, PICKUP_FEE, REMOTE, shipping_fee
from bot.shop.policy import Window, default_policy
from tests.bot.shop.changes.small_shop import HOME, HONG_KONG, LHASA

PAGES = Path(demo.__file__).parent / "documents"
POLICY = default_policy()
BACK, SWAP, INVOICE, PRICE, PROBLEM = (
    POLICY.return_items,
    POLICY.exchange_items,
    POLICY.request_invoice,
    POLICY.protect_price,
    POLICY.report_problem,
)


def days(window: Window | None) -> int:
    assert window is not None
    assert window.days is not None
    return window.days


def hours(window: Window | None) -> int:
    assert window is not None
    assert window.hours is not None
    return window.hours


def yuan(cents: int | None) -> str:
    assert cents is not None
    assert cents % 100 == 0
    return f"¥{cents // 100}"


FAULT = days(BACK.reasons["defective"].window)
FIRST, LAST = POLICY.refunds.days["*"]
FEES = POLICY.delivery.fees
LENGTHS = INVOICE.tax_number_lengths
CUSTOM = hours(POLICY.cancel_order.tag_windows["custom"])

CLAIMS: list[tuple[str | None, str, str]] = [
    (BACK.document, f"You have {days(BACK.window)} days from delivery", f"签收后 {days(BACK.window)} 天内"),
    (BACK.document, f"post it within {BACK.send_days} days", f"请在 {BACK.send_days} 天内寄出"),
    (SWAP.document, f"You have {days(SWAP.window)} days from delivery", f"签收后 {days(SWAP.window)} 天内"),
    (SWAP.document, f"we hold it for you for {SWAP.hold_days} days", f"把货留 {SWAP.hold_days} 天"),
    (SWAP.document, f"home pick-up is {yuan(SWAP.fee('*'))}, or {yuan(SWAP.fee('remote'))}", f"上门取件 {yuan(SWAP.fee('*'))}（偏远地区 {yuan(SWAP.fee('remote'))}）"),
    (SWAP.document, "Each item can be swapped once", "一件商品只能因尺码、颜色换一次"),
    (SWAP.document, "based on the price shown on the day you ask", "按申请换货当天的页面价算"),
    ("return-shipping", f"costs {yuan(BACK.fee('*'))} ({yuan(BACK.fee('remote'))} in remote areas)", f"是 {yuan(BACK.fee('*'))}（偏远地区 {yuan(BACK.fee('remote'))}）"),
    ("return-shipping", "we refund the original shipping fee too", "下单时付的运费一起退"),
    ("refunds", f"{yuan(BACK.fee('*'))} comes off ({yuan(BACK.fee('remote'))} in remote areas)", f"再扣 {yuan(BACK.fee('*'))} 取件费，偏远地区 {yuan(BACK.fee('remote'))}"),
    ("damaged-items", f"within {FAULT} days of delivery", f"签收后 {FAULT} 天内"),
    ("damaged-items", f"within {hours(BACK.reasons['damaged'].window)} hours of delivery", f"签收后 {hours(BACK.reasons['damaged'].window)} 小时内"),
    ("damaged-items", f"any time within {days(BACK.reasons['wrong_item'].window)} days", f"{days(BACK.reasons['wrong_item'].window)} 天内都可以"),
    ("damaged-items", f"answers within {BACK.review_hours} hours", f"{BACK.review_hours} 小时内回复"),
    ("damaged-items", f"Under {yuan(PROBLEM.keep_below)} you needn't send it back", f"{yuan(PROBLEM.keep_below)} 以下的不用寄回"),
    (PROBLEM.kinds["missing"].document, f"within {hours(PROBLEM.kinds['missing'].window)} hours of delivery", f"签收后 {hours(PROBLEM.kinds['missing'].window)} 小时内"),
    (PROBLEM.kinds["missing"].document, f"resend or refund within {PROBLEM.answer_hours} hours", f"{PROBLEM.answer_hours} 小时内补发或退款"),
    (PROBLEM.kinds["damaged"].document, f"within {hours(PROBLEM.kinds['damaged'].window)} hours of delivery", f"签收后 {hours(PROBLEM.kinds['damaged'].window)} 小时内"),
    (PROBLEM.kinds["wrong"].document, f"any time within {days(PROBLEM.kinds['wrong'].window)} days", f"{days(PROBLEM.kinds['wrong'].window)} 天内都可以"),
    ("warranty", f"faulty within {FAULT} days", f"{FAULT} 天内有质量问题"),
    (POLICY.refunds.document, f"{FIRST}–{LAST} working days", f"{FIRST}–{LAST} 个工作日"),
    (POLICY.refunds.document, "the same gift card, straight away", "原礼品卡余额，即时到账"),
    (POLICY.refunds.document, "they can't go to a different account", "不能换成别的账户"),
    (POLICY.cancel_order.document, f"arrives in {FIRST}–{LAST} working days", f"退款 {FIRST}–{LAST} 个工作日"),
    (POLICY.cancel_order.document, f"within {CUSTOM} hour of payment", f"付款后 {CUSTOM} 小时内可以取消"),
    (POLICY.cancel_order.document, "A cancelled order can't be restored", "取消后不能恢复"),
    (POLICY.cancel_order.document, "Your coupon returns to your account", "优惠券会在几分钟内退回账户"),
    ("coupons", "If the whole order is cancelled or returned, an unexpired coupon goes back", "整单取消或整单退货的，券没过期就退回账户"),
    ("engraving", f"within {CUSTOM} hour of paying", f"付款后 {CUSTOM} 小时内"),
    (PRICE.document, f"until {days(PRICE.window)} days after delivery", f"签收后 {days(PRICE.window)} 天内"),
    (PRICE.document, "once per item", "每件商品可以申请一次"),
    (PRICE.document, f"arrives in {FIRST}–{LAST} working days", f"差价 {FIRST}–{LAST} 个工作日"),
    (INVOICE.document, f"up to {days(INVOICE.window)} days after confirming delivery", f"确认收货后 {days(INVOICE.window)} 天内"),
    (INVOICE.document, f"within {INVOICE.ready_hours} hours of confirming delivery", f"确认收货后 {INVOICE.ready_hours} 小时内"),
    (INVOICE.document, f"Within {days(INVOICE.reissue)} days of issue you can have an invoice reissued once", f"{days(INVOICE.reissue)} 天内可以换开一次"),
    (INVOICE.document, f"which has {LENGTHS[0]}, {LENGTHS[1]} or {LENGTHS[2]} characters", f"{LENGTHS[0]}、{LENGTHS[1]} 或 {LENGTHS[2]} 位"),
    (POLICY.notify_restock.document, f"isn't back in {POLICY.notify_restock.days} days", f"{POLICY.notify_restock.days} 天内没补上"),
    (POLICY.notify_restock.document, "Clearance items don't come back", "清仓商品卖完就不再补了"),
    (POLICY.delivery.document, f"shipping is {yuan(FEES['*'].fee)}, and free from {yuan(FEES['*'].free_from)}", f"{yuan(FEES['*'].fee)}"),
    ("remote-areas", f"{yuan(FEES['remote'].fee)} per order, and free from {yuan(FEES['remote'].free_from)}", f"满 {yuan(FEES['remote'].free_from)} 包邮，不满收 {yuan(FEES['remote'].fee)}"),
    ("hong-kong-macau-taiwan", f"is {yuan(FEES['across_border'].fee)} per order, with no free-shipping threshold", f"每单 {yuan(FEES['across_border'].fee)}，不设包邮"),
    ("hong-kong-macau-taiwan", f"the same {days(BACK.window)} days to change your mind, but there's no home pick-up", f"同样有 {days(BACK.window)} 天无理由退货"),
    ("hong-kong-macau-taiwan", "For another size, return it and order again", "换尺码请退货后重新下单"),
    ("change-order", "until the order ships", "发货前都可以改"),
    ("change-order", "Once paid it can't be switched", "已经付了的不能改"),
]  # fmt: skip


def page(name: str | None, language: str) -> str:
    return re.sub(r"<!--.*?-->", "", (PAGES / language / f"{name}.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("claim", CLAIMS, ids=[f"{n}-{claim[0]}" for n, claim in enumerate(CLAIMS)])
def test_the_page_says_what_the_policy_says(claim: tuple[str | None, str, str]) -> None:
    name, english, chinese = claim
    assert english in page(name, "en")
    assert chinese in page(name, "zh")


def test_what_cannot_come_back_is_on_the_page() -> None:
    words = {
        "hygiene": ("once opened", "拆封后的"),
        "custom": ("custom-made", "定制商品"),
        "final_sale": ("final sale", "特价不退"),
        "gift_card": ("gift cards", "礼品卡"),
    }
    assert words.keys() == BACK.exclusions.keys()
    for english, chinese in words.values():
        assert english in page(BACK.document, "en")
        assert chinese in page(BACK.document, "zh")


def test_orders_of_the_demo_were_charged_as_the_policy_says() -> None:
    assert POLICY.delivery.regions["across_border"].countries == ACROSS_THE_BORDER
    assert set(REMOTE) <= set(POLICY.delivery.regions["remote"].provinces)
    assert BACK.fee("*") == PICKUP_FEE
    for address in (HOME, LHASA, HONG_KONG):
        for goods in (0, 9899, 9900, 29899, 29900, 10**6):
            assert POLICY.delivery.fee(address, goods) == shipping_fee(address, goods)


def test_before_it_leaves_means_the_same_on_the_page() -> None:
    assert {state.value for state in POLICY.cancel_order.states} == {"pending", "paid", "packing"}
    assert {state.value for state in POLICY.cancel_order.partial_states} == {"pending", "paid"}
    assert POLICY.change_items.states == POLICY.cancel_order.partial_states
    assert "awaiting payment, paid or being packed are cancelled on the spot" in page("cancel-order", "en")
    assert "Until packing starts" in page("cancel-order", "en")
    assert "打包开始前" in page("cancel-order", "zh")
    assert "打包开始前可以改" in page("change-order", "zh")
