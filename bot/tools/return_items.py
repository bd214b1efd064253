"""Send delivered items back for their money."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.shop.changes.allowed import Choice as Possible
from bot.shop.changes.allowed import ItemChoices
from bot.shop.changes.plan import Plan, Receipt, Refused
from bot.shop.changes.requests import ReturnItems
from bot.shop.domain import Order
from bot.shop.policy import Policy
from bot.tools import once, proposing, sending_back
from bot.tools.asking import choose, reason_choices
from bot.tools.base import Chosen, ChosenItems, OrderNumber, Tool, ToolContext, ToolResult, Words
from bot.tools.finding_items import Quantities, find_items, kept
from bot.tools.finding_orders import find_order_to_change
from bot.tools.methods import said_method
from bot.tools.once import ask_whether_complete
from bot.tools.proposing import concerning, done, keeping, propose
from bot.tools.reasons import said_reason
from bot.tools.sending_back import (
    accepted,
    choices_of,
    described,
    instead,
    narrowed_by,
    open_orders,
    order_block,
    other_reasons,
)

TEXTS = {
    "en": {
        **proposing.TEXTS["en"],
        **sending_back.TEXTS["en"],
        **once.TEXTS["en"],
        "title": "Return",
        "which_items": "Which one would you like to send back?",
        "cancel": "Cancel the order",
        "complete": "You can return from this order once. Is that everything?",
        "which_more": "What else goes back?",
        "label.refunded_when": "Refunded",
        "refunded.received": "once it's back with us and checked",
        "refunded.requested": "right away",
        "done.approved": "Your return of {items} is approved. Please send it off{by}; "
        "{refund} comes back to you once it's here and checked.",
        "done.approved_now": "Your return of {items} is approved, and {refund} is on its way back to you. "
        "Please send it off{by}.",
        "done.review": "Your return request for {items} is in. We'll look at it{within}; "
        "please wait for that before you send it.",
        "done.pickup": " A courier can fetch it ({fee}).",
        "done.pickup_free": " A courier can fetch it at no cost.",
    },
    "zh": {
        **proposing.TEXTS["zh"],
        **sending_back.TEXTS["zh"],
        **once.TEXTS["zh"],
        "title": "退货",
        "which_items": "要退哪一件？",
        "cancel": "取消订单",
        "complete": "这单只能退一次货。要退的就这些吗？",
        "which_more": "还要退哪一件？",
        "label.refunded_when": "退款时间",
        "refunded.received": "收到退货、验完就退",
        "refunded.requested": "马上退",
        "done.approved": "{items}的退货通过了，请{by}寄出。收到验完货，{refund} 退给您。",
        "done.approved_now": "{items}的退货通过了，{refund} 已经在退给您。请{by}把东西寄出。",
        "done.review": "{items}的退货申请提交了，{within}审核，通过后再寄就行。",
        "done.pickup": "可以上门取件，{fee} 从退款里扣。",
        "done.pickup_free": "可以上门取件，不收您的钱。",
    },
}


@dataclass(frozen=True, slots=True)
class Arguments:
    order_number: OrderNumber | None
    items: ChosenItems
    reason: Chosen | None
    refund_to: Chosen | None
    complete: Chosen | None
    words: Words


async def run(context: ToolContext, arguments: Arguments) -> ToolResult:
    policy = await context.shop.policy()
    rules = policy.return_items
    may = await open_orders(context, rules.states, lambda item: item.give_back.open)
    order = await find_order_to_change(
        context, arguments.order_number, arguments.words, fitting=lambda order: order.number in may
    )
    if isinstance(order, ToolResult):
        return order
    choices = {one.item.id: one for one in (await choices_of(context, order)).items}
    if blocked := order_block(one.give_back for one in choices.values()):
        if blocked.rule != "returns.early":
            raise blocked
        return instead(context, blocked, order, label=context.say("cancel"), action="cancel_order")
    items = await find_items(
        context,
        order,
        arguments.words,
        arguments.items,
        fitting=lambda item: choices[item.id].give_back.quantity,
        question=context.say("which_items"),
    )
    if isinstance(items, ToolResult):
        return items
    with concerning(order):
        result = await _with_items(context, policy, order, items, choices, arguments)
    return keeping(result, items=kept(items)) if result.ask is not None else result


async def _with_items(
    context: ToolContext,
    policy: Policy,
    order: Order,
    items: Quantities,
    choices: Mapping[str, ItemChoices],
    arguments: Arguments,
) -> ToolResult:
    rules, possible = policy.return_items, [choices[item_id].give_back for item_id in items]
    reasons = accepted(possible, rules.reasons)
    reason = said_reason(arguments.words, rules.reasons, arguments.reason)
    assumed = reason or next(iter(reasons), "")
    try:
        plan, note = await _plan(context, order, items, assumed, arguments)
    except Refused as refused:
        if reason in reasons or not _is_about_the_reason(refused, possible):
            raise
        return other_reasons(context, refused, reasons, arguments.words, order)
    if reason is None and rules.reason_required and reasons:
        if narrowed := narrowed_by(possible, reasons):
            return other_reasons(context, narrowed, reasons, arguments.words, order)
        return choose(
            context, "reason", context.say("why_return"), reason_choices(context, reasons), order=order
        )
    rest = {one: choices[one].give_back.quantity for one in choices if one not in items}
    if rules.once_per == "order" and (asked := await _complete(context, order, items, rest, arguments)):
        return asked
    result = await propose(
        context, plan, title=context.say("title"), lines=await _rows(context, plan), text=note
    )
    return keeping(result, **({"reason": reason} if reason else {}), complete="")


def _is_about_the_reason(refused: Refused, possible: list[Possible]) -> bool:
    """Whether the item may come back for another reason."""
    return any(one.otherwise is not None and one.otherwise.rule == refused.rule for one in possible)


async def _plan(
    context: ToolContext, order: Order, items: Quantities, reason: str, arguments: Arguments
) -> tuple[Plan, str]:
    """The plan, and what to say beside it where the money cannot go where it was wanted."""
    assert context.identity.customer_id is not None
    customer = await context.shop.customer(context.identity.customer_id)
    refund_to = said_method(arguments.words, customer, arguments.refund_to)
    try:
        return await context.preview(ReturnItems(order.number, items, reason, refund_to)), ""
    except Refused as refused:
        if refund_to is None or refused.rule not in ("refund.route", "refund.mixed", "method.not_found"):
            raise
        plan = await context.preview(ReturnItems(order.number, items, reason))
        rule = "refund.route" if refused.rule == "method.not_found" else refused.rule
        return plan, context.say(f"refused.{rule}")


async def _complete(
    context: ToolContext, order: Order, items: Quantities, rest: Quantities, arguments: Arguments
) -> ToolResult | None:
    return await ask_whether_complete(
        context,
        order,
        items,
        {item_id: quantity for item_id, quantity in rest.items() if quantity},
        words=arguments.words,
        answer=arguments.complete,
    )


async def _rows(context: ToolContext, plan: Plan) -> list[tuple[str, str]]:
    facts = plan.facts
    items = context.listing([await described(context, item) for item in facts["items"]])
    when = context.say(f"refunded.{facts['refund_when']}")
    return [
        (context.say("label.items"), items),
        *sending_back.rows(context, facts, at=context.now),
        (context.say("label.refunded_when"), when),
    ]


async def tell(context: ToolContext, receipt: Receipt) -> ToolResult:
    facts = receipt.facts
    items = context.listing([await described(context, item) for item in facts["items"]])
    said = {"items": items, "refund": context.money(facts["refund"])}
    if not facts["approved"]:
        text = context.say("done.review", **said, within=sending_back.within(context, facts))
    else:
        key = "done.approved_now" if facts["refund_when"] == "requested" else "done.approved"
        text = context.say(key, **said, by=sending_back.by(context, facts, receipt.at))
    if facts["pickup"]:
        key = "done.pickup" if facts["fee"] else "done.pickup_free"
        text += context.say(key, fee=context.money(facts["fee"]))
    lines = [(context.say("label.items"), items), *sending_back.rows(context, facts, at=receipt.at)]
    return done(context, receipt, text=text, title=context.say("title"), lines=lines)


TOOL = Tool(
    name="return_items",
    description="Send items of one of the shopper's own orders back for their money.",
    arguments=Arguments,
    run=run,
    intents=("return_item",),
    identity="order",
    texts=TEXTS,
    request=ReturnItems,
    tell=tell,
)
