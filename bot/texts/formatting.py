"""Money, days and times as a shopper reads them, in Chinese and English."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.shop.domain import OpeningHours

_SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "HKD": "HK$", "TWD": "NT$", "KRW": "₩"}
_WHOLE = {"JPY", "KRW"}
_DAYS_ZH = "一二三四五六日"
_DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


_BORDER = re.compile(r"(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9¥])|(?<=[A-Za-z0-9%])(?=[\u4e00-\u9fff])(?![年月日])")
_DATE = re.compile(r"(?<=[年月]) (?=\d)")
_AFTER_MARK = re.compile(r"(?<=[，。：；！？、（）]) +")


def spaced(text: str) -> str:
    """Chinese with a space between its characters and Latin words or numbers, but 11月23日 and no space after a mark."""
    return _AFTER_MARK.sub("", _DATE.sub("", _BORDER.sub(" ", text)))


def money(amount: int, currency: str) -> str:
    """`amount` in the currency's smallest unit: 12900 CNY is ¥129.00."""
    sign = _SIGNS.get(currency, currency + " ")
    minus = "-" if amount < 0 else ""
    if currency in _WHOLE:
        return f"{minus}{sign}{abs(amount):,}"
    return f"{minus}{sign}{abs(amount) / 100:,.2f}"


def day(value: date, language: str, *, today: date) -> str:
    """11月23日（周一） or Mon 23 Nov, with today, tomorrow and yesterday by name and other years named."""
    near = {0: ("今天", "today"), 1: ("明天", "tomorrow"), -1: ("昨天", "yesterday")}.get(
        (value - today).days
    )
    if language == "zh":
        if near:
            return f"{near[0]}（周{_DAYS_ZH[value.weekday()]}）" if value > today else near[0]
        year = "" if value.year == today.year else f"{value.year}年"
        return f"{year}{value.month}月{value.day}日（周{_DAYS_ZH[value.weekday()]}）"
    weekday = _DAYS_EN[value.weekday()]
    if near:
        return f"{near[1]} ({weekday})" if value > today else near[1]
    year = "" if value.year == today.year else f" {value.year}"
    return f"{weekday} {value.day} {_MONTHS_EN[value.month - 1]}{year}"


def clock(value: datetime, language: str) -> str:
    """8:20, in both languages on the 24-hour clock."""
    del language
    return f"{value.hour}:{value.minute:02d}"


def moment(value: datetime, language: str, *, now: datetime, zone: ZoneInfo) -> str:
    """A past moment: 今早 8:20, 昨天 21:05, 11月14日（周六）9:10; this morning at 8:20, on Sat 14 Nov at 9:10."""
    local, today = value.astimezone(zone), now.astimezone(zone).date()
    time_of_day = clock(local, language)
    if local.date() == today:
        part = _part_of_day(local.hour, language)
        return f"{part} {time_of_day}" if language == "zh" else f"{part} at {time_of_day}"
    named = day(local.date(), language, today=today)
    if language == "zh":
        return f"{named}{time_of_day}" if named.endswith("）") else f"{named} {time_of_day}"
    return (
        f"{named} at {time_of_day}"
        if local.date() == today - timedelta(days=1)
        else f"on {named} at {time_of_day}"
    )


def coming(value: datetime, language: str, *, now: datetime, zone: ZoneInfo) -> str:
    """A moment ahead: 今天 9:00, 明天（周二）9:00; today at 9:00, tomorrow (Tue) at 9:00, on Wed 25 Nov at 9:00."""
    local, today = value.astimezone(zone), now.astimezone(zone).date()
    named, time_of_day = day(local.date(), language, today=today), clock(local, language)
    if language == "zh":
        return f"{named}{time_of_day}" if named.endswith("）") else f"{named} {time_of_day}"
    return f"{named if (local.date() - today).days < 2 else 'on ' + named} at {time_of_day}"


def masked(contact: str) -> str:
    """em****@example.com, 138****1234: its owner knows which one it is."""
    name, at, domain = contact.partition("@")
    if at:
        return f"{name[:2]}****@{domain}"
    digits = contact.replace(" ", "").replace("-", "")
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) > 8 else f"****{digits[-3:]}"


def _part_of_day(hour: int, language: str) -> str:
    if hour < 6:
        return "凌晨" if language == "zh" else "early today"
    if hour < 12:
        return "今早" if language == "zh" else "this morning"
    if hour < 18:
        return "今天下午" if language == "zh" else "this afternoon"
    return "今晚" if language == "zh" else "this evening"


def listing(items: list[str], language: str) -> str:
    """A、B 和 C; A, B and C."""
    if len(items) < 2:
        return "".join(items)
    comma, last = ("、", "和") if language == "zh" else (", ", " and ")
    return comma.join(items[:-1]) + last + items[-1]


def opening_hours(hours: Sequence[OpeningHours], language: str) -> str:
    """周一至周日 9:00–21:00; Mon–Sun 9:00–21:00."""
    rows = []
    for row in hours:
        span = f"{row.opens.hour}:{row.opens.minute:02d}–{row.closes.hour}:{row.closes.minute:02d}"
        rows.append(f"{_day_range(sorted(row.days), language)} {span}")
    return ("\uff0c" if language == "zh" else ", ").join(rows)


def _day_range(days: Sequence[int], language: str) -> str:
    names = [f"周{_DAYS_ZH[day - 1]}" if language == "zh" else _DAYS_EN[day - 1] for day in days]
    if len(days) > 2 and list(days) == list(range(days[0], days[-1] + 1)):
        return f"{names[0]}至{names[-1]}" if language == "zh" else f"{names[0]}–{names[-1]}"
    return listing(names, language)
