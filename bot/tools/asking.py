"""A tool's question, with what can be chosen as things to press."""

import re
from collections.abc import Mapping, Sequence

from bot.conversation import Choice
from bot.shop.domain import Order
from bot.shop.mentions import normalise
from bot.shop.policy import Reason
from bot.tools.base import Ask, ToolContext, ToolResult, localized
from connectors.base import Button, Card

_MOST_BUTTONS = 4
"""More choices than these stand on a card of their own."""


def choose(
    context: ToolContext, slot: str, question: str, choices: Sequence[Choice], *, order: Order | None = None
) -> ToolResult:
    """Ask for one of `choices`; the slot is the field of the tool's arguments that the answer fills.

    `order` is settled by now.
    """
    buttons = tuple(Button(choice.label, f"choose {choice.value}") for choice in choices)
    never_mind = Button(context.say("button.never_mind"), "never_mind")
    if len(buttons) < _MOST_BUTTONS:
        cards: tuple[Card, ...] = ()
        shown: tuple[Button, ...] = (*buttons, never_mind)
    else:
        cards, shown = (Card("choice", slot, context.say("pick_one"), buttons=buttons),), (never_mind,)
    return _question(Ask(slot, tuple(choices)), question, cards, shown, order)


def ask(context: ToolContext, slot: str, question: str, *, order: Order | None = None) -> ToolResult:
    """Ask for words: a name, a street, an e-mail."""
    return _question(
        Ask(slot), question, (), (Button(context.say("button.never_mind"), "never_mind"),), order
    )


def _question(
    asked: Ask, question: str, cards: tuple[Card, ...], buttons: tuple[Button, ...], order: Order | None
) -> ToolResult:
    return ToolResult(
        "ok",
        question,
        cards=cards,
        quick_replies=buttons,
        ask=asked,
        order_number=order.number if order else None,
        given={"order_number": order.number} if order else {},
    )


def reason_choices(context: ToolContext, reasons: Mapping[str, Reason]) -> list[Choice]:
    """The reasons that the policy accepts, as the shopper would say them."""
    return [
        Choice(code, sentence(localized(context, reason_label(reason))), reason_names(reason))
        for code, reason in reasons.items()
    ]


def reason_label(reason: Reason) -> dict[str, str]:
    return {language: names[0] for language, names in reason.names.items()}


def reason_names(reason: Reason) -> tuple[str, ...]:
    return tuple(name for names in reason.names.values() for name in names)


def sentence(text: str) -> str:
    """With a capital where the script has one."""
    return text[:1].upper() + text[1:]


def named_choice(words: Sequence[str], names: Mapping[str, Sequence[str]], chosen: str | None) -> str | None:
    """The key whose name was said last; `chosen` counts more than what was said before it."""
    for text in reversed(words):
        if not text:
            if chosen:
                return chosen
            continue
        found = sorted(
            ((len(name), key) for key, known in names.items() for name in known if _stands_in(name, text)),
            reverse=True,
        )
        if found:
            return found[0][1]
    return chosen


def _stands_in(name: str, text: str) -> bool:
    """Chinese as it stands; of Latin words each, in their order, whatever stands between: "ordered it by mistake"."""
    name, text = normalise(name), normalise(text)
    if not name.isascii():
        return bool(name) and name in text
    wanted = iter(re.findall(r"[\w']+", text))
    return bool(name) and all(word in wanted for word in re.findall(r"[\w']+", name))
