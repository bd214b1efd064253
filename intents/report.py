"""How good the intents are: five-fold figures per language, confusions, strangers, calibration."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from intents.classifier import OUT_OF_SCOPE
from intents.examples import Example, Examples
from intents.training import Trained

WORST = 20


@dataclass(frozen=True, slots=True)
class Confusion:
    truth: str
    predicted: str
    count: int
    sample: str
    """One of the examples that went wrong."""


@dataclass(frozen=True, slots=True)
class LanguageReport:
    language: str
    examples: int
    accuracy: float
    """Of the in-scope examples: the right intent ranked first."""
    top3: float
    accuracy_all: float
    """Of all examples, `out_of_scope` being one class more."""
    strangers: int
    strangers_caught: float
    """Share of the out-of-scope examples that the gate keeps out."""
    accepted: float
    """Share of the in-scope examples that it lets pass."""


@dataclass(frozen=True, slots=True)
class IntentReport:
    intent: str
    examples: int
    recall: float
    precision: float


@dataclass(frozen=True, slots=True)
class Report:
    languages: tuple[LanguageReport, ...]
    intents: tuple[IntentReport, ...]
    """Worst recall first."""
    confusions: tuple[Confusion, ...]
    strangers_caught: float
    accepted: float
    separation: float
    """Area under the ROC curve of the gate: 1 is perfect, 0.5 is chance."""
    calibration_error: float
    """How far confidence and accuracy are apart, on average (expected calibration error, 10 bins)."""

    def measures(self) -> dict[str, float]:
        """For a table or a test: primary figures by name."""
        rows = {f"accuracy_{row.language}": row.accuracy for row in self.languages}
        return rows | {
            "strangers_caught": self.strangers_caught,
            "accepted": self.accepted,
            "separation": self.separation,
            "calibration_error": self.calibration_error,
        }


def report(examples: Examples, trained: Trained) -> Report:
    """From the five-fold predictions made while training."""
    labels = np.array(examples.labels)
    scope = labels != OUT_OF_SCOPE
    rows = [examples.rows[index] for index in trained.out_of_fold.rows]
    truth = np.array([row.intent for row in rows])
    inside = truth != OUT_OF_SCOPE
    languages = np.array([row.language for row in rows])
    logits = trained.out_of_fold.logits
    order = np.argsort(-np.where(scope, logits, -np.inf), axis=1)
    ranked, best = labels[order], labels[logits.argmax(axis=1)]
    passed = trained.classifier.passes(logits, trained.out_of_fold.similarity)
    confidences = trained.classifier.confidences(logits)
    return Report(
        languages=tuple(
            LanguageReport(
                language=str(language),
                examples=int(mine.sum()),
                accuracy=float((ranked[:, 0] == truth)[mine & inside].mean()),
                top3=float((ranked[:, :3] == truth[:, None]).any(axis=1)[mine & inside].mean()),
                accuracy_all=float((best == truth)[mine].mean()),
                strangers=int((mine & ~inside).sum()),
                strangers_caught=_share(~passed[mine & ~inside]),
                accepted=_share(passed[mine & inside]),
            )
            for language in sorted(set(languages))
            for mine in [languages == language]
        ),
        intents=_by_intent(truth, best),
        confusions=_confusions(rows, truth, best),
        strangers_caught=_share(~passed[~inside]),
        accepted=_share(passed[inside]),
        separation=_separation(trained.classifier.gate(logits, trained.out_of_fold.similarity), inside),
        calibration_error=calibration_error(confidences.max(axis=1), best == truth),
    )


def calibration_error(confidence: np.ndarray, right: np.ndarray) -> float:
    bins = np.minimum((confidence * 10).astype(int), 9)
    parts = [
        abs(confidence[bins == one].mean() - right[bins == one].mean()) * (bins == one).mean()
        for one in np.unique(bins)
    ]
    return float(sum(parts))


def _share(flags: np.ndarray) -> float:
    return float(flags.mean()) if len(flags) else 0.0


def _separation(values: np.ndarray, inside: np.ndarray) -> float:
    if inside.all() or not inside.any():
        return 0.0
    ranks = values.argsort().argsort() + 1
    positive = int(inside.sum())
    return float(
        (ranks[inside].sum() - positive * (positive + 1) / 2) / (positive * (len(inside) - positive))
    )


def _by_intent(truth: np.ndarray, best: np.ndarray) -> tuple[IntentReport, ...]:
    rows = [
        IntentReport(
            str(intent),
            int((truth == intent).sum()),
            float((best[truth == intent] == intent).mean()),
            _share(truth[best == intent] == intent),
        )
        for intent in sorted(set(truth))
    ]
    return tuple(sorted(rows, key=lambda row: row.recall))


def _confusions(rows: Sequence[Example], truth: np.ndarray, best: np.ndarray) -> tuple[Confusion, ...]:
    wrong = np.flatnonzero(truth != best)
    counts = Counter((str(truth[index]), str(best[index])) for index in wrong)
    samples = {(str(truth[index]), str(best[index])): rows[int(index)].text for index in wrong}
    return tuple(Confusion(*pair, count, samples[pair]) for pair, count in counts.most_common(WORST))
