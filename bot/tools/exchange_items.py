"""Swap delivered items for another variant of the same product."""

from bot.shop.changes.requests import ExchangeItems
from bot.tools.base import Tool, ToolContext, ToolResult
from bot.tools.swapping import Arguments, swap, tell_exchange
from bot.tools.swapping_texts import TEXTS


async def run(context: ToolContext, arguments: Arguments) -> ToolResult:
    return await swap(context, arguments, arrived=True)


TOOL = Tool(
    name="exchange_items",
    description="Exchange delivered items of one of the shopper's own orders for another size or colour.",
    arguments=Arguments,
    run=run,
    intents=("exchange_item",),
    identity="order",
    texts=TEXTS,
    request=ExchangeItems,
    tell=tell_exchange,
)
