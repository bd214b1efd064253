"""Which way to pay, or to be paid back, the shopper names: "to my gift card", "退到微信", "用尾号 8489 的卡"."""

import re
from collections.abc import Iterable, Mapping, Sequence

from bot.conversation import Choice
from bot.shop.domain import Customer, PaymentKind, PaymentMethod
from bot.shop.policy import Policy
from bot.tools.base import ToolContext

_KINDS: Mapping[PaymentKind, str] = {
    "wechat_pay": r"微信|\bwe ?chat\b",
    "alipay": r"支付宝|花呗|\bali ?pay\b",
    "paypal": r"\bpay ?pal\b",
    "gift_card": r"礼品卡|购物卡|店铺余额|\bgift ?cards?\b|\bstore credit\b|\bvoucher\b",
    "bank_transfer": r"银行转账|转账|\bbank (?:transfer|account)\b",
    "card": r"银行卡|信用卡|借记卡|储蓄卡|\b(?:credit|debit|bank) card\b|(?<!gift )(?<!gift)\bcard\b|\bvisa\b|\bmastercard\b",
}
_MONEY = re.compile(
    r"退到|退回|退款|退[去进给]|打到|打回|原路|付|补|差价|扣|用.{0,6}[卡信宝]"
    r"|\b(?:refund|pay|paid|back|money|charge|put|to my|with my|on my|use|difference)\b",
    re.IGNORECASE,
)


def said_method(words: Sequence[str], customer: Customer | None, chosen: str | None) -> str | None:
    """The id of the customer's method named last; one that the customer does not have by its kind's name."""
    for text in reversed(words):
        if not text and chosen:
            return chosen
        if text and (found := _named(text, customer.payment_methods if customer else ())):
            return found
    return chosen


def _named(text: str, methods: Iterable[PaymentMethod]) -> str | None:
    own = list(methods)
    digits = set(re.findall(r"\d{4}", text))
    for method in own:
        if method.label[-4:] in digits:
            return method.id
    if not _MONEY.search(text):
        return None
    for kind, pattern in _KINDS.items():
        if re.search(pattern, text, re.IGNORECASE):
            return next((method.id for method in own if method.kind == kind), kind)
    return None


def method_choices(
    context: ToolContext, customer: Customer, policy: Policy, amount: int, first: str | None
) -> list[Choice]:
    """The customer's methods that can carry `amount` cents; the one that paid stands first."""
    taken = policy.refunds.methods
    able = [
        method
        for method in sorted(customer.payment_methods, key=lambda method: method.id != first)
        if (taken is None or method.kind in taken)
        and (method.kind != "gift_card" or (method.balance or 0) >= amount)
    ]
    return [Choice(one.id, _label(context, one), (context.say(f"pay.{one.kind}"),)) for one in able]


def _label(context: ToolContext, method: PaymentMethod) -> str:
    name = context.say(f"pay.{method.kind}")
    return f"{name} {method.label}" if method.label else name
