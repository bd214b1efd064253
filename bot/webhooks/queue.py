"""Which delivery is whose turn: rows are handed to one worker for a while, and come back if it dies."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, exists, func, or_, select, update

from bot.store.event_tables import DEAD, WAITING, deliveries, events, webhooks
from bot.store.events import AT_ONCE
from bot.webhooks.base import Answer, Job
from bot.webhooks.rows import EVENT, event_of, webhook_of
from bot.webhooks.schedule import LONGEST, LONGEST_PAUSE, TOLERATED, pause_until, retry_at

LEASE = timedelta(minutes=1)
"""Longer than an attempt may take."""
_LONGEST_LOG = 50

_earlier = deliveries.alias("earlier")
_IS_FIRST = ~exists().where(
    _earlier.c.webhook_id == deliveries.c.webhook_id,
    _earlier.c.stream == deliveries.c.stream,
    _earlier.c.id < deliveries.c.id,
    _earlier.c.due_at.is_not(None),
)


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Also what is due later than anything can be: the clock was wrong, and was put right."""
    return WAITING & or_(deliveries.c.due_at <= now, deliveries.c.due_at > now + LONGEST * 2) & _IS_FIRST


def _is_awake(now: datetime) -> ColumnElement[bool]:
    until = webhooks.c.paused_until
    return webhooks.c.enabled & or_(until.is_(None), until <= now, until > now + LONGEST_PAUSE * 2)


def ready(connection: Connection, now: datetime) -> Sequence[str]:
    """Webhooks that something is due for, and that are not left alone."""
    due = exists().where(deliveries.c.webhook_id == webhooks.c.id, _is_due(now))
    return connection.execute(select(webhooks.c.id).where(_is_awake(now), due)).scalars().all()


def take(connection: Connection, webhook_id: str, now: datetime, limit: int) -> Sequence[Job]:
    """At most `limit`; of an endpoint that keeps failing one, and none for a while."""
    row = connection.execute(
        select(webhooks).where(webhooks.c.id == webhook_id, _is_awake(now)).with_for_update()
    ).first()
    if row is None:
        return ()
    failing = row.failures >= TOLERATED
    # A common table expression, as in bot/store/queues.py.
    due = (
        select(deliveries.c.id)
        .where(deliveries.c.webhook_id == webhook_id, _is_due(now))
        .order_by(deliveries.c.due_at, deliveries.c.id)
        .limit(1 if failing else limit)
        .with_for_update(skip_locked=True, of=deliveries)
        .cte("due")
    )
    taken = (
        connection.execute(
            update(deliveries)
            .where(deliveries.c.id.in_(select(due.c.id)))
            .values(due_at=now + LEASE, attempts=deliveries.c.attempts + 1)
            .returning(deliveries.c.id)
        )
        .scalars()
        .all()
    )
    if failing and taken:
        connection.execute(
            update(webhooks).where(webhooks.c.id == webhook_id).values(paused_until=now + LEASE)
        )
    webhook = webhook_of(row)
    found = connection.execute(
        select(deliveries.c.id, deliveries.c.attempts, deliveries.c.with_personal, *EVENT)
        .join(events, events.c.number == deliveries.c.event_number)
        .where(deliveries.c.id.in_(taken))
        .order_by(deliveries.c.id)
    )
    return tuple(Job(one.id, event_of(one), webhook, one.with_personal, one.attempts) for one in found)


def mark(connection: Connection, job: Job, answer: Answer, now: datetime) -> None:
    """What came of an attempt, for the delivery and for its endpoint."""
    row = connection.execute(
        select(webhooks.c.failures).where(webhooks.c.id == job.webhook.id).with_for_update()
    ).first()
    if row is None:
        return  # Deleted meanwhile, with its deliveries.
    if answer.is_success:
        _succeeded(connection, job, answer, now, was_failing=row.failures >= TOLERATED)
    else:
        _failed(connection, job, answer, now, failures=row.failures + 1)
    last = {"last_at": now, "last_status": answer.status, "last_error": answer.error}
    connection.execute(update(webhooks).where(webhooks.c.id == job.webhook.id).values(last))


def _succeeded(connection: Connection, job: Job, answer: Answer, now: datetime, *, was_failing: bool) -> None:
    _write(connection, job, answer, now, mine=deliveries.c.id == job.id, state="delivered", due_at=None)
    # A pause that it asked for itself stays.
    values: dict[str, Any] = {"failures": 0, **({"paused_until": None} if was_failing else {})}
    connection.execute(update(webhooks).where(webhooks.c.id == job.webhook.id).values(values))
    if was_failing:
        hurry(connection, job.webhook.id, now)


def hurry(connection: Connection, webhook_id: str, now: datetime) -> None:
    """It answers again: nothing that waits for another try has to wait longer."""
    waiting = deliveries.c.due_at > now + LEASE  # and not what another worker is sending right now
    connection.execute(
        update(deliveries).where(deliveries.c.webhook_id == webhook_id, waiting).values(due_at=AT_ONCE)
    )


def _failed(connection: Connection, job: Job, answer: Answer, now: datetime, *, failures: int) -> None:
    again = retry_at(job.attempts, answer, now)
    # Taken by another worker meanwhile, it is no longer ours to put back.
    mine = (deliveries.c.id == job.id) & (deliveries.c.attempts == job.attempts) & WAITING
    gone = answer.status == 410
    if gone:  # It waits until somebody switches the endpoint on again.
        again = AT_ONCE
    state = "waiting" if again else "dead"
    _write(connection, job, answer, now, mine=mine, state=state, due_at=again)
    values: dict[str, Any] = {"failures": failures, "paused_until": pause_until(failures, answer, now)}
    if gone:
        values |= {"enabled": False, "disabled_because": "gone", "updated_at": now}
    connection.execute(update(webhooks).where(webhooks.c.id == job.webhook.id).values(values))


def _write(
    connection: Connection,
    job: Job,
    answer: Answer,
    now: datetime,
    *,
    mine: ColumnElement[bool],
    state: str,
    due_at: datetime | None,
) -> None:
    log = connection.execute(select(deliveries.c.log).where(deliveries.c.id == job.id)).scalar()
    entry = {
        "at": now.isoformat(),
        "milliseconds": answer.milliseconds,
        "status": answer.status,
        "error": answer.error,
        **answer.signed,
    }
    entries = [*json.loads(log or "[]"), entry][-_LONGEST_LOG:]
    connection.execute(
        update(deliveries)
        .where(mine)
        .values(
            state=state,
            due_at=due_at,
            tried_at=now,
            status=answer.status,
            response=answer.body,
            error=answer.error,
            log=json.dumps(entries, ensure_ascii=False),
        )
    )


def forget(connection: Connection, before: datetime, limit: int) -> int:
    """Events from before then, with their deliveries; and deliveries of endpoints that are no more."""
    old = select(events.c.number).where(events.c.at < before).order_by(events.c.at).limit(limit)
    forgotten = connection.execute(delete(events).where(events.c.number.in_(old)))
    connection.execute(
        delete(deliveries).where(~exists().where(webhooks.c.id == deliveries.c.webhook_id), WAITING)
    )
    return int(forgotten.rowcount)


def depths(connection: Connection) -> dict[str, int]:
    """Deliveries that wait, and those given up."""
    waiting = connection.execute(select(func.count()).select_from(deliveries).where(WAITING)).scalar_one()
    dead = connection.execute(select(func.count()).select_from(deliveries).where(DEAD)).scalar_one()
    return {"webhooks": waiting, "webhooks_dead": dead}
