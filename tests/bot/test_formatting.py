from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.shop.domain import OpeningHours
from bot.texts.catalogue import Texts
from bot.texts.formatting import day, listing, moment, money, opening_hours, spaced

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 23)


def at(*numbers: int) -> datetime:
    """Year, month, day, hour, minute in the shop's zone."""
    return datetime(*numbers[:5], tzinfo=ZONE)  # type: ignore[misc]


NOW = datetime(2026, 11, 23, 20, 0, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("cents", "currency", "text"),
    [
        (12900, "CNY", "¥129.00"),
        (5, "CNY", "¥0.05"),
        (123456789, "USD", "$1,234,567.89"),
        (-900, "EUR", "-€9.00"),
        (1500, "JPY", "¥1,500"),
        (1500, "KRW", "₩1,500"),
        (100, "CHF", "CHF 1.00"),
    ],
)
def test_money(cents: int, currency: str, text: str) -> None:
    assert money(cents, currency) == text


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_money_loses_no_cent(cents: int) -> None:
    digits = money(cents, "CNY").replace("¥", "").replace(",", "").replace(".", "")
    assert int(digits) == cents


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (date(2026, 11, 23), "今天", "today"),
        (date(2026, 11, 24), "明天（周二）", "tomorrow (Tue)"),
        (date(2026, 11, 22), "昨天", "yesterday"),
        (date(2026, 11, 30), "11月30日（周一）", "Mon 30 Nov"),
        (date(2025, 12, 31), "2025年12月31日（周三）", "Wed 31 Dec 2025"),
    ],
)
def test_day(value: date, zh: str, en: str) -> None:
    assert (day(value, "zh", today=TODAY), day(value, "en", today=TODAY)) == (zh, en)


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (at(2026, 11, 23, 5, 3), "凌晨 5:03", "early today at 5:03"),
        (at(2026, 11, 23, 8, 20), "今早 8:20", "this morning at 8:20"),
        (at(2026, 11, 23, 12, 0), "今天下午 12:00", "this afternoon at 12:00"),
        (at(2026, 11, 23, 18, 0), "今晚 18:00", "this evening at 18:00"),
        (at(2026, 11, 22, 21, 5), "昨天 21:05", "yesterday at 21:05"),
        (at(2026, 11, 14, 9, 10), "11月14日（周六）9:10", "on Sat 14 Nov at 9:10"),
    ],
)
def test_moment(value: datetime, zh: str, en: str) -> None:
    assert (moment(value, "zh", now=NOW, zone=ZONE), moment(value, "en", now=NOW, zone=ZONE)) == (zh, en)


def test_a_moment_is_told_in_the_shops_zone() -> None:
    utc = datetime(2026, 11, 22, 17, 30, tzinfo=ZoneInfo("UTC"))
    assert moment(utc, "zh", now=NOW, zone=ZONE) == "凌晨 1:30"


@pytest.mark.parametrize(
    ("items", "zh", "en"),
    [
        ([], "", ""),
        (["A"], "A", "A"),
        (["A", "B"], "A和B", "A and B"),
        (["A", "B", "C"], "A、B和C", "A, B and C"),
    ],
)
def test_listing(items: list[str], zh: str, en: str) -> None:
    assert (listing(items, "zh"), listing(items, "en")) == (zh, en)


def test_opening_hours() -> None:
    week = OpeningHours((1, 2, 3, 4, 5), time(9), time(18, 30))
    weekend = OpeningHours((6, 7), time(10), time(16))
    assert opening_hours([week, weekend], "zh") == "周一至周五 9:00–18:30，周六和周日 10:00–16:00"
    assert opening_hours([week, weekend], "en") == "Mon–Fri 9:00–18:30, Sat and Sun 10:00–16:00"


@pytest.mark.parametrize(
    ("typed", "set_in_type"),
    [
        ("卫衣XL卖完了", "卫衣 XL 卖完了"),
        ("只剩3件", "只剩 3 件"),
        ("11月23日（周一）8:20送到", "11月23日（周一）8:20 送到"),
        ("2025年12月31日", "2025年12月31日"),
        ("套装（五双装） ¥59.00，", "套装（五双装）¥59.00，"),
        ("退款¥447.00正在退回", "退款 ¥447.00 正在退回"),
        ("L和XL", "L 和 XL"),
        ("预计明天送到", "预计明天送到"),
    ],
)
def test_chinese_is_spaced(typed: str, set_in_type: str) -> None:
    assert spaced(typed) == set_in_type
    assert spaced(set_in_type) == set_in_type


TEXTS = Texts(
    {
        "en": {"days": "{days} {days|day|days} late", "hi": "Hi", "hi@warm": "Hi there", "only": "English"},
        "zh": {"days": "晚了{days}天", "hi": "您好"},
    },
    tone="warm",
)


def test_one_day_and_two_days() -> None:
    assert [TEXTS.say("days", "en", days=count) for count in (1, 2)] == ["1 day late", "2 days late"]
    assert TEXTS.say("days", "zh", days=2) == "晚了 2 天"


def test_tone_and_fallback() -> None:
    assert (TEXTS.say("hi", "en"), TEXTS.say("hi", "zh"), TEXTS.say("only", "zh")) == (
        "Hi there",
        "您好",
        "English",
    )


def test_what_is_filled_in_is_no_template() -> None:
    assert TEXTS.say("days", "en", days="{hi}") == "{hi} days late"
    with pytest.raises(KeyError):
        TEXTS.say("nothing", "en")
