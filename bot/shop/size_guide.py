"""Which size fits somebody of a height and a weight, by a product's size guide as shops write it.

"S 155–163 cm / 45–53 kg; M 160–170 cm / 52–62 kg": each size with its ranges, in any language.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.shop.domain import Attribute

Kind = Literal["height", "weight"]

NAME = "size_guide"
"""The attribute that holds it (`docs/import.md`)."""

_PARTS = re.compile(r"[;；\n]")
_SIZE = re.compile(r"^\W*(?P<size>[\w/.-]+)")
_RANGE = re.compile(
    r"(?P<low>\d+(?:\.\d+)?)\s*[-–—~～]\s*(?P<high>\d+(?:\.\d+)?)\s*(?P<unit>cm|kg|厘米|公斤|千克|斤)",
    re.IGNORECASE,
)
_UNITS: Mapping[str, tuple[Kind, float]] = {
    "cm": ("height", 1),
    "厘米": ("height", 1),
    "kg": ("weight", 1),
    "公斤": ("weight", 1),
    "千克": ("weight", 1),
    "斤": ("weight", 0.5),
}
_SHORTEST_CM = 100
"""A range of fewer centimetres is of a chest or a waist, not of a height."""


@dataclass(frozen=True, slots=True)
class Body:
    """What somebody said of their build."""

    height: float | None = None
    """Centimetres."""
    weight: float | None = None
    """Kilograms."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Sizes from small to large, however the guide lists them."""

    both: tuple[str, ...]
    """That fit all that is known."""
    by_height: tuple[str, ...]
    by_weight: tuple[str, ...]
    sizes: tuple[str, ...]
    """All that the guide has ranges for."""

    def is_larger(self, one: str, other: str) -> bool:
        return self.sizes.index(one) > self.sizes.index(other)


def fitting(attribute: Attribute, body: Body) -> Fit | None:
    """None where the guide has no ranges of what is known of the body."""
    for text in attribute.value.values():
        rows = _rows(text)
        by_height = _within(rows, "height", body.height)
        by_weight = _within(rows, "weight", body.weight)
        known = [sizes for sizes in (by_height, by_weight) if sizes is not None]
        if known:
            both = tuple(size for size in rows if all(size in sizes for sizes in known))
            return Fit(both, by_height or (), by_weight or (), tuple(rows))
    return None


def _rows(text: str) -> dict[str, dict[Kind, tuple[float, float]]]:
    rows: dict[str, dict[Kind, tuple[float, float]]] = {}
    for part in _PARTS.split(text):
        size, ranges = _SIZE.match(part), dict[Kind, tuple[float, float]]()
        for match in _RANGE.finditer(part, size.end() if size else 0):
            kind, scale = _UNITS[match["unit"].lower()]
            low, high = scale * float(match["low"]), scale * float(match["high"])
            if kind == "weight" or low >= _SHORTEST_CM:
                ranges[kind] = (low, high)
        if size and ranges:
            rows[size["size"]] = ranges
    return dict(sorted(rows.items(), key=lambda row: max(low for low, _ in row[1].values())))


def _within(
    rows: Mapping[str, Mapping[Kind, tuple[float, float]]], kind: Kind, value: float | None
) -> tuple[str, ...] | None:
    """None where nothing is known of it, or the guide says nothing of it."""
    if value is None or not any(kind in ranges for ranges in rows.values()):
        return None
    return tuple(
        size
        for size, ranges in rows.items()
        if kind in ranges and ranges[kind][0] <= value <= ranges[kind][1]
    )
