"""From what a search saw of a passage to the probability that it answers the question."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

PARAMETERS = Path(__file__).parent / "calibration.json"


@dataclass(frozen=True, slots=True)
class Features:
    """Each about 0 to 1, so that the weights can be compared."""

    dense: float
    """Cosine, above 0.75 and stretched fourfold: unrelated texts already reach 0.75."""
    margin: float
    """Closeness, by its text or its questions, above the mean of its ten best rivals, stretched tenfold."""
    keyword: float
    """Share of the reachable BM25 score."""
    coverage: float
    """Share of the question's words found in the passage, weighed by their rarity."""
    agreement: float
    """1 for the best by keywords, 1/2 for the second, and so on; 0 without a common word."""
    question: float
    """Cosine of the nearest of its questions, above 0.75 and stretched fourfold; 0 without one near."""
    asked: float
    """1 when its section lists questions, so that what `question` is worth can be weighed apart."""

    def values(self) -> tuple[float, ...]:
        return tuple(asdict(self).values())


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted logistic model and the bar below which the bot says that it does not know."""

    weights: dict[str, float]
    """By feature."""
    bias: float
    threshold: float
    encoder: str = ""
    """Fingerprint of the encoder it was fitted with; another one wants another fit."""
    figures: dict[str, float] = field(default_factory=dict)
    """What the fit measured on its own cases."""

    def confidence(self, features: Features) -> float:
        """Probability, 0 to 1."""
        total = self.bias + sum(self.weights[name] * value for name, value in asdict(features).items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=1, sort_keys=True) + "\n", encoding="utf-8")


def load_calibration(path: Path = PARAMETERS) -> Calibration:
    """ValueError when the file does not fit the features above."""
    found = Calibration(**json.loads(path.read_text(encoding="utf-8")))
    if set(found.weights) != set(Features.__dataclass_fields__):
        raise ValueError(
            f"{path}: weights do not name the features {', '.join(Features.__dataclass_fields__)}"
        )
    return found


def margin(dense: float, rivals: Sequence[float]) -> float:
    """`dense` above the mean of the ten best others; 0 without rivals."""
    best = sorted(rivals, reverse=True)[:10]
    return dense - sum(best) / len(best) if best else 0.0
