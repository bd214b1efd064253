"""A reply in Chatwoot's words: texts, cards with links, and one list of all that can be chosen."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from connectors.base import Card, Reply
from connectors.channel import Payload
from connectors.pictures import picture
from connectors.plain import card_text, sources_text, speaker
from connectors.pressing import loose, mark, pick_one, picks, to_press
from connectors.splitting import split

_LONGEST_TEXT = 10_000
_LONGEST_VALUE = 250


def messages(reply: Reply, public_url: str | None) -> list[Payload]:
    """The text in pieces, then the cards, then the choices: below the text where there are no cards."""
    text = speaker(reply)
    if reply.sources:
        text = f"{text}\n\n{sources_text(reply.sources, reply.language)}".strip()
    found = [_text(piece) for piece in split(text, _LONGEST_TEXT)]
    for linked, group in groupby(reply.cards, _has_link):
        cards = list(group)
        found += [_cards(cards, public_url)] if linked else [_text(card_text(card)) for card in cards]
    if items := _items(reply):
        if not found or reply.cards:
            found.append(_text(pick_one(reply.language)))
        found[-1] = {**found[-1], "content_type": "input_select", "content_attributes": {"items": items}}
    return found


def _text(text: str) -> Payload:
    # Chatwoot reads Markdown: what others wrote must not become a link.
    return {"content": text.replace("](", "] ("), "message_type": "outgoing"}


def _has_link(card: Card) -> bool:
    """Chatwoot's cards need an action, and none but links does anything there."""
    return any(button.url for button in card.buttons)


def _cards(cards: Sequence[Card], public_url: str | None) -> Payload:
    """`content` is what channels show that have no cards."""
    items = [_card(card, public_url) for card in cards]
    content = "\n\n".join(card_text(card) for card in cards)
    return {**_text(content), "content_type": "cards", "content_attributes": {"items": items}}


def _card(card: Card, public_url: str | None) -> dict[str, Any]:
    links = [one for one in card.buttons if one.url]
    words = card_text(replace(card, title="", buttons=()))
    shown: dict[str, Any] = {
        "title": card.title,
        "description": words,
        "actions": [{"type": "link", "text": one.label, "uri": one.url} for one in links],
    }
    if address := picture(card, public_url):
        shown["media_url"] = address
    return shown


def _items(reply: Reply) -> list[dict[str, str]]:
    """All that can be chosen; what several cards offer is told apart by the card."""
    pairs = [(card, button) for card in reply.cards for button in to_press(card)]
    offers = Counter(button.label for _, button in pairs)
    if many := picks(reply.cards):
        named = [(card.title, button) for card, button in many]
    else:
        named = [
            (f"{card.title} · {one.label}" if offers[one.label] > 1 else one.label, one)
            for card, one in pairs
        ]
    named += [(button.label, button) for button in loose(reply)]
    items = [{"title": title, "value": mark(button, _LONGEST_VALUE)} for title, button in named]
    return list({item["value"]: item for item in items}.values())
