"""Figures over outcomes: shares, separation, and the same figures for every language and part."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

import numpy as np

from bot.evaluation.cases import Case

LEAST = 20
"""Languages with fewer cases are reported together."""
ALL = "all cases"
FALSE_ANSWERS = 0.05
IN_SCOPE = 0.95


class Outcome(Protocol):
    @property
    def case(self) -> Case: ...


O = TypeVar("O", bound=Outcome)  # noqa: E741
Figures = dict[str, float]


def shares(**flags: Iterable[bool]) -> Figures:
    """The share of true flags under each name; a name without flags is left out."""
    lists = {name: list(values) for name, values in flags.items()}
    return {name: sum(values) / len(values) for name, values in lists.items() if values}


def separation(positive: Sequence[float], negative: Sequence[float]) -> Figures:
    """Area under the ROC curve: how often a positive stands above a negative, ties counting half."""
    if not positive or not negative:
        return {}
    above, below = np.array(positive)[:, None], np.array(negative)[None, :]
    return {"separation": float((above > below).mean() + (above == below).mean() / 2)}


def bar_above(values: Sequence[float], share: float) -> float:
    """The lowest bar that at most `share` of the values reach."""
    ordered = sorted(values, reverse=True)
    allowed = int(share * len(ordered) + 1e-9)
    return float(np.nextafter(ordered[allowed], np.inf)) if allowed < len(ordered) else -np.inf


def bar_below(values: Sequence[float], share: float) -> float:
    """The highest bar that at least `share` of the values reach."""
    ordered = sorted(values)
    return ordered[int((1 - share) * len(ordered) + 1e-9)] if ordered else -np.inf


def grouped(outcomes: Sequence[O], measure: Callable[[Sequence[O]], Figures]) -> dict[str, Figures]:
    """`measure` of all outcomes, of each language, of each part, and of each part of a large language."""
    counts = Counter(outcome.case.language for outcome in outcomes)
    large = [language for language, count in counts.items() if count >= LEAST]
    parts = sorted({outcome.case.part for outcome in outcomes if outcome.case.part})
    found = {ALL: list(outcomes)}
    for language in large if len(counts) > 1 else ():
        found[language] = [one for one in outcomes if one.case.language == language]
    if large and len(large) < len(counts):
        found["other languages"] = [one for one in outcomes if one.case.language not in large]
    for part in parts:
        found[part] = [one for one in outcomes if one.case.part == part]
        for language in large if len(counts) > 1 else ():
            found[f"{language} {part}"] = [one for one in found[part] if one.case.language == language]
    return {name: measure(group) for name, group in found.items() if group}
