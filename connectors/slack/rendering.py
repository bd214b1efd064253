"""A reply in Block Kit: text as it is, cards with their picture and buttons."""

import html
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from connectors.base import Button, Card, Reply, Source
from connectors.channel import Box, Payload
from connectors.pictures import picture
from connectors.plain import card_text, sources_text, speaker
from connectors.pressing import loose, mark
from connectors.slack.parsing import BOX
from connectors.splitting import clip, split

_LONGEST_TEXT = 3000
_LONGEST_LABEL = 75
_LONGEST_VALUE = 2000
_LONGEST_URL = 3000
_MOST_BLOCKS = 40
"""Slack takes 50 a message."""
_MOST_BUTTONS = 25

Block = dict[str, Any]


def calls(reply: Reply, public_url: str | None) -> list[Payload]:
    """One for each piece of a long text, then the cards, the buttons below the last."""
    *before, last = split(speaker(reply), _LONGEST_TEXT) or [""]
    found = [_call([_section(piece)], piece) for piece in before]
    blocks = [_section(last)] if last else []
    if reply.sources:
        blocks.append(_sources(reply.sources, reply.language))
    for card in reply.cards:
        blocks += _card(card, public_url)
    blocks += _buttons(loose(reply))
    words = last or ", ".join(card.title for card in reply.cards)
    for start in range(0, len(blocks), _MOST_BLOCKS):
        found.append(_call(blocks[start : start + _MOST_BLOCKS], words))
    return found


def alert(text: str, link: str, label: str, box: Box | None = None) -> Payload:
    """With a button that opens `link`, and a box whose content is sent with Enter."""
    button = {"type": "button", "text": {"type": "plain_text", "text": label}, "url": link}
    blocks: list[Block] = [
        {"type": "section", "text": {"type": "plain_text", "text": text}},
        {"type": "actions", "elements": [button]},
    ]
    if box is not None:
        field = {
            "type": "plain_text_input",
            "action_id": "remark",
            "max_length": _LONGEST_TEXT,
            "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
        }
        blocks.append(
            {
                "type": "input",
                "block_id": f"{BOX}{box.about}",
                "dispatch_action": True,
                "label": {"type": "plain_text", "text": box.label},
                "element": field,
            }
        )
    return {"text": escaped(text), "blocks": blocks}


def _call(blocks: Sequence[Block], words: str) -> Payload:
    """`text` is what a notification shows."""
    return {"text": escaped(clip(words, _LONGEST_TEXT)), "blocks": list(blocks)}


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "plain_text", "text": text, "emoji": False}}


def _card(card: Card, public_url: str | None) -> list[Block]:
    links = [button for button in card.buttons if button.url]
    words = card_text(replace(card, buttons=tuple(one for one in card.buttons if one.url is None)))
    block = _section(clip(words, _LONGEST_TEXT))
    if address := picture(card, public_url):
        block["accessory"] = {"type": "image", "image_url": address, "alt_text": clip(card.title, 2000)}
    return [block, *_buttons([*(one for one in card.buttons if one not in links), *links])]


def _sources(sources: Sequence[Source], language: str) -> Block:
    """Where it stands, in small print; titles are links where the page is known."""
    linked = [
        replace(
            one,
            title=f"<{escaped(one.url)}|{escaped(one.title)}>" if one.url else escaped(one.title),
            url=None,
        )
        for one in sources
    ]
    text = sources_text(linked, language)
    if len(text) > _LONGEST_TEXT:  # cut within a link it would be none
        text = clip(sources_text([replace(one, url=None) for one in sources], language), _LONGEST_TEXT)
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}


def _buttons(buttons: Sequence[Button]) -> list[Block]:
    return [
        {
            "type": "actions",
            "elements": [_button(one, n) for n, one in enumerate(buttons[start : start + _MOST_BUTTONS])],
        }
        for start in range(0, len(buttons), _MOST_BUTTONS)
    ]


def _button(button: Button, number: int) -> dict[str, Any]:
    label = {"type": "plain_text", "text": clip(button.label, _LONGEST_LABEL), "emoji": False}
    element: dict[str, Any] = {"type": "button", "action_id": f"b{number}", "text": label}
    if button.url is None:
        element["value"] = mark(button, _LONGEST_VALUE)
    elif len(button.url) <= _LONGEST_URL:
        element["url"] = button.url
    return element


def escaped(text: str) -> str:
    return html.escape(text, quote=False)
