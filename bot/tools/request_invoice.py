"""An invoice (发票) for an order, or the one that was made out corrected."""

from dataclasses import dataclass, replace
from typing import Literal

from bot.conversation import Choice
from bot.shop.changes.plan import Facts, Receipt, Refused
from bot.shop.changes.requests import RequestInvoice
from bot.shop.domain import Order, OrderStatus
from bot.texts.formatting import masked
from bot.tools import proposing
from bot.tools.asking import ask, choose
from bot.tools.base import Answer, Chosen, OrderNumber, Tool, ToolContext, ToolResult, Words
from bot.tools.finding_orders import find_order_to_change
from bot.tools.invoice_words import InvoiceWords, added, answer_to, read_invoice
from bot.tools.proposing import done, propose, refusal

TEXTS = {
    "en": {
        **proposing.TEXTS["en"],
        "title": "Invoice",
        "title_again": "Corrected invoice",
        "which_buyer": "Who is the invoice for, you or a company?",
        "buyer.personal": "Me",
        "buyer.company": "A company",
        "ask.title": "What's the company's full name?",
        "ask.person": "Which name shall stand on the invoice?",
        "ask.tax_number": "And the company's tax number? It has {lengths} letters and digits.",
        "ask.email": "Which e-mail shall it go to?",
        "label.title": "Made out to",
        "label.tax_number": "Tax number",
        "label.email": "Sent to",
        "label.amount": "Amount",
        "label.ready": "Ready",
        "ready": "within {hours} hours",
        "ready_after": "within {hours} hours of delivery",
        "done": "Requested: the invoice for order {number} goes to {email} {ready}.",
        "done_again": "The corrected invoice for order {number} goes to {email} {ready}; the earlier one is cancelled.",
    },
    "zh": {
        **proposing.TEXTS["zh"],
        "title": "开发票",
        "title_again": "换开发票",
        "which_buyer": "发票开给个人还是单位？",
        "buyer.personal": "个人",
        "buyer.company": "单位",
        "ask.title": "单位全称是？要和营业执照上的一样。",
        "ask.person": "抬头写谁的名字？",
        "ask.tax_number": "单位的税号是？{lengths} 位的那串数字或字母。",
        "ask.email": "电子发票发到哪个邮箱？",
        "label.title": "抬头",
        "label.tax_number": "税号",
        "label.email": "发到",
        "label.amount": "金额",
        "label.ready": "开好时间",
        "ready": "{hours} 小时内",
        "ready_after": "签收后 {hours} 小时内",
        "done": "{number} 的发票申请好了，{ready}发到 {email}。",
        "done_again": "{number} 的发票换开申请好了，{ready}发到 {email}，原来那张作废。",
    },
}
Buyer = Literal["personal", "company"]
_NAMES: dict[Buyer, tuple[str, ...]] = {
    "personal": ("个人", "私人", "自己", "personal", "myself", "for me"),
    "company": ("公司", "单位", "企业", "company", "business"),
}
_ASKED = ("title", "tax_number", "email")


@dataclass(frozen=True, slots=True)
class Arguments:
    order_number: OrderNumber | None
    words: Words
    buyer: Chosen | None
    title: Answer | None
    tax_number: Answer | None
    email: Answer | None


