from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.shop.domain import ShopProfile
from bot.shop.hours import closes_at, next_opening, open_after, open_now
from tests.bot.shop import sample


def shop(
    *hours: tuple[list[int], str, str], zone: str = "Asia/Shanghai", holidays: tuple[str, ...] = ()
) -> ShopProfile:
    rows: list[dict[str, Any]] = [
        {"days": days, "opens": opens, "closes": closes} for days, opens, closes in hours
    ]
    row = sample.shop_profile(hours=rows, timezone=zone, holidays=list(holidays))
    return TypeAdapter(ShopProfile).validate_python(row)


def local(text: str, zone: str = "Asia/Shanghai") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


WEEK = list(range(1, 8))
OFFICE = shop(([1, 2, 3, 4, 5], "09:00", "18:00"), ([6], "10:00", "12:00"))


@pytest.mark.parametrize(
    ("now", "closes", "opens"),
    [
        ("2026-11-23 09:00", "2026-11-23 18:00", None),  # a Monday
        ("2026-11-23 17:59:59", "2026-11-23 18:00", None),
        ("2026-11-23 18:00", None, "2026-11-24 09:00"),
        ("2026-11-23 08:59", None, "2026-11-23 09:00"),
        ("2026-11-27 20:00", None, "2026-11-28 10:00"),
        ("2026-11-28 13:00", None, "2026-11-30 09:00"),
    ],
)
def test_office_hours(now: str, closes: str | None, opens: str | None) -> None:
    moment = local(now).astimezone(UTC)
    assert open_now(OFFICE, moment) is (closes is not None)
    assert closes_at(OFFICE, moment) == (closes and local(closes))
    assert next_opening(OFFICE, moment) == (opens and local(opens))


def test_hours_past_midnight_belong_to_the_day_they_begin() -> None:
    bar = shop(([5], "18:00", "02:00"))
    assert closes_at(bar, local("2026-11-28 01:30")) == local("2026-11-28 02:00")
    assert next_opening(bar, local("2026-11-28 02:00")) == local("2026-12-04 18:00")


def test_around_the_clock() -> None:
    always = shop((WEEK, "00:00", "00:00"))
    assert open_now(always, local("2026-11-28 00:00"))
    assert next_opening(always, local("2026-11-28 03:00")) is None


def test_holidays_are_skipped() -> None:
    daily = shop((WEEK, "09:00", "21:00"), holidays=("2027-02-06", "2027-02-07", "2027-02-08"))
    assert not open_now(daily, local("2027-02-06 10:00"))
    assert next_opening(daily, local("2027-02-06 10:00")) == local("2027-02-09 09:00")


def test_without_hours_nobody_answers() -> None:
    assert not open_now(shop(), local("2026-11-23 10:00"))
    assert next_opening(shop(), local("2026-11-23 10:00")) is None


def test_a_night_that_loses_an_hour_is_shorter() -> None:
    zone = "Europe/Berlin"  # 2027-03-28: 02:00 becomes 03:00
    night = shop((WEEK, "22:00", "06:00"), zone=zone)
    closes = closes_at(night, local("2027-03-28 01:00", zone))
    assert closes is not None
    assert closes.astimezone(UTC) == datetime(2027, 3, 28, 4, tzinfo=UTC)


@given(
    st.integers(0, 700 * 24 * 60).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    )
)
def test_the_next_opening_is_open_and_nothing_before_it_is(now: datetime) -> None:
    opening = next_opening(OFFICE, now)
    assert open_now(OFFICE, now) is (opening is None)
    if opening is not None:
        assert opening > now
        assert open_now(OFFICE, opening)


@pytest.mark.parametrize(
    ("start", "minutes", "then"),
    [
        ("2026-11-23 10:00", 5, "2026-11-23 10:05"),
        ("2026-11-23 17:58", 5, "2026-11-24 09:03"),
        ("2026-11-23 22:00", 5, "2026-11-24 09:05"),
        ("2026-11-27 17:30", 60, "2026-11-28 10:30"),
        ("2026-11-28 11:30", 60, "2026-11-30 09:30"),
        ("2026-11-23 09:00", 24 * 60, "2026-11-25 15:00"),
    ],
)
def test_minutes_of_opening_time(start: str, minutes: int, then: str) -> None:
    assert open_after(OFFICE, local(start), minutes) == local(then)


def test_opening_time_leaves_out_holidays_and_counts_overlaps_once() -> None:
    closed = shop((WEEK, "09:00", "18:00"), (WEEK, "12:00", "20:00"), holidays=("2026-11-24",))
    assert open_after(closed, local("2026-11-23 19:00"), 120) == local("2026-11-25 10:00")
    assert open_after(closed, local("2026-11-23 09:00"), 11 * 60) == local("2026-11-23 20:00")
    # An hour of the spring night is never there.
    night = shop(([6, 7], "00:00", "06:00"), zone="Europe/Berlin")
    assert open_after(night, local("2026-03-29 01:00", "Europe/Berlin"), 120) == local(
        "2026-03-29 04:00", "Europe/Berlin"
    )
    assert open_after(shop(), local("2026-11-23 09:00"), 30) == local("2026-11-23 09:30")
