"""What can still be returned, and until when."""

from dataclasses import dataclass
from datetime import datetime

from bot.shop.changes.allowed import ItemChoices
from bot.shop.domain import Order
from bot.tools import order_cards
from bot.tools.base import OrderNumber, Tool, ToolContext, ToolResult
from bot.tools.finding_items import item_label, products_of
from bot.tools.finding_orders import not_found
from bot.tools.sending_back import choices_of
from connectors.base import Button, Card

_MOST_ORDERS = 4

TEXTS = {
    "en": {
        **order_cards.TEXTS["en"],
        "open": "These can still go back:",
        "none": "Nothing you've ordered can be returned for a change of mind right now. "
        "If something's faulty, tell me which: that's covered longer.",
        "none_order": "Nothing from order {number} can be returned for a change of mind right now. "
        "If something's faulty, tell me which: that's covered longer.",
        "until": "until {day}",
        "until_unopened": "until {day}, if unopened",
        "any_time": "no time limit",
        "fault": "only if it's faulty, until {day}",
        "badge": "Can be returned",
        "button.return": "Return something",
        "item": "{name} ({options})",
    },
    "zh": {
        **order_cards.TEXTS["zh"],
        "open": "这些还能退：",
        "none": "您的订单眼下没有能无理由退的了。有质量问题的话期限更长，告诉我是哪一件就行。",
        "none_order": "{number} 眼下没有能无理由退的了。有质量问题的话期限更长，告诉我是哪一件就行。",
        "until": "{day}前",
        "until_unopened": "{day}前，要没拆封的",
        "any_time": "不限时间",
        "fault": "有质量问题才能退，{day}前",
        "badge": "可退",
        "button.return": "退一件",
        "item": "{name}（{options}）",
    },
}


@dataclass(frozen=True, slots=True)
class Arguments:
    order_number: OrderNumber | None


async def run(context: ToolContext, arguments: Arguments) -> ToolResult:
    number = arguments.order_number
    orders = list(await context.own_orders())
    if number:
        order = await context.own_order(number)
        if order is None:
            return not_found(context, number)
        orders = [order]
    faults = frozenset(
        code for code, one in (await context.shop.policy()).return_items.reasons.items() if one.fault
    )
    cards = []
    for order in orders:
        items = [one for one in (await choices_of(context, order)).items if one.give_back.open]
        if any(not faults.issuperset(one.give_back.reasons) for one in items):
            cards.append(await _card(context, order, items, faults))
    human = Button(context.say("button.human"), "human")
    if not cards:
        text = context.say("none_order", number=number) if number else context.say("none")
        return ToolResult("not_found", text, quick_replies=(human,), order_number=number)
    back = Button(context.say("button.return"), "return_items")
    return ToolResult(
        "ok",
        context.say("open"),
        cards=tuple(cards[:_MOST_ORDERS]),
        quick_replies=(back, human),
        order_number=cards[0].id if len(cards) == 1 else None,
    )


async def _card(context: ToolContext, order: Order, items: list[ItemChoices], faults: frozenset[str]) -> Card:
    products = await products_of(context, order)
    lines = [(item_label(context, one.item, products), _until(context, one, faults)) for one in items]
    title = context.say("order_title", number=order.number)
    button = Button(context.say("button.return"), f"return_items {order.number}")
    return Card(
        "order", order.number, title, badge=context.say("badge"), lines=tuple(lines), buttons=(button,)
    )


def _until(context: ToolContext, one: ItemChoices, faults: frozenset[str]) -> str:
    choice = one.give_back
    if choice.until is None:
        return context.say("any_time")
    day = context.day(datetime.fromisoformat(choice.until))
    if faults.issuperset(choice.reasons):
        last = max(until for until in choice.reasons.values() if until is not None)
        return context.say("fault", day=context.day(datetime.fromisoformat(last)))
    return context.say("until_unopened" if choice.unopened else "until", day=day)


TOOL = Tool(
    name="return_options",
    description="Which items of the shopper's own orders can still be returned, and until when.",
    arguments=Arguments,
    run=run,
    intents=(),
    identity="order",
    texts=TEXTS,
)
