"""Open questions: does the message answer what the bot asked, or something else?"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot import credentials
from bot.conversation import Choice, Form
from bot.shop.mentions import normalise
from bot.understanding import Understanding

_DROP = re.compile(
    r"\b(never\s?mind|forget (it|that)|drop it|leave it|don'?t bother|cancel that|no thanks?)\b"
    r"|算了(?!吧?[，,。 ]{0,2}(?:还是|换成|改成|就|直接|给我|要|补|退))|不用了|不查了|不弄了|先不|没事了|不需要了",
    re.IGNORECASE,
)
PHOTOS = "photos"
"""The slot of what was sent for the task; whatever is corrected, the photos stay."""
_MOST_MISSES = 3
_MOST_UNANSWERED = 2
"""Then a person goes on."""
MOST_WORDS = 12
"""Messages that a task remembers; older ones were either understood or are past correcting."""
_AROUND_A_CHOICE = 16
"""Characters that politeness puts around a choice."""


def answered(form: Form, understanding: Understanding) -> Form | None:
    """The form with what the message answers, or None when it answers nothing."""
    if form.choices:
        chosen = _chosen(form, understanding)
        if chosen is not None and form.writes and says_more(form, understanding):
            return None
        return fill(form, chosen) if chosen is not None else None
    if form.asking in credentials.SLOTS:
        return _identified(form, understanding)
    if form.asking == "products":
        named = dict.fromkeys(one for mention in understanding.mentions for one in mention.product_ids[:1])
        return fill(form, ",".join(named)) if named else None
    return None


def _identified(form: Form, understanding: Understanding) -> Form | None:
    """Whatever of it was said: what is missing is asked for next, what is new replaces the old."""
    given = credentials.answer(form.asking, understanding)
    if given is None:
        return None
    return replace(form, arguments={**form.arguments, **given}, asking="", misses=0, unanswered=0)


def _chosen(form: Form, understanding: Understanding) -> str | None:
    """By position ("the second"), by value (a number that stands on the card), by its words; one only."""
    choices, entities = form.choices, understanding.entities
    places = [one.index for one in entities.ordinals]
    places += [entities.bare_number] if entities.bare_number is not None else []
    if form.free and len(understanding.text) > _AROUND_A_CHOICE:
        places = []  # 文三路1号 is a street, not the first choice.
    for place in places:
        if 1 <= abs(place) <= len(choices):
            return choices[place - 1 if place > 0 else place].value
    text = normalise(understanding.text)
    fitting = [choice.value for choice in choices if _is_named(choice, text)]
    if not fitting and form.asking == "order_number" and entities.latest_order:
        return choices[0].value  # Orders are offered newest first.
    return fitting[0] if len(fitting) == 1 else None


def says_more(form: Form, understanding: Understanding) -> bool:
    """More than one of the form's choices: "the black one, and send it to my office"."""
    if not form.choices:
        return False
    longest = max(len(word) for choice in form.choices for word in (choice.label, *choice.words))
    return len(understanding.text) > longest + _AROUND_A_CHOICE


def _is_named(choice: Choice, text: str) -> bool:
    words = (normalise(word).strip() for word in (choice.value, choice.label, *choice.words))
    return any(word in text for word in words if word)


def told(form: Form, understanding: Understanding) -> Form:
    """The form with words that add to it or correct it; another order makes what was found out void."""
    numbers = [one.value for one in understanding.entities.order_numbers]
    photos = {name: value for name, value in form.arguments.items() if name == PHOTOS}
    arguments = {"order_number": numbers[-1], **photos} if numbers else form.arguments
    words = (*form.words, understanding.text)[-MOST_WORDS:]
    return replace(form, arguments=arguments, words=words, asking="", choices=(), free=False)


def with_photos(arguments: Mapping[str, str], photos: Sequence[str]) -> dict[str, str]:
    """The arguments, with photos that came for the task beside those that are there."""
    known = [one for one in arguments.get(PHOTOS, "").split(",") if one]
    together = ",".join(dict.fromkeys((*known, *photos)))
    return {**arguments, PHOTOS: together} if together else dict(arguments)


def is_dropped(understanding: Understanding) -> bool:
    return bool(_DROP.search(understanding.text)) and len(understanding.text) < 40


def fill(form: Form, value: str) -> Form:
    return replace(
        form,
        arguments={**form.arguments, form.asking: value},
        words=(*form.words, "")[-MOST_WORDS:] if form.writes else (),
        asking="",
        choices=(),
        free=False,
        misses=0,
        unanswered=0,
    )


def asked_again(form: Form, *, missed: bool) -> Form | None:
    """The form, its question put once more; None when asking again would only annoy.

    `missed`: an answer was not understood, rather than something else asked in between.
    """
    unanswered = form.unanswered + missed
    if form.misses + 1 >= _MOST_MISSES or unanswered >= _MOST_UNANSWERED:
        return None
    return replace(form, misses=form.misses + 1, unanswered=unanswered)
