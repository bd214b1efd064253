"""The embedded model's tokenizer while serving: 35 MB where the `tokenizers` library takes 300.

Gives the ids that the library gives for the same pieces (a test compares them), except that special
tokens typed by a shopper stay text.
"""

import unicodedata
from array import array
from pathlib import Path
from typing import Any

import orjson

from knowledge.errors import EncoderMissing

SPACE = "▁"
# Costs more than the rarest piece, as in the original.
UNKNOWN_PENALTY = 10.0
# The original keeps the full-width tilde, which has its own pieces; NFKC would not.
TILDE = "～"


class Unigram:
    """The most probable segmentation into pieces, found by Viterbi."""

    def __init__(self, content: dict[str, Any], longest: int) -> None:
        """`content` is what `knowledge.tokenizer.compact` writes; `longest` counts `<s>` and `</s>`."""
        self._bos, self._eos, self._unk = content["bos"], content["eos"], content["unk"]
        self._room = longest - 2
        self._most_characters = 16 * longest
        self._odd = {ord(old): new for old, new in content["replacements"].items()}
        self._scores = array("d", content["scores"])
        self._unknown_score = min(self._scores) - UNKNOWN_PENALTY
        self._ids = {piece: number for number, piece in enumerate(content["pieces"])}
        for number in content["special"]:
            self._ids.pop(content["pieces"][number], None)
        self._reach: dict[str, int] = {}
        for piece in self._ids:
            if len(piece) > self._reach.get(piece[0], 0):
                self._reach[piece[0]] = len(piece)

    def encode(self, text: str) -> list[int]:
        """Ids between `<s>` and `</s>`, cut at the longest length."""
        found: list[int] = []
        for word in self.normalise(text)[: self._most_characters].split(" "):
            if word:
                found += self._segment(SPACE + word)
            if len(found) >= self._room:
                break
        return [self._bos, *found[: self._room], self._eos]

    def normalise(self, text: str) -> str:
        text = text.translate(self._odd)
        return TILDE.join(unicodedata.normalize("NFKC", part) for part in text.split(TILDE))

    def _segment(self, word: str) -> list[int]:
        length = len(word)
        best = [0.0] + [-1e300] * length
        came_from = [0] * (length + 1)
        ids, scores, reach = self._ids, self._scores, self._reach
        for start, first in enumerate(word):
            here = best[start]
            alone = False
            for end in range(start + 1, min(start + reach.get(first, 0), length) + 1):
                number = ids.get(word[start:end])
                if number is None:
                    continue
                alone = alone or end == start + 1
                if here + scores[number] > best[end]:
                    best[end] = here + scores[number]
                    came_from[end] = start
            if not alone and here + self._unknown_score > best[start + 1]:
                best[start + 1] = here + self._unknown_score
                came_from[start + 1] = start
        return self._trace(word, came_from)

    def _trace(self, word: str, came_from: list[int]) -> list[int]:
        found: list[int] = []
        end = len(word)
        while end:
            start = came_from[end]
            number = self._ids.get(word[start:end], self._unk)
            # A run of unknown characters is one unknown token.
            if number != self._unk or not found or found[-1] != self._unk:
                found.append(number)
            end = start
        return found[::-1]


def read(path: Path, longest: int) -> Unigram:
    """Raises EncoderMissing if the file is not what `kefu models prepare` wrote."""
    try:
        return Unigram(orjson.loads(path.read_bytes()), longest)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise EncoderMissing(f"{path} is damaged ({error}); run: kefu models prepare") from error
