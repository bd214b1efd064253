"""Moments as whole microseconds, as the tables keep them.

What is leased, retried and fresh goes by the machine's own clock, also where the bot's stands still.
"""

import time
from datetime import UTC, datetime, timedelta

SECOND = 1_000_000
_START = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> int:
    return time.time_ns() // 1000


def micros(moment: datetime) -> int:
    return (moment - _START) // timedelta(microseconds=1)


def moment(microseconds: int) -> datetime:
    return _START + timedelta(microseconds=microseconds)
