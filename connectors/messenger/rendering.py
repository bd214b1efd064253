"""A reply in Messenger's words: texts, cards side by side, buttons, quick replies below the last."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from connectors.base import Button, Card, Reply
from connectors.pictures import picture
from connectors.plain import card_text, sources_text, speaker
from connectors.pressing import loose, mark, pick_one
from connectors.splitting import clip, split

_LONGEST_TEXT = 2000
_LONGEST_BODY = 640
"""Of what stands above buttons."""
_LONGEST_LINE = 80
"""Of a title, or what stands below it."""
_LONGEST_BUTTON = 20
_LONGEST_PAYLOAD = 1000
_MOST_BUTTONS = 3
_MOST_ELEMENTS = 10
_MOST_QUICK_REPLIES = 13

Sent = dict[str, Any]


def messages(reply: Reply, public_url: str | None) -> list[Sent]:
    """The text in pieces, then the cards: those of a kind side by side where all they say fits there."""
    text = speaker(reply)
    if reply.sources:
        text = f"{text}\n\n{sources_text(reply.sources, reply.language)}".strip()
    found: list[Sent] = [{"text": piece} for piece in split(text, _LONGEST_TEXT)]
    for (_, flat), cards in groupby(reply.cards, lambda card: (card.kind, _is_flat(card))):
        if flat:
            found += _side_by_side([_element(card, public_url) for card in cards])
        else:
            for card in cards:
                found += _tall(card)
    if quick := loose(reply):
        if not found:
            found = [{"text": pick_one(reply.language)}]
        shown = [_quick(button) for button in quick[:_MOST_QUICK_REPLIES]]
        found[-1] = {**found[-1], "quick_replies": shown}
    return found


def _line(card: Card) -> str:
    price = f"{card.price} ({card.price_before})" if card.price and card.price_before else card.price
    rows = [f"{label}: {value}" for label, value in card.lines]
    return " · ".join(part for part in (price, card.badge, card.subtitle, *rows) if part)


def _is_flat(card: Card) -> bool:
    """It loses nothing in a card of Messenger's, which needs more than a title."""
    fits = len(card.title) <= _LONGEST_LINE and len(_line(card)) <= _LONGEST_LINE
    return (
        fits and not card.steps and len(card.buttons) <= _MOST_BUTTONS and bool(_line(card) or card.buttons)
    )


def _element(card: Card, public_url: str | None) -> Sent:
    element: Sent = {"title": card.title}
    if line := _line(card):
        element["subtitle"] = line
    if address := picture(card, public_url):
        element["image_url"] = address
    if card.buttons:
        element["buttons"] = [_button(one) for one in card.buttons]
    return element


def _side_by_side(elements: Sequence[Sent]) -> list[Sent]:
    return [
        _template("generic", elements=list(elements[start : start + _MOST_ELEMENTS]))
        for start in range(0, len(elements), _MOST_ELEMENTS)
    ]


def _tall(card: Card) -> list[Sent]:
    """As text, with its buttons in threes below."""
    rows = [
        [_button(one) for one in card.buttons[start : start + _MOST_BUTTONS]]
        for start in range(0, len(card.buttons), _MOST_BUTTONS)
    ]
    words = card_text(replace(card, buttons=()))
    if not rows:
        return [{"text": piece} for piece in split(words, _LONGEST_TEXT)]
    *before, last = split(words, _LONGEST_BODY)
    bodies = [last, *[clip(card.title, _LONGEST_BODY)] * (len(rows) - 1)]
    shown = [_template("button", text=body, buttons=row) for body, row in zip(bodies, rows, strict=True)]
    return [*({"text": piece} for piece in before), *shown]


def _template(kind: str, **inner: Any) -> Sent:
    return {"attachment": {"type": "template", "payload": {"template_type": kind, **inner}}}


def _button(button: Button) -> Sent:
    title = clip(button.label, _LONGEST_BUTTON)
    if button.url is not None:
        return {"type": "web_url", "url": button.url, "title": title}
    return {"type": "postback", "title": title, "payload": mark(button, _LONGEST_PAYLOAD)}


def _quick(button: Button) -> Sent:
    title = clip(button.label, _LONGEST_BUTTON)
    return {"content_type": "text", "title": title, "payload": mark(button, _LONGEST_PAYLOAD)}
