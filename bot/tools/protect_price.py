"""Price protection (价保): what an order's prices fell by since is paid back."""

from dataclasses import dataclass

from bot.shop.changes.plan import Facts, Receipt, Refused
from bot.shop.changes.requests import ProtectPrice
from bot.shop.domain import Order
from bot.tools import proposing
from bot.tools.base import ChosenItems, OrderNumber, Tool, ToolContext, ToolResult, Words, localized
from bot.tools.finding_items import products_of
from bot.tools.finding_orders import find_order_to_change
from bot.tools.item_words import said_items
from bot.tools.proposing import done, propose
from connectors.base import Button

TEXTS = {
    "en": {
        **proposing.TEXTS["en"],
        "title": "Price protection",
        "fell": "{name} is {each} cheaper now than when you bought it, so {refund} comes back to you. Shall I go ahead?",
        "fell_several": "{names} are cheaper now than when you bought them: {refund} comes back to you altogether. Shall I go ahead?",
        "prices": "{paid} → {now}",
        "prices_times": "{paid} → {now}, ×{quantity}",
        "none": "I've compared your orders with today's prices: nothing that's still covered has become cheaper.",
        "done": "Done: {refund} for order {number} is on its way back to you.",
    },
    "zh": {
        **proposing.TEXTS["zh"],
        "title": "退差价",
        "fell": "{name}现在便宜了 {each}，差价 {refund} 可以退给您，没问题就点确认：",
        "fell_several": "{names}都降价了，一共可以退您 {refund}，没问题就点确认：",
        "prices": "{paid} → {now}",
        "prices_times": "{paid} → {now}，×{quantity}",
        "none": "您的订单我都比过了，还在价保期内的商品没有降价的。",
        "done": "办好了，{number} 的差价 {refund} 已经在退。",
    },
}


@dataclass(frozen=True, slots=True)
class Arguments:
    order_number: OrderNumber | None
    items: ChosenItems
    words: Words


async def run(context: ToolContext, arguments: Arguments) -> ToolResult:
    number, document = arguments.order_number, (await context.shop.policy()).protect_price.document
    fell: set[str] = set()
    if number is None:
        fell = {order.number for order in await context.own_orders() if await _fell(context, order)}
    order = await find_order_to_change(
        context, number, arguments.words, fitting=lambda one: one.number in fell
    )
    if isinstance(order, ToolResult):
        return order
    if number is None and not fell:
        human = Button(context.say("button.human"), "human")
        return ToolResult("not_found", context.say("none"), quick_replies=(human,), document=document)
    items = await _named(context, order, arguments)
    plan = await context.preview(ProtectPrice(order.number, items))
    facts = plan.facts
    refund = context.money(facts["refund"])
    names = [localized(context, item["name"]) for item in facts["items"]]
    if len(names) == 1:
        each = context.money(facts["items"][0]["each"])
        text = context.say("fell", name=names[0], each=each, refund=refund)
    else:
        text = context.say("fell_several", names=context.listing(names), refund=refund)
    return await propose(context, plan, title=context.say("title"), lines=_rows(context, facts), text=text)


async def _fell(context: ToolContext, order: Order) -> bool:
    """Whether something of it would be paid back now."""
    try:
        await context.preview(ProtectPrice(order.number))
    except Refused:
        return False
    return True


async def _named(context: ToolContext, order: Order, arguments: Arguments) -> tuple[str, ...]:
    """The items that the words name, newest words first; none: all that became cheaper."""
    products = await products_of(context, order)
    for text in reversed(arguments.words):
        said = said_items(context, order, products, text) if text else None
        if said is not None and said.items:
            return () if len(said.items) == len(order.items) else tuple(said.items)
    return tuple(one for one in arguments.items if any(item.id == one for item in order.items))


def _rows(context: ToolContext, facts: Facts) -> list[tuple[str, str]]:
    """Each item with what was paid for one and what it costs today."""
    rows = []
    for item in facts["items"]:
        said = {"paid": context.money(item["price_paid"]), "now": context.money(item["price_now"])}
        prices = context.say("prices", **said)
        if item["quantity"] > 1:
            prices = context.say("prices_times", **said, quantity=item["quantity"])
        rows.append((localized(context, item["name"]), prices))
    return rows


async def tell(context: ToolContext, receipt: Receipt) -> ToolResult:
    text = context.say("done", number=receipt.order_number, refund=context.money(receipt.facts["refund"]))
    return done(context, receipt, text=text, title=context.say("title"), lines=_rows(context, receipt.facts))


TOOL = Tool(
    name="protect_price",
    description="Pay back what the prices of one of the shopper's own orders fell by since.",
    arguments=Arguments,
    run=run,
    intents=("price_protection",),
    identity="order",
    texts=TEXTS,
    request=ProtectPrice,
    tell=tell,
)
