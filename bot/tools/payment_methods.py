"""The customer's own saved ways to pay, and what is left on their gift cards."""

from dataclasses import dataclass

from bot.tools import own_methods
from bot.tools.base import Query, Tool, ToolContext, ToolResult
from bot.tools.own_methods import method_label

TEXTS = {
    "en": {
        **own_methods.TEXTS["en"],
        "saved": "Saved in your account: {methods}.",
        "balance": "There's {balance} left on your gift card.",
        "no_gift_card": "There's no gift card in your account.",
        "none": "You haven't saved a way to pay yet; you choose one when you pay.",
    },
    "zh": {
        **own_methods.TEXTS["zh"],
        "saved": "您账户里存的有：{methods}。",
        "balance": "您礼品卡里还有 {balance}。",
        "no_gift_card": "您账户里没有礼品卡。",
        "none": "您还没存付款方式，付款时再选就行。",
    },
}
_GIFT_CARD = own_methods.NAMES["gift_card"]


@dataclass(frozen=True, slots=True)
class Arguments:
    query: Query


async def run(context: ToolContext, arguments: Arguments) -> ToolResult:
    customer = await context.shop.customer(context.identity.customer_id or "")
    methods = customer.payment_methods if customer is not None else ()
    if any(name in arguments.query.casefold() for name in _GIFT_CARD):
        cards = [one for one in methods if one.kind == "gift_card"]
        if len(cards) == 1:
            return ToolResult("ok", context.say("balance", balance=context.money(cards[0].balance or 0)))
        if not cards:
            return ToolResult("ok", context.say("no_gift_card"))
        methods = tuple(cards)
    if not methods:
        return ToolResult("ok", context.say("none"))
    labels = [method_label(context, one) for one in methods]
    joint = "；" if context.language == "zh" else "; "
    return ToolResult("ok", context.say("saved", methods=joint.join(labels)))


TOOL = Tool(
    name="payment_methods",
    description="The shopper's own saved payment methods and gift card balances.",
    arguments=Arguments,
    run=run,
    intents=(),
    identity="signed_in",
    texts=TEXTS,
)
