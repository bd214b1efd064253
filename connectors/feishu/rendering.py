"""A reply as text, or as interactive cards; all that stands in them is plain text, so that nothing is markup."""

from collections.abc import Sequence
from dataclasses import replace

from connectors.base import Button, Card, Reply
from connectors.channel import Box, Payload
from connectors.feishu.parsing import BOX
from connectors.plain import card_text, sources_text, speaker
from connectors.splitting import split

_LONGEST_TEXT = 4000
_LONGEST_INPUT = 1000
_CARDS_A_MESSAGE = 8
"""A message may have 30 kB."""


def render(reply: Reply) -> Sequence[Payload]:
    pieces = split(speaker(reply), _LONGEST_TEXT)
    rich = reply.cards or reply.quick_replies or reply.sources
    if not rich:
        return [_text(piece) for piece in pieces]
    before, last = pieces[:-1], pieces[-1:]
    groups = [reply.cards[at : at + _CARDS_A_MESSAGE] for at in range(0, len(reply.cards), _CARDS_A_MESSAGE)]
    shown = [[part for card in group for part in _card(card)] for group in groups or [()]]
    shown[0] = [_plain(piece) for piece in last] + shown[0]
    if reply.sources:
        note = {"tag": "plain_text", "content": sources_text(reply.sources, reply.language)}
        shown[-1].append({"tag": "note", "elements": [note]})
    shown[-1] += _actions(reply.quick_replies)
    return [*(_text(piece) for piece in before), *(interactive(elements) for elements in shown)]


def interactive(elements: Sequence[Payload]) -> Payload:
    # Forwarded, the buttons would speak for who presses them.
    config = {"wide_screen_mode": True, "enable_forward": False}
    return {"msg_type": "interactive", "content": {"config": config, "elements": list(elements)}}


def linked(text: str, label: str, url: str, box: Box | None = None) -> Payload:
    return interactive([_plain(text), *_actions([Button(label, url=url)]), *([_form(box)] if box else [])])


def said(text: str) -> Payload:
    return _text(text)


def _form(box: Box) -> Payload:
    field = {
        "tag": "input",
        "name": "text",
        "required": True,
        "max_length": _LONGEST_INPUT,
        "placeholder": _words(box.label),
    }
    # A form's button has no value of its own; its name comes back.
    button = {
        "tag": "button",
        "name": f"{BOX}{box.about}",
        "action_type": "form_submit",
        "type": "primary",
        "text": _words(box.send),
    }
    return {"tag": "form", "name": "remark", "elements": [field, button]}


def _text(text: str) -> Payload:
    # Here tags name people and shape letters, and brackets make links: what others wrote must do neither.
    return {"msg_type": "text", "content": {"text": text.replace("](", "] (").replace("<", "＜")}}


def _card(card: Card) -> list[Payload]:
    fields = [{"is_short": True, "text": _words(f"{label}: {value}")} for label, value in card.lines]
    parts: list[Payload] = [{"tag": "hr"}, _plain(card_text(replace(card, lines=(), buttons=())))]
    if fields:
        parts.append({"tag": "div", "fields": fields})
    return parts + _actions(card.buttons, first="primary" if card.kind == "change" else "default")


def _actions(buttons: Sequence[Button], *, first: str = "default") -> list[Payload]:
    shown = [_button(button, "default" if at else first) for at, button in enumerate(buttons)]
    return [{"tag": "action", "actions": shown}] if shown else []


def _button(button: Button, kind: str) -> Payload:
    shown: Payload = {"tag": "button", "text": _words(button.label), "type": kind}
    if button.url is not None:
        return {**shown, "url": button.url}
    return {**shown, "value": {"label": button.label, "action": button.action or ""}}


def _plain(text: str) -> Payload:
    return {"tag": "div", "text": _words(text)}


def _words(text: str) -> dict[str, str]:
    return {"tag": "plain_text", "content": text}
