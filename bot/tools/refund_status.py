"""Where a return and its money stand: how much, back to what, since when."""

from dataclasses import dataclass

from bot.shop.domain import Order
from bot.tools import order_cards
from bot.tools.base import Exclude, OrderNumber, Tool, ToolContext, ToolResult
from bot.tools.finding_orders import not_found
from bot.tools.order_cards import ask_which, items_text, money_back, order_card, order_progress
from connectors.base import Button

_OPEN = ("requested", "approved", "in_transit", "received")

TEXTS = {
    "en": {
        **order_cards.TEXTS["en"],
        "about": "Order {number} ({items}):",
        "none": "There's no return or refund on your orders at the moment.",
        "none_here": "Order {number} has no return or refund.",
    },
    "zh": {
        **order_cards.TEXTS["zh"],
        "about": "{number}（{items}）：",
        "none": "您名下目前没有退货或退款。",
        "none_here": "{number} 没有退货或退款记录。",
    },
}


@dataclass(frozen=True, slots=True)
class Arguments:
    order_number: OrderNumber | None
    exclude: Exclude


async def run(context: ToolContext, arguments: Arguments) -> ToolResult:
    if arguments.order_number:
        order = await context.own_order(arguments.order_number)
        if order is None:
            return not_found(context, arguments.order_number)
        if _concerns(order):
            return await _told(context, order)
        # The order talked about has none; another one may.
        others = await _fitting(context, (*arguments.exclude, order.number))
        if not others:
            text = context.say("none_here", number=order.number)
            return ToolResult("ok", text, order_number=order.number, documents_too=True)
        return await _told(context, others[0]) if len(others) == 1 else await ask_which(context, others)
    fitting = await _fitting(context, arguments.exclude)
    if not fitting:
        return ToolResult("not_found", context.say("none"), documents_too=True)
    return await _told(context, fitting[0]) if len(fitting) == 1 else await ask_which(context, fitting)


async def _fitting(context: ToolContext, exclude: tuple[str, ...]) -> list[Order]:
    """The orders with a return or refund under way; else the latest one that is done."""
    orders = [order for order in await context.own_orders() if order.number not in exclude]
    concerned = [order for order in orders if _concerns(order)]
    return [order for order in concerned if _is_open(context, order)] or concerned[:1]


def _concerns(order: Order) -> bool:
    return bool(order.returns) or any(payment.kind == "refund" for payment in order.payments)


def _is_open(context: ToolContext, order: Order) -> bool:
    return any(one.status in _OPEN for one in order.returns) or bool(
        order_progress(context, order).refunds.pending
    )


async def _told(context: ToolContext, order: Order) -> ToolResult:
    joint = "" if context.language == "zh" else " "
    about = context.say("about", number=order.number, items=items_text(context, order))
    rejected = bool(order.returns) and order.returns[-1].status == "rejected"
    return ToolResult(
        "ok",
        joint.join([about, *money_back(context, order)]),
        cards=(await order_card(context, order),),
        quick_replies=(Button(context.say("button.human"), "human"),) if rejected else (),
        order_number=order.number,
        offer="human" if rejected else None,
    )


TOOL = Tool(
    name="refund_status",
    description="Where the return and the refund of one of the shopper's own orders stand.",
    arguments=Arguments,
    run=run,
    intents=("refund_status",),
    identity="order",
    texts=TEXTS,
)
