"""Which of their orders does the shopper mean? Named, talked about, or the one that is under way."""

from collections.abc import Callable, Sequence

from bot.shop.domain import Order
from bot.shop.facts import Progress
from bot.tools.base import ToolContext, ToolResult
from bot.tools.order_cards import ask_which, order_progress
from connectors.base import Button

UNDER_WAY = (
    "awaiting_payment",
    "preparing",
    "partly_shipped",
    "in_transit",
    "out_for_delivery",
    "exception",
    "returned",
    "partly_delivered",
)


async def find_order(
    context: ToolContext,
    number: str | None,
    *,
    exclude: Sequence[str],
    likely: Callable[[Progress], bool],
) -> Order | ToolResult:
    """The one order that is meant, or what to say instead.

    `likely` tells which orders the question can be about when none was named; `exclude` holds those
    that the shopper turned down.
    """
    if number:
        order = await context.own_order(number)
        return order or not_found(context, number)
    orders = [order for order in await context.own_orders() if order.number not in exclude]
    if not orders:
        text = context.say("repair_none" if exclude else "no_orders")
        return ToolResult("not_found", text, quick_replies=(Button(context.say("button.human"), "human"),))
    fitting = [order for order in orders if likely(order_progress(context, order))] or orders[:1]
    return fitting[0] if len(fitting) == 1 else await ask_which(context, fitting)


def not_found(context: ToolContext, number: str) -> ToolResult:
    """The same words whether the order does not exist or is somebody else's."""
    buttons = (
        Button(context.say("button.my_orders"), "list_orders"),
        Button(context.say("button.human"), "human"),
    )
    return ToolResult("not_found", context.say("order_not_found", number=number), quick_replies=buttons)
