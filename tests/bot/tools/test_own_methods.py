"""Which of their own ways to pay shoppers mean."""

import pytest

from bot.shop.domain import PaymentMethod
from bot.tools.own_methods import named_methods, types_card_number

WECHAT = PaymentMethod("W", "wechat_pay")
ALIPAY = PaymentMethod("A", "alipay", "138****0001")
CARD = PaymentMethod("C", "card", "4242")
OTHER = PaymentMethod("D", "card", "6255")
GIFT = PaymentMethod("G", "gift_card", "8963", 13600)
MINE = (WECHAT, ALIPAY, CARD, OTHER, GIFT)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("用支付宝", [ALIPAY]),
        ("换成微信付", [WECHAT]),
        ("不用微信，用支付宝", [ALIPAY]),
        ("用礼品卡", [GIFT]),
        ("尾号6255的卡", [OTHER]),
        ("刷卡", [CARD, OTHER]),
        ("the card ending 4242", [CARD]),
        ("put it on my gift card", [GIFT]),
        ("Alipay instead of WeChat", [ALIPAY]),
        ("my Visa please", [CARD, OTHER]),
        ("pay another way", []),
        ("换个付款方式", []),
        ("PayPal", []),
    ],
)
def test_named(text: str, meant: list[PaymentMethod]) -> None:
    assert named_methods([text], MINE) == meant


def test_newest_words_count() -> None:
    assert named_methods(["用支付宝", "还是微信吧"], MINE) == [WECHAT]


def test_a_number_typed_in_chat_is_noticed() -> None:
    assert types_card_number(["用这张卡 4242 4242 4242 4242"])
    assert not types_card_number(["订单 118626，手机 13800000001"])
