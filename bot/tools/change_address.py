"""Send an order somewhere else, or to somebody else, before it leaves."""

from dataclasses import dataclass, replace

from bot import cues
from bot.shop.changes.plan import Receipt, Refused
from bot.shop.changes.requests import ChangeAddress
from bot.shop.domain import Order, OrderStatus
from bot.shop.keys import order_key
from bot.tools import addressing, proposing
from bot.tools.addressing import ask_where, completed, missing, others, place_text, rows, wish
from bot.tools.asking import ask
from bot.tools.base import OrderNumber, Tool, ToolContext, ToolResult
from bot.tools.finding_orders import find_order_to_change
from bot.tools.proposing import done, propose, refusal
from intents.addresses import parse_address

TEXTS = {
    "en": {
        **proposing.TEXTS["en"],
        **addressing.TEXTS["en"],
        "title": "Change the address",
        "label.shipping": "Delivery",
        "propose_more": "Delivery costs {amount} more to that address. Shall I change it?",
        "done": "Order {number} now goes to {place}.",
    },
    "zh": {
        **proposing.TEXTS["zh"],
        **addressing.TEXTS["zh"],
        "title": "修改收货地址",
        "label.shipping": "运费",
        "propose_more": "寄到这个地址运费要多 {amount}，您看可以的话就点确认：",
        "done": "{number} 改好了，寄到{place}。",
    },
}
_OVER = (OrderStatus.DELIVERED, OrderStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class Arguments(addressing.Arguments):
    order_number: OrderNumber | None


async def run(context: ToolContext, arguments: Arguments) -> ToolResult:
    rules = (await context.shop.policy()).change_address
    customer_id = context.identity.customer_id or ""
    if any(cues.means_default_address(text) for text in (*arguments.words, arguments.address or "")):
        return ToolResult("ok", instead="change_default_address")

    def fitting(order: Order) -> bool:
        return order.status.value in rules.states

    number = await _number(context, arguments)
    signed_in = context.identity.level == "signed_in"
    if number is None and signed_in and all(one.status in _OVER for one in await context.own_orders()):
        return ToolResult("ok", instead="change_default_address")
    order = await find_order_to_change(context, number, arguments.words, fitting=fitting)
    if isinstance(order, ToolResult):
        return order
    allowed = await context.shop.choices(order.number, customer_id=customer_id, now=context.now)
    if allowed.address.refused is not None:
        raise allowed.address.refused
    customer = await context.shop.customer(customer_id)
    saved = customer.addresses if customer is not None and signed_in else ()
    said = wish(arguments, saved)
    if said.empty:
        return ask_where(context, others(saved, order.address), order=order)
    address = completed(said, order.address)
    question = missing(context, address, rules.required, order.address, order=order)
    if question is not None:
        return question
    address = replace(address, id=address.id or f"{order.number}-A")
    try:
        plan = await context.preview(ChangeAddress(order.number, address))
    except Refused as refused:
        return mendable(context, refused, order)
    facts = plan.facts
    lines = rows(context, facts)
    text = ""
    if facts["difference"]:
        lines.append((context.say("label.shipping"), context.money(facts["shipping_fee"])))
    if facts["difference"] > 0:
        text = context.say("propose_more", amount=context.money(facts["difference"]))
    return await propose(context, plan, title=context.say("title"), lines=lines, text=text)


def mendable(context: ToolContext, refused: Refused, order: Order | None) -> ToolResult:
    """A part that is no good is asked for once more; the rest is kept."""
    said = refusal(context, refused)
    field = refused.facts.get("field") or {"text.phone": "phone", "address.country": "address"}.get(
        refused.rule
    )
    return ask(context, field, said.text, order=order) if field in _ASKED else said


_ASKED = ("name", "phone", "street", "city", "province", "district", "postcode", "address")


async def _number(context: ToolContext, arguments: Arguments) -> str | None:
    """The order's, unless the number is the postcode of the new address."""
    number = arguments.order_number
    if number is None or await context.own_order(number) is not None:
        return number
    typed = [parse_address(text).postcode for text in (*arguments.words, arguments.address or "") if text]
    return None if order_key(number) in {order_key(postcode) for postcode in typed if postcode} else number


async def tell(context: ToolContext, receipt: Receipt) -> ToolResult:
    place = place_text(receipt.facts["address"])
    text = context.say("done", number=receipt.order_number, place=place)
    return done(context, receipt, text=text, title=context.say("title"), lines=rows(context, receipt.facts))


TOOL = Tool(
    name="change_address",
    description="Send one of the shopper's own orders to another address or recipient, before it leaves.",
    arguments=Arguments,
    run=run,
    intents=("change_address",),
    identity="order",
    texts=TEXTS,
    request=ChangeAddress,
    tell=tell,
)
