"""The customer's own ways to pay, as they name them: 支付宝, "the card ending 4242"; never a number typed in chat."""

import re
from collections.abc import Sequence

from bot.shop.domain import PaymentKind, PaymentMethod
from bot.tools.base import ToolContext
from intents.contacts import find_cards
from intents.text import plain

TEXTS = {
    "en": {
        "own.wechat_pay": "WeChat Pay",
        "own.alipay": "Alipay",
        "own.card": "Card",
        "own.paypal": "PayPal",
        "own.gift_card": "Gift card",
        "own.bank_transfer": "Bank transfer",
        "own.cash_on_delivery": "Cash on delivery",
        "own_ending": "{kind} ending {label}",
        "own_account": "{kind} {label}",
        "own_balance": "{method}, {balance} left",
    },
    "zh": {
        "own.wechat_pay": "微信支付",
        "own.alipay": "支付宝",
        "own.card": "银行卡",
        "own.paypal": "PayPal",
        "own.gift_card": "礼品卡",
        "own.bank_transfer": "银行转账",
        "own.cash_on_delivery": "货到付款",
        "own_ending": "{kind}（尾号 {label}）",
        "own_account": "{kind}（{label}）",
        "own_balance": "{method}，余额 {balance}",
    },
}
NAMES: dict[PaymentKind, tuple[str, ...]] = {
    "wechat_pay": ("微信", "wechat", "weixin"),
    "alipay": ("支付宝", "支付寶", "花呗", "alipay"),
    "card": (
        "银行卡",
        "信用卡",
        "储蓄卡",
        "借记卡",
        "刷卡",
        "bank card",
        "credit card",
        "debit card",
        "visa",
        "mastercard",
        "unionpay",
        "银联",
        "card",
    ),
    "paypal": ("paypal", "贝宝"),
    "gift_card": ("礼品卡", "购物卡", "gift card", "giftcard", "gift voucher"),
    "bank_transfer": ("对公转账", "银行转账", "bank transfer", "wire"),
    "cash_on_delivery": ("货到付款", "cash on delivery"),
}
_AWAY = re.compile(
    r"(?:不用|不要|不想用|而不是|原来|本来|刚才用|拿)[^,，。;]{0,12}|\b(?:not|instead of|rather than|from|paid (?:with|by)|used)\b(?: \w+){1,3}",
    re.IGNORECASE,
)


def method_label(context: ToolContext, method: PaymentMethod) -> str:
    """Card ending 6255; 礼品卡（尾号 8963），余额 ¥136.00."""
    kind = context.say(f"own.{method.kind}")
    label = kind
    if method.label:
        digits = method.label.isdigit()
        label = context.say("own_ending" if digits else "own_account", kind=kind, label=method.label)
    if method.balance is not None:
        label = context.say("own_balance", method=label, balance=context.money(method.balance))
    return label


def method_words(method: PaymentMethod) -> tuple[str, ...]:
    """What a person may call it; the plain "card" is too much of a gift card's name."""
    return tuple(name for name in (*NAMES[method.kind], method.label) if name and name != "card")


def named_methods(words: Sequence[str], methods: Sequence[PaymentMethod]) -> list[PaymentMethod]:
    """Those that the newest words name: one by its digits, else all of the kind; none where nothing is named."""
    for text in reversed(words):
        said = _AWAY.sub(" ", plain(text)).casefold() if text else ""
        by_digits = [
            one for one in methods if one.label.isdigit() and re.search(rf"(?<!\d){one.label}(?!\d)", said)
        ]
        if by_digits:
            return by_digits
        found = _kind_named(said)
        by_kind = [one for one in methods if one.kind == found]
        if by_kind:
            return by_kind
    return []


def _kind_named(text: str) -> PaymentKind | None:
    """The longest name counts: a gift card is no bank card."""
    found = [(len(name), kind) for kind, names in NAMES.items() for name in names if name in text]
    return max(found)[1] if found else None


def types_card_number(words: Sequence[str]) -> bool:
    return any(find_cards(plain(text)) for text in words)
