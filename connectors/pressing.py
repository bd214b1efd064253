"""Buttons on platforms that send back a short text of ours: what stands for a button, and what it meant when pressed."""

from collections.abc import Callable, Sequence

from connectors.base import Button, Card, Reply
from connectors.plain import choices

_MANY_CARDS = 3
"""More of them become one list, where each can be picked."""

_PICK = {"zh": "请选一项：", "en": "Pick one:"}


def pick_one(language: str) -> str:
    """Words for buttons that have none to stand below."""
    return _PICK.get(language, _PICK["en"])


def mark(button: Button, most: int, *, measure: Callable[[str], int] = len) -> str:
    """What the platform keeps for the button: its action, or `=` and its label where that is what it says."""
    if button.action and not button.action.startswith("=") and measure(button.action) <= most:
        return button.action
    text = "=" + button.label
    while measure(text) > most:
        text = text[:-1]
    return text


def pressed(mark: str, label: str) -> tuple[str, str | None]:
    """(Text, action) of a button with that mark, and the label that was seen, which may be cut short."""
    if mark.startswith("="):
        return mark[1:], None
    return label or mark, mark or None


def loose(reply: Reply) -> list[Button]:
    """What can be pressed and stands on no card."""
    return [one for one in choices(reply) if not any(one in card.buttons for card in reply.cards)]


def to_press(card: Card) -> list[Button]:
    return [button for button in card.buttons if button.url is None]


def picks(cards: Sequence[Card]) -> list[tuple[Card, Button]]:
    """The cards with the button that picks each, where they are many and every one can be picked; else none."""
    pairs = [(card, to_press(card)[0]) for card in cards if to_press(card)]
    return pairs if len(pairs) == len(cards) > _MANY_CARDS else []
