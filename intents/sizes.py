"""Clothing and shoe sizes, and the body measures that size advice needs."""

import re
from dataclasses import dataclass
from typing import Literal

from intents.numerals import number
from intents.text import Span

_LETTERS = re.compile(r"(?<![A-Za-z0-9'&])(?:x{1,4}[sl]|[2-6]xl|xxs)(?![A-Za-z0-9'&])", re.IGNORECASE)
# One letter alone is a size when it is written large, or where sizes are spoken of.
_LETTER = re.compile(r"(?<![A-Za-z0-9'&.])[SML](?![A-Za-z0-9'&.])")
_NAMED_LETTER = re.compile(
    r"(?:\bsizes? |尺码|尺寸|\bin an? |\bin )(?P<before>[sml])(?![A-Za-z0-9'&])|(?<![A-Za-z0-9'&])(?P<after>[sml])(?=码|号|碼| ?size\b)",
    re.IGNORECASE,
)
_WORDS = {"small": "S", "medium": "M", "large": "L", "extra large": "XL", "extra small": "XS", "小码": "S", "中码": "M", "大码": "L", "小号": "S", "中号": "M", "大号": "L", "加大号": "XL", "加大码": "XL", "均码": "ONE SIZE", "one size": "ONE SIZE"}  # fmt: skip
_NAMED = re.compile(
    r"(?:\bsizes? )?\b(?:extra[ -]large|extra[ -]small|one size|medium|small|large)\b(?! (?:number|amount|order|parcel|problem))|加大[码号]|[小中大][码号](?!码)|均码",
    re.IGNORECASE,
)
_SHOE = re.compile(
    r"(?:(?P<system>\b(?:eur?|uk|us)) ?|(?:鞋码|尺码|码数|穿|\bsizes? |\bshoe size(?: is)? )[是为: ]{0,2})(?P<size>\d{1,2}(?:\.5|½)?)(?![\d.元块%天日个件双]|cm|kg)"
    r"|(?<![\d.])(?P<marked>[1-5]\d(?:\.5)?) ?(?:码|碼|号(?=鞋|的|半))",
    re.IGNORECASE,
)

