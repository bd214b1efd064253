"""From what a search saw of a passage to the probability that it answers the question."""

import json
import math
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

PARAMETERS = Path(__file__).parent / "calibration.json"
SAME = 0.98
"""Cosine of two questions in the same words, but for a particle or a blank."""
LISTED = 0.95
CLUES = ("dense", "keyword", "coverage", "question", "questions", "unasked", "unasked_dense")
"""What a passage is ranked by (`ranking.clues`)."""


class Features(NamedTuple):
    """Each about 0 to 1, so that the weights can be compared."""

    dense: float
    """Cosine of the passage's own vector, seen from the middle of its language."""
    keyword: float
    """Share of the reachable BM25 score."""
    coverage: float
    """Share of the question's words found in the passage or its questions, weighed by their rarity."""
    said: float
    """Share of them found in what would be quoted."""
    question: float
    """Cosine of the nearest of its questions; 0 without any."""
    questions: float
    """Mean cosine of the three nearest of its questions; 0 without any."""
    asked: float
    """1 when its section lists questions, so that what they are worth can be weighed apart."""
    chance: float
    """How likely it is the best of the candidates, 1 + ln(chance) / 5."""
    page: float
    """The same of all candidates of its document: neighbouring sections often answer alike."""
    lead: float
    """Ranking score above that of the best of the others, divided by 5."""
    usual: float
    """How much the question sounds like one that pages answer, whatever they say; 0 is undecided."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the cross-encoder's word is worth beside the features: a fitted logistic model."""

    unsure: float
    """Confidence from which it is asked; below, nothing that it may say leads to an answer."""
    certain: float
    """Confidence from which it need not be asked."""
    weights: dict[str, float]
    """What each feature adds, as in `Calibration`."""
    logit: float
    """Weight of the cross-encoder's logit."""
    bias: float
    learnt: str
    """Names what the cross-encoder had learnt when this was fitted; more learning wants another fit."""

    def concerns(self, confidence: float) -> bool:
        return self.unsure <= confidence < self.certain

    def confidence(self, features: Features, logit: float) -> float:
        """Probability, 0 to 1."""
        return _chance(_total(features, self.weights) + self.logit * logit + self.bias)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted logistic model and two bars: to answer at all, and to answer without a hedge."""

    ranking: dict[str, float]
    """What each clue adds to a passage's ranking score."""
    weights: dict[str, float]
    """What each feature adds to the confidence in it."""
    bias: float
    threshold: float
    """Below it the bot says that it does not know."""
    sure: float = 0.0
    """Below it what is quoted is said to be the closest found."""
    usual: tuple[float, ...] = ()
    """Weights of a question's vector, then a bias, that tell usual questions; none leaves all undecided."""
    encoder: str = ""
    """Fingerprint of the encoder it was fitted with; another one wants another fit."""
    figures: dict[str, float] = field(default_factory=dict)
    """What the fit measured on its own cases."""
    reading: Reading | None = None
    """None where there was no cross-encoder."""

    def confidence(self, features: Features) -> float:
        """Probability, 0 to 1; a question that the passage's page lists itself is answered by it."""
        found = _chance(_total(features, self.weights) + self.bias)
        return max(found, LISTED) if features.question >= SAME else found

    def usualness(self, centred: NDArray[np.float32]) -> float:
        """Of a question's vector seen from the middle of its language; 0 for an encoder of another size."""
        weights = _array(self.usual)
        return float(centred @ weights[:-1] + weights[-1]) if len(weights) == len(centred) + 1 else 0.0

    def save(self, path: Path) -> None:
        # One line for the vector: it would be hundreds.
        row = asdict(self) | {"usual": " ".join(map(str, self.usual))}
        path.write_text(json.dumps(row, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def load_calibration(path: Path = PARAMETERS) -> Calibration:
    """ValueError when the file does not fit the features above."""
    row = json.loads(path.read_text(encoding="utf-8"))
    reading = row.get("reading")
    found = Calibration(
        **row
        | {
            "usual": tuple(map(float, row["usual"].split())),
            "reading": Reading(**reading) if reading else None,
        }
    )
    weights = [found.weights, *([found.reading.weights] if found.reading else [])]
    if any(set(one) != set(Features._fields) for one in weights):
        raise ValueError(f"{path}: weights do not name the features {', '.join(Features._fields)}")
    if set(found.ranking) != set(CLUES):
        raise ValueError(f"{path}: ranking weights do not name the clues {', '.join(CLUES)}")
    return found


@lru_cache(maxsize=4)
def _array(values: tuple[float, ...]) -> NDArray[np.float32]:
    return np.array(values, dtype=np.float32)


def _total(features: Features, weights: dict[str, float]) -> float:
    return sum(weights[name] * value for name, value in zip(Features._fields, features, strict=True))


def _chance(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))
