"""Take a change back, while the policy allows it."""

import re
from dataclasses import dataclass

from bot.shop.changes.plan import Receipt, Refused
from bot.shop.changes.requests import Undo
from bot.tools import proposing
from bot.tools.base import Chosen, Tool, ToolContext, ToolResult, Words
from bot.tools.proposing import done, propose

_SAID = {
    "return_items": re.compile(r"退货|return", re.IGNORECASE),
    "exchange_items": re.compile(r"换货|exchange|swap", re.IGNORECASE),
    "change_items": re.compile(r"改商品|换成|items", re.IGNORECASE),
    "change_address": re.compile(r"地址|address", re.IGNORECASE),
    "request_invoice": re.compile(r"发票|invoice", re.IGNORECASE),
    "report_problem": re.compile(r"反馈|报损|report", re.IGNORECASE),
    "notify_restock": re.compile(r"提醒|notice|remind", re.IGNORECASE),
}
"""How a change is named; without a name, the latest is meant."""
_NUMBER = re.compile(r"\bKF[- ]?[0-9A-Z]{6}\b", re.IGNORECASE)

TEXTS = {
    "en": {
        **proposing.TEXTS["en"],
        "title": "Undo a change",
        "label.change": "Change",
        "none": "There's nothing I've changed that can be undone.",
        "done": "I've undone that: {what}. Everything is as it was before.",
        "kind.cancel_order": "cancelling the order",
        "kind.change_address": "the new address",
        "kind.change_items": "the changed items",
        "kind.change_payment": "the new payment method",
        "kind.return_items": "the return",
        "kind.exchange_items": "the exchange",
        "kind.change_default_address": "the new default address",
        "kind.request_invoice": "the invoice request",
        "kind.protect_price": "the price protection",
        "kind.report_problem": "the report",
        "kind.notify_restock": "the back-in-stock notice",
    },
    "zh": {
        **proposing.TEXTS["zh"],
        "title": "撤销",
        "label.change": "撤销的是",
        "none": "我这边没有可以撤销的操作。",
        "done": "{what}已经撤销，都恢复原样了。",
        "kind.cancel_order": "取消订单",
        "kind.change_address": "改地址",
        "kind.change_items": "改商品",
        "kind.change_payment": "换付款方式",
        "kind.return_items": "退货申请",
        "kind.exchange_items": "换货申请",
        "kind.change_default_address": "改默认地址",
        "kind.request_invoice": "开票申请",
        "kind.protect_price": "价保",
        "kind.report_problem": "问题反馈",
        "kind.notify_restock": "到货提醒",
    },
}


@dataclass(frozen=True, slots=True)
class Arguments:
    target: Chosen | None
    words: Words


async def run(context: ToolContext, arguments: Arguments) -> ToolResult:
    receipt = await _meant(context, arguments)
    if receipt is None:
        return ToolResult("not_found", context.say("none"))
    plan = await context.preview(Undo(receipt.number))
    lines = [(context.say("label.change"), context.say(f"kind.{receipt.kind}"))]
    result = await propose(context, plan, title=context.say("title"), lines=lines)
    return proposing.keeping(result, target=receipt.number)


async def _meant(context: ToolContext, arguments: Arguments) -> Receipt | None:
    """The one named, else the latest that was not undone."""
    identity = context.identity
    if identity.customer_id is None:
        return None
    number = identity.order_number if identity.level == "order" else None
    receipts = await context.shop.receipts(identity.customer_id, order_number=number)
    named = [match[0] for text in arguments.words for match in _NUMBER.finditer(text)]
    wanted = arguments.target or (named[-1] if named else None)
    if wanted:
        found = await context.shop.receipt(wanted, customer_id=identity.customer_id)
        if found is None or found.number not in {one.number for one in receipts}:
            raise Refused("receipt.not_found", receipt=wanted)
        return found
    open_ = [one for one in receipts if one.undone_by is None and one.kind != "undo"]
    said = arguments.words[-1]
    meant = [one for one in open_ if one.kind in _SAID and _SAID[one.kind].search(said)]
    return next(iter(meant or open_), None)


async def tell(context: ToolContext, receipt: Receipt) -> ToolResult:
    what = context.say(f"kind.{receipt.facts['kind']}")
    return done(context, receipt, text=context.say("done", what=what), title=context.say("title"))


TOOL = Tool(
    name="undo",
    description="Take back a change that was made for the shopper, while the policy allows it.",
    arguments=Arguments,
    run=run,
    intents=(),
    identity="order",
    texts=TEXTS,
    request=Undo,
    tell=tell,
)
