"""Keyword search: BM25 over every shelf, kept in files beside the index and swapped in as a whole.

Scores are shares of what a perfect passage would reach: 0 is no word in common, 1 cannot be passed.
Words that no passage holds count as the rarest of all, so a question about something else scores low.
"""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import bm25s  # type: ignore[import-untyped]  # it ships no types
import numpy as np
from numpy.typing import NDArray

from knowledge.index import Index
from knowledge.rows import Indexed, Shelf, shelf_named
from knowledge.terms import terms

FORMAT = "6"
"""Grows with a change of what is indexed: older files are then made anew."""

Scores = NDArray[np.float32]
Weights = dict[str, float]
"""By word, each once."""


@dataclass(frozen=True, slots=True)
class KeywordIndex:
    """BM25 of one shelf."""

    ids: tuple[str, ...]
    rows: dict[str, int]
    bm25: bm25s.BM25
    asked: frozenset[str]
    """Passages whose section lists questions."""
    texts: NDArray[np.int64]
    """Every word of every passage's text alone, as word * passages + row, in order."""
    rarity: NDArray[np.float64]
    """Inverse document frequency of each word of the vocabulary, as BM25 weighs it."""

    def weights(self, words: Sequence[str]) -> Weights:
        """The rarity of each word; one that no passage holds counts as the rarest of all."""
        columns = self.bm25.vocab_dict
        unknown = _rarity(len(self.ids), 0.0)
        return {
            word: float(self.rarity[columns[word]]) if word in columns else float(unknown) for word in words
        }

    def scores(self, weights: Weights) -> Scores:
        """Share of the reachable BM25 score for every passage of the shelf, 0 to 1."""
        reachable = sum(weights.values())
        columns = self.bm25.get_tokens_ids(list(weights))
        if not columns or not reachable:
            return np.zeros(len(self.ids), dtype=np.float32)
        scores: Scores = self.bm25.get_scores_from_ids(columns)
        return scores / np.float32(reachable)

    def coverage(self, weights: Weights) -> Scores:
        """Share of the words, weighed by their rarity, that each passage of the shelf holds, 0 to 1."""
        found = np.zeros(len(self.ids), dtype=np.float32)
        pointers, rows = self.bm25.scores["indptr"], self.bm25.scores["indices"]
        for word, weight in weights.items():
            column = self.bm25.vocab_dict.get(word)
            if column is not None:
                # Half the time of `found[…] += weight`, and a common word stands in half the passages.
                np.add.at(found, rows[pointers[column] : pointers[column + 1]], np.float32(weight))
        return found / np.float32(sum(weights.values()) or 1)

    def said(self, weights: Weights, passage_ids: Sequence[str]) -> list[float]:
        """Share of the words, weighed by their rarity, that the texts of these passages hold, 0 to 1."""
        found = [word for word in weights if word in self.bm25.vocab_dict]
        if not found or not len(self.texts):
            return [0.0] * len(passage_ids)
        columns = np.array([self.bm25.vocab_dict[word] for word in found], dtype=np.int64)
        rows = np.array([self.rows[id_] for id_ in passage_ids], dtype=np.int64)
        pairs = columns[:, None] * len(self.ids) + rows
        places = np.minimum(np.searchsorted(self.texts, pairs), len(self.texts) - 1)
        held = np.array([weights[word] for word in found]) @ (self.texts[places] == pairs)
        shares: list[float] = (held / sum(weights.values())).tolist()
        return shares

    def best(self, scores: Scores, limit: int) -> list[str]:
        """Ids of the highest scores above 0, best first."""
        limit = min(limit, len(scores))
        if not limit:
            return []
        top = np.argpartition(scores, len(scores) - limit)[-limit:]
        top = top[np.argsort(-scores[top], kind="stable")]
        return [self.ids[row] for row in top if scores[row] > 0]


Keywords = dict[Shelf, KeywordIndex]


def build(index: Index) -> Keywords:
    """Keyword indexes of all shelves from the passages stored; shelves without passages have none."""
    found = {shelf: _build(list(index.texts(shelf))) for shelf in index.shelves}
    return {shelf: keywords for shelf, keywords in found.items() if keywords}


