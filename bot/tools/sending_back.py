"""What returns and exchanges have in common in a conversation: which orders, which reasons, what the card says."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot import cues
from bot.shop.changes.allowed import Choice, ItemChoices, OrderChoices
from bot.shop.changes.plan import Facts, Refused
from bot.shop.domain import Order
from bot.shop.policy import Reason, Reasons, States
from bot.tools.asking import choose, reason_choices, sentence
from bot.tools.base import ToolContext, ToolResult, localized
from bot.tools.finding_items import options_label
from bot.tools.proposing import refusal
from connectors.base import Button

TEXTS = {
    "en": {
        "why_return": "What's the reason for sending it back?",
        "label.reason": "Reason",
        "label.fee": "Collection",
        "label.shipping": "Delivery fee",
        "label.send_by": "Send it back",
        "label.review": "Review",
        "label.condition": "Condition",
        "fee": "{amount}, taken off the refund",
        "fee_extra": "{amount}, for fetching the old one",
        "fee_none": "free",
        "shipping": "{amount}, paid back too",
        "send_on": "by {day}",
        "by": " by {day}",
        "within": " within {hours} hours",
        "within_some_time": " soon",
        "send_days": "within {days} days of approval",
        "review": "within {hours} hours",
        "unopened": "unopened, as it's a hygiene item",
        "pay.wechat_pay": "WeChat Pay",
        "pay.alipay": "Alipay",
        "pay.card": "Card",
        "pay.paypal": "PayPal",
        "pay.gift_card": "Gift card",
        "pay.bank_transfer": "Bank transfer",
        "pay.cash_on_delivery": "Cash on delivery",
    },
    "zh": {
        "why_return": "方便说下退货的原因吗？",
        "label.reason": "原因",
        "label.fee": "上门取件",
        "label.shipping": "运费",
        "label.send_by": "寄回",
        "label.review": "审核",
        "label.condition": "要求",
        "fee": "{amount}，从退款里扣",
        "fee_extra": "{amount}，取旧件的运费",
        "fee_none": "免费",
        "shipping": "{amount} 一并退回",
        "send_on": "{day}前",
        "by": "在{day}前",
        "within": "{hours} 小时内",
        "within_some_time": "尽快",
        "send_days": "审核通过后 {days} 天内",
        "review": "{hours} 小时内",
        "unopened": "没拆封、没用过",
        "pay.wechat_pay": "微信支付",
        "pay.alipay": "支付宝",
        "pay.card": "银行卡",
        "pay.paypal": "PayPal",
        "pay.gift_card": "礼品卡",
        "pay.bank_transfer": "银行转账",
        "pay.cash_on_delivery": "货到付款",
    },
}


async def open_orders(
    context: ToolContext, states: States, is_open: Callable[[ItemChoices], bool]
) -> frozenset[str]:
    """The numbers of the shopper's orders in which something may still be done."""
    found = set()
    for order in await context.own_orders():
        if order.status in states:
            choices = await choices_of(context, order)
            if any(is_open(one) for one in choices.items):
                found.add(order.number)
    return frozenset(found)


async def choices_of(context: ToolContext, order: Order) -> OrderChoices:
    assert context.identity.customer_id is not None
    return await context.shop.choices(order.number, customer_id=context.identity.customer_id, now=context.now)


def accepted(choices: Iterable[Choice], reasons: Reasons) -> dict[str, Reason]:
    """The reasons for which all of them may be sent back.

    Raises:
        Refused: there are none.
    """
    several = list(choices)
    for one in several:
        if one.refused is not None:
            raise one.refused
    both = {code: one for code, one in reasons.items() if all(code in choice.reasons for choice in several)}
    if reasons and not both:
        raise next(choice.otherwise for choice in several if choice.otherwise is not None)
    return both


def narrowed_by(choices: Iterable[Choice], reasons: Reasons) -> Refused | None:
    """What forbids it unless the shop is at fault; None where other `reasons` are left too."""
    if not all(one.fault for one in reasons.values()):
        return None
    return next((one.otherwise for one in choices if one.otherwise is not None), None)


def order_block(choices: Iterable[Choice]) -> Refused | None:
    """What forbids it for the order as a whole, whichever of its items is meant."""
    refusals = [one.refused for one in choices]
    first = refusals[0] if refusals else None
    if first is None or "item" in first.facts:
        return None
    return first if all(one is not None and one.rule == first.rule for one in refusals) else None


def other_reasons(
    context: ToolContext, refused: Refused, reasons: Mapping[str, Reason], words: Sequence[str], order: Order
) -> ToolResult:
    """Not for that reason, but perhaps for another one: the rule, and the reasons that it leaves."""
    said = refusal(context, refused)
    if not reasons or (words and (cues.says_yes(words[-1]) or cues.says_no(words[-1]))):
        return said if not reasons else ToolResult("ok", context.say("declined"))
    asked = choose(context, "reason", said.text, reason_choices(context, reasons), order=order)
    return replace(asked, outcome="refused", rule=refused.rule, document=refused.document)


def instead(context: ToolContext, refused: Refused, order: Order, *, label: str, action: str) -> ToolResult:
    """Not this, but something else that is one yes away; that asks once more before anything is done."""
    said = refusal(context, refused)
    do = f"{action} {order.number}"
    buttons = (Button(label, do), *said.quick_replies)
    return replace(said, quick_replies=buttons, offer=do, order_number=order.number)


def rows(context: ToolContext, facts: Facts, *, at: datetime) -> list[tuple[str, str]]:
    """Reason, fee, deadlines and conditions; `at` is when it was asked for."""
    said = []
    if facts["reason"]:
        said.append((context.say("label.reason"), sentence(localized(context, facts["reason"]))))
    if facts["pickup"]:
        key = "fee" if facts["fee"] and "shipping" in facts else "fee_extra" if facts["fee"] else "fee_none"
        said.append((context.say("label.fee"), context.say(key, amount=context.money(facts["fee"]))))
    if facts.get("shipping"):
        text = context.say("shipping", amount=context.money(facts["shipping"]))
        said.append((context.say("label.shipping"), text))
    if facts["review_hours"]:
        said.append((context.say("label.review"), context.say("review", hours=facts["review_hours"])))
    if facts["send_days"]:
        text = context.say("send_days", days=facts["send_days"])
        if facts["approved"]:
            text = context.say("send_on", day=send_by(context, facts, at))
        said.append((context.say("label.send_by"), text))
    if any(item["unopened"] for item in facts["items"]):
        said.append((context.say("label.condition"), context.say("unopened")))
    return said


def send_by(context: ToolContext, facts: Facts, at: datetime) -> str:
    """The last day to post it, where it was approved at `at`."""
    return context.day(at.astimezone(context.zone).date() + timedelta(days=facts["send_days"]))


def by(context: ToolContext, facts: Facts, at: datetime) -> str:
    """For a sentence: until when to post it; nothing where the shop sets no date."""
    return context.say("by", day=send_by(context, facts, at)) if facts["send_days"] else ""


def within(context: ToolContext, facts: Facts) -> str:
    """For a sentence: how soon somebody looks at it."""
    hours = facts["review_hours"]
    return context.say("within", hours=hours) if hours else context.say("within_some_time")


async def described(context: ToolContext, item: Facts, *, quantity: bool = True) -> str:
    """外套（黑色，M）×2."""
    product = await context.shop.product(item["product_id"])
    name, options = localized(context, item["name"]), options_label(context, product, item["options"])
    text = context.say("item", name=name, options=options) if options else name
    return f"{text} ×{item['quantity']}" if quantity and item["quantity"] > 1 else text
