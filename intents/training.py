"""Training the linear head on frozen sentence vectors: seconds, on a CPU."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

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
    gram_ids,
    outside_logit,
)
from intents.examples import Example, Examples

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # it ships no types

FOLDS = 5
PENALTY = 0.05
"""Per weight and summed example loss: the inverse of scikit-learn's C."""
ROUNDS = 40
"""Of the optimiser; twice as many change nothing."""
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
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # comes with scikit-learn

    truth = _truth(examples)
    scope = np.array([label != OUT_OF_SCOPE for label in examples.labels])
    with threadpool_limits(1):  # threads cost more than they gain on matrices this small
        grams = gram_matrix([row.text for row in examples.rows])
        held_out = _held_out(examples, vectors, grams, range(FOLDS) if unseen is None else (unseen,))
        gate, threshold = _gate(held_out, scope[truth[held_out.rows]], scope)
        head = replace(
            _fit(vectors, grams, truth, scope),
            temperature=_temperature(held_out.logits, truth[held_out.rows]),
            gate=gate,
            threshold=threshold,
        )
    return Trained(IntentClassifier(head, Origin(examples.labels, encoder, examples.digest())), held_out)


def gram_matrix(texts: Sequence[str]) -> "csr_matrix":
    """(N, buckets): which character n-grams a text has, every row of length one."""
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


def _held_out(examples: Examples, vectors: Vector, grams: "csr_matrix", numbers: Iterable[int]) -> OutOfFold:
    """Each of the folds, measured by a head trained on all the others."""
    truth, fold = _truth(examples), folds(examples.rows)
    scope = np.array([label != OUT_OF_SCOPE for label in examples.labels])
    parts = []
    for number in numbers:
        inside, outside = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        head = _fit(vectors[inside], grams[inside], truth[inside], scope)
        classifier = IntentClassifier(head, Origin(examples.labels, "", ""))
        texts = [examples.rows[index].text for index in outside]
        parts.append((outside, *classifier.measure(vectors[outside], texts)))
    rows, logits, similarity = (np.concatenate(column) for column in zip(*parts, strict=True))
    return OutOfFold(rows, logits, similarity)


def _fit(vectors: Vector, grams: "csr_matrix", truth: Indices, scope: NDArray[np.bool_]) -> Head:
    centre = np.asarray(vectors.mean(axis=0), dtype=np.float32)
    centred = centred_unit(vectors, centre)
    weights, gram_weights, bias = softmax_regression(centred, grams, truth, len(scope))
    return Head(
        weights=weights, gram_weights=gram_weights, bias=bias, centre=centre,
        examples=centred[scope[truth]], temperature=1.0, gate=(1.0, 0.0, 0.0), threshold=0.0,
    )  # fmt: skip


def softmax_regression(
    dense: Vector, sparse: "csr_matrix", truth: Indices, classes: int
) -> tuple[Vector, Vector, Vector]:
    """Multinomial logistic regression on dense and sparse features side by side, classes weighted alike."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]  # comes with scikit-learn, training only

    rows, width = dense.shape
    one_hot = np.zeros((rows, classes), dtype=np.float32)
    one_hot[np.arange(rows), truth] = 1.0
    counts = np.maximum(one_hot.sum(axis=0), 1.0)
    weight = np.sqrt(counts.mean() / counts)[truth][:, None].astype(np.float32)
    turned = sparse.T.tocsr()

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        matrix = flat.reshape(width + GRAM_BUCKETS + 1, classes).astype(np.float32)
        logits = dense @ matrix[:width] + sparse @ matrix[width:-1] + matrix[-1]
        logits -= logits.max(axis=1, keepdims=True)
        exponents = np.exp(logits)
        total = exponents.sum(axis=1, keepdims=True)
        wrong = weight * (exponents / total - one_hot)
        chosen = (logits - np.log(total))[np.arange(rows), truth]
        slope = np.concatenate([dense.T @ wrong, turned @ wrong, wrong.sum(axis=0, keepdims=True)])
        slope[:-1] += PENALTY * matrix[:-1]
        value = -float((weight[:, 0] * chosen).sum()) + 0.5 * PENALTY * float((matrix[:-1] ** 2).sum())
        return value, slope.astype(np.float64).ravel()

    start = np.zeros((width + GRAM_BUCKETS + 1) * classes)
    found: Any = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS, "maxcor": 5})
    matrix = found.x.reshape(width + GRAM_BUCKETS + 1, classes).astype(np.float32)
    return matrix[:width], matrix[width:-1], matrix[-1]


def _temperature(logits: Vector, truth: Indices) -> float:
    """What makes the confidences of unseen examples as high as they deserve."""
    from scipy.optimize import minimize_scalar  # comes with scikit-learn, training only

    def surprise(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        return float((np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(len(truth)), truth]).mean())

    return float(np.exp(minimize_scalar(surprise, bounds=(-3.0, 3.0), method="bounded").x))


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
