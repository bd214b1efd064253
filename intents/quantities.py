"""How many of something."""

import re
from dataclasses import dataclass

from intents.numerals import number
from intents.text import Span

_CHINESE = re.compile(
    r"(?<![\d.第一二两三四五六七八九十百这那哪每某上下同])(?P<count>\d{1,3}|[一二两三四五六七八九十]{1,3}) ?(?P<unit>个|個|件|双|雙|条|條|套|盒|包(?!邮)|只|瓶|箱|台|张|張|份|本|支|把|杯|袋|对)"
    r"(?!月|多?小时|钟|问题|[一二三四五六七八九]?号)"
)
_TIMES = re.compile(
    r"(?<![A-Za-z0-9])[x×*] ?(?P<count>\d{1,3})(?![\dA-Za-z])|(?<![\d.])(?P<before>\d{1,3}) ?[x×](?![\dA-Za-z])",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:数量|件数|quantity|qty|how many)\s?(?:改成|改为|换成|变成|to|of|is|[:=是为])?\s?(?P<count>\d{1,3}|[一二两三四五六七八九十])(?!\d)",
    re.IGNORECASE,
)
_ENGLISH = re.compile(
    r"(?<![\d.#$€£¥A-Za-z-])(?P<count>\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|a couple of) (?P<unit>of (?:them|these|those|each|the|my)|[a-z]{3,20})\b",
    re.IGNORECASE,
)


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


_NOT_A_UNIT = _words(
    "days day weeks week months month years year hours hour minutes mins min times time percent dollars bucks euros "
    "yuan pounds lbs kilos cups inches inch feet questions question things thing problems problem issues issue ways "
    "people star stars more and for the that this with was has not but ago from different weeks working business "
    "which what who where when does can will would should "
    "litre litres liter liters gram grams degrees degree metre metres meter meters watt watts"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    value: int
    unit: str
    """As typed: 件, mugs, or nothing for "x2"."""
    span: Span


def find_quantities(text: str) -> list[Quantity]:
    found: list[Quantity] = []
    for pattern in (_NAMED, _TIMES, _CHINESE, _ENGLISH):
        for match in pattern.finditer(text):
            span, groups = Span(*match.span()), match.groupdict()
            value = number(groups["count"] or groups["before"])
            unit = (groups.get("unit") or "").lower()
            if (
                value is None
                or not 0 < value < 1000
                or any(span.start < other.span.end and other.span.start < span.end for other in found)
            ):
                continue
            if pattern is _ENGLISH and (
                unit in _NOT_A_UNIT or (groups["count"].lower() == "one" and not unit.startswith("of"))
            ):
                continue
            found.append(Quantity(int(value), unit, span))
    return sorted(found, key=lambda quantity: quantity.span)
