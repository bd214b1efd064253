"""Cancel an order or some of its items, before it leaves."""

from dataclasses import dataclass

from bot.shop.changes.plan import Receipt
from bot.shop.changes.requests import CancelOrder
from bot.shop.domain import Order
from bot.tools import proposing
from bot.tools.asking import choose, named_choice, reason_choices, reason_names, sentence
from bot.tools.base import (
    Chosen,
    ChosenItems,
    OrderNumber,
    Tool,
    ToolContext,
    ToolResult,
    Words,
    localized,
)
from bot.tools.finding_items import find_items, products_of
from bot.tools.finding_orders import find_order_to_change
from bot.tools.item_words import names_products
from bot.tools.proposing import done, items_row, items_text, propose

TEXTS = {
    "en": {
        **proposing.TEXTS["en"],
        "title": "Cancel order",
        "title_items": "Cancel items",
        "which_items": "Which item shall I cancel?",
        "why": "That's order {number}. Why would you like to cancel it?",
        "label.reason": "Reason",
        "done": "Order {number} is cancelled.",
        "done_items": "Cancelled: {items}. The rest of order {number} stays as it is.",
        "coupon": " Your coupon ({name}) is back in your account.",
    },
    "zh": {
        **proposing.TEXTS["zh"],
        "title": "取消订单",
        "title_items": "取消部分商品",
        "which_items": "要取消哪一件？",
        "why": "订单 {number} 还能取消。方便说下原因吗？",
        "label.reason": "原因",
        "done": "{number} 已经取消。",
        "done_items": "{items}已经取消，{number} 里其余的照常发。",
        "coupon": "优惠券「{name}」也退回您账户了。",
    },
}


@dataclass(frozen=True, slots=True)
class Arguments:
    order_number: OrderNumber | None
    items: ChosenItems
    reason: Chosen | None
    words: Words


async def run(context: ToolContext, arguments: Arguments) -> ToolResult:
    policy = (await context.shop.policy()).cancel_order

    def fitting(order: Order) -> bool:
        return order.status.value in policy.states

    order = await find_order_to_change(context, arguments.order_number, arguments.words, fitting=fitting)
    if isinstance(order, ToolResult):
        return order
    items = await _items(context, order, arguments)
    if isinstance(items, ToolResult):
        return items
    reasons = policy.reasons
    names = {code: reason_names(one) for code, one in reasons.items()}
    reason = named_choice(arguments.words, names, arguments.reason)
    # A refusal comes before the question why.
    plan = await context.preview(CancelOrder(order.number, reason or next(iter(reasons), ""), items))
    if reason is None and reasons:
        return choose(
            context,
            "reason",
            context.say("why", number=order.number),
            reason_choices(context, reasons),
            order=order,
        )
    lines = [items_row(context, plan.facts)]
    if reason:
        lines.append((context.say("label.reason"), sentence(localized(context, plan.facts["reason"]))))
    return await propose(context, plan, title=context.say("title_items" if items else "title"), lines=lines)


async def _items(context: ToolContext, order: Order, arguments: Arguments) -> dict[str, int] | ToolResult:
    """Empty for the whole order, which is meant unless the words name a part of it."""
    products = await products_of(context, order)
    named = any(names_products(context, order, products, text) for text in arguments.words if text)
    if not (named or arguments.items):
        return {}
    found = await find_items(
        context,
        order,
        arguments.words,
        arguments.items,
        fitting=lambda item: item.quantity,
        question=context.say("which_items"),
    )
    if isinstance(found, ToolResult):
        return found
    whole = {item.id: item.quantity for item in order.items}
    return {} if found == whole else found


async def tell(context: ToolContext, receipt: Receipt) -> ToolResult:
    facts, number = receipt.facts, receipt.order_number
    text = context.say("done", number=number)
    if not facts["whole"]:
        text = context.say("done_items", number=number, items=items_text(context, facts))
    if facts.get("coupon") and not facts["coupon_expired"]:
        text += context.say("coupon", name=localized(context, facts["coupon"]))
    title = context.say("title" if facts["whole"] else "title_items")
    return done(context, receipt, text=text, title=title, lines=[items_row(context, facts)])


TOOL = Tool(
    name="cancel_order",
    description="Cancel one of the shopper's own orders, or some of its items, before it leaves.",
    arguments=Arguments,
    run=run,
    intents=("cancel_order",),
    identity="order",
    texts=TEXTS,
    request=CancelOrder,
    tell=tell,
)
