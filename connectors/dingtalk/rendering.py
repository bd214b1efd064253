"""A reply as text, or as a card whose buttons say their label for the person who presses them."""

from collections import Counter
from collections.abc import Sequence
from urllib.parse import quote

from connectors.base import Reply
from connectors.channel import Payload
from connectors.plain import as_text
from connectors.splitting import split

_LONGEST_TEXT = 3000
_LONGEST_TITLE = 60
_MOST_BUTTONS = 5
"""Of a card; more of them become links below a text."""
_SAY = "dtmd://dingtalkclient/sendMessage?content="


def render(reply: Reply) -> Sequence[Payload]:
    """Each is `text` alone, or `title` and `markdown` with the `buttons` below it: pairs of label and address."""
    pieces = split(as_text(reply, buttons=False), _LONGEST_TEXT)
    buttons = _buttons(reply)
    if not buttons:
        return [{"text": piece} for piece in pieces]
    *before, last = pieces or [buttons[0][0]]
    shown = markdown(last)
    if len(buttons) > _MOST_BUTTONS:
        shown = "  \n".join([shown, *(f"[{markdown(label)}]({address})" for label, address in buttons)])
        buttons = []
    card: Payload = {"title": title(last), "markdown": shown, "buttons": buttons}
    return [*({"text": piece} for piece in before), card]


def markdown(text: str) -> str:
    """Text as it is, lines kept, and nothing in it a link, a picture or a tag."""
    return text.replace("](", "] (").replace("<", "＜").replace("\n", "  \n")


def title(text: str) -> str:
    """What the list of conversations shows."""
    return text.strip().partition("\n")[0][:_LONGEST_TITLE]


def _buttons(reply: Reply) -> list[list[str]]:
    """A label that stands on several cards says the card's title, too; links of cards stand in the text."""
    on_cards = [(one, card.title) for card in reply.cards for one in card.buttons if one.url is None]
    times = Counter(button.label for button, _ in on_cards)
    found = dict[str, str]()
    for button, card_title in on_cards:
        label = f"{button.label} {card_title}" if times[button.label] > 1 else button.label
        found[label] = _SAY + quote(label)
    for button in reply.quick_replies:
        found[button.label] = button.url or _SAY + quote(button.label)
    return [[label, address] for label, address in found.items()]
