"""Which products a message names, by their names and aliases."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bot.shop.domain import Product

_SHORTEST_HAN, _SHORTEST_LATIN = 2, 3
_TAIL = re.compile(r"\s*(?:\([^()]*\)|(?<![^\s])\d[\w.]*(?:\s?(?:cm|mm|ml|kg|g|l))?)$")
"""What few people type of a name: its size, what is in brackets."""
_LONGEST_SHORTENED = 200
"""Characters; nobody shortens more, and a feed may hold anything."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of the message that names one product, or several alike."""

    words: str
    product_ids: tuple[str, ...]
    position: int


def normalise(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _has_han(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def _spellings(name: str, *, shorten: bool = True) -> tuple[str, ...]:
    """The name, also without its tail and, of running shoes, the single shoe; none where too short to mean anything."""
    if len(name) < (_SHORTEST_HAN if _has_han(name) else _SHORTEST_LATIN):
        return ()
    plural = not _has_han(name) and name.endswith("s") and not name.endswith("ss")
    single = (name[:-1],) if plural and len(name) > _SHORTEST_LATIN else ()
    short = _TAIL.sub("", name) if shorten and len(name) <= _LONGEST_SHORTENED else name
    return (name, *single, *(_spellings(short, shorten=False) if short != name else ()))


class MentionFinder:
    """Longest match first over every name and alias of a catalogue; built once per catalogue."""

    def __init__(self, catalogue: Sequence[Product]) -> None:
        names: dict[str, list[str]] = {}
        for product in catalogue:
            for name in (*product.name.values(), *product.aliases, product.id):
                for key in _spellings(normalise(name).strip()):
                    if product.id not in names.setdefault(key, []):
                        names[key].append(product.id)
        self._names = {key: tuple(ids) for key, ids in names.items()}
        self._by_start: dict[str, list[str]] = {}
        for key in sorted(self._names, key=len, reverse=True):
            self._by_start.setdefault(key[0], []).append(key)

    def find(self, text: str) -> tuple[Mention, ...]:
        """Mentions in the order they stand, not overlapping."""
        text, mentions, position = normalise(text), [], 0
        while position < len(text):
            name = self._name_at(text, position)
            if name is None:
                position += 1
                continue
            mentions.append(Mention(name, self._names[name], position))
            position += len(name)
        return tuple(mentions)

    def _name_at(self, text: str, position: int) -> str | None:
        for name in self._by_start.get(text[position], ()):
            if text.startswith(name, position) and self._stands_alone(text, position, name):
                return name
        return None

    @staticmethod
    def _stands_alone(text: str, position: int, name: str) -> bool:
        """A Latin name is a word of its own (a plural s is allowed); Chinese has no word borders."""
        if _has_han(name):
            return True
        before = text[position - 1] if position else " "
        rest = text[position + len(name) :].removeprefix("s")
        after = rest[:1] or " "
        return not _is_latin(before) and not _is_latin(after)


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
