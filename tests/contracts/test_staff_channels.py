"""How channels do: what came and went lately, what waits and what was given up, each counted where it belongs."""

from datetime import timedelta

from bot.console.troubles import Trouble, trouble
from bot.staff.sql import SqlStaffStore
from bot.store.sql import SqlStore
from connectors.calling import Refused
from connectors.channel import RetryLater, Undeliverable
from tests.contracts.build import NOON, later
from tests.contracts.staff import talk

HOUR = timedelta(hours=1)


async def test_what_came_went_and_stuck(store: SqlStore, staff: SqlStaffStore) -> None:
    for number, channel in enumerate(("line", "line", "telegram", "telegram", "web")):
        await talk(store, f"s{number}", channel=channel, at=later(number))
    taken = await store.take_deliveries(now=later(60), channel="line")
    assert len(taken) == 2
    await store.delivered([taken[0].outbox_id])
    await store.delivery_failed(taken[1].outbox_id, retry_at=None, error=repr(Undeliverable("blocked")))
    (once, *_) = await store.take_deliveries(now=later(60), channel="telegram", limit=1)
    await store.delivery_failed(once.outbox_id, retry_at=later(600), error=repr(RetryLater("HTTP 503")))

    line, telegram, quiet = await staff.traffic(["line", "telegram", "slack"], now=later(60))
    assert (line.received, line.received_at, line.sent, line.waiting, line.failed) == (2, later(1), 1, 0, 1)
    assert line.sent_at is not None
    (given_up,) = line.stuck
    assert (given_up.due_at, given_up.attempts) == (None, 1)
    assert trouble(given_up.error) == Trouble("refused", "blocked")
    assert (telegram.received, telegram.sent, telegram.waiting, telegram.failed) == (2, 0, 2, 0)
    assert [(one.due_at, trouble(one.error)) for one in telegram.stuck] == [
        (later(600), Trouble("later", "HTTP 503"))
    ]
    assert (quiet.received, quiet.last_at, quiet.stuck) == (0, None, ())
    # Days later it still says when there was something last.
    (line,) = await staff.traffic(["line"], now=NOON + 400 * 24 * HOUR)
    assert (line.received, line.sent, line.received_at) == (0, 0, None)
    assert line.last_at is not None


def test_troubles_are_told_without_secrets() -> None:
    token = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
    refused = trouble(repr(Refused(403, b'{"description":"bot was blocked by the user"}')))
    assert refused.kind == "refused"
    assert "blocked by the user" in refused.text
    assert token not in str(trouble(repr(Undeliverable(f"no such token {token}"))))
    assert trouble(repr(ValueError(f"https://api.example/bot{token}"))) == Trouble("broken", "ValueError")
    assert trouble(repr(TimeoutError())) == Trouble("timeout", "")
    assert trouble(repr(RetryLater("x " * 400))[:500]).kind == "later"
    assert trouble("") == trouble("?") == Trouble("broken", "")
