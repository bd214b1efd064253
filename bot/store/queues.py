"""What goes out and what comes due: rows are handed to one worker for a while, and come back if it dies."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, exists, select, update

from bot.store.base import Delivery, Timer
from bot.store.rows import reply_from_json
from bot.store.tables import WAITING, conversations, messages, outbox, timers

LEASE = timedelta(minutes=1)
"""How long a worker may take before a row is handed to the next one."""

_earlier = outbox.alias("earlier")
_IS_FIRST = ~exists().where(
    _earlier.c.conversation_id == outbox.c.conversation_id,
    _earlier.c.seq < outbox.c.seq,
    _earlier.c.due_at.is_not(None),
)
# As a common table expression: a plain subquery with a limit may be run, and lock rows, more than once.
_DUE = (
    select(outbox.c.number)
    .where(outbox.c.due_at <= bindparam("now"), WAITING, _IS_FIRST)
    .order_by(outbox.c.due_at, outbox.c.number)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=outbox)
    .cte("due")
)
_TAKE = (
    update(outbox)
    .where(outbox.c.number.in_(select(_DUE.c.number)))
    .values(due_at=bindparam("leased"), attempts=outbox.c.attempts + 1)
    .returning(outbox.c.number)
)
_DELIVERIES = (
    select(
        outbox.c.number,
        outbox.c.attempts,
        conversations.c.channel,
        conversations.c.sender,
        messages.c.reply,
    )
    .join(messages, messages.c.number == outbox.c.number)
    .join(conversations, conversations.c.id == outbox.c.conversation_id)
    .where(outbox.c.number.in_(bindparam("numbers", expanding=True)))
    .order_by(outbox.c.number)
)
_DUE_TIMERS = (
    select(timers.c.conversation_id, timers.c.kind)
    .where(timers.c.try_at <= bindparam("now"))
    .order_by(timers.c.try_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    .cte("due")
)
_TAKE_TIMERS = (
    update(timers)
    .where(timers.c.conversation_id == _DUE_TIMERS.c.conversation_id, timers.c.kind == _DUE_TIMERS.c.kind)
    .values(try_at=bindparam("leased"))
    .returning(timers.c.conversation_id, timers.c.kind, timers.c.due_at)
)


def take_deliveries(connection: Connection, now: datetime, limit: int) -> tuple[Delivery, ...]:
    taken = connection.execute(_TAKE, {"now": now, "most": limit, "leased": now + LEASE})
    numbers = taken.scalars().all()
    if not numbers:
        return ()
    return tuple(
        Delivery(row.number, row.channel, row.sender, reply_from_json(row.reply), row.attempts)
        for row in connection.execute(_DELIVERIES, {"numbers": numbers})
    )


def finish_deliveries(connection: Connection, numbers: Sequence[int]) -> None:
    connection.execute(delete(outbox).where(outbox.c.number.in_(numbers)))


def put_delivery_back(connection: Connection, number: int, retry_at: datetime | None, error: str) -> None:
    connection.execute(
        update(outbox).where(outbox.c.number == number).values(due_at=retry_at, error=error[:500])
    )


def take_timers(connection: Connection, now: datetime, limit: int) -> tuple[Timer, ...]:
    rows = connection.execute(_TAKE_TIMERS, {"now": now, "most": limit, "leased": now + LEASE})
    taken = [Timer(row.conversation_id, row.kind, row.due_at) for row in rows]
    return tuple(sorted(taken, key=lambda timer: timer.due_at))
