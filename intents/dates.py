"""Days that a message speaks of, seen from today."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from intents.numerals import number
from intents.text import Span

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = r"(?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_SHORT_WEEKDAY = r"(?P<weekday>mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)"
_COUNT = r"(?P<count>\d{1,3}|[一二两三四五六七八九十半]{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|a couple of)"
_DAYS = {
    "大前天": -3, "前天": -2, "前两天": -2, "昨天": -1, "昨日": -1, "昨晚": -1, "今天": 0, "今日": 0, "今早": 0, "今晚": 0,
    "明天": 1, "明日": 1, "明早": 1, "后天": 2, "後天": 2, "大后天": 3,
    "the day before yesterday": -2, "yesterday": -1, "last night": -1, "today": 0, "tonight": 0, "this morning": 0,
    "the day after tomorrow": 2, "tomorrow": 1,
}  # fmt: skip
_PAST = re.compile(
    r"[了过]|(?:买|下单|拍|订|付|收|签收|寄|发)的|\b(?:ordered|bought|paid|placed|arrived|came|got|received|was|since|shipped|sent)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Day:
    """One day, or the days from `first` to `last` ("last week")."""

    first: date
    last: date
    span: Span


@dataclass(frozen=True, slots=True)
class Now:
    today: date
    past: bool
    """Whether the sentence looks back: "I ordered on Monday"."""


Rule = Callable[[re.Match[str], Now], tuple[date, date] | None]


def find_dates(text: str, language: str, today: date) -> list[Day]:
    found: list[Day] = []
    now = Now(today, _PAST.search(text) is not None)
    for pattern, rule in _rules(language):
        for match in pattern.finditer(text):
            span = Span(*match.span())
            if any(span.start < day.span.end and day.span.start < span.end for day in found):
                continue
            days = _safely(rule, match, now)
            if days is not None:
                found.append(Day(*days, span))
    return sorted(found, key=lambda day: day.span)


def _safely(rule: Rule, match: re.Match[str], now: Now) -> tuple[date, date] | None:
    try:
        return rule(match, now)
    except (ValueError, OverflowError):  # the 31st of February, the year 0
        return None


def _one(day: date) -> tuple[date, date]:
    return day, day


def _full(match: re.Match[str], now: Now) -> tuple[date, date] | None:
    day = date(int(match["year"]), int(match["month"]), int(match["day"]))
    return _one(day) if abs(day.year - now.today.year) <= 5 else None


def _month_day(match: re.Match[str], now: Now) -> tuple[date, date] | None:
    month, day = number(match["month"]), number(match["day"])
    return _one(_nearest(int(month), int(day), now.today)) if month and day else None


def _named_month(match: re.Match[str], now: Now) -> tuple[date, date] | None:
    month, day = _MONTHS.index(match["month"].lower()[:3]) + 1, int(match["day"])
    return _one(date(int(match["year"]), month, day) if match["year"] else _nearest(month, day, now.today))


def _slashed(match: re.Match[str], now: Now) -> tuple[date, date] | None:
    """3/11 is either order abroad: the day nearer to now.today wins."""
    one, two = int(match["one"]), int(match["two"])
    days = [
        _nearest(month, day, now.today)
        for month, day in {(one, two), (two, one)}
        if month <= 12 and day <= 31
    ]
    return _one(min(days, key=lambda day: abs(day - now.today))) if days else None


def _nearest(month: int, day: int, today: date) -> date:
    """A month and a day without a year: the one at most half a year away."""
    years = (today.year, today.year - 1, today.year + 1)
    days = [date(year, month, day) for year in years if day <= monthrange(year, month)[1]]
    if not days:
        raise ValueError("no such day")
    return min(days, key=lambda candidate: abs(candidate - today))


def _day_of_month(match: re.Match[str], now: Now) -> tuple[date, date] | None:
    """The 3rd, without a month: the nearest one."""
    day = int(number(match["day"]) or 0)
    months = [divmod(now.today.year * 12 + now.today.month - 1 + step, 12) for step in (-1, 0, 1)]
    days = [
        date(year, month + 1, day) for year, month in months if 1 <= day <= monthrange(year, month + 1)[1]
    ]
    return _one(min(days, key=lambda candidate: abs(candidate - now.today))) if days else None


def _word(match: re.Match[str], now: Now) -> tuple[date, date] | None:
    return _one(now.today + timedelta(days=_DAYS[match[0].lower()]))


def _chinese_weekday(match: re.Match[str], now: Now) -> tuple[date, date] | None:
    which, sign = match["which"] or "", match["weekday"]
    weekday = 6 if sign in "日天" else "一二三四五六".index(sign) if sign in "一二三四五六" else int(sign) - 1
    monday = now.today - timedelta(days=now.today.weekday())
    if which:
        weeks = which.count("下") - which.count("上")
        return _one(monday + timedelta(days=7 * weeks + weekday))
    return _one(_weekday(weekday, now.today, now.past))


def _english_weekday(match: re.Match[str], now: Now) -> tuple[date, date] | None:
    weekday = _WEEKDAYS.index(match["weekday"].lower()[:3])
    which = (match["which"] or "").lower()
    if which == "last":
        return _one(_weekday(weekday, now.today - timedelta(days=1), past=True))
    if which == "next":
        return _one(_weekday(weekday, now.today + timedelta(days=1), past=False))
    return _one(_weekday(weekday, now.today, now.past and which != "this"))


def _weekday(weekday: int, today: date, past: bool) -> date:
    """The last such day up to today, or the next one from today on."""
    days = (today.weekday() - weekday) % 7 if past else (weekday - today.weekday()) % 7
    return today - timedelta(days=days) if past else today + timedelta(days=days)


def _distance(match: re.Match[str], now: Now) -> tuple[date, date] | None:
    count = 0.5 if match["count"] == "半" else number(match["count"])
    if count is None:
        return None
    unit = match["unit"].lower()
    days = (
        7
        if unit.startswith(("week", "周", "星期", "礼拜"))
        else 30
        if unit.startswith(("month", "月"))
        else 1
    )
    sign = -1 if match["direction"].lower() in ("前", "之前", "以前", "ago") else 1
    return _one(now.today + timedelta(days=sign * round(count * days)))


def _period(match: re.Match[str], now: Now) -> tuple[date, date] | None:
    which, unit = match["which"].lower(), match["unit"].lower()
    step = -1 if which.startswith(("上", "last", "前")) else 1 if which.startswith(("下", "next")) else 0
    if unit.startswith(("month", "月")):
        count = now.today.year * 12 + now.today.month - 1 + step
        year, month = count // 12, count % 12 + 1
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    monday = now.today - timedelta(days=now.today.weekday()) + timedelta(days=7 * step)
    if unit in ("周末", "weekend"):
        return monday + timedelta(days=5), monday + timedelta(days=6)
    return monday, monday + timedelta(days=6)


def _double(match: re.Match[str], now: Now) -> tuple[date, date] | None:
    """Double eleven and double twelve, the shopping days."""
    month = 12 if match["which"] in ("12", "十二") else 11
    return _one(_nearest(month, month, now.today))


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_ZH_NUMBER = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_RULES: tuple[tuple[re.Pattern[str], Rule], ...] = (
    (_compile(r"(?<!\d)(?P<year>20\d\d)(?:年|[-/.])(?P<month>\d{1,2})(?:月|[-/.])(?P<day>\d{1,2})(?:日|号|號)?(?!\d)"), _full),
    (_compile(r"(?<![\dA-Za-z#])(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)(?!\d)"), _full),
    (_compile(rf"(?<!\d)(?P<month>{_ZH_NUMBER})月份?(?P<day>{_ZH_NUMBER})(?:日|号|號)?(?!\d)"), _month_day),
    (_compile(r"(?<![\d.])(?P<month>1[0-2]|0?[1-9])[./-](?P<day>\d{1,2})(?:日|号|號)"), _month_day),
    (_compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}\b\.?(?:,? (?P<year>20\d\d))?"), _named_month),
    (_compile(rf"\b{_MONTH}\.? (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<year>20\d\d))?"), _named_month),
    (_compile(r"大?前天|前两天|昨[天日晚]|今[天日早晚]|明[天日早]|大?[后後]天"), _word),
    (_compile(r"\b(?:the day before yesterday|yesterday|last night|today|tonight|this morning|the day after tomorrow|tomorrow)\b"), _word),
    (_compile(r"(?P<which>上上|下下|上|下|这|這|本)?个?(?:周|星期|礼拜|週)(?P<weekday>[一二三四五六日天1-6])(?![\d个年])"), _chinese_weekday),
    (_compile(rf"\b(?:(?P<which>last|next|this|on|by) )?{_WEEKDAY}\b"), _english_weekday),
    (_compile(rf"\b(?P<which>last|next|this|on|by) {_SHORT_WEEKDAY}\b"), _english_weekday),
    (_compile(rf"(?<![\d.第]){_COUNT}个?多?(?P<unit>天|日|周|星期|礼拜|月)(?P<direction>之前|以前|之后|以后|前|后)"), _distance),
    (_compile(rf"\b{_COUNT} (?P<unit>days?|weeks?|months?) (?P<direction>ago|from now|later)\b"), _distance),
    (_compile(rf"\bin(?P<direction>) {_COUNT} (?P<unit>days?|weeks?|months?)\b"), _distance),
    (_compile(r"(?P<which>上|下|这|本|前)个?(?P<unit>周末|周|星期|礼拜|月)(?![一二三四五六日天])"), _period),
    (_compile(r"(?P<which>)(?P<unit>周末)"), _period),
    (_compile(r"\b(?P<which>last|this|next) (?P<unit>weekend|week|month)\b"), _period),
    (_compile(r"双(?P<which>11|十一|12|十二)"), _double),
)  # fmt: skip
_ZH_RULES = (
    (_compile(r"(?<![\d.])(?P<month>1[0-2]|0?[1-9])/(?P<day>[0-3]?\d)(?![\d/])"), _month_day),
    (
        _compile(
            r"(?<![\d第月.A-Za-z])(?P<day>[0-3]?\d|[一二三四五六七八九十]{1,3})(?:号|號)(?![楼线店门码])"
        ),
        _day_of_month,
    ),
)
_OTHER_RULES = ((_compile(r"(?<![\d.])(?P<one>[0-3]?\d)/(?P<two>[0-3]?\d)(?![\d/])"), _slashed),)


def _rules(language: str) -> Iterator[tuple[re.Pattern[str], Rule]]:
    yield from _RULES
    yield from _ZH_RULES if language == "zh" else _OTHER_RULES
