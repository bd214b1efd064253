"""Why and with which money, in words that the policy does not list."""

import pytest

from bot.shop.domain import Customer, PaymentMethod
from bot.shop.policy import default_policy
from bot.tools.methods import said_method
from bot.tools.reasons import said_reason

REASONS = default_policy().return_items.reasons
ANNA = Customer(
    "C1",
    "Anna",
    payment_methods=(
        PaymentMethod("W", "wechat_pay"),
        PaymentMethod("K", "card", label="8489"),
        PaymentMethod("G", "gift_card", label="1122", balance=5000),
    ),
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("买大了", "does_not_fit"),
        ("鞋子有点挤脚", "does_not_fit"),
        ("it's a bit too tight", "does_not_fit"),
        ("质量不行", "defective"),
        ("拉链坏了", "defective"),
        ("it won't charge", "defective"),
        ("the sole came off, poor quality", "defective"),
        ("快递给摔坏了", "damaged"),
        ("it arrived broken", "damaged"),
        ("你们寄错了", "wrong_item"),
        ("you sent me the wrong one", "wrong_item"),
        ("实物和图片差太多", "not_as_described"),
        ("doesn't look like the photo", "not_as_described"),
        ("后悔了", "change_of_mind"),
        ("I just don't like it", "change_of_mind"),
        ("退卫衣", None),
        ("I'd like to return the mug", None),
    ],
)
def test_reasons(text: str, reason: str | None) -> None:
    assert said_reason((text,), REASONS, None) == reason


def test_newer_words_and_choices_count_more() -> None:
    assert said_reason(("不喜欢", "是坏了"), REASONS, None) == "defective"
    assert said_reason(("坏了", ""), REASONS, "change_of_mind") == "change_of_mind"
    assert said_reason(("退货", "", "其实是坏了"), REASONS, "change_of_mind") == "defective"


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("退到礼品卡", "G"),
        ("refund it to my gift card", "G"),
        ("put it back on my card", "K"),
        ("退到尾号8489的卡", "K"),
        ("差价用微信付", "W"),
        ("refund to paypal", "paypal"),
        ("我想退货", None),
        ("return the card holder", None),
    ],
)
def test_methods(text: str, method: str | None) -> None:
    assert said_method((text,), ANNA, None) == method
