"""The embedded model's tokenizer while serving: 5 MB, loaded in an instant, where the `tokenizers` library takes 300.

Gives the ids that the library gives for the same pieces (a test compares them), except that special
tokens typed by a shopper stay text.
"""

import json
import unicodedata
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np

from knowledge.errors import EncoderMissing

if TYPE_CHECKING:
    from marisa_trie import Trie  # type: ignore[import-not-found]  # it ships no types

SPACE = "▁"
# Costs more than the rarest piece, as in the original.
UNKNOWN_PENALTY = 10.0
# The original keeps the full-width tilde, which has its own pieces; NFKC would not.
TILDE = "～"


@dataclass(frozen=True, slots=True)
class Pieces:
    """What a text may be cut into, as `knowledge.tokenizer.save_pieces` writes it."""

    trie: "Trie"
    """Gives each piece a place in the two below."""
    ids: Sequence[int]
    scores: Sequence[float]
    """Log probabilities."""
    bos: int
    eos: int
    unk: int
    longest: int
    """Characters of the longest."""
    replacements: dict[str, str]
    """Characters that are others first."""


class Unigram:
    """The most probable segmentation into pieces, found by Viterbi."""

    def __init__(self, pieces: Pieces, longest: int) -> None:
        """`longest` counts `<s>` and `</s>`."""
        self._pieces = pieces
        self._room = longest - 2
        self._most_characters = 16 * longest
        self._odd = {ord(old): new for old, new in pieces.replacements.items()}
        self._unknown_score = min(pieces.scores) - UNKNOWN_PENALTY

    def encode(self, text: str) -> list[int]:
        """Ids between `<s>` and `</s>`, cut at the longest length."""
        found: list[int] = []
        for word in self.normalise(text)[: self._most_characters].split(" "):
            if word:
                found += self._segment(SPACE + word)
            if len(found) >= self._room:
                break
        return [self._pieces.bos, *found[: self._room], self._pieces.eos]

    def normalise(self, text: str) -> str:
        text = text.translate(self._odd)
        return TILDE.join(unicodedata.normalize("NFKC", part) for part in text.split(TILDE))

    def _segment(self, word: str) -> list[int]:
        length = len(word)
        best = [0.0] + [-1e300] * length
        came_from = [(0, self._pieces.unk)] * (length + 1)
        """Where the best piece that ends here begins, and its id."""
        trie, ids, scores, longest = (
            self._pieces.trie,
            self._pieces.ids,
            self._pieces.scores,
            self._pieces.longest,
        )
        for start in range(length):
            here = best[start]
            alone = False
            for piece in trie.prefixes(word[start : start + longest]):
                place, end = trie.key_id(piece), start + len(piece)
                alone = alone or end == start + 1
                if here + scores[place] > best[end]:
                    best[end] = here + scores[place]
                    came_from[end] = start, ids[place]
            if not alone and here + self._unknown_score > best[start + 1]:
                best[start + 1] = here + self._unknown_score
                came_from[start + 1] = start, self._pieces.unk
        return self._trace(came_from)

    def _trace(self, came_from: Sequence[tuple[int, int]]) -> list[int]:
        found: list[int] = []
        end, unk = len(came_from) - 1, self._pieces.unk
        while end:
            end, number = came_from[end]
            # A run of unknown characters is one unknown token.
            if number != unk or not found or found[-1] != unk:
                found.append(number)
        return found[::-1]


def read(path: Path, longest: int) -> Unigram:
    """Raises EncoderMissing if the file is not what `kefu models prepare` wrote."""
    try:
        return Unigram(_pieces(path), longest)
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, BadZipFile) as error:
        raise EncoderMissing(f"{path} is damaged ({error}); run: kefu models prepare") from error


def _pieces(path: Path) -> Pieces:
    from marisa_trie import Trie  # only where the embedded encoder is used

    with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:  # which compares checksums
        trie = Trie().frombytes(stored["trie"].tobytes())
        facts = json.loads(str(stored["facts"]))
        # Arrays of Python's own: an element of NumPy's takes three times as long.
        ids, scores = array("i", stored["ids"].tobytes()), array("d", stored["scores"].tobytes())
    if not len(trie) == len(ids) == len(scores) > 0:
        raise ValueError("pieces are missing")
    return Pieces(trie, ids, scores, **facts)
