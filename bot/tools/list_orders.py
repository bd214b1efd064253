"""The shopper's latest orders, each with where it stands."""

from dataclasses import dataclass

from bot.tools import order_cards
from bot.tools.base import Tool, ToolContext, ToolResult
from bot.tools.order_cards import order_card

_MOST = 5

TEXTS = {
    "en": {
        **order_cards.TEXTS["en"],
        "one": "Here's your order.",
        "many": "Here are your last {count} orders, newest first.",
    },
    "zh": {**order_cards.TEXTS["zh"], "one": "您的订单在这里。", "many": "最近 {count} 单在这里，新的在前。"},
}


@dataclass(frozen=True, slots=True)
class Arguments:
    pass


async def run(context: ToolContext, arguments: Arguments) -> ToolResult:
    del arguments
    orders = list(await context.own_orders())[:_MOST]
    if not orders:
        return ToolResult("not_found", context.say("no_orders"))
    text = context.say("one") if len(orders) == 1 else context.say("many", count=len(orders))
    if context.identity.level == "order":
        text = ("" if context.language == "zh" else " ").join([text, context.say("sign_in_hint")])
    return ToolResult(
        "ok",
        text,
        cards=tuple([await order_card(context, order) for order in orders]),
        order_number=orders[0].number if len(orders) == 1 else None,
    )


TOOL = Tool(
    name="list_orders",
    description="The shopper's own latest orders.",
    arguments=Arguments,
    run=run,
    intents=(),
    identity="order",
    texts=TEXTS,
)
