"""A reply in WhatsApp's words: texts, up to three buttons below one, or a list to pick from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from connectors.base import Button, Card, Reply
from connectors.pictures import picture
from connectors.plain import card_text, sources_text, speaker
from connectors.pressing import loose, mark, pick_one, picks, to_press
from connectors.splitting import clip, split

_LONGEST_TEXT = 4096
_LONGEST_BODY = 1024
"""Of what stands above buttons, or below a picture."""
_MOST_BUTTONS = 3
_LONGEST_BUTTON = 20
_LONGEST_BUTTON_ID = 256
_MOST_ROWS = 10
_LONGEST_ROW = 24
_LONGEST_ROW_ID = 200
_LONGEST_DESCRIPTION = 72
_OPEN = {"zh": "查看选项", "en": "See options"}

Sent = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    text: str
    buttons: Sequence[Button] = ()
    image: str | None = None


def messages(reply: Reply, public_url: str | None) -> list[Sent]:
    """The text in pieces, then a card each; many cards become one list."""
    text = speaker(reply)
    if reply.sources:
        text = f"{text}\n\n{sources_text(reply.sources, reply.language)}".strip()
    said = [Shown(piece) for piece in split(text, _LONGEST_TEXT)]
    many = picks(reply.cards)
    cards = [] if many else [_card(card, public_url) for card in reply.cards]
    found = []
    for shown in _with_buttons(said, cards, loose(reply), reply.language):
        found += _messages(shown, reply.language)
    rows = [_row(button, card) for card, button in many]
    for start in range(0, len(rows), _MOST_ROWS):
        found.append(_list(pick_one(reply.language), rows[start : start + _MOST_ROWS], reply.language))
    return found


def _card(card: Card, public_url: str | None) -> Shown:
    return Shown(card_text(card), to_press(card), picture(card, public_url))


def _with_buttons(
    said: Sequence[Shown], cards: Sequence[Shown], buttons: Sequence[Button], language: str
) -> list[Shown]:
    """`buttons` below the last thing shown, or below the text where its own would no longer fit as buttons."""
    shown = [*said, *cards]
    if not buttons:
        return shown
    if not shown:
        return [Shown(pick_one(language), buttons)]
    crowded = len(shown[-1].buttons) + len(buttons) > _MOST_BUTTONS
    at = len(said) - 1 if said and crowded else len(shown) - 1
    shown[at] = replace(shown[at], buttons=[*shown[at].buttons, *buttons])
    return shown


def _messages(shown: Shown, language: str) -> list[Sent]:
    if not shown.buttons and not shown.image:
        return [_text(piece) for piece in split(shown.text, _LONGEST_TEXT)]
    *before, last = split(shown.text, _LONGEST_BODY)
    if not shown.buttons:
        final: Sent = {"type": "image", "image": {"link": shown.image, "caption": last}}
    elif len(shown.buttons) <= _MOST_BUTTONS:
        final = _buttons(last, shown.buttons, shown.image)
    else:
        rows = [_row(button) for button in shown.buttons[:_MOST_ROWS]]
        final = _list(last, rows, language)
    return [*map(_text, before), final]


def _text(text: str) -> Sent:
    return {"type": "text", "text": {"body": text, "preview_url": False}}


def _buttons(body: str, buttons: Sequence[Button], image: str | None) -> Sent:
    replies = [
        {"id": mark(one, _LONGEST_BUTTON_ID), "title": clip(one.label, _LONGEST_BUTTON)} for one in buttons
    ]
    inner: Sent = {
        "type": "button",
        "body": {"text": body},
        "action": {"buttons": [{"type": "reply", "reply": one} for one in _distinct(replies)]},
    }
    if image:
        inner["header"] = {"type": "image", "image": {"link": image}}
    return {"type": "interactive", "interactive": inner}


def _list(body: str, rows: Sequence[dict[str, str]], language: str) -> Sent:
    action = {"button": _OPEN.get(language, _OPEN["en"]), "sections": [{"rows": _distinct(rows)}]}
    return {"type": "interactive", "interactive": {"type": "list", "body": {"text": body}, "action": action}}


def _row(button: Button, card: Card | None = None) -> dict[str, str]:
    label = card.title if card else button.label
    row = {"id": mark(button, _LONGEST_ROW_ID), "title": clip(label, _LONGEST_ROW)}
    more = " · ".join(filter(None, (card.price, card.badge, card.subtitle))) if card else ""
    if len(label) > _LONGEST_ROW:  # whole below, where there is room for three times as much
        more = f"{label} · {more}" if more else label
    return {**row, "description": clip(more, _LONGEST_DESCRIPTION)} if more else row


def _distinct(items: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Two with the same id are refused."""
    return list({item["id"]: item for item in items}.values())
