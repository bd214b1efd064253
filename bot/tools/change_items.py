"""Swap items of an order for another variant before it leaves."""

from bot.shop.changes.requests import ChangeItems
from bot.tools.base import Tool, ToolContext, ToolResult
from bot.tools.swapping import Arguments, swap, tell_change
from bot.tools.swapping_texts import TEXTS


async def run(context: ToolContext, arguments: Arguments) -> ToolResult:
    return await swap(context, arguments, arrived=False)


TOOL = Tool(
    name="change_items",
    description="Change the size, colour or kind of items in one of the shopper's own orders before it leaves.",
    arguments=Arguments,
    run=run,
    intents=("change_items",),
    identity="order",
    texts=TEXTS,
    request=ChangeItems,
    tell=tell_change,
)
