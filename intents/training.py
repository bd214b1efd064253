"""Training the head on frozen sentence vectors, by kernel ridge regression: seconds, on a CPU."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from intents.classifier import (
    GRAM_BUCKETS,
    OUT_OF_SCOPE,
    REACH,
    Head,
    IntentClassifier,
    Origin,
    Vector,
    centred_unit,
    gram_ids,
    nearest,
    outside_logit,
    scripts,
)
from intents.examples import Example, Examples

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # it ships no types

FOLDS = 5
PENALTY = 0.1
"""On the diagonal of the kernel."""
GRAMS = 0.1
"""The share of words as they are typed in the kernel, beside the meaning."""
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
    """(M,): to the nearest in-scope training examples."""


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
    centres = _centres(vectors, texts)
    centred = centred_unit(vectors, texts, centres)
    similarities = centred @ centred.T
    grams = gram_matrix(texts)
    one_hot = np.eye(len(scope), dtype=np.float32)[truth]
    bias = one_hot.mean(axis=0)
    weights, inverse = ridge(
        np.exp(REACH * (similarities - 1)) + GRAMS * (grams @ grams.T).toarray(), one_hot - bias
    )
    fold = folds(examples.rows)
    numbers = range(FOLDS) if unseen is None else (unseen,)
    parts = [
        (
            rows,
            bias + left_out(weights, inverse, one_hot - bias, rows),
            nearest(similarities[np.ix_(rows, known)]),
        )
        for rows, known in (
            (np.flatnonzero(fold == number), np.flatnonzero((fold != number) & inside)) for number in numbers
        )
    ]
    held_out = OutOfFold(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    gate, threshold = _gate(held_out, inside[held_out.rows], scope)
    head = Head(
        weights=weights, gram_weights=GRAMS * (grams.T @ weights), bias=bias, centres=centres,
        examples=centred, inside=inside, gate=gate, threshold=threshold,
        temperature=_temperature(held_out.logits, truth[held_out.rows]),
    )  # fmt: skip
    return Trained(IntentClassifier(head, Origin(examples.labels, encoder, examples.digest())), held_out)


def ridge(kernel: Vector, target: Vector) -> tuple[Vector, Vector]:
    """Weights (N, C) of the examples for `target` (N, C), and the inverse (N, N) of the penalised kernel."""
    from scipy.linalg import lapack  # type: ignore[import-untyped]  # comes with scikit-learn, training only

    kernel[np.diag_indices(len(kernel))] += PENALTY
    factor, failed = lapack.spotrf(kernel.T, lower=1, overwrite_a=1)
    inverse, failed_too = lapack.spotri(factor, lower=1, overwrite_c=1)
    if failed or failed_too:
        raise ArithmeticError("the kernel cannot be inverted")
    inverse = np.tril(inverse) + np.tril(inverse, -1).T
    return inverse @ target, inverse


def left_out(weights: Vector, inverse: Vector, target: Vector, rows: Indices) -> Vector:
    """What a head trained without these rows says of them, exactly, without training it."""
    return np.asarray(
        target[rows] - np.linalg.solve(inverse[np.ix_(rows, rows)], weights[rows]), dtype=np.float32
    )


def _centres(vectors: Vector, texts: Sequence[str]) -> Vector:
    """(2, D): the means by script, where there is none of one script that of all."""
    script = scripts(texts)
    means = [
        vectors[script == one].mean(axis=0) if (script == one).any() else vectors.mean(axis=0)
        for one in (0, 1)
    ]
    return np.asarray(means, dtype=np.float32)


def gram_matrix(texts: Sequence[str]) -> "csr_matrix":
    """(N, buckets): which words and pairs of words a text has, every row of length one."""
    from scipy.sparse import csr_matrix  # comes with scikit-learn, training only

    ids = [gram_ids(text) for text in texts]
    values = np.concatenate([np.full(len(row), len(row) ** -0.5, dtype=np.float32) for row in ids])
    starts = np.cumsum([0, *map(len, ids)])
    return csr_matrix((values, np.concatenate(ids), starts), shape=(len(ids), GRAM_BUCKETS), dtype=np.float32)


def folds(rows: Sequence[Example]) -> Indices:
    """The fold of every example: each intent and language spread evenly, the same every time."""
    random = np.random.default_rng(20250101)
    kinds: dict[tuple[str, str], list[int]] = {}
    for index, row in enumerate(rows):
        kinds.setdefault((row.intent, row.language), []).append(index)
    fold = np.zeros(len(rows), dtype=np.int64)
    for offset, indices in enumerate(kinds.values()):
        fold[random.permutation(indices)] = (np.arange(len(indices)) + offset) % FOLDS
    return fold


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
