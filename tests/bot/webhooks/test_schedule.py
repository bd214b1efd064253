"""When it is tried again, and what an endpoint may ask for."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.webhooks.base import Answer
from bot.webhooks.schedule import LONGEST, MOST_ATTEMPTS, PAUSE, pause_until, retry_at, seconds_asked

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Mon, 23 Nov 2026 02:10:00 GMT", 600),
        ("Mon, 23 Nov 2026 01:00:00 GMT", 0),
        ("-5", None),
        ("soon", None),
        ("9" * 40, None),
        ("一会儿", None),
        (None, None),
    ],
)
def test_retry_after(text: str | None, seconds: float | None) -> None:
    assert seconds_asked(text, NOW) == seconds


def test_what_is_asked_for_is_bounded() -> None:
    greedy = Answer(503, retry_after=10**8)
    assert retry_at(1, greedy, NOW) == NOW + LONGEST
    assert pause_until(1, greedy, NOW) == NOW + timedelta(hours=1)
    assert pause_until(1, Answer(500, retry_after=60), NOW) is None
    assert pause_until(5, Answer(500), NOW) == NOW + PAUSE


def test_delays_spread_and_end() -> None:
    delays = {retry_at(3, Answer(500), NOW) for _ in range(50)}
    assert len(delays) > 40
    assert all(delay and 1620 <= (delay - NOW).total_seconds() <= 1980 for delay in delays)
    assert retry_at(MOST_ATTEMPTS, Answer(None), NOW) is None
