"""A reply in LINE's messages: text, cards as Flex bubbles to swipe, quick replies below the last."""

from collections.abc import Sequence
from typing import Any

from connectors.base import Button, Card, Reply
from connectors.pictures import picture
from connectors.plain import card_text, sources_text, speaker
from connectors.pressing import loose
from connectors.splitting import split, utf16_length

_LONGEST_TEXT = 5000
_LONGEST_LABEL = 20
_LONGEST_DATA = 300
_LONGEST_LINK = 1000
_LONGEST_LINE = 500
"""Of a card; a bubble may weigh 30 kB."""
_MOST_ROWS = 12
_MOST_BUBBLES = 12
_MOST_QUICK = 13
_ALT = 400
"""What the list of chats and old phones show of a card."""

_Json = dict[str, Any]


def messages(reply: Reply, public_url: str | None) -> list[_Json]:
    text = speaker(reply)
    if reply.sources:
        text = f"{text}\n\n{sources_text(reply.sources, reply.language)}".strip()
    shown: list[_Json] = [
        {"type": "text", "text": piece} for piece in split(text, _LONGEST_TEXT, measure=utf16_length)
    ]
    for start in range(0, len(reply.cards), _MOST_BUBBLES):
        shown.append(_flex(reply.cards[start : start + _MOST_BUBBLES], public_url))
    below = loose(reply)[:_MOST_QUICK]
    if shown and below:
        items = [{"type": "action", "action": _action(button)} for button in below]
        shown[-1] = {**shown[-1], "quickReply": {"items": items}}
    return shown


def pressed(data: str) -> tuple[str | None, str]:
    """(Action, label) of a postback of ours; of another's menu, its data count as typed."""
    action, line, label = data.partition("\n")
    return (action, label) if line and label else (None, data)


def _flex(cards: Sequence[Card], public_url: str | None) -> _Json:
    bubbles = [_bubble(card, public_url) for card in cards]
    contents = bubbles[0] if len(bubbles) == 1 else {"type": "carousel", "contents": bubbles}
    alt = "\n".join(card_text(card).split("\n", 1)[0] for card in cards) or "…"
    return {"type": "flex", "altText": _cut(alt, _ALT), "contents": contents}


def _bubble(card: Card, public_url: str | None) -> _Json:
    rows = [_words(card.title, weight="bold", size="lg")]
    if card.badge:
        rows.append(_words(card.badge, size="sm", color="#06794C"))
    if card.subtitle:
        rows.append(_words(card.subtitle, size="sm", color="#666666"))
    if card.price:
        rows.append(_price(card.price, card.price_before))
    told = [(label, value) for label, value in (*card.lines, *card.steps[:5])][:_MOST_ROWS]
    rows += [_pair(label, value) for label, value in told]
    bubble: _Json = {
        "type": "bubble",
        "body": {"type": "box", "layout": "vertical", "spacing": "sm", "contents": rows},
    }
    if url := picture(card, public_url):
        bubble["hero"] = {"type": "image", "url": url, "size": "full", "aspectMode": "cover"}
    if card.buttons:
        keys = [
            {
                "type": "button",
                "height": "sm",
                "style": "link" if number else "primary",
                "action": _action(one),
            }
            for number, one in enumerate(card.buttons)
        ]
        bubble["footer"] = {"type": "box", "layout": "vertical", "spacing": "sm", "contents": keys}
    return bubble


def _words(text: str, **style: str) -> _Json:
    return {"type": "text", "text": _cut(text.strip() or "–", _LONGEST_LINE), "wrap": True, **style}


def _price(price: str, before: str | None) -> _Json:
    contents = [{"type": "span", "text": price, "weight": "bold"}]
    if before:
        contents += [
            {"type": "span", "text": "  "},
            {"type": "span", "text": before, "decoration": "line-through", "color": "#999999"},
        ]
    return {"type": "text", "contents": contents}


def _pair(label: str, value: str) -> _Json:
    return {
        "type": "box",
        "layout": "baseline",
        "spacing": "sm",
        "contents": [
            {**_words(label, size="sm", color="#999999"), "flex": 2},
            {**_words(value, size="sm"), "flex": 5},
        ],
    }


def _action(button: Button) -> _Json:
    label = _cut(button.label, _LONGEST_LABEL)
    if button.url is not None and len(button.url) <= _LONGEST_LINK:
        return {"type": "uri", "label": label, "uri": button.url}
    data = f"{button.action or ''}\n{button.label}"
    if button.action and utf16_length(data) <= _LONGEST_DATA:
        return {"type": "postback", "label": label, "data": data, "displayText": button.label}
    # The words come back as if they were typed.
    return {"type": "message", "label": label, "text": _cut(button.label, _LONGEST_DATA)}


def _cut(text: str, most: int) -> str:
    if utf16_length(text) <= most:
        return text
    while utf16_length(text) > most - 1:
        text = text[: min(len(text) - 1, most - 1)]
    return text + "…"
