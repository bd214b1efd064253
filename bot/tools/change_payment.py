"""Pay an order another way: with a method of the customer's own."""

from dataclasses import dataclass

from bot.conversation import Choice
from bot.shop.changes.plan import Receipt, Refused
from bot.shop.changes.requests import ChangePayment
from bot.shop.domain import Order, PaymentMethod
from bot.tools import own_methods, proposing
from bot.tools.asking import choose
from bot.tools.base import Chosen, OrderNumber, Tool, ToolContext, ToolResult, Words
from bot.tools.finding_orders import find_order_to_change
from bot.tools.own_methods import method_label, method_words, named_methods, types_card_number
from bot.tools.proposing import done, propose, refusal
from connectors.base import Button

TEXTS = {
    "en": {
        **proposing.TEXTS["en"],
        **own_methods.TEXTS["en"],
        "title": "Change how it's paid",
        "which_method": "Which of your ways to pay shall I use?",
        "no_numbers": "Please don't send card numbers in a chat; I only use what's saved in your account. {question}",
        "none": "There's no other way to pay saved in your account. Add one under payment methods first.",
        "label.method": "New payment",
        "done": "Order {number} is now paid another way; the first payment is on its way back.",
    },
    "zh": {
        **proposing.TEXTS["zh"],
        **own_methods.TEXTS["zh"],
        "title": "换付款方式",
        "which_method": "换成哪种付款方式？",
        "no_numbers": "卡号请别发在聊天里，我只用您账户里存好的付款方式。{question}",
        "none": "您账户里没有存别的付款方式，请先在账户里添加一种。",
        "label.method": "换成",
        "done": "{number} 的付款方式换好了，原来那笔已经在退。",
    },
}
_MENDABLE = ("payment.same", "method.kind", "method.balance", "method.not_found")


@dataclass(frozen=True, slots=True)
class Arguments:
    order_number: OrderNumber | None
    method: Chosen | None
    words: Words


async def run(context: ToolContext, arguments: Arguments) -> ToolResult:
    policy = await context.shop.policy()
    customer_id = context.identity.customer_id or ""

    def fitting(order: Order) -> bool:
        return order.status.value in policy.change_payment.states

    order = await find_order_to_change(context, arguments.order_number, arguments.words, fitting=fitting)
    if isinstance(order, ToolResult):
        return order
    allowed = await context.shop.choices(order.number, customer_id=customer_id, now=context.now)
    if allowed.payment.refused is not None:
        raise allowed.payment.refused
    customer = await context.shop.customer(customer_id)
    methods = customer.payment_methods if customer is not None else ()
    paid = {one.method_id for one in order.payments if one.kind == "charge" and one.status == "done"}
    taken = policy.refunds.methods
    others = [one for one in methods if one.id not in paid and (taken is None or one.kind in taken)]
    if not others:
        human = Button(context.say("button.human"), "human")
        return ToolResult("ok", context.say("none"), quick_replies=(human,), order_number=order.number)
    wanted = _wanted(arguments, methods, others)
    if len(wanted) != 1:
        question = context.say("which_method")
        if types_card_number(arguments.words):
            question = context.say("no_numbers", question=question)
        return _choose(context, question, wanted or others, order)
    try:
        plan = await context.preview(ChangePayment(order.number, wanted[0].id))
    except Refused as refused:
        if refused.rule not in _MENDABLE:
            raise
        rest = [one for one in others if one.id != wanted[0].id] or others
        return _choose(context, refusal(context, refused).text, rest, order)
    lines = [(context.say("label.method"), method_label(context, wanted[0]))]
    return await propose(context, plan, title=context.say("title"), lines=lines)


def _wanted(
    arguments: Arguments, methods: tuple[PaymentMethod, ...], others: list[PaymentMethod]
) -> list[PaymentMethod]:
    """What the words after the choice name, else the choice, else what was said before it."""
    words = list(arguments.words)
    last = max((place for place, text in enumerate(words) if not text), default=-1)
    newer = named_methods(words[last + 1 :], others)
    if newer:
        return newer
    chosen = [one for one in methods if one.id == arguments.method]
    return chosen or named_methods(words, others) or named_methods(words, methods)


def _choose(context: ToolContext, question: str, methods: list[PaymentMethod], order: Order) -> ToolResult:
    choices = [Choice(one.id, method_label(context, one), method_words(one)) for one in methods]
    return choose(context, "method", question, choices, order=order)


async def tell(context: ToolContext, receipt: Receipt) -> ToolResult:
    text = context.say("done", number=receipt.order_number)
    return done(context, receipt, text=text, title=context.say("title"))


TOOL = Tool(
    name="change_payment",
    description="Pay one of the shopper's own orders with another of their own payment methods.",
    arguments=Arguments,
    run=run,
    intents=("change_payment",),
    identity="order",
    texts=TEXTS,
    request=ChangePayment,
    tell=tell,
)
