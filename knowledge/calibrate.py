"""Fit the confidence to labelled questions.

Every answerable question is asked twice: as it is, and with its right documents hidden. What comes
up then is the kind of wrong passage that looks right, the hardest thing to refuse.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from knowledge.confidence import Calibration, Features
from knowledge.encoder import Encoder
from knowledge.search import Search, question_words

RIDGE = 1.0
FALSE_ANSWERS = 0.05
"""Share of the questions without an answer that may pass the threshold."""


@dataclass(frozen=True, slots=True)
class Case:
    question: str
    language: str
    expected: tuple[str, ...] = ()
    """Ids of documents that answer it; none when nothing does."""


@dataclass(frozen=True, slots=True)
class Sample:
    features: Features
    answers: bool
    hidden: bool
    """The right document was hidden."""


def load_cases(path: Path) -> list[Case]:
    """Cases from YAML: a list of {question, language, expected}."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [Case(row["question"], row["language"], tuple(row.get("expected") or ())) for row in rows]


def fit(cases: Sequence[Case], search: Search, encoder: Encoder) -> Calibration:
    """Logistic weights and the threshold from the first hit of every case; ValueError without both outcomes."""
    samples = collect(cases, search, encoder)
    labels = np.array([sample.answers for sample in samples], dtype=float)
    if labels.min(initial=1) == labels.max(initial=0):
        raise ValueError("calibration needs questions that are answered and questions that are not")
    rows = np.array([sample.features.values() for sample in samples])
    # Hidden-document samples are of our making: together they weigh half as much as real questions.
    weights = np.array([0.5 if sample.hidden else 1.0 for sample in samples])
    solution = _logistic(rows, labels, weights)
    names = list(Features.__dataclass_fields__)
    fitted = Calibration(
        weights={name: round(float(value), 4) for name, value in zip(names, solution[:-1], strict=True)},
        bias=round(float(solution[-1]), 4),
        threshold=0.5,
        encoder=encoder.fingerprint,
    )
    return _with_threshold(fitted, samples)


def collect(cases: Sequence[Case], search: Search, encoder: Encoder) -> list[Sample]:
    """The first hit's features for every case, and again for answerable ones with the answer hidden."""
    vectors = encoder.embed_queries([case.question for case in cases])
    samples: list[Sample] = []
    for case, vector in zip(cases, vectors, strict=True):
        for hidden in ((), case.expected) if case.expected else ((),):
            for own in (True, False):
                found = search.rank(
                    vector,
                    question_words(case.question),
                    search.shelves(case.language, own=own),
                    language=case.language,
                    limit=1,
                    without=hidden,
                )
                samples += [
                    Sample(one.features, one.hit.passage.document_id in case.expected, bool(hidden))
                    for one in found
                ]
    return samples


def _logistic(
    rows: NDArray[np.float64], labels: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Weights and bias by Newton's method, the weights shrunk a little towards 0."""
    design = np.hstack([rows, np.ones((len(rows), 1))])
    ridge = RIDGE * np.eye(design.shape[1])
    ridge[-1, -1] = 1e-6
    solution = np.zeros(design.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(design @ solution, -30, 30)))
        slope = design.T @ (weights * (chance - labels)) + ridge @ solution
        curve = (design * (weights * chance * (1 - chance))[:, None]).T @ design + ridge
        step = np.linalg.solve(curve, slope)
        solution -= step
        if np.abs(step).max() < 1e-8:
            break
    return solution


def _with_threshold(fitted: Calibration, samples: Sequence[Sample]) -> Calibration:
    """The lowest bar that lets few enough wrong passages through."""
    chances = np.array([fitted.confidence(sample.features) for sample in samples])
    answers = np.array([sample.answers for sample in samples])
    real = np.array([not sample.hidden for sample in samples])
    bars = np.linspace(0.05, 0.95, 91)
    threshold = next(
        (bar for bar in bars if (chances[~answers & real] >= bar).mean() <= FALSE_ANSWERS), bars[-1]
    )
    figures = {
        "samples": float(len(samples)),
        "answered": float((chances[answers] >= threshold).mean()),
        "false_answers": float((chances[~answers & real] >= threshold).mean()),
        "false_answers_hidden": float((chances[~answers & ~real] >= threshold).mean()),
        "brier": float(((chances - answers) ** 2).mean()),
    }
    return replace(
        fitted,
        threshold=round(float(threshold), 2),
        figures={name: round(value, 4) for name, value in figures.items()},
    )
