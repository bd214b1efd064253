"""Long text in pieces that a platform takes, cut where a reader would pause."""

import re
from collections.abc import Callable

_BREAKS = (
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"(?<=[。！？!?；;])|(?<=\.) "),
    re.compile(r"(?<=[，、,]) ?| "),
)
"""From the best place to cut to the worst: paragraphs, lines, sentences, clauses and words."""


def split(text: str, most: int, *, measure: Callable[[str], int] = len) -> list[str]:
    """Pieces of at most `most` by `measure` (characters, or bytes where the platform counts those); none is empty."""
    pieces, rest = [], text.strip()
    while measure(rest) > most:
        end = _end(rest, most, measure)
        pieces.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [piece for piece in (*pieces, rest) if piece]


def clip(text: str, most: int) -> str:
    """One line's worth: what is too long ends in an ellipsis."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def utf8_length(text: str) -> int:
    return len(text.encode())


def utf16_length(text: str) -> int:
    """As JavaScript and Java count: an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _end(text: str, most: int, measure: Callable[[str], int]) -> int:
    """Where the first piece ends: at the last good place that fits, if that leaves it not too short."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(text[:middle]) <= most else (low, middle - 1)
    for pattern in _BREAKS:
        ends = [match.end() for match in pattern.finditer(text, 0, low) if match.end() >= low // 3]
        if ends:
            return ends[-1]
    return low
