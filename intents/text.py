"""Text as the finders see it: bounded, one width, no control characters, and every offset unchanged."""

from collections.abc import Iterable
from dataclasses import dataclass

MAX_CHARS = 4000
"""What lies beyond is not read: a shopper's sentence is shorter, a pasted log is no sentence."""

TAKEN = "\x00"
"""Stands where an earlier finder found something, so that a later one cannot read it again."""

_ONE_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_SPACES = dict.fromkeys([0x3000, 0xA0, 0x2007, 0x202F, *range(0x20), 0x7F], 0x20)
_DASHES = dict.fromkeys([0x2010, 0x2011, 0x2012, 0x2013, 0x2212], ord("-"))
_QUOTES = {0x2018: ord("'"), 0x2019: ord("'"), 0x02BC: ord("'")}
_YEN = {0xFFE5: 0xA5}
_PLAIN = _ONE_WIDTH | _SPACES | _DASHES | _QUOTES | _YEN


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open offsets into the text as it was given."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


def plain(text: str) -> str:
    """Full-width letters, digits and signs made narrow, controls made spaces, one character for each."""
    return text[:MAX_CHARS].translate(_PLAIN)


def without(text: str, spans: Iterable[Span]) -> str:
    """The text with the spans blotted out, as long as before."""
    for span in spans:
        text = text[: span.start] + TAKEN * (span.end - span.start) + text[span.end :]
    return text


def mask(text: str, spans: Iterable[Span], sign: str = "•") -> str:
    """The text with every letter and digit inside the spans replaced: for logs and transcripts."""
    characters = list(text)
    for span in spans:
        for index in range(span.start, min(span.end, len(characters))):
            if characters[index].isalnum():
                characters[index] = sign
    return "".join(characters)
