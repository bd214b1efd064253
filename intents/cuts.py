"""Where a message may be cut: sentences, what is not wanted, words that begin another request, commas."""

import re
from collections.abc import Callable
from itertools import islice
from typing import Literal

from intents.negation import negation
from intents.signs import speaks
from intents.text import MAX_CHARS

Gap = Literal["start", "negation", "announced", "and", "comma"]
"""What stands before a part of a sentence; `announced` is a word for something more: 另外, also."""
Part = tuple[str, Gap]

EDGE = " ,，、"
# Commas are weighed one by one: so many of them in a sentence.
_MOST_CUTS = 30

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*|[。！？!?；;\n]+")
_FULL_STOP = re.compile(r"(?<=[a-zà-ÿ0-9)'\"])\.{1,3}\s+(?=\S)")

_BEFORE_NEGATION = re.compile(
    r"(?:,|，|\s)(?=(?:而不是|而非)|(?:not (?:a|an|to|the)|instead of|rather than)\b)|(?<=.)(?=而不是|而非)|(?<=.)(?=不是(?:要|想)?(?:取消|退货|退款|换货))"
)
_AFTER_NEGATION = re.compile(
    r"[,，;；、]|\s(?=(?:but|just|only|i want|i'd)\b)|(?=但是|但我|只是|只要|只想|就是想|我要|我想)", re.I
)

_ANNOUNCED = {
    "zh": re.compile(
        r"[,，、\s]{0,3}(?=(?<![要需得会])另外|还有(?![吗么嘛没货多几什哪])|顺[便带]|以及(?=.{0,6}(?:怎|什|多少|吗|几))|对了|再问|此外"
        r"|还[想要](?=[退换取改开查问买])|还问)"
    ),
    "en": re.compile(
        r",?\s+(?=(?:and |oh |but |plus )?(?:also|btw|by the way|besides|another (?:thing|question)|one more thing|secondly)\b)",
        re.IGNORECASE,
    ),
}
_AND = {
    "zh": re.compile(
        r"[,，、\s]{0,3}(?=然后|接着|同时|并且|而且|再(?=[帮推查开看给把退换改取])|(?:可是|不过|和)(?=[帮推查开看给把问退换改取]))"
    ),
    "en": re.compile(r",?\s+(?=(?:and|plus|&|then|but|so)\s)", re.IGNORECASE),
}
_COMMA = {"zh": re.compile(r"[,，、\s]+"), "en": re.compile(r"[,，]\s*|\s{2,}")}


def sentences(text: str) -> list[str]:
    """With their marks, so that a question keeps looking like one."""
    found = [part for match in _SENTENCE.finditer(text[:MAX_CHARS]) for part in _FULL_STOP.split(match[0])]
    return [part.strip() for part in found if part.strip()]


def parts(sentence: str, language: str) -> list[Part]:
    """The smallest parts that may mean something alone, in order."""

    def both_speak(left: str, right: str) -> bool:
        return speaks(left, language) and speaks(right, language)

    first: Gap = "announced" if language in _COMMA and _ANNOUNCED[language].match(f" {sentence}") else "start"
    found = [(piece, "negation" if number else first) for number, piece in enumerate(_denials(sentence))]
    if language in _COMMA:
        found = _cut_each(found, _ANNOUNCED[language], "announced")
        found = _cut_each(found, _AND[language], "and", both_speak)
        found = _cut_each(found, _COMMA[language], "comma")
    return [part for part in found if part[0]]


def _cut_each(
    found: list[Part], pattern: re.Pattern[str], gap: Gap, where: Callable[[str, str], bool] | None = None
) -> list[Part]:
    return [
        (piece, gap if number else before)
        for text, before in found
        for number, piece in enumerate(_cut(pattern, text, where))
    ]


def _cut(pattern: re.Pattern[str], text: str, where: Callable[[str, str], bool] | None = None) -> list[str]:
    pieces, start = [], 0
    for match in islice(pattern.finditer(text), _MOST_CUTS):
        left, right = text[start : match.start()].strip(EDGE), text[match.end() :].strip(EDGE)
        if len(left) >= 2 and len(right) >= 2 and (where is None or where(left, right)):
            pieces.append(left)
            start = match.end()
    return [*pieces, text[start:].strip(EDGE)]


def _denials(text: str) -> list[str]:
    """不是退货,是换货 and "an exchange instead of a return" are a wish and its opposite."""
    if not negation(text):
        return [text]
    pieces = _cut(_BEFORE_NEGATION, text)
    return [
        part for piece in pieces for part in (_cut(_AFTER_NEGATION, piece) if negation(piece) else [piece])
    ]
