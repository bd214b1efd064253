"""A reply in few messages: until the person writes again, these platforms take five."""

import base64
import binascii
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from connectors.base import Button, Reply
from connectors.channel import Payload, Recipient
from connectors.plain import as_text
from connectors.splitting import split, utf8_length

_TEXT_BYTES = 2048
_HEAD_BYTES = 1024
_LABEL_BYTES = 128
_ID_BYTES = 64
_MENU_ENTRIES = 10
_A_FIRST, _A_LATER = 3, 1
"""Messages of the first reply after the person wrote, and of each after it: so that three find room, a colleague's too."""
_ID_PREFIX = "k-"
_ELLIPSIS = "…"
_CHOOSE = {"zh": "请选择：", "en": "Choose one:"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu; pressing it says the label and gives back the id."""

    id: str
    label: str


Shape = Callable[[Entry], Payload]


def most_messages(to: Recipient) -> int:
    return _A_LATER if to.told_since else _A_FIRST


def render_text(reply: Reply, most: int, shape: Shape) -> list[Payload]:
    """Text, cards and sources as text, what can be pressed as a menu below the last; what is too much is cut."""
    menu = entries(reply)
    # In these texts, <a href> is a link: what others wrote must not become one.
    text = as_text(reply, buttons=False).replace("<", "＜")
    pieces = _pieces(text, most, reply.language if menu else None)
    payloads: list[Payload] = [{"msgtype": "text", "text": {"content": piece}} for piece in pieces]
    if menu:
        listed = [shape(entry) for entry in menu]
        payloads[-1] = {"msgtype": "msgmenu", "msgmenu": {"head_content": pieces[-1], "list": listed}}
    return payloads


def entries(reply: Reply) -> list[Entry]:
    """What can be pressed; a label that stands on several cards is told apart by the card's title."""
    on_cards = [(button, card.title) for card in reply.cards for button in card.buttons]
    times = Counter(button.label for button, _ in on_cards)
    labelled = [
        (button, f"{button.label} · {title}" if times[button.label] > 1 else button.label)
        for button, title in on_cards
    ]
    labelled += [(button, button.label) for button in reply.quick_replies]
    found = {label: button for button, label in labelled if button.url is None}
    return [
        Entry(_id(button, number), _cut(label, _LABEL_BYTES))
        for number, (label, button) in enumerate(list(found.items())[:_MENU_ENTRIES], 1)
    ]


def action_of(id: str) -> str | None:
    """The action of the button whose menu entry had this id; None where its label is all there is."""
    if not id.startswith(_ID_PREFIX):
        return None
    coded = id.removeprefix(_ID_PREFIX)
    try:
        return base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode() or None
    except (binascii.Error, ValueError):
        return None


def _id(button: Button, number: int) -> str:
    coded = base64.urlsafe_b64encode((button.action or "").encode()).decode().rstrip("=")
    fits = coded and len(_ID_PREFIX + coded) <= _ID_BYTES
    return _ID_PREFIX + coded if fits else str(number)


def _pieces(text: str, most: int, menu_language: str | None) -> list[str]:
    """At most `most`; with a menu, the last is short enough to stand above it."""
    choose = _CHOOSE.get(menu_language or "en", _CHOOSE["en"])
    pieces = split(text, _TEXT_BYTES, measure=utf8_length) or [choose]
    if menu_language is not None:
        pieces[-1:] = split(pieces[-1], _HEAD_BYTES, measure=utf8_length)
    if len(pieces) <= most:
        return pieces
    if most == 1:
        return [_cut(text, _TEXT_BYTES if menu_language is None else _HEAD_BYTES)]
    kept = most if menu_language is None else most - 1
    cut = _cut(pieces[kept - 1] + _ELLIPSIS, _TEXT_BYTES)
    return [*pieces[: kept - 1], cut] + ([] if menu_language is None else [choose])


def _cut(text: str, most: int) -> str:
    """At most so many bytes, with an ellipsis where something is missing."""
    if utf8_length(text) <= most:
        return text
    return split(text, most - utf8_length(_ELLIPSIS), measure=utf8_length)[0].rstrip(_ELLIPSIS) + _ELLIPSIS
