"""When a delivery is tried again, and when an endpoint is left alone for a while."""

import random
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from bot.webhooks.base import Answer

DELAYS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1800, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
"""After the first attempt, which is made at once, the second, and so on: ten in about three days."""
MOST_ATTEMPTS = len(DELAYS) + 1
JITTER = 0.1
"""Of a delay, either way."""
LONGEST = DELAYS[-1] * (1 + JITTER)
TOLERATED = 5
"""Failures in a row, after which an endpoint is tried with one event at a time."""
PAUSE = timedelta(minutes=1)
"""Between such attempts."""
LONGEST_PAUSE = timedelta(hours=1)
"""At most so long an endpoint can ask us to stay away altogether."""
_BUSY = (429, 502, 503, 504)


def retry_at(attempts: int, answer: Answer, now: datetime) -> datetime | None:
    """After `attempts` failed ones; None: given up."""
    if attempts >= MOST_ATTEMPTS:
        return None
    delay = DELAYS[attempts - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load, hides nothing
    asked = timedelta(seconds=answer.retry_after or 0)
    return now + min(max(delay, asked), LONGEST)


def pause_until(failures: int, answer: Answer, now: datetime) -> datetime | None:
    """`failures`: in a row, this one included. None: the endpoint is not left alone."""
    asked = timedelta()
    if answer.status in _BUSY and answer.retry_after:
        asked = min(timedelta(seconds=answer.retry_after), LONGEST_PAUSE)
    pause = max(asked, PAUSE if failures >= TOLERATED else timedelta())
    return now + pause if pause else None


def seconds_asked(retry_after: str | None, now: datetime) -> float | None:
    """`Retry-After` in seconds or as a date; None where it is neither."""
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdecimal() and len(text) < 10:
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max((at - now).total_seconds(), 0.0)
