"""How a message looks when its input method or its thumb slipped: lessons for the encoder's adapter."""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from pypinyin import lazy_pinyin

_HAN = re.compile(r"[\u4e00-\u9fff]")
_WORD = re.compile(r"[a-zA-Z]{4,}")
_FREQUENT = 5
"""Characters as frequent as this are taken for others of their sound: an input method offers them first."""
_SHORT = 8
"""Characters of a message that is typed wholly in pinyin now and then."""


class Slips:
    def __init__(self, texts: Iterable[str], rng: random.Random) -> None:
        self._rng = rng
        counts = Counter(char for text in texts for char in _HAN.findall(text))
        alike: dict[str, list[str]] = defaultdict(list)
        for char, count in counts.items():
            if count >= _FREQUENT:
                alike[_sound(char)].append(char)
        self._alike = {
            char: others
            for chars in alike.values()
            for char in chars
            if (others := [one for one in chars if one != char])
        }

    def slip(self, text: str) -> str:
        """The text with one slip, or with two where it is long."""
        for _ in range(2 if len(text) > 15 else 1):
            text = self._chinese(text) if _HAN.search(text) else self._english(text)
        return text

    def _chinese(self, text: str) -> str:
        places = [match.start() for match in _HAN.finditer(text)]
        place, kind = self._rng.choice(places), self._rng.random()
        if kind < 0.6:
            places = [one for one in places if text[one] in self._alike]
            if not places:
                return text
            place = self._rng.choice(places)
            return text[:place] + self._rng.choice(self._alike[text[place]]) + text[place + 1 :]
        if kind < 0.85:
            end = place + self._rng.choice((1, 2))
            return text[:place] + "".join(lazy_pinyin(text[place:end])) + text[end:]
        if kind < 0.92 and len(text) <= _SHORT:
            return self._rng.choice(("", " ")).join(lazy_pinyin(text))
        return text[:place] + self._rng.choice(("", 2 * text[place])) + text[place + 1 :]

    def _english(self, text: str) -> str:
        words = list(_WORD.finditer(text))
        if not words:
            return text
        word = self._rng.choice(words)
        place = self._rng.randrange(word.start() + 1, word.end() - 1)
        swapped, dropped = text[place + 1] + text[place], text[place + 1]
        return text[:place] + self._rng.choice((swapped, dropped)) + text[place + 2 :]


def _sound(char: str) -> str:
    return str(lazy_pinyin(char)[0])
