"""The address that a customer's orders go to unless they say otherwise."""

from dataclasses import dataclass, replace

from bot.shop.changes.plan import Receipt, Refused
from bot.shop.changes.requests import ChangeDefaultAddress
from bot.shop.domain import Address, Customer
from bot.tools import addressing, proposing
from bot.tools.addressing import ask_where, completed, missing, others, place_text, rows, wish
from bot.tools.base import Tool, ToolContext, ToolResult
from bot.tools.change_address import mendable
from bot.tools.proposing import done, propose

TEXTS = {
    "en": {
        **proposing.TEXTS["en"],
        **addressing.TEXTS["en"],
        "title": "Change the default address",
        "which_address": "Where should your orders go by default? Pick one of your addresses, or type a new one.",
        "ask.address": "What's the new default address? Street, city, name and phone in one message is fine.",
        "done": "Done: new orders go to {place} by default. Orders already placed keep their address.",
    },
    "zh": {
        **proposing.TEXTS["zh"],
        **addressing.TEXTS["zh"],
        "title": "修改默认地址",
        "which_address": "默认地址改成哪个？可以点您存过的，也可以直接发新地址。",
        "ask.address": "新的默认地址发我一下，收件人和电话有变也一起写上。",
        "done": "默认地址改好了，以后下单默认寄到{place}。已经下的单不受影响。",
    },
}
_NOWHERE = Address(id="", name="", street="", city="", country="CN")


@dataclass(frozen=True, slots=True)
class Arguments(addressing.Arguments):
    pass


async def run(context: ToolContext, arguments: Arguments) -> ToolResult:
    policy = await context.shop.policy()
    customer = await context.shop.customer(context.identity.customer_id or "")
    if customer is None:
        raise Refused("customer.not_found")
    mine = {one.id: one for one in customer.addresses}
    base = mine.get(customer.default_address_id or "", _NOWHERE)
    said = wish(arguments, customer.addresses)
    if said.empty:
        return ask_where(context, others(customer.addresses, base), order=None)
    person = replace(
        base, name=base.name or customer.name, phone=base.phone or next(iter(customer.phones), "")
    )
    address = completed(said, person)
    question = missing(context, address, policy.change_address.required, base, order=None)
    if question is not None:
        return question
    address = replace(address, id=address.id or _free_id(customer))
    try:
        plan = await context.preview(ChangeDefaultAddress(address))
    except Refused as refused:
        return mendable(context, refused, None)
    return await propose(context, plan, title=context.say("title"), lines=rows(context, plan.facts))


def _free_id(customer: Customer) -> str:
    taken = {one.id for one in customer.addresses}
    numbers = range(1, len(taken) + 2)
    return next(name for number in numbers if (name := f"{customer.id}-A{number}") not in taken)


async def tell(context: ToolContext, receipt: Receipt) -> ToolResult:
    text = context.say("done", place=place_text(receipt.facts["address"]))
    return done(context, receipt, text=text, title=context.say("title"), lines=rows(context, receipt.facts))


TOOL = Tool(
    name="change_default_address",
    description="Change the address that the customer's orders go to by default.",
    arguments=Arguments,
    run=run,
    intents=(),
    identity="signed_in",
    texts=TEXTS,
    request=ChangeDefaultAddress,
    tell=tell,
)
