"""Open questions: does the message answer what the bot asked, or something else?"""

import re
from dataclasses import replace

from bot.conversation import Choice, Form
from bot.shop.mentions import normalise
from bot.understanding import Understanding

_DROP = re.compile(
    r"\b(never\s?mind|forget (it|that)|drop it|leave it|don'?t bother|cancel that|no thanks?)\b"
    r"|算了|不用了|不查了|不弄了|先不|没事了|不需要了",
    re.IGNORECASE,
)
_MOST_MISSES = 3


def answer_in(form: Form, understanding: Understanding) -> str | None:
    """The value for the slot the form asks about, if the message holds one."""
    entities = understanding.entities
    if form.choices:
        return _chosen(form.choices, understanding)
    if form.asking == "order_number":
        return entities.order_numbers[0].value if entities.order_numbers else None
    if form.asking == "contact":
        contacts = [one.address for one in entities.emails] + [one.number for one in entities.phones]
        return contacts[0] if contacts else None
    return None


def _chosen(choices: tuple[Choice, ...], understanding: Understanding) -> str | None:
    """By position ("the second"), by value (a number that stands on the card), by its words; one only."""
    text = normalise(understanding.text)
    places = [one.index for one in understanding.entities.ordinals]
    bare = understanding.entities.bare_number
    places += [bare] if bare is not None else []
    for place in places:
        if 1 <= abs(place) <= len(choices):
            return choices[place - 1 if place > 0 else place].value
    fitting = [
        choice.value
        for choice in choices
        if any(normalise(word) in text for word in (choice.value, choice.label, *choice.words) if word)
    ]
    return fitting[0] if len(fitting) == 1 else None


def is_dropped(understanding: Understanding) -> bool:
    return bool(_DROP.search(understanding.text)) and len(understanding.text) < 40


def fill(form: Form, value: str) -> Form:
    return replace(form, arguments={**form.arguments, form.asking: value}, asking="", choices=(), misses=0)


def asked_again(form: Form) -> Form | None:
    """The form, its question put once more; None when asking again would only annoy."""
    return None if form.misses + 1 >= _MOST_MISSES else replace(form, misses=form.misses + 1)
