"""Sizes relative to one another: "a size up", "小两码", "it's too tight"."""

import re
from collections.abc import Sequence
from typing import Literal

from bot.shop.domain import Product
from bot.shop.mentions import normalise
from intents.numerals import number

_SIZED = ("size", "尺码", "尺寸", "capacity", "容量", "length", "长度", "width")
_LETTERS = ("XXXS", "XXS", "XS", "S", "M", "L", "XL", "XXL", "XXXL", "XXXXL")
_COUNT = r"(?P<count>[一两二三123]|one|two|three|a)"
_BIGGER = re.compile(
    rf"(?:大|加大){_COUNT}个?(?:尺?码|号)|(?:大|加大)(?:一?[点些]|一丢丢)|更大|(?:放|加)大"
    rf"|\b{_COUNT.replace('count', 'count2')} sizes? (?:up|bigger|larger|higher)\b|\b(?:size|go|going) up\b|\bnext size up\b|\bup (?:a|one) size\b"
    r"|\b(?:bigger|larger|longer)\b(?! than)",
    re.IGNORECASE,
)
_SMALLER = re.compile(
    rf"(?:小|减小){_COUNT}个?(?:尺?码|号)|小(?:一?[点些]|一丢丢)|更小"
    rf"|\b{_COUNT.replace('count', 'count2')} sizes? (?:down|smaller|lower)\b|\b(?:size|go|going) down\b|\bnext size down\b|\bdown (?:a|one) size\b"
    r"|\b(?:smaller|shorter)\b(?! than)",
    re.IGNORECASE,
)
_MORE = re.compile(r"再|还要|\b(?:even|still|another|one more)\b", re.IGNORECASE)
_TOO_SMALL = re.compile(
    r"[太偏]小|小了|有点小|[太偏]紧|紧了|有点紧|勒|挤脚|穿不[下进]|塞不进|[太偏]短|短了"
    r"|\b(?:too|a bit|a little|quite|very|rather|so) (?:small|tight|short|snug|narrow)\b|\bruns? small\b",
    re.IGNORECASE,
)
_TOO_LARGE = re.compile(
    r"[太偏]大|大了|有点大|[太偏]松|松了|有点松|[太偏]长|长了"
    r"|\b(?:too|a bit|a little|quite|very|rather|so) (?:big|large|loose|long|wide|baggy)\b|\bruns? (?:large|big)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_PAPER = re.compile(r"[AB](\d)")


def sized(product: Product) -> str | None:
    """The name of the option that makes it larger or smaller."""
    for word in _SIZED:
        for option in product.options:
            if word in {normalise(label) for label in (option.name, *option.label.values())}:
                return option.name
    return None


def stepped(text: str) -> int:
    """How many sizes up (more than zero) or down (less) the text asks for; 0: it does not say."""
    for pattern, sign in ((_BIGGER, 1), (_SMALLER, -1)):
        if match := pattern.search(text):
            count = match["count"] or match["count2"]
            return sign * (1 if count in (None, "a", "A") else int(number(count) or 1))
    return 0


def step_from(text: str) -> Literal["wish", "current"]:
    """ "Even bigger" is bigger than what was wanted before; "bigger" is bigger than what it is."""
    return "wish" if _MORE.search(text) else "current"


def complaint(text: str) -> int:
    """1: it is too small, -1: too large, 0: nothing of the kind is said."""
    if _TOO_SMALL.search(text):
        return 1
    return -1 if _TOO_LARGE.search(text) else 0


def ascending(values: Sequence[str]) -> list[str]:
    """From small to large: letters, numbers, paper (A6 is smaller than A5); else as the shop lists them."""
    ranks = [_rank(value) for value in values]
    if None in ranks or len({rank[0] for rank in ranks if rank}) != 1:
        return list(values)
    return [value for _, value in sorted(zip(ranks, values, strict=True), key=lambda one: one[0] or ("", 0))]


def _rank(value: str) -> tuple[str, float] | None:
    if value.upper() in _LETTERS:
        return "letter", _LETTERS.index(value.upper())
    if paper := _PAPER.fullmatch(value.upper()):
        return "paper", -int(paper[1])
    if match := _NUMBER.match(value):
        return "number", float(match[0])
    return None
