"""What goes out and what comes due: rows are handed to one worker for a while, and come back if it dies."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, bindparam, delete, exists, func, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from bot.store.base import Delivery, Timer
from bot.store.rows import AnyRow, reply_from_json
from bot.store.tables import WAITING, messages, outbox, timers

LEASE = timedelta(minutes=1)
"""How long a worker may take before a row is handed to the next one."""

_earlier = outbox.alias("earlier")
_IS_FIRST = ~exists().where(
    _earlier.c.channel == outbox.c.channel,
    _earlier.c.sender == outbox.c.sender,
    _earlier.c.number < outbox.c.number,
    _earlier.c.due_at.is_not(None),
)
# Taken as a common table expression: a plain subquery with a limit may be run, and lock rows, more than once.
_DUE = (
    select(outbox.c.number)
    .where(outbox.c.due_at <= bindparam("now"), WAITING, _IS_FIRST)
    .order_by(outbox.c.due_at, outbox.c.number)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=outbox)
)
_DUE_ON_ONE = _DUE.where(outbox.c.channel == bindparam("of_channel"))


def _take(due: Select[tuple[int]]) -> ReturningUpdate[tuple[int]]:
    number = due.cte("due").c.number
    return (
        update(outbox)
        .where(outbox.c.number.in_(select(number)))
        .values(due_at=bindparam("leased"), attempts=outbox.c.attempts + 1)
        .returning(outbox.c.number)
    )


_TAKE, _TAKE_OF_ONE = _take(_DUE), _take(_DUE_ON_ONE)
_heard, _told = messages.alias("heard"), messages.alias("told")
_LAST_HEARD = (
    select(func.max(_heard.c.number))
    .where(
        _heard.c.channel == messages.c.channel,
        _heard.c.sender == messages.c.sender,
        _heard.c.author == "shopper",
        _heard.c.number < messages.c.number,
    )
    .correlate(messages)
    .scalar_subquery()
)
_DELIVERIES = (
    select(
        outbox.c.number,
        outbox.c.attempts,
        outbox.c.sent,
        outbox.c.channel,
        outbox.c.sender,
        _LAST_HEARD.label("heard"),
        messages.c.reply,
    )
    .join(messages, messages.c.number == outbox.c.number)
    .where(outbox.c.number.in_(bindparam("numbers", expanding=True)))
    .order_by(outbox.c.number)
)
_HEARD_AT = select(messages.c.at).where(messages.c.number == bindparam("heard"))
_TOLD_SINCE = select(func.count()).where(
    _told.c.channel == bindparam("of_channel"),
    _told.c.sender == bindparam("of_sender"),
    _told.c.author != "shopper",
    _told.c.number > bindparam("heard"),
    _told.c.number < bindparam("this"),
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


def take_deliveries(
    connection: Connection, now: datetime, limit: int, channel: str | None
) -> tuple[Delivery, ...]:
    values = {"now": now, "most": limit, "leased": now + LEASE}
    if channel is None:
        taken = connection.execute(_TAKE, values)
    else:
        taken = connection.execute(_TAKE_OF_ONE, {**values, "of_channel": channel})
    numbers = taken.scalars().all()
    if not numbers:
        return ()
    return tuple(
        _delivery(connection, row) for row in connection.execute(_DELIVERIES, {"numbers": numbers}).all()
    )


def _delivery(connection: Connection, row: AnyRow) -> Delivery:
    heard = None
    if row.heard is not None:
        heard = connection.execute(_HEARD_AT, {"heard": row.heard}).scalar_one()
    told = {"of_channel": row.channel, "of_sender": row.sender, "heard": row.heard or 0, "this": row.number}
    return Delivery(
        outbox_id=row.number,
        channel=row.channel,
        sender=row.sender,
        reply=reply_from_json(row.reply),
        attempts=row.attempts,
        sent=row.sent,
        last_heard=heard,
        told_since=connection.execute(_TOLD_SINCE, told).scalar_one(),
    )


def go_on_with_delivery(connection: Connection, number: int, sent: int) -> None:
    connection.execute(update(outbox).where(outbox.c.number == number).values(sent=sent))


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
