"""Changes as a shopper sees them: the card to confirm, the receipt, and why something is not possible."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from bot.shop.changes.plan import Facts, Plan, Receipt, Refused
from bot.shop.domain import Order
from bot.texts import refusals
from bot.tools import order_cards
from bot.tools.base import Ask, Proposal, ToolContext, ToolResult, localized
from connectors.base import Button, Card

Lines = Sequence[tuple[str, str]]

_KEY_BYTES = 12
_UNDO = "undo"

TEXTS = {
    "en": {
        **order_cards.TEXTS["en"],
        "propose": "Here's what I'd do. Shall I go ahead?",
        "button.confirm": "Confirm",
        "button.dont": "Don't",
        "button.undo": "Undo",
        "label.order": "Order",
        "label.back": "Back to you",
        "label.pay": "To pay",
        "label.receipt": "Receipt",
        "label.undo_until": "Undo until",
        "label.confirm_by": "Confirm by",
        "badge.proposed": "Not done yet",
        "badge.done": "Done",
        "item": "{name} ({options})",
        "money": "{amount}, {method}",
        "money_days": "{amount}, {method}, in {days} working days",
    },
    "zh": {
        **order_cards.TEXTS["zh"],
        "propose": "您核对一下，没问题就点确认，我马上办：",
        "button.confirm": "确认",
        "button.dont": "先不办",
        "button.undo": "撤销",
        "label.order": "订单",
        "label.back": "退给您",
        "label.pay": "需补",
        "label.receipt": "回执",
        "label.undo_until": "可撤销到",
        "label.confirm_by": "确认期限",
        "badge.proposed": "待确认",
        "badge.done": "已办好",
        "item": "{name}（{options}）",
        "money": "{amount}，{method}",
        "money_days": "{amount}，{method}，{days} 个工作日内",
    },
}


async def propose(
    context: ToolContext,
    plan: Plan,
    *,
    title: str,
    lines: Lines,
    text: str = "",
) -> ToolResult:
    """The card of a change: what changes, money in and out, deadlines, and the button that does it."""
    key = secrets.token_urlsafe(_KEY_BYTES)
    minutes = (await context.shop.policy()).confirmation_minutes
    buttons = (
        Button(context.say("button.confirm"), f"confirm {key}"),
        Button(context.say("button.dont"), "never_mind"),
    )
    number = plan.order.number if plan.order else None
    order = [(context.say("label.order"), number)] if number else []
    undo = [(context.say("label.undo_until"), context.moment(plan.undo_until))] if plan.undo_until else []
    rows = (*order, *lines, *money_rows(context, plan.facts), *undo)
    return ToolResult(
        "proposed",
        text or context.say("propose"),
        cards=(
            Card(
                "change", key, title, badge=context.say("badge.proposed"), lines=tuple(rows), buttons=buttons
            ),
        ),
        ask=Ask("confirm"),
        proposal=Proposal(plan.request, plan.digest, key, minutes),
        order_number=number,
        given={"order_number": number} if number else {},
    )


def keeping(result: ToolResult, **given: str) -> ToolResult:
    """The result, with more that need not be found out again."""
    return replace(result, given={**result.given, **given})


def done(context: ToolContext, receipt: Receipt, *, text: str, title: str, lines: Lines = ()) -> ToolResult:
    """The receipt: what was done, the money, its number, and the way back where there is one."""
    undo = receipt.undo_until is not None and receipt.undone_by is None and receipt.undo_until > context.now
    rows = [*lines, *money_rows(context, receipt.facts)]
    rows.append((context.say("label.receipt"), receipt.number))
    if undo and receipt.undo_until is not None:
        rows.append((context.say("label.undo_until"), context.moment(receipt.undo_until)))
    order = [(context.say("label.order"), receipt.order_number)] if receipt.order_number else []
    buttons = (Button(context.say("button.undo"), f"{_UNDO} {receipt.number}"),) if undo else ()
    card = Card(
        "receipt",
        receipt.number,
        title,
        badge=context.say("badge.done"),
        lines=(*order, *rows),
        buttons=buttons,
    )
    return ToolResult("ok", text, cards=(card,), order_number=receipt.order_number)


def items_text(context: ToolContext, facts: Facts) -> str:
    """外套（黑色，M）×2、马克杯."""
    return context.listing([_item(context, item) for item in facts["items"]])


def items_row(context: ToolContext, facts: Facts) -> tuple[str, str]:
    return context.say("label.items"), items_text(context, facts)


def _item(context: ToolContext, item: Facts) -> str:
    name = localized(context, item["name"])
    return f"{name} ×{item['quantity']}" if item["quantity"] > 1 else name


def money_rows(context: ToolContext, facts: Facts) -> list[tuple[str, str]]:
    """A row per amount that is paid back or charged: how much, which way, in how many working days."""
    rows = []
    for label, name in (("label.back", "refunds"), ("label.pay", "charges")):
        for one in facts.get(name, ()):
            said = {"amount": context.money(one["amount"]), "method": context.say(f"method.{one['method']}")}
            days = one["days"][-1] if name == "refunds" and one.get("days") else 0
            text = context.say("money_days", **said, days=days) if days else context.say("money", **said)
            rows.append((context.say(label), text))
    return rows


@contextmanager
def concerning(order: Order) -> Iterator[None]:
    """What is refused in here is about this order, though its text may name an item only: "it" is this one from now on."""
    try:
        yield
    except Refused as refused:
        refused.order_number = order.number
        raise


def refusal(context: ToolContext, refused: Refused) -> ToolResult:
    """What forbids it, in words; `document` leads to the page that says so."""
    human = Button(context.say("button.human"), "human")
    text = refusals.refusal(
        context.texts,
        refused,
        context.language,
        currency=context.profile.currency,
        now=context.now,
        zone=context.zone,
    )
    return ToolResult(
        "refused",
        text,
        quick_replies=(human,),
        order_number=None if refused.rule == "order.not_found" else refused.order_number,
        rule=refused.rule,
        document=refused.document,
    )