async def run(context: ToolContext, arguments: Arguments) -> ToolResult:
    rules = (await context.shop.policy()).request_invoice
    customer_id = context.identity.customer_id or ""

    def fitting(order: Order) -> bool:
        return order.status.value in rules.states and order.status is not OrderStatus.CANCELLED

    order = await find_order_to_change(context, arguments.order_number, arguments.words, fitting=fitting)
    if isinstance(order, ToolResult):
        return order
    allowed = await context.shop.choices(order.number, customer_id=customer_id, now=context.now)
    if allowed.invoice.refused is not None:
        raise allowed.invoice.refused
    said = _from_earlier(_said(arguments), order)
    buyer = next((one for one in rules.buyers if one == said.buyer), None)
    if buyer is None and len(rules.buyers) == 1:
        buyer = rules.buyers[0]
    if buyer is None:
        choices = [Choice(one, context.say(f"buyer.{one}"), _NAMES[one]) for one in rules.buyers]
        return choose(context, "buyer", context.say("which_buyer"), choices, order=order)
    customer = await context.shop.customer(customer_id)
    own = customer.emails[0] if customer is not None and customer.emails else ""
    title = said.title or (customer.name if buyer == "personal" and customer is not None else "")
    email = said.email or own
    if not title:
        question = context.say("ask.title" if buyer == "company" else "ask.person")
        return ask(context, "title", question, order=order)
    if buyer == "company" and not said.tax_number:
        lengths = "/".join(str(length) for length in rules.tax_number_lengths)
        return ask(context, "tax_number", context.say("ask.tax_number", lengths=lengths), order=order)
    if not email:
        return ask(context, "email", context.say("ask.email"), order=order)
    tax_number = said.tax_number if buyer == "company" else ""
    try:
        plan = await context.preview(RequestInvoice(order.number, buyer, title, email, tax_number))
    except Refused as refused:
        return _mendable(context, refused, order)
    key = "title_again" if plan.facts["reissue"] else "title"
    return await propose(context, plan, title=context.say(key), lines=_rows(context, plan.facts, own))


def _said(arguments: Arguments) -> InvoiceWords:
    """What is said after an answer corrects it; an answer corrects what was said before."""
    words = list(arguments.words)
    last = max((place for place, text in enumerate(words) if not text), default=-1)
    found = InvoiceWords()
    for text in words[: last + 1]:
        found = added(found, read_invoice(text))
    if arguments.buyer:
        found = added(found, InvoiceWords(buyer=arguments.buyer))
    for slot in _ASKED:
        answer = getattr(arguments, slot)
        if answer:
            found = added(found, answer_to(slot, answer))
    for text in words[last + 1 :]:
        found = added(found, read_invoice(text))
    return found


def _from_earlier(said: InvoiceWords, order: Order) -> InvoiceWords:
    """Of an invoice made out anew, what nobody corrects stays as it was."""
    if not order.invoices:
        return said
    last = order.invoices[-1]
    buyer = said.buyer or last.buyer
    earlier = InvoiceWords(buyer, email=last.email)
    if buyer == last.buyer:
        earlier = replace(earlier, title=last.title, tax_number=last.tax_number)
    return added(earlier, said)


def _mendable(context: ToolContext, refused: Refused, order: Order) -> ToolResult:
    """A part that is no good is asked for once more; the rest is kept."""
    said = refusal(context, refused)
    known = {"invoices.tax_number": "tax_number", "text.email": "email"}
    field = refused.facts.get("field") or known.get(refused.rule)
    return ask(context, field, said.text, order=order) if field in _ASKED else said


def _rows(context: ToolContext, facts: Facts, own: str) -> list[tuple[str, str]]:
    """All that will stand on it; the e-mail is masked where it is the account's own."""
    email = masked(facts["email"]) if facts["email"] == own.casefold() else facts["email"]
    ready = context.say("ready" if facts["delivered"] else "ready_after", hours=facts["ready_hours"])
    rows = [(context.say("label.title"), facts["title"])]
    if facts["tax_number"]:
        rows.append((context.say("label.tax_number"), facts["tax_number"]))
    rows.append((context.say("label.amount"), context.money(facts["amount"])))
    rows.append((context.say("label.email"), email))
    if facts["ready_hours"]:
        rows.append((context.say("label.ready"), ready))
    return rows


async def tell(context: ToolContext, receipt: Receipt) -> ToolResult:
    facts = receipt.facts
    customer = await context.shop.customer(receipt.customer_id)
    own = customer.emails[0] if customer is not None and customer.emails else ""
    rows = _rows(context, facts, own)
    email = dict(rows)[context.say("label.email")]
    ready = dict(rows).get(context.say("label.ready"), "")
    again = "_again" if facts["reissue"] else ""
    text = context.say(f"done{again}", number=receipt.order_number, email=email, ready=ready)
    return done(context, receipt, text=text, title=context.say(f"title{again}"), lines=rows)


TOOL = Tool(
    name="request_invoice",
    description="Ask for an invoice for one of the shopper's own orders, or for the corrected one.",
    arguments=Arguments,
    run=run,
    intents=("invoice",),
    identity="order",
    texts=TEXTS,
    request=RequestInvoice,
    tell=tell,
)
