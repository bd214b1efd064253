"""What an evaluation found, as tables for people and as JSON for machines."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.evaluation.measures import ALL

_COUNTS = frozenset({"answerable", "unanswerable", "messages"})
_SCORES = frozenset({"mrr", "separation", "calibration_error"})
_MOST_FAILURES = 60


@dataclass(frozen=True, slots=True)
class Failure:
    id: str
    part: str | None
    what: str
    said: str
    expected: str
    got: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Report:
    name: str
    primary: str
    """The figure that counts, when there is to be one."""
    groups: Mapping[str, Mapping[str, float]]
    """Figures of all cases, of each language, of each part."""
    failures: tuple[Failure, ...]

    @property
    def figures(self) -> dict[str, float]:
        """Of all cases."""
        return dict(self.groups[ALL])

    @property
    def value(self) -> float | None:
        """Of the primary figure; None where the cases say nothing about it."""
        return self.figures.get(self.primary)

    def to_json(self) -> str:
        groups = {
            group: {name: round(value, 4) for name, value in figures.items()}
            for group, figures in self.groups.items()
        }
        failures = [
            asdict(failure) | {"confidence": round(failure.confidence, 4)} for failure in self.failures
        ]
        content = {"name": self.name, "primary": self.primary, "groups": groups, "failures": failures}
        return json.dumps(content, ensure_ascii=False, indent=1)

    def print(self, console: Console, *, failures: bool = True) -> None:
        console.print(_figures(self))
        if failures and self.failures:
            console.print(_failures(self))


def _figures(report: Report) -> Table:
    """A row for every figure, a column for every group."""
    table = Table(title=f"Evaluation: {report.name}")
    table.add_column("", no_wrap=True)
    for group in report.groups:
        table.add_column(group, justify="right")
    for name in dict.fromkeys(name for figures in report.groups.values() for name in figures):
        cells = (_shown(name, figures.get(name)) for figures in report.groups.values())
        table.add_row(name.replace("_", " "), *cells, style="bold" if name == report.primary else "")
    return table


def _failures(report: Report) -> Table:
    counts = ", ".join(
        f"{count} {what}" for what, count in Counter(one.what for one in report.failures).items()
    )
    table = Table("case", "what", "said", "expected", "got", "", title=f"Failures: {counts}")
    for one in report.failures[:_MOST_FAILURES]:
        # What shoppers and documents say may look like markup.
        texts = (one.id, one.what, one.said, one.expected, one.got)
        table.add_row(*map(escape, texts), f"{one.confidence:.2f}")
    if len(report.failures) > _MOST_FAILURES:
        table.caption = f"{len(report.failures) - _MOST_FAILURES} more in the JSON report"
    return table


def _shown(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    if name in _COUNTS:
        return f"{value:.0f}"
    return f"{value:.3f}" if name in _SCORES else f"{value:.1%}"
