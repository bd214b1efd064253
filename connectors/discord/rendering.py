"""A reply in Discord's words: texts, cards as embeds, buttons in rows, many cards with one menu to pick from."""

import re
from collections.abc import Sequence
from typing import Any

from connectors.base import Button, Card, Reply
from connectors.pictures import picture
from connectors.plain import sources_text, speaker
from connectors.pressing import loose, mark, pick_one, picks
from connectors.splitting import clip, split

_LONGEST_TEXT = 2000
_LONGEST_LABEL = 80
_LONGEST_ID = 100
_LONGEST_OPTION = 100
_LONGEST_TITLE = 256
_LONGEST_FIELD = 256
_LONGEST_DESCRIPTION = 1500
_MOST_FIELDS = 8
_MOST_EMBEDS = 5
"""Discord takes ten with 6000 characters together; so many stay below."""
_ROW, _BUTTON, _MENU = 1, 2, 3
_PLAIN, _LINK = 2, 5
_IN_ROW, _MOST_ROWS, _MOST_OPTIONS = 5, 5, 25
_NO_PREVIEWS = 4
_MARKUP = re.compile(r"(https?://\S+)|([\\*_~`|\[])|^([>#-])", re.MULTILINE)

Sent = dict[str, Any]


def messages(reply: Reply, public_url: str | None) -> list[Sent]:
    """The text in pieces, then the cards, the buttons below the last."""
    text = speaker(reply)
    if reply.sources:
        text = f"{text}\n\n{sources_text(reply.sources, reply.language)}".strip()
    pieces = split(text, _LONGEST_TEXT, measure=lambda words: len(_escaped(words)))
    found: list[Sent] = [{"content": _escaped(piece), "flags": _NO_PREVIEWS} for piece in pieces]
    many = picks(reply.cards)
    if many:
        for start in range(0, len(many), _MOST_EMBEDS):
            part = many[start : start + _MOST_EMBEDS]
            embeds = [_embed(card, public_url) for card, _ in part]
            found.append({"embeds": embeds, "components": [_menu(part, reply.language)]})
    else:
        found += [_card(card, public_url) for card in reply.cards]
    if buttons := loose(reply):
        if not found:
            found = [{"content": pick_one(reply.language)}]
        rows = [*found[-1].get("components", []), *_rows(buttons)]
        found[-1] = {**found[-1], "components": rows[:_MOST_ROWS]}
    return found


def _card(card: Card, public_url: str | None) -> Sent:
    shown: Sent = {"embeds": [_embed(card, public_url)]}
    if card.buttons:
        shown["components"] = _rows(card.buttons)
    return shown


def _embed(card: Card, public_url: str | None) -> Sent:
    price = f"{card.price} ({card.price_before})" if card.price and card.price_before else card.price
    head = " · ".join(part for part in (price, card.badge) if part)
    steps = [f"{at} {what}" for at, what in card.steps[:5]]
    words = "\n".join(part for part in (head, card.subtitle, *steps) if part)
    embed: Sent = {"title": clip(_escaped(card.title), _LONGEST_TITLE)}
    if words:
        embed["description"] = clip(_escaped(words), _LONGEST_DESCRIPTION)
    if card.lines:
        embed["fields"] = [
            {"name": clip(label, 80) or "–", "value": clip(_escaped(value), _LONGEST_FIELD) or "–"}
            for label, value in card.lines[:_MOST_FIELDS]
        ]
    if address := picture(card, public_url):
        embed["thumbnail"] = {"url": address}
    return embed


def _rows(buttons: Sequence[Button]) -> list[Sent]:
    """Two with the same id are refused."""
    shown = list({one.get("custom_id") or one["url"]: one for one in map(_button, buttons)}.values())
    rows = [shown[start : start + _IN_ROW] for start in range(0, len(shown), _IN_ROW)]
    return [{"type": _ROW, "components": row} for row in rows[:_MOST_ROWS]]


def _button(button: Button) -> Sent:
    shown = {"type": _BUTTON, "label": clip(button.label, _LONGEST_LABEL)}
    if button.url is not None:
        return {**shown, "style": _LINK, "url": button.url}
    return {**shown, "style": _PLAIN, "custom_id": mark(button, _LONGEST_ID)}


def _menu(cards: Sequence[tuple[Card, Button]], language: str) -> Sent:
    options = {mark(button, _LONGEST_OPTION): card for card, button in cards[:_MOST_OPTIONS]}
    menu = {
        "type": _MENU,
        "custom_id": "pick",
        "placeholder": pick_one(language),
        "options": [
            {"label": clip(card.title, _LONGEST_OPTION), "value": value} for value, card in options.items()
        ],
    }
    return {"type": _ROW, "components": [menu]}


def _escaped(text: str) -> str:
    """Plain text stays plain; addresses stay as they are."""
    return _MARKUP.sub(lambda match: match[1] or f"\\{match[0]}", text)
