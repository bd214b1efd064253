"""Keyword search: BM25 over every shelf, kept in files beside the index and swapped in as a whole.

Scores are shares of what a perfect passage would reach: 0 is no word in common, 1 cannot be passed.
Words that no passage holds count as the rarest of all, so a question about something else scores low.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge import generations
from knowledge.generations import drafted
from knowledge.index import Index
from knowledge.rows import Indexed, Shelf, shelf_named
from knowledge.terms import terms

FORMAT = "7"
"""Grows with a change of what is indexed: older files are then made anew."""

Scores = NDArray[np.float32]
Weights = dict[str, float]
"""By word, each once."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """The BM25 score of every word in every passage that holds it, word by word."""

    columns: dict[str, int]
    """Where each word of the vocabulary is."""
    starts: NDArray[np.int32]
    """Where each column begins; the last is where the last one ends."""
    rows: NDArray[np.int32]
    """Passages, column after column."""
    scores: NDArray[np.float32]
    """One for each of `rows`."""

    def column(self, word: str) -> slice:
        """Where a word's passages stand in `rows` and `scores`: nowhere, where no passage holds it."""
        column = self.columns.get(word)
        return slice(0) if column is None else slice(self.starts[column], self.starts[column + 1])


@dataclass(frozen=True, slots=True)
class KeywordIndex:
    """BM25 of one shelf."""

    ids: tuple[str, ...]
    rows: dict[str, int]
    matrix: Matrix
    asked: frozenset[str]
    """Passages whose section lists questions."""
    texts: NDArray[np.int64]
    """Every word of every passage's text alone, as word * passages + row, in order."""
    rarity: NDArray[np.float64]
    """Inverse document frequency of each word of the vocabulary, as BM25 weighs it."""

    def weights(self, words: Sequence[str]) -> Weights:
        """The rarity of each word; one that no passage holds counts as the rarest of all."""
        columns = self.matrix.columns
        unknown = _rarity(len(self.ids), 0.0)
        return {
            word: float(self.rarity[columns[word]]) if word in columns else float(unknown) for word in words
        }

    def scores(self, weights: Weights) -> Scores:
        """Share of the reachable BM25 score for every passage of the shelf, 0 to 1."""
        scores = np.zeros(len(self.ids), dtype=np.float32)
        for word in weights:
            column = self.matrix.column(word)
            # Half the time of `scores[…] += …`, and a common word stands in half the passages.
            np.add.at(scores, self.matrix.rows[column], self.matrix.scores[column])
        return scores / np.float32(sum(weights.values()) or 1)

    def coverage(self, weights: Weights) -> Scores:
        """Share of the words, weighed by their rarity, that each passage of the shelf holds, 0 to 1."""
        found = np.zeros(len(self.ids), dtype=np.float32)
        for word, weight in weights.items():
            np.add.at(found, self.matrix.rows[self.matrix.column(word)], np.float32(weight))
        return found / np.float32(sum(weights.values()) or 1)

    def said(self, weights: Weights, passage_ids: Sequence[str]) -> list[float]:
        """Share of the words, weighed by their rarity, that the texts of these passages hold, 0 to 1."""
        found = [word for word in weights if word in self.matrix.columns]
        if not found or not len(self.texts):
            return [0.0] * len(passage_ids)
        columns = np.array([self.matrix.columns[word] for word in found], dtype=np.int64)
        rows = np.array([self.rows[id_] for id_ in passage_ids], dtype=np.int64)
        pairs = columns[:, None] * len(self.ids) + rows
        places = np.minimum(np.searchsorted(self.texts, pairs), len(self.texts) - 1)
        # Added word by word, as `said_by_all` does: both come to the same number.
        held = (np.array([weights[word] for word in found])[:, None] * (self.texts[places] == pairs)).sum(
            axis=0
        )
        shares: list[float] = (held / sum(weights.values())).tolist()
        return shares

    def said_by_all(self, weights: Weights) -> NDArray[np.float64]:
        """The same of every passage of the shelf."""
        count = len(self.ids)
        found = np.zeros(count)
        known = [
            (self.matrix.columns[word], weight)
            for word, weight in weights.items()
            if word in self.matrix.columns
        ]
        bounds = np.searchsorted(
            self.texts, [(column + end) * count for column, _ in known for end in (0, 1)]
        )
        for (column, weight), (start, end) in zip(known, bounds.reshape(-1, 2).tolist(), strict=True):
            found[self.texts[start:end] - column * count] += weight
        return found / sum(weights.values())

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
    ids = tuple(row.id for row in passages)
    asked = frozenset(row.id for row in passages if row.questions)
    return _index(ids, _matrix(corpus, vocabulary), asked, _pairs(texts))


