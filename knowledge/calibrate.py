"""Fit the confidence to labelled questions.

Every answerable question is asked twice: as it is, and with its right documents hidden. What comes
up then is the kind of wrong passage that looks right, the hardest thing to refuse.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import yaml
from numpy.typing import NDArray

from knowledge.confidence import Calibration, Features
from knowledge.encoder import Encoder
from knowledge.passages import Passage
from knowledge.search import Search, question_words

Asked = Literal["answerable", "hidden", "unanswerable"]

RIDGE = 1.0
FEWEST = 20
"""Unanswerable questions below which the threshold is set by the hidden ones."""
FALSE_ANSWERS = 0.05
"""Share of the questions without an answer that may pass the threshold."""


@dataclass(frozen=True, slots=True)
class Case:
    question: str
    language: str
    expected: tuple[str, ...] = ()
    """Documents that answer it, by id, or by id and section as `id › section`; none when nothing does."""

    def is_answered_by(self, passage: Passage) -> bool:
        return bool({passage.document_id, f"{passage.document_id} › {passage.section}"} & set(self.expected))

    @property
    def documents(self) -> frozenset[str]:
        return frozenset(expected.partition(" › ")[0] for expected in self.expected)


@dataclass(frozen=True, slots=True)
class Sample:
    features: Features
    answers: bool
    asked: Asked
    """`hidden` is an answerable question whose documents were hidden."""


def load_cases(path: Path) -> list[Case]:
    """Cases from YAML: a list of {question, language, expected}."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [Case(row["question"], row["language"], tuple(row.get("expected") or ())) for row in rows]


def fit(cases: Sequence[Case], search: Search, encoder: Encoder) -> Calibration:
    """Logistic weights and the threshold from the first hit of every case; ValueError without both outcomes."""
    samples = collect(cases, search, encoder)
    labels = np.array([sample.answers for sample in samples], dtype=float)
    if not labels.any() or labels.all():
        raise ValueError("calibration needs questions that are answered and questions that are not")
    rows = np.array([sample.features.values() for sample in samples])
    # Hidden-document samples are of our making: together they weigh half as much as real questions.
    weights = np.array([0.5 if sample.asked == "hidden" else 1.0 for sample in samples])
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
        for hidden in (frozenset[str](), case.documents) if case.expected else (frozenset[str](),):
            found = search.rank(
                vector,
                question_words(case.question),
                search.shelves(case.language),
                language=case.language,
                limit=1,
                without=hidden,
            )
            asked: Asked = "hidden" if hidden else "answerable" if case.expected else "unanswerable"
            samples += [Sample(one.features, case.is_answered_by(one.hit.passage), asked) for one in found]
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
    """The lowest bar that few enough of the questions without an answer pass."""
    chances = np.array([fitted.confidence(sample.features) for sample in samples])
    answers = np.array([sample.answers for sample in samples])
    asked = np.array([sample.asked for sample in samples])
    unanswerable = asked == "unanswerable"
    without = unanswerable if unanswerable.sum() >= FEWEST else asked != "answerable"
    if not without.any():
        without = ~answers
    bars = np.linspace(0.05, 0.95, 91)
    threshold = next((bar for bar in bars if (chances[without] >= bar).mean() <= FALSE_ANSWERS), bars[-1])
    passed = chances >= threshold
    figures = {
        "samples": len(samples),
        "answered_right": passed[answers].sum() / (asked == "answerable").sum(),
        "answered_beside": (passed & ~answers)[asked == "answerable"].mean(),
        "answered_unanswerable": passed[asked == "unanswerable"].mean()
        if (asked == "unanswerable").any()
        else 0.0,
        "answered_hidden": passed[asked == "hidden"].mean() if (asked == "hidden").any() else 0.0,
        "brier": ((chances - answers) ** 2).mean(),
    }
    return replace(
        fitted,
        threshold=round(float(threshold), 2),
        figures={name: round(float(value), 4) for name, value in figures.items()},
    )
