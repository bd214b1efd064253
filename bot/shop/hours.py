"""When a person answers, in the shop's time zone."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.shop.domain import ShopProfile

_HORIZON_DAYS = 60
"""How far ahead an opening is looked for; holidays may close a shop for weeks."""


def open_now(profile: ShopProfile, now: datetime) -> bool:
    return closes_at(profile, now) is not None


def closes_at(profile: ShopProfile, now: datetime) -> datetime | None:
    """When the span that is open now ends, in the shop's zone; None while closed."""
    ends = [end for start, end in _spans(profile, now) if _utc(start) <= _utc(now) < _utc(end)]
    return max(ends, key=_utc, default=None)


def next_opening(profile: ShopProfile, now: datetime) -> datetime | None:
    """The next time somebody begins to answer, in the shop's zone; None while open, or without hours."""
    if open_now(profile, now):
        return None
    starts = (start for start, _ in _spans(profile, now) if _utc(start) > _utc(now))
    return min(starts, key=_utc, default=None)


def open_after(profile: ShopProfile, start: datetime, minutes: float) -> datetime:
    """When `minutes` of opening time have gone by since `start`, in UTC.

    Without hours, or with fewer than that ahead, the clock counts alone.
    """
    left, counted = timedelta(minutes=minutes), _utc(start)
    for opens, closes in sorted(_spans(profile, start), key=lambda span: _utc(span[0])):
        begin = max(_utc(opens), counted)
        if _utc(closes) <= begin:
            continue
        if _utc(closes) - begin >= left:
            return begin + left
        left -= _utc(closes) - begin
        counted = _utc(closes)
    return _utc(start) + timedelta(minutes=minutes)


def _spans(profile: ShopProfile, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """(Opens, closes) from yesterday on: a span that began then may reach past midnight."""
    zone = ZoneInfo(profile.timezone)
    today = now.astimezone(zone).date()
    for ahead in range(-1, _HORIZON_DAYS):
        yield from _spans_of(profile, today + timedelta(days=ahead), zone)


def _spans_of(profile: ShopProfile, day: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    if day in profile.holidays:
        return
    for hours in profile.hours:
        if day.isoweekday() in hours.days:
            last = day if hours.closes > hours.opens else day + timedelta(days=1)
            yield datetime.combine(day, hours.opens, zone), datetime.combine(last, hours.closes, zone)


def _utc(moment: datetime) -> datetime:
    # Two times in one zone compare by the wall clock, which a change to summer time makes wrong.
    return moment.astimezone(UTC)
