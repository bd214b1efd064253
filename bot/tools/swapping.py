"""Another variant of something ordered: a change before it leaves, an exchange after it arrived.

Shoppers call both "change" or "exchange"; the order's state decides which of them it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.shop.changes.allowed import Choice as Possible
from bot.shop.changes.lines import state_of
from bot.shop.changes.plan import Facts, Plan, Receipt, Refused
from bot.shop.changes.requests import ChangeItems, ExchangeItems
from bot.shop.domain import Order, OrderStatus
from bot.shop.policy import Policy
from bot.tools import sending_back
from bot.tools.asking import choose
from bot.tools.base import Chosen, ChosenItems, OrderNumber, ToolContext, ToolResult, Words, localized
from bot.tools.finding_items import Quantities, find_items, kept, options_label
from bot.tools.finding_orders import find_order_to_change
from bot.tools.methods import method_choices, said_method
from bot.tools.once import ask_whether_complete
from bot.tools.proposing import concerning, done, keeping, propose
from bot.tools.reasons import said_reason
from bot.tools.sending_back import (
    accepted,
    choices_of,
    described,
    narrowed_by,
    open_orders,
    order_block,
    other_reasons,
)
from bot.tools.wanted import Wanted, find_wanted
from connectors.base import Button

_ARRIVED = (OrderStatus.SHIPPED, OrderStatus.DELIVERED)
_MONEY_RULES = ("refund.route", "refund.mixed", "method.not_found", "method.kind", "method.balance")


@dataclass(frozen=True, slots=True)
class Arguments:
    order_number: OrderNumber | None
    items: ChosenItems
    variant: Chosen | None
    reason: Chosen | None
    settle_with: Chosen | None
    complete: Chosen | None
    words: Words


async def swap(context: ToolContext, arguments: Arguments, *, arrived: bool) -> ToolResult:
    """`arrived`: an order that arrived is meant rather than one that has not left, where both would do."""
    policy = await context.shop.policy()
    exchanges = await open_orders(context, policy.exchange_items.states, lambda item: item.exchange.open)
    changes = await open_orders(context, policy.change_items.states, lambda item: item.change.open)
    first, second = (exchanges, changes) if arrived else (changes, exchanges)
    may = first or second
    order = await find_order_to_change(
        context, arguments.order_number, arguments.words, fitting=lambda order: order.number in may
    )
    if isinstance(order, ToolResult):
        return order
    state = state_of(order)
    exchange = state in _ARRIVED or (arrived and state is OrderStatus.CANCELLED)
    possible = {
        one.item.id: one.exchange if exchange else one.change
        for one in (await choices_of(context, order)).items
    }
    if blocked := order_block(possible.values()):
        raise blocked
    items = await find_items(
        context,
        order,
        arguments.words,
        arguments.items,
        fitting=lambda item: possible[item.id].quantity,
        question=context.say("which_items"),
        wishes=True,
    )
    if isinstance(items, ToolResult):
        return items
    with concerning(order):
        result = await _with_items(context, policy, order, items, possible, arguments, exchange=exchange)
    if result.rule == "exchanges.region":
        label = context.say("return_instead")
        button = Button(label, f"return_items {order.number}")
        result = replace(result, quick_replies=(button, *result.quick_replies))
    return keeping(result, items=kept(items)) if result.ask is not None else result


async def _with_items(
    context: ToolContext,
    policy: Policy,
    order: Order,
    items: Quantities,
    possible: Mapping[str, Possible],
    arguments: Arguments,
    *,
    exchange: bool,
) -> ToolResult:
    rules = policy.exchange_items
    reason: str | None = None
    if exchange:
        reasons = accepted([possible[item_id] for item_id in items], rules.reasons)
        reason = said_reason(arguments.words, rules.reasons, arguments.reason)
        narrowed = narrowed_by([possible[one] for one in items], reasons)
        if narrowed is not None and reason not in reasons:
            return other_reasons(context, narrowed, reasons, arguments.words, order)
        if reason is None and rules.reason_required and reasons:
            return other_reasons(context, Refused("exchanges.reason", reasons=[]), reasons, (), order)
    elif refused := next((possible[one].refused for one in items if possible[one].refused), None):
        raise refused
    lines = {item.id: possible[item.id].quantity or item.quantity for item in order.items}
    fault = reason is not None and rules.reasons[reason].fault
    wanted = await find_wanted(
        context,
        order,
        {one: lines[one] for one in items},
        arguments.words,
        arguments.variant,
        same=exchange and fault,
    )
    if isinstance(wanted, ToolResult):
        return wanted
    result = await _with_variants(context, policy, order, wanted, reason, arguments, exchange=exchange)
    part = next((one for one in items if items[one] < lines[one]), None)
    if part is not None and result.proposal is not None:
        name = next(localized(context, item.name) for item in order.items if item.id == part)
        note = context.say("together", item=name, count=lines[part])
        result = replace(result, text=_joined(context, note, result.text))
    rest = {one: possible[one].quantity for one in possible if one not in items and possible[one].quantity}
    once = (rules if exchange else policy.change_items).once_per
    if once == "order" and result.proposal is not None:
        asked = await ask_whether_complete(
            context, order, items, rest, words=arguments.words, answer=arguments.complete
        )
        result = asked or result
    settled = {"variant": wanted.kept} | ({"reason": reason} if reason else {})
    return keeping(result, **{**settled, **result.given})


async def _with_variants(
    context: ToolContext,
    policy: Policy,
    order: Order,
    wanted: Wanted,
    reason: str | None,
    arguments: Arguments,
    *,
    exchange: bool,
) -> ToolResult:
    assert context.identity.customer_id is not None
    customer = await context.shop.customer(context.identity.customer_id)
    method = said_method(arguments.words, customer, arguments.settle_with)

    async def planned(settle_with: str | None) -> Plan:
        swaps = dict(wanted.swaps)
        if exchange:
            return await context.preview(ExchangeItems(order.number, swaps, reason or "", settle_with))
        return await context.preview(ChangeItems(order.number, swaps, settle_with))

    note = wanted.note
    try:
        plan = await planned(method)
    except Refused as refused:
        if method is None or refused.rule not in _MONEY_RULES:
            raise
        plan, method = await planned(None), None
        rule = "refund.route" if refused.rule == "method.not_found" and plan.facts["refund"] else refused.rule
        facts = {name: context.money(value) for name, value in refused.facts.items()}
        note = _joined(context, note, context.say(f"refused.{rule}", **facts))
    if plan.facts["charge"] and method is None and customer is not None:
        amount, first = plan.facts["charge"], plan.facts["charges"][0]["method_id"]
        methods = method_choices(context, customer, policy, amount, first)
        if len(methods) > 1:
            question = _joined(context, note, context.say("pay_with", amount=context.money(amount)))
            return choose(context, "settle_with", question, methods, order=order)
    title = context.say("title.exchange" if exchange else "title.change")
    text = _joined(context, note, context.say("propose")) if note else ""
    return await propose(
        context, plan, title=title, lines=await _rows(context, plan.facts, exchange), text=text
    )


def _joined(context: ToolContext, *texts: str) -> str:
    return ("" if context.language == "zh" else " ").join(text for text in texts if text)


async def _swaps(context: ToolContext, facts: Facts) -> list[str]:
    said = []
    for item in facts["items"]:
        product = await context.shop.product(item["product_id"])
        options = options_label(context, product, item["new"]["options"])
        said.append(context.say("swap", item=await described(context, item), options=options))
    return said


async def _rows(context: ToolContext, facts: Facts, exchange: bool) -> list[tuple[str, str]]:
    said = [(context.say("label.items"), text) for text in await _swaps(context, facts)]
    if not facts["difference"]:
        said.append((context.say("label.difference"), context.say("difference.none")))
    if facts.get("order_total"):
        said.append((context.say("label.total"), context.money(facts["order_total"])))
    if exchange:
        said += sending_back.rows(context, facts, at=context.now)
        for name, label in (("charge", "charged_when"), ("refund", "refunded_when")):
            if facts[name]:
                said.append((context.say(f"label.{label}"), context.say(f"when.{facts[f'{name}_when']}")))
        if facts["hold_days"]:
            said.append((context.say("label.hold"), context.say("hold", days=facts["hold_days"])))
    if facts["once"] != "never" and not facts.get("fault"):
        said.append((context.say("label.once"), context.say(f"once.{facts['once']}")))
    return said


async def tell_change(context: ToolContext, receipt: Receipt) -> ToolResult:
    swaps = await _swaps(context, receipt.facts)
    text = context.say("done.change", items=context.listing(swaps), number=receipt.order_number)
    lines = await _rows(context, receipt.facts, exchange=False)
    return done(context, receipt, text=text, title=context.say("title.change"), lines=lines)


async def tell_exchange(context: ToolContext, receipt: Receipt) -> ToolResult:
    facts = receipt.facts
    items = context.listing(await _swaps(context, facts))
    if facts["approved"]:
        text = context.say("done.exchange", items=items, by=sending_back.by(context, facts, receipt.at))
    else:
        text = context.say("done.review", items=items, within=sending_back.within(context, facts))
    if facts["pickup"]:
        key = "done.pickup" if facts["fee"] else "done.pickup_free"
        text += context.say(key, fee=context.money(facts["fee"]))
    lines = await _rows(context, facts, exchange=True)
    return done(context, receipt, text=text, title=context.say("title.exchange"), lines=lines)
