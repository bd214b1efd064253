"""A reply in words alone, for platforms that have no cards or buttons; what can be pressed becomes a number to say."""

from collections import Counter
from collections.abc import Sequence

from connectors.base import Button, Card, Reply, Source

_SAY = {"zh": "回复数字或文字：", "en": "Reply with a number or in words:"}
_SOURCE = {"zh": "出处：", "en": "Source: "}
_NAMED = {"zh": "{name}：{text}", "en": "{name}: {text}"}


def as_text(reply: Reply, *, buttons: bool = True, cards: bool = True, sources: bool = True) -> str:
    """The whole reply; leave out what the platform shows natively."""
    parts = [speaker(reply)]
    if cards:
        parts += [card_text(card) for card in reply.cards]
    if sources and reply.sources:
        parts.append(sources_text(reply.sources, reply.language))
    if buttons and (shown := named_choices(reply)):
        lines = [f"{number}. {name}" for number, (name, _) in enumerate(shown, 1)]
        parts.append("\n".join([asks(reply.language), *lines]))
    return "\n\n".join(part for part in parts if part)


def asks(language: str) -> str:
    """What stands above numbered choices."""
    return _SAY.get(language, _SAY["en"])


def speaker(reply: Reply) -> str:
    """The text; a person's with their name before it."""
    if reply.author != "agent" or not reply.agent or not reply.text:
        return reply.text
    return _NAMED.get(reply.language, _NAMED["en"]).format(name=reply.agent, text=reply.text)


def choices(reply: Reply) -> list[Button]:
    """What can be pressed: the cards' buttons first, each once; links are none."""
    return [button for _, button in named_choices(reply)]


def named_choices(reply: Reply) -> list[tuple[str, Button]]:
    """The same with what to call each: its label, and its card's title where others bear that label, too."""
    pairs = [(button, card.title) for card in reply.cards for button in card.buttons]
    pairs += [(button, "") for button in reply.quick_replies]
    titles: dict[Button, str] = {}
    for button, title in pairs:
        if button.url is None:
            titles.setdefault(button, title)
    times = Counter(button.label for button in titles)
    return [
        (f"{button.label} · {title}" if title and times[button.label] > 1 else button.label, button)
        for button, title in titles.items()
    ]


def card_text(card: Card) -> str:
    price = f"{card.price} ({card.price_before})" if card.price and card.price_before else card.price
    head = " · ".join(part for part in (card.title, card.badge, price) if part)
    rows = [f"{label}: {value}" for label, value in card.lines]
    steps = [f"{at} {what}" for at, what in card.steps[:5]]
    links = [f"{button.label}: {button.url}" for button in card.buttons if button.url]
    return "\n".join(part for part in (head, card.subtitle, *rows, *steps, *links) if part)


def sources_text(sources: Sequence[Source], language: str) -> str:
    titles = dict.fromkeys(f"{source.title} {source.url or ''}".strip() for source in sources)
    return _SOURCE.get(language, _SOURCE["en"]) + ("、" if language == "zh" else ", ").join(titles)
