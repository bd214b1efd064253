"""The customer's own coupons: what can be used, from what price on and until when; what is used or over."""

from dataclasses import dataclass

from bot.shop.domain import Coupon
from bot.tools.base import Query, Tool, ToolContext, ToolResult, localized

_MOST = 5
"""Coupons that cannot be used and are still named."""

TEXTS = {
    "en": {
        "some": "You can use {count} {count|coupon|coupons}:",
        "none": "You have no coupon to use right now.",
        "coupon": "{name}: {details}",
        "minimum": "from {minimum}",
        "until": "until {day}",
        "from": "from {day} on",
        "used": "Already used: {names}.",
        "expired": "Expired: {names}.",
    },
    "zh": {
        "some": "您有 {count} 张券可以用：",
        "none": "您现在没有能用的券。",
        "coupon": "{name}：{details}",
        "minimum": "满 {minimum} 可用",
        "until": "{day}到期",
        "from": "{day}起可用",
        "used": "用过的：{names}。",
        "expired": "过期的：{names}。",
    },
}


@dataclass(frozen=True, slots=True)
class Arguments:
    query: Query


async def run(context: ToolContext, arguments: Arguments) -> ToolResult:
    del arguments
    customer = await context.shop.customer(context.identity.customer_id or "")
    coupons = customer.coupons if customer is not None else ()
    used = [one for one in coupons if one.used]
    over = [one for one in coupons if not one.used and one.ends_at is not None and one.ends_at <= context.now]
    open_ = [one for one in coupons if one not in used and one not in over]
    open_.sort(key=lambda one: (one.ends_at is None, one.ends_at and one.ends_at.timestamp()))
    lines = [context.say("some", count=len(open_))] if open_ else [context.say("none")]
    lines += [_line(context, one) for one in open_]
    for key, group in (("used", used), ("expired", over)):
        if group:
            names = [localized(context, one.label) for one in group[:_MOST]]
            lines.append(context.say(key, names=context.listing(names)))
    return ToolResult("ok", "\n".join(lines))


def _line(context: ToolContext, coupon: Coupon) -> str:
    name = localized(context, coupon.label)
    details = []
    if coupon.minimum > (coupon.value if coupon.kind == "amount" else 0):
        least = context.money(coupon.minimum)
        # ¥30 off ¥299 says it already.
        details = [] if str(coupon.minimum // 100) in name else [context.say("minimum", minimum=least)]
    if coupon.starts_at is not None and coupon.starts_at > context.now:
        details.append(context.say("from", day=context.day(coupon.starts_at)))
    if coupon.ends_at is not None:
        details.append(context.say("until", day=context.day(coupon.ends_at)))
    joint = "，" if context.language == "zh" else ", "
    return context.say("coupon", name=name, details=joint.join(details)) if details else name


TOOL = Tool(
    name="coupons",
    description="The shopper's own coupons: usable, used and expired.",
    arguments=Arguments,
    run=run,
    intents=(),
    identity="signed_in",
    texts=TEXTS,
)
