"""Step 4 within an open change: a yes, a no, an answer, a correction, or something else in between."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot import cues
from bot.conversation import Form, State, Task
from bot.forms import answered, fill, is_dropped, told
from bot.steps import Abandon, Confirm, Continue, Queue, Resume, RunTool, Step
from bot.tools.problem_words import said_wish
from bot.understanding import Understanding
from intents.requests import Request

CHANGES = frozenset(
    {
        "cancel_order",
        "change_address",
        "change_items",
        "change_payment",
        "return_item",
        "exchange_item",
        "invoice",
        "price_protection",
        "item_missing",
        "item_wrong",
        "item_damaged",
        "restock_notice",
    }
)
"""Intents whose tool changes something; a test compares them with the tools."""
_DONE_BY = {
    "change_address": "改", "change_payment": "改换", "change_items": "改换", "exchange_item": "换", "return_item": "退"
}  # fmt: skip
"""What a Chinese yes may name instead of 办."""
_PROBLEMS = {"item_missing", "item_wrong", "item_damaged"}
"""One tool serves them: which of them it is, is told by the words."""
_ALIKE = (
    {"change_items", "exchange_item", "size_advice", "stock", "product_question"},
    {"return_item", "refund_status", "complaint"},
    {*_PROBLEMS, "complaint", "return_item", "exchange_item", "restock_notice", "refund_status"},
    {"restock_notice", "stock", "product_question", "size_advice"},
    {"change_address", "account", "delivery_cost"},
    {"change_payment", "payment_methods", "payment_problem", "refund_status"},
    {"cancel_order", "change_items", "return_item"},
    {"return_item", "exchange_item", "change_items", "payment_methods", "refund_status"},
)
"""Intents that words within a task of the same group are easily taken for."""
_INSTEAD = CHANGES - {"item_missing", "item_wrong", "item_damaged"}
"""What may take the place of the open change; "actually it's broken" is a reason for it."""
_OF_MONEY = CHANGES | {"refund_status", "payment_methods", "affirm", "deny", "small_talk"}
"""Intents that a question about a change's money is taken for."""
_SURE = 0.6
_VERY_SURE = 0.85


def settle(understanding: Understanding, state: State) -> Step | None:
    """What the message does to the open change itself; None when it is about something else too."""
    form, text = state.form, understanding.text
    assert form is not None
    if understanding.is_only_photos:
        return Continue(form)
    if form.asking == "confirm":
        if cues.says_yes(_as_done(text, form.intent)):
            return _confirmed(state)
        if cues.says_no(text):
            return Abandon()
        if _asks_of_the_card(understanding):
            return Resume(asked=text)
    answer = answered(form, understanding)
    if answer is not None:
        return Continue(answer)
    if is_dropped(understanding):
        return Abandon()
    if form.free and not cues.is_question(text) and not _asks_for_more(understanding, form):
        return Continue(fill(form, text.strip()))
    return None if others(understanding, form) else Continue(told(form, understanding))


def _asks_of_the_card(understanding: Understanding) -> bool:
    """ "退多少钱" is about what the card shows; "卫衣多少钱" is not."""
    if cues.asks_when(understanding.text):
        return True
    other = any(one.accepted and one.intent not in _OF_MONEY for one in understanding.requests)
    return cues.asks_money(understanding.text) and not (other or understanding.mentions)


def _as_done(text: str, intent: str) -> str:
    """换吧 before an exchange is 办吧; before a return it is no yes."""
    verbs = _DONE_BY.get(intent)
    return re.sub(f"[{verbs}]吧", "办吧", text) if verbs else text


def _confirmed(state: State) -> Step:
    """A typed yes is for the card that was just shown; after anything else it is asked again."""
    confirmation = state.confirmation
    if confirmation is None or confirmation.turn != state.turns:
        return Resume()
    return Confirm(confirmation.key)


def others(understanding: Understanding, form: Form) -> list[Request]:
    """The requests of the message that are not about the open change."""
    return [request for request in understanding.requests if _is_other(request, understanding.text, form)]


def _asks_for_more(understanding: Understanding, form: Form) -> bool:
    """Where any words answer, only what is very surely a request is none."""
    return any(
        cues.lists_orders(request.text)
        or (request.intent != form.intent and request.confidence >= _VERY_SURE)
        for request in others(understanding, form)
    )


def _is_other(request: Request, text: str, form: Form) -> bool:
    if cues.lists_orders(request.text):
        return True
    if not request.accepted or request.intent in ("affirm", "deny", "small_talk", "greet", "thanks"):
        return False
    if form.intent in _PROBLEMS and said_wish((request.text,), None) and not cues.is_question(request.text):
        return False  # "Rather send another one" is how to make it good.
    near = any(form.intent in group and request.intent in group for group in _ALIKE)
    if form.asking == "reason" and near and not cues.is_question(text) and not cues.says_instead(text):
        return False  # "It arrived broken" tells why.
    if cues.says_instead(text) and request.intent in _INSTEAD and not _is_same(request, form):
        return request.confidence >= _SURE
    if request.intent == form.intent or {request.intent, form.intent} <= _PROBLEMS or cues.corrects(text):
        return cues.is_question(text) and not cues.wants_done(text)
    if _is_detail(request, form.intent):
        return False
    asks = cues.is_question(text) and not cues.wants_done(text)
    return request.confidence >= (_VERY_SURE if near and not asks else _SURE)


def _is_same(request: Request, form: Form) -> bool:
    """An exchange is a change of items after they arrived; shoppers call both either."""
    intents = {request.intent, form.intent}
    return len(intents) == 1 or intents == {"change_items", "exchange_item"}


def with_details(requests: Sequence[Request]) -> list[Request]:
    """A change together with what only says how: "return the socks, refund it to my card"."""
    joined: list[Request] = []
    for one in requests:
        before = joined[-1] if joined else None
        if before is not None and is_change(before) and _is_detail(one, before.intent):
            joined[-1] = replace(before, text=f"{before.text}, {one.text}")
        else:
            joined.append(one)
    return joined


def _is_detail(request: Request, change: str) -> bool:
    near = any(change in group and request.intent in group for group in _ALIKE)
    asks = cues.is_question(request.text) or cues.asks_return_progress(request.text)
    return near and not asks and request.intent not in CHANGES | {"complaint"}


def is_change(request: Request) -> bool:
    """Asks for a change to be made, not how such changes work."""
    return request.intent in CHANGES and cues.wants_done(request.text)


def instead(understanding: Understanding, state: State, tool_of: Mapping[str, str]) -> tuple[Step, ...]:
    """Another change was asked for: in place of the open one where the words say so, else after it."""
    form = state.form
    assert form is not None
    wanted = [request for request in others(understanding, form) if is_change(request)]
    if not wanted:
        return ()
    if cues.says_instead(understanding.text):
        first = wanted[0]
        given = {name: value for name, value in form.arguments.items() if name in ("order_number", "items")}
        words = tuple(word for word in (form.text, *form.words) if word)
        step = RunTool(tool_of[first.intent], first.intent, first.text, first.confidence, given=given)
        return (Abandon(silently=True), replace(step, text=" ".join((*words, first.text))))
    return (Queue(tuple(Task(one.intent, one.text, one.confidence) for one in wanted)),)