_HEIGHTS = (
    re.compile(r"(?<![\d.])(?P<cm>1\d\d|2[0-3]\d|[5-9]\d)(?:\.\d)? ?(?:cm|厘米|公分|センチ)", re.I),
    re.compile(r"(?<![\d.])(?P<m>1|2|一) ?(?:米|m(?![a-z]))(?P<rest>\d{1,2}|[一二三四五六七八九]{1,2})(?!\d)", re.I),
    re.compile(r"(?<![\d.])(?P<metres>[12]\.\d{1,2}) ?(?:米|m(?![a-z]))", re.I),
    re.compile(r"(?<![\d.])(?P<feet>[4-7])(?:'|′| ?ft\.?| ?feet| ?foot) ?(?P<inches>\d{1,2})?(?:\"|″|''| ?in(?:ch(?:es)?)?\b)?", re.I),
    re.compile(r"(?:身高|height(?: is)?|\bi'?m|i am)[是为: ]{0,3}(?P<bare>1[2-9]\d|20\d)(?!\d| ?(?:kg|斤|lb))", re.I),
)  # fmt: skip
_WEIGHTS = (
    re.compile(r"(?<![\d.])(?P<kg>\d{2,3}(?:\.\d)?) ?(?:kgs?\b|公斤|千克|kilos?\b)", re.I),
    re.compile(
        r"(?<![\d.])(?P<jin>\d{2,3}(?:\.\d)?|一百[一二三四五六七八九]十?[一二三四五六七八九]?) ?斤", re.I
    ),
    re.compile(r"(?<![\d.])(?P<lb>\d{2,3}) ?(?:lbs?\b|pounds?\b)", re.I),
    re.compile(r"(?:体重|weight(?: is)?)[是为: ]{0,3}(?P<bare>\d{2,3})(?!\d| ?cm)", re.I),
)
_PAIR = re.compile(
    r"(?<![\d.])(?P<cm>1[3-9]\d|20\d)(?:cm)? ?[/,、 ] ?(?P<weight>[3-9]\d|1[0-4]\d|(?:1[5-9]|2\d)\d(?= ?斤))(?P<unit> ?kg| ?公斤| ?斤)?(?!\d)",
    re.I,
)
_FOOT = re.compile(
    r"(?:脚长|foot length(?: is)?|feet are)[是为: ]{0,3}(?P<cm>\d{2}(?:\.\d)?)(?: ?cm|厘米)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Size:
    value: str
    """"XL", "39.5"."""
    span: Span
    system: Literal["letter", "number", "EU", "UK", "US"] = "letter"


@dataclass(frozen=True, slots=True)
class Measure:
    kind: Literal["height", "weight", "foot"]
    value: float
    """Centimetres, or kilograms for weight."""
    span: Span


def find_sizes(text: str) -> list[Size]:
    sizes = [Size(_letters(match[0]), Span(*match.span())) for match in _LETTERS.finditer(text)]
    sizes += [Size(match[0], Span(*match.span())) for match in _LETTER.finditer(text)]
    for match in _NAMED_LETTER.finditer(text):
        group = "before" if match["before"] else "after"
        span = Span(*match.span(group))
        if all(span != size.span for size in sizes):
            sizes.append(Size(match[group].upper(), span))
    for match in _NAMED.finditer(text):
        word = match[0].lower().replace("-", " ").removeprefix("sizes ").removeprefix("size ")
        sizes.append(Size(_WORDS[word], Span(*match.span())))
    for match in _SHOE.finditer(text):
        system = (match["system"] or "").upper().replace("EUR", "EU")
        value = (match["size"] or match["marked"]).replace("½", ".5")
        sizes.append(Size(value, Span(*match.span()), _SYSTEMS.get(system, "number")))
    return sorted(sizes, key=lambda size: size.span)


_SYSTEMS: dict[str, Literal["EU", "UK", "US"]] = {"EU": "EU", "UK": "UK", "US": "US"}


def _letters(typed: str) -> str:
    value = typed.upper()
    return (
        f"{value.count('X')}XL" if value.count("X") > 3 else {"2XL": "XXL", "3XL": "XXXL"}.get(value, value)
    )


def find_measures(text: str) -> list[Measure]:
    measures = [Measure("foot", float(match["cm"]), Span(*match.span())) for match in _FOOT.finditer(text)]
    taken = [measure.span for measure in measures]
    for match in _PAIR.finditer(text):
        span, half = Span(*match.span()), (match["unit"] or "").strip() == "斤"
        measures.append(Measure("height", float(match["cm"]), span))
        measures.append(Measure("weight", float(match["weight"]) * (0.5 if half else 1), span))
        taken.append(span)
    for kind, patterns in (("height", _HEIGHTS), ("weight", _WEIGHTS)):
        for pattern in patterns:
            for match in pattern.finditer(text):
                span = Span(*match.span())
                value = _height(match) if kind == "height" else _weight(match)
                if value is None or any(span.start < other.end and other.start < span.end for other in taken):
                    continue
                measures.append(Measure("height" if kind == "height" else "weight", value, span))
                taken.append(span)
    return sorted(measures, key=lambda measure: (measure.span, measure.kind))


def _height(match: re.Match[str]) -> float | None:
    groups = match.groupdict()
    if groups.get("m"):
        rest = number("".join(groups["rest"]))
        whole = number(groups["m"])
        if rest is None or whole is None:
            return None
        return 100 * whole + (rest * 10 if rest < 10 and len(groups["rest"]) == 1 else rest)
    if groups.get("metres"):
        return round(100 * float(groups["metres"]), 1)
    if groups.get("feet"):
        return round(30.48 * int(groups["feet"]) + 2.54 * int(groups["inches"] or 0), 1)
    return float(groups.get("cm") or groups["bare"])


def _weight(match: re.Match[str]) -> float | None:
    groups = match.groupdict()
    if groups.get("jin"):
        jin = number(groups["jin"])
        value = None if jin is None else jin / 2
    elif groups.get("lb"):
        value = round(0.4536 * float(groups["lb"]), 1)
    else:
        value = float(groups.get("kg") or groups["bare"])
    return value if value is not None and 20 <= value <= 200 else None