def _matrix(corpus: Sequence[Sequence[int]], vocabulary: dict[str, int]) -> Matrix:
    import bm25s  # type: ignore[import-untyped]  # it ships no types; and with SciPy, a tenth of a start

    bm25 = bm25s.BM25(method="lucene", k1=1.2, b=0.6)
    bm25.index((corpus, vocabulary), create_empty_token=False, show_progress=False)
    return Matrix(vocabulary, bm25.scores["indptr"], bm25.scores["indices"], bm25.scores["data"])


def _numbers(text: str, vocabulary: dict[str, int]) -> list[int]:
    """The terms of a text as the numbers that the vocabulary, growing, gives them."""
    return [vocabulary.setdefault(term, len(vocabulary)) for term in terms(text)]


def _pairs(texts: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    lengths = [len(text) for text in texts]
    words = np.fromiter((word for text in texts for word in text), dtype=np.int64, count=sum(lengths))
    return np.unique(words * len(texts) + np.repeat(np.arange(len(texts)), lengths))


def _index(
    ids: tuple[str, ...], matrix: Matrix, asked: frozenset[str], texts: NDArray[np.int64]
) -> KeywordIndex:
    rows = {id_: row for row, id_ in enumerate(ids)}
    rarity = _rarity(len(ids), np.diff(matrix.starts).astype(np.float64))
    return KeywordIndex(ids, rows, matrix, asked, texts, rarity)


def _rarity(passages: int, held_by: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Inverse document frequency of words that so many of the passages hold."""
    return np.asarray(np.log(1 + (passages - held_by + 0.5) / (held_by + 0.5)))


def save(keywords: Keywords, folder: Path, generation: str) -> None:
    """Write the files of one generation."""
    with drafted(folder, _name(generation)) as draft:
        for shelf, found in keywords.items():
            _save(found, draft / shelf.name)


def _save(found: KeywordIndex, folder: Path) -> None:
    folder.mkdir()
    lists = {"ids": found.ids, "asked": sorted(found.asked), "columns": found.matrix.columns}
    for name, values in lists.items():
        (folder / f"{name}.json").write_text(json.dumps(values), encoding="utf-8")
    matrix = found.matrix
    arrays: dict[str, NDArray[Any]] = {
        "starts": matrix.starts,
        "rows": matrix.rows,
        "scores": matrix.scores,
        "texts": found.texts,
    }
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)


def prune(folder: Path, generation: str) -> None:
    generations.prune(folder, _name(generation))


def load(folder: Path, generation: str) -> Keywords | None:
    """What `save` wrote for this generation of the index; None when it is missing or damaged."""
    source = folder / _name(generation)
    try:
        return {shelf: _load(path) for path in source.iterdir() if (shelf := shelf_named(path.name))}
    except (OSError, EOFError, ValueError, TypeError, KeyError, IndexError):
        return None


def _load(folder: Path) -> KeywordIndex:
    ids, asked, columns = (_json(folder, name) for name in ("ids", "asked", "columns"))
    starts, rows, scores, texts = (_array(folder, name) for name in ("starts", "rows", "scores", "texts"))
    if len(starts) != len(columns) + 1 or not len(rows) == len(scores) == starts[-1]:
        raise ValueError("scores are missing")
    if rows.max(initial=-1) >= len(ids):
        raise ValueError("ids and scores differ in number")
    return _index(tuple(ids), Matrix(columns, starts, rows, scores), frozenset(asked), texts)


def _json(folder: Path, name: str) -> Any:
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def _array(folder: Path, name: str) -> NDArray[Any]:
    mapped: NDArray[Any] = np.load(folder / f"{name}.npy", mmap_mode="r")
    return mapped.view(np.ndarray)  # what numpy makes of a memmap costs a microsecond at every touch


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
