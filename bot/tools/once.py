"""Is that everything? Asked before a change that the policy allows only once."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.conversation import Choice
from bot.shop.domain import Order
from bot.tools.asking import choose
from bot.tools.base import ToolContext, ToolResult
from bot.tools.finding_items import Quantities, item_choice, kept, products_of

_EVERYTHING = re.compile(
    r"就这[些一个件双条]|就[退换改要]|只[退换改要]|没别的|\b(?:that'?s (?:all|it|everything)|just (?:this|the|that|one)|only|nothing else)\b",
    re.IGNORECASE,
)
TEXTS = {
    "en": {"complete.yes": "That's everything", "complete.more": "Add another item"},
    "zh": {"complete.yes": "就这些", "complete.more": "再加一件"},
}
_YES = ("就这些", "是的", "对的", "没有了", "没了", "yes", "that's all", "that's everything", "nothing else")
_MORE = ("再加一件", "再加", "add another", "one more", "another item")


async def ask_whether_complete(
    context: ToolContext,
    order: Order,
    items: Quantities,
    rest: Quantities,
    *,
    words: Sequence[str],
    answer: str | None,
) -> ToolResult | None:
    """The question, where there is a `rest` that it could be about; None when nothing is left to ask."""
    if not rest or answer == "yes" or any(_EVERYTHING.search(text) for text in words):
        return None
    if answer != "more":
        choices = [
            Choice("yes", context.say("complete.yes"), _YES),
            Choice("more", context.say("complete.more"), _MORE),
        ]
        return choose(context, "complete", context.say("complete"), choices, order=order)
    products = await products_of(context, order)
    choices = [item_choice(context, item, products) for item in order.items if item.id in rest]
    added = [replace(one, value=kept({**items, one.value: rest[one.value]})) for one in choices]
    result = choose(context, "items", context.say("which_more"), added, order=order)
    return replace(result, given={**result.given, "complete": ""})
