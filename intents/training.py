"""Training the head on frozen sentence vectors and on the words as they are typed: seconds, on a CPU.

What a message means is learnt by kernel ridge regression on landmarks, examples that it is compared with (the
Nyström method): enough of them say nearly what all would, and neither training nor serving then grows with the
examples. Which words it has is learnt by linear support vectors. The two err on different messages, and their
sum less often than either.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from intents.classifier import (
    GRAM_BUCKETS,
    OUT_OF_SCOPE,
    Head,
    IntentClassifier,
    Origin,
    Vector,
    centred_unit,
    familiarity,
    gram_ids,
    heard,
    kernel,
    nearest,
    outside_logit,
    scripts,
    word_ids,
)
from intents.examples import Example, Examples

FOLDS = 5
LANDMARKS = 1024
PENALTY = 0.1
"""On every weight of a landmark."""
SLACK = 3.0
"""How dear it is when words say the wrong intent: the C of the support vectors."""
GRAMS = 0.3
"""How loudly words as they are typed are heard beside the meaning."""
CHUNK = 4096
"""Examples of which the features are in memory at a time."""
ACCEPTANCE = 0.95
"""The share of in-scope messages that the gate lets pass."""

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """What heads say about M examples that they were not trained on."""

    rows: Indices
    """(M,): which examples."""
    logits: Vector
    """(M, C)"""
    similarity: Vector
    """(M,): to the nearest in-scope landmarks, none of them of the same fold."""


@dataclass(frozen=True, slots=True)
class Trained:
    classifier: IntentClassifier
    out_of_fold: OutOfFold


def train(examples: Examples, vectors: Vector, encoder: str, unseen: int | None = None) -> Trained:
    """`vectors` are the embeddings of the examples, row by row.

    Confidence and gate are set by five-fold predictions; where the encoder itself was fine-tuned on the
    examples, by those of the one fold that it has not seen.
    """
    truth = _truth(examples)
    scope = np.array([label != OUT_OF_SCOPE for label in examples.labels])
    inside = scope[truth]
    texts = [row.text for row in examples.rows]
    fold = folds(examples.rows)
    centres = _centres(vectors, texts)
    centred = centred_unit(vectors, scripts(texts), centres)
    chosen = _landmarks(texts)
    landmarks, basis = centred[chosen], _basis(centred[chosen])
    grams = gram_matrix(texts)
    one_hot = np.eye(len(scope), dtype=np.float32)[truth]
    bias = one_hot.mean(axis=0)

    def design(rows: Indices) -> Vector:
        return np.asarray(kernel(centred[rows] @ landmarks.T) @ basis, dtype=np.float32)

    def learnt(rows: Indices) -> Ridge:
        chunks = (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))
        return Ridge.of((design(chunk), one_hot[chunk] - bias) for chunk in chunks)

    ridge = learnt(np.arange(len(texts)))
    parts = []
    for number in range(FOLDS) if unseen is None else (unseen,):
        rows = np.flatnonzero(fold == number)
        others = landmarks[(fold[chosen] != number) & inside[chosen]]
        meaning = bias + design(rows) @ ridge.weights(without=learnt(rows))
        seen = fold != number
        typed = grams[rows] @ _gram_weights(grams[seen], truth[seen], len(scope))
        known = set(_vocabulary(texts[row] for row in np.flatnonzero(seen)).tolist())
        familiar = np.array([familiarity(texts[row], known) for row in rows], dtype=np.float32)
        parts.append((rows, heard(meaning, typed, familiar), nearest(centred[rows] @ others.T)))
    held_out = OutOfFold(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    gate, threshold = _gate(held_out, inside[held_out.rows], scope)
    head = Head(
        weights=basis @ ridge.weights(), gram_weights=_gram_weights(grams, truth, len(scope)),
        words=_vocabulary(texts), bias=bias, centres=centres,
        landmarks=landmarks, inside=inside[chosen], gate=gate, threshold=threshold,
        temperature=_temperature(held_out.logits, truth[held_out.rows]),
    )  # fmt: skip
    return Trained(IntentClassifier(head, Origin(examples.labels, encoder, examples.digest())), held_out)


@dataclass(frozen=True, slots=True)
class Ridge:
    """Least squares with a penalty, from which the rows of another one can be left out."""

    squares: Vector
    """(F, F)"""
    products: Vector
    """(F, C)"""

    @staticmethod
    def of(chunks: Iterable[tuple[Vector, Vector]]) -> "Ridge":
        """Each chunk is a design (n, F) and what it should say (n, C); one at a time is in memory."""
        squares: Vector | None = None
        for design, target in chunks:
            if squares is None:
                squares, products = design.T @ design, design.T @ target
            else:
                squares += design.T @ design
                products += design.T @ target
        if squares is None:
            raise ValueError("nothing to learn from")
        return Ridge(squares, products)

    def weights(self, without: "Ridge | None" = None) -> Vector:
        """(F, C)"""
        from scipy.linalg import lapack  # type: ignore[import-untyped]  # comes with scikit-learn, training only

        squares = self.squares.copy() if without is None else self.squares - without.squares
        products = self.products.copy() if without is None else self.products - without.products
        squares[np.diag_indices(len(squares))] += PENALTY
        _, found, failed = lapack.sposv(squares.T, products, lower=1, overwrite_a=1)
        if failed:
            raise ArithmeticError("the examples' squares cannot be inverted")
        return np.asarray(found, dtype=np.float32)


def _landmarks(texts: Sequence[str]) -> Indices:
    """Of all examples alike, and the same ones whatever order they stand in."""
    order = np.argsort([crc32(text.encode("utf-8", "replace")) for text in texts], kind="stable")
    return np.sort(order[:LANDMARKS])


def _basis(landmarks: Vector) -> Vector:
    """(M, M): makes features of which the inner product is the kernel, as far as the landmarks tell."""
    from scipy.linalg import solve_triangular  # as above

    squares = kernel(landmarks @ landmarks.T).astype(np.float64)
    squares[np.diag_indices(len(squares))] += 1e-4  # two landmarks may be one
    inverse = solve_triangular(np.linalg.cholesky(squares), np.eye(len(squares)), lower=True)
    return np.asarray(inverse.T, dtype=np.float32)


def _centres(vectors: Vector, texts: Sequence[str]) -> Vector:
    """(2, D): the means by script, where there is none of one script that of all."""
    script = scripts(texts)
    means = [
        vectors[script == one].mean(axis=0) if (script == one).any() else vectors.mean(axis=0)
        for one in (0, 1)
    ]
    return np.asarray(means, dtype=np.float32)


def gram_matrix(texts: Sequence[str]) -> Any:
    """(N, buckets), sparse: which grams each text has, every row of length one."""
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # as above

    ids = [gram_ids(text) for text in texts]
    ends = np.cumsum([0, *map(len, ids)])
    lengths = np.diff(ends)
    values = np.repeat(lengths**-0.5, lengths).astype(np.float32)
    return csr_matrix((values, np.concatenate(ids), ends), shape=(len(texts), GRAM_BUCKETS))


def _vocabulary(texts: Iterable[str]) -> NDArray[np.uint32]:
    """Checksums of the words, each once, in order."""
    return np.array(sorted({word for text in texts for word in word_ids(text)}), dtype=np.uint32)


def _gram_weights(grams: Any, truth: Indices, classes: int) -> Vector:
    """Weights of grams (B, C) by linear support vectors, one class against the others.

    Without an offset: of words that no example has, as in another language, nothing is said.
    """
    from sklearn.svm import LinearSVC  # type: ignore[import-untyped]  # training only

    weights = np.zeros((grams.shape[1], classes), dtype=np.float32)
    if len(np.unique(truth)) == 1:  # nothing to tell apart
        return weights
    fitted = LinearSVC(C=SLACK, fit_intercept=False, random_state=0).fit(grams, truth)
    lines = fitted.coef_
    if len(fitted.classes_) == 2:  # one line parts them: what speaks for the second speaks against the first
        lines = np.vstack([-lines, lines])
    weights[:, fitted.classes_] = GRAMS * lines.T
    return weights


def folds(rows: Sequence[Example]) -> Indices:
    """The fold of every example, told by its text: it stays there whatever is added or removed beside it."""
    return np.array([crc32(row.text.encode("utf-8", "replace")) % FOLDS for row in rows], dtype=np.int64)


def _truth(examples: Examples) -> Indices:
    position = {label: index for index, label in enumerate(examples.labels)}
    return np.array([position[row.intent] for row in examples.rows], dtype=np.int64)


def _temperature(logits: Vector, truth: Indices) -> float:
    """What makes the confidences of unseen examples as high as they deserve."""
    from scipy.optimize import minimize_scalar  # type: ignore[import-untyped]  # as above

    def surprise(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        return float((np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(len(truth)), truth]).mean())

    return float(np.exp(minimize_scalar(surprise, bounds=(-6.0, 3.0), method="bounded").x))


def _gate(
    held_out: OutOfFold, inside: NDArray[np.bool_], scope: NDArray[np.bool_]
) -> tuple[tuple[float, float, float], float]:
    """Weights of logit and similarity, and the threshold that lets `ACCEPTANCE` of what is in scope pass."""
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]  # training only

    largest = held_out.logits[:, scope].max(axis=1) - outside_logit(held_out.logits, scope)
    features = np.column_stack([largest, held_out.similarity])
    if inside.all():
        return (1.0, 10.0, 0.0), float(np.quantile(features @ np.array([1.0, 10.0]), 1 - ACCEPTANCE))
    fitted = LogisticRegression(C=100.0, class_weight="balanced").fit(features, inside)
    gate = (float(fitted.coef_[0, 0]), float(fitted.coef_[0, 1]), float(fitted.intercept_[0]))
    values = features @ np.array(gate[:2]) + gate[2]
    return gate, float(np.quantile(values[inside], 1 - ACCEPTANCE))