def _build(passages: Sequence[Indexed]) -> KeywordIndex | None:
    """None when there is nothing to find."""
    vocabulary: dict[str, int] = {}
    texts = [_numbers(row.text, vocabulary) for row in passages]
    others = [_numbers("\n".join((row.title, row.section, *row.questions)), vocabulary) for row in passages]
    corpus = [text + other for text, other in zip(texts, others, strict=True)]
    if not vocabulary:
        return None
    bm25 = bm25s.BM25(method="lucene", k1=1.2, b=0.6)
    bm25.index((corpus, vocabulary), create_empty_token=False, show_progress=False)
    ids = tuple(row.id for row in passages)
    asked = frozenset(row.id for row in passages if row.questions)
    return _index(ids, bm25, asked, _pairs(texts))


def _numbers(text: str, vocabulary: dict[str, int]) -> list[int]:
    """The terms of a text as the numbers that the vocabulary, growing, gives them."""
    return [vocabulary.setdefault(term, len(vocabulary)) for term in terms(text)]


def _pairs(texts: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    lengths = [len(text) for text in texts]
    words = np.fromiter((word for text in texts for word in text), dtype=np.int64, count=sum(lengths))
    return np.unique(words * len(texts) + np.repeat(np.arange(len(texts)), lengths))


def _index(
    ids: tuple[str, ...], bm25: bm25s.BM25, asked: frozenset[str], texts: NDArray[np.int64]
) -> KeywordIndex:
    rows = {id_: row for row, id_ in enumerate(ids)}
    rarity = _rarity(len(ids), np.diff(bm25.scores["indptr"]).astype(np.float64))
    return KeywordIndex(ids, rows, bm25, asked, texts, rarity)


def _rarity(passages: int, held_by: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Inverse document frequency of words that so many of the passages hold."""
    return np.asarray(np.log(1 + (passages - held_by + 0.5) / (held_by + 0.5)))


def save(keywords: Keywords, folder: Path, generation: str) -> None:
    """Write the files of one generation; they appear by one rename, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"draft-{uuid4().hex}"
    try:
        for shelf, found in keywords.items():
            found.bm25.save(draft / shelf.name, show_progress=False)
            (draft / shelf.name / "ids.json").write_text(json.dumps(found.ids), encoding="utf-8")
            asked = json.dumps(sorted(found.asked))
            (draft / shelf.name / "asked.json").write_text(asked, encoding="utf-8")
            np.save(draft / shelf.name / "texts.npy", found.texts)
        draft.mkdir(exist_ok=True)
        target = folder / _name(generation)
        shutil.rmtree(target, ignore_errors=True)
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def prune(folder: Path, generation: str) -> None:
    """Remove the files of other generations; who has them open keeps reading them."""
    for old in folder.iterdir():
        if old.name != _name(generation):
            shutil.rmtree(old, ignore_errors=True)


def load(folder: Path, generation: str) -> Keywords | None:
    """What `save` wrote for this generation of the index; None when it is missing or damaged."""
    source = folder / _name(generation)
    try:
        return {shelf: _load(path) for path in source.iterdir() if (shelf := shelf_named(path.name))}
    except (OSError, ValueError, KeyError, IndexError):
        return None


def _load(path: Path) -> KeywordIndex:
    ids = tuple(json.loads((path / "ids.json").read_text(encoding="utf-8")))
    asked = frozenset(json.loads((path / "asked.json").read_text(encoding="utf-8")))
    bm25 = bm25s.BM25.load(path, mmap=True, show_progress=False)
    if bm25.scores["num_docs"] != len(ids):
        raise ValueError("ids and scores differ in number")
    # As plain arrays over the same files: what numpy makes of a memmap costs a microsecond at every touch.
    bm25.scores |= {
        name: found.view(np.ndarray) for name, found in bm25.scores.items() if hasattr(found, "view")
    }
    return _index(ids, bm25, asked, np.load(path / "texts.npy", mmap_mode="r").view(np.ndarray))


def _name(generation: str) -> str:
    return f"{FORMAT}-{generation}"


def load_or_build(index: Index) -> Keywords:
    """The keyword indexes of the index as it is now; built and saved when no file fits."""
    if not index.shelves:
        return {}
    keywords = load(index.keywords_folder, index.generation)
    if keywords is None:
        keywords = build(index)
        try:
            save(keywords, index.keywords_folder, index.generation)
        except OSError:
            return keywords  # a full or read-only disk costs the next start some seconds, nothing else
    return keywords
