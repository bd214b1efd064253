"""Which of the things just shown: "the second one", "②", "最后一个", "both", or a bare number."""

import re
from dataclasses import dataclass

from intents.numerals import number
from intents.text import Span

_WORDS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_THING = r"(?: (?:one|ones|item|option|order|product|choice|thing|pair|card|result|parcel|address)s?\b|(?=[\s.,!?;]*$)|(?=,))"
_CLASSIFIER = "个個件双雙条條款种種套盒包只瓶箱台部张張单單笔筆杯把本支项項样樣"
_ZH_NUMBER = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"

_CHINESE = re.compile(
    rf"(?P<back>倒数|倒數)?第 ?(?P<count>{_ZH_NUMBER}) ?(?=[{_CLASSIFIER}]|[^\d次天周年月日季步代遍页排层期位名回届分批]|$)[{_CLASSIFIER}]?"
)
_CHINESE_LAST = re.compile(
    rf"最[后後末](?:一|那|那一)?[{_CLASSIFIER}]|最[下末]面(?:那|的|一)*[{_CLASSIFIER}]|后者|後者"
)
_CHINESE_FIRST = re.compile(rf"最上面(?:那|的|一)*[{_CLASSIFIER}]|前者")
_FIRST_FEW = re.compile(
    rf"前(?P<count>[两二三四])[{_CLASSIFIER}]|\bfirst (?P<word>two|three|four)\b", re.IGNORECASE
)
_ENGLISH = re.compile(
    rf"(?<!\ba )\b(?:(?:the|that|my|number) )?(?P<word>{'|'.join(_WORDS)}){_THING}", re.IGNORECASE
)
_THE_ENGLISH = re.compile(
    rf"\bthe (?P<word>{'|'.join(_WORDS)})\b(?! (?:time|day|week|month|year|place|step|half|hand|floor|thing))",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"\b(?:the )?(?P<count>\d{1,2})(?:st|nd|rd|th)\b(?! (?:of|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|floor|time|day|week))",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:\b(?:number|no\.|nr\.?|option|item|choice) ?#?|选项?|选择|#)(?P<count>\d{1,2})(?!\d|[A-Za-z])",
    re.IGNORECASE,
)
_CIRCLED = re.compile(r"[①-⑳❶-❿]|[1-9]\ufe0f?\u20e3")
_ENGLISH_LAST = re.compile(
    rf"\b(?:the |that )?(?:very )?last{_THING.replace('order|', '')}(?! (?:that )?(?:i|we)\b)|\bthe (?:latter|bottom one)\b",
    re.IGNORECASE,
)
_ENGLISH_FIRST = re.compile(r"\bthe (?:former|top one)\b", re.IGNORECASE)

_ALL = re.compile(
    r"全部|所有|整单|整個|整个订单|全都|都(?=要|退|换|取消|买|不|行|可以|给|是)|两[个件双样]都|一起(?=退|换|取消)|\ball(?= of (?:it|them|my|the)\b|$|[.!]| (?:items|products|the items|three|orders))"
    r"|\beverything\b|\bboth\b|\b(?:whole|entire|complete) order\b|\bthe lot\b|全て|すべて|모두|전부",
    re.IGNORECASE,
)
_LATEST = re.compile(
    r"最近(?:的|买的|那|一|下的)*[单笔个](?:订单)?|最新(?:的|一|那)*[单笔]?(?:订单)?|上一[单笔]|刚(?:才|刚)?(?:买|下单|下|拍|付)(?:的|了)?"
    r"|\b(?:my |the )?(?:latest|last|most recent|newest|recent) (?:order|purchase)\b"
    r"|\b(?:latest|last|most recent|newest) (?:(?:one|thing) )?(?:that )?(?:i|we)(?:'ve)? (?:just )?(?:ordered|bought|placed|purchased)\b"
    r"|\bjust (?:ordered|placed|bought)\b",
    re.IGNORECASE,
)
_BARE = re.compile(rf"[\s#]*(?P<count>\d{{1,4}}|[一二两三四五六七八九十]{{1,3}}|one|two|three|four|five|six|seven|eight|nine|ten)[\s.。、)）{_CLASSIFIER}]{{0,3}}", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ordinal:
    index: int
    """From 1; counted from the end when negative, so -1 is the last."""
    span: Span


def find_ordinals(text: str) -> list[Ordinal]:
    found: list[Ordinal] = []
    for match in _FIRST_FEW.finditer(text):
        count = int(number(match["count"] or match["word"]) or 0)
        found += [Ordinal(index, Span(*match.span())) for index in range(1, count + 1)]
    taken = [ordinal.span for ordinal in found]
    for pattern in (
        _CHINESE,
        _CHINESE_LAST,
        _CHINESE_FIRST,
        _ENGLISH_LAST,
        _ENGLISH_FIRST,
        _ENGLISH,
        _THE_ENGLISH,
        _NUMBERED,
        _NAMED,
        _CIRCLED,
    ):
        for match in pattern.finditer(text):
            span, index = Span(*match.span()), _index(match)
            if index and not any(span.start < other.end and other.start < span.end for other in taken):
                found.append(Ordinal(index, span))
                taken.append(span)
    return sorted(found, key=lambda ordinal: (ordinal.span, ordinal.index))


def _index(match: re.Match[str]) -> int:
    groups = match.groupdict()
    if match.re in (_CHINESE_LAST, _ENGLISH_LAST):
        return -1
    if match.re in (_CHINESE_FIRST, _ENGLISH_FIRST):
        return 1
    if match.re is _CIRCLED:
        sign = ord(match[0][0])
        return sign - 0x245F if 0x2460 <= sign <= 0x2473 else sign - 0x2775 if sign >= 0x2776 else sign - 0x30
    if groups.get("word"):
        return _WORDS.index(groups["word"].lower()) + 1
    count = int(number(groups["count"]) or 0)
    return -count if groups.get("back") else count


def says_all(text: str) -> bool:
    return _ALL.search(text) is not None


def says_latest(text: str) -> bool:
    """Whether the newest order is meant."""
    return _LATEST.search(text) is not None


def bare_number(text: str) -> int | None:
    """The number that is the whole message ("2", "两个"): an answer to whatever was asked."""
    match = _BARE.fullmatch(text) if len(text) <= 20 else None
    value = number(match["count"]) if match else None
    return None if value is None or (value > 99 and text.strip()[-1] in _CLASSIFIER) else int(value)
