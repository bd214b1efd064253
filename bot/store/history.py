"""Reading what was said, and what the shopper thought of it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, distinct, func, select, update

from bot.errors import NotFound
from bot.store.base import StoredMessage
from bot.store.rows import LINE, line
from bot.store.tables import (
    PENDING,
    UNRESOLVED,
    WAITING,
    conversations,
    messages,
    outbox,
    timers,
    tool_attempts,
    unanswered,
)

_HERE = func.coalesce(conversations.c.joined_id, conversations.c.id)
_FIND = select(_HERE).where(
    conversations.c.channel == bindparam("of_channel"), conversations.c.sender == bindparam("of_sender")
)
_AFTER = (
    select(*LINE)
    .where(messages.c.conversation_id == bindparam("of"), messages.c.seq > bindparam("after"))
    .order_by(messages.c.seq)
    .limit(bindparam("most"))
)
_BEFORE = (
    select(*LINE)
    .where(
        messages.c.conversation_id == bindparam("of"),
        messages.c.seq > bindparam("after"),
        messages.c.seq < bindparam("before"),
    )
    .order_by(messages.c.seq.desc())
    .limit(bindparam("most"))
)


_elsewhere = conversations.alias("elsewhere")
_GOES_ON_IN = select(conversations.c.joined_id).where(
    conversations.c.id == bindparam("of"),
    ~select(_elsewhere.c.id).where(_elsewhere.c.joined_id == conversations.c.id).exists(),
)


def find(connection: Connection, channel: str, sender: str) -> str | None:
    return connection.execute(_FIND, {"of_channel": channel, "of_sender": sender}).scalar()


def goes_on_in(connection: Connection, conversation_id: str) -> str | None:
    return connection.execute(_GOES_ON_IN, {"of": conversation_id}).scalar()


def latest_of(connection: Connection, customer_id: str) -> str | None:
    """By a token, or by what was proved in it: then the audit of changes knows."""
    signed_in = (
        select(_HERE)
        .where(conversations.c.customer_id == customer_id)
        .order_by(conversations.c.updated_at.desc())
        .limit(1)
    )
    acted = (
        select(conversations.c.id)
        .join(tool_attempts, tool_attempts.c.conversation_id == conversations.c.id)
        .where(tool_attempts.c.customer_id == customer_id, conversations.c.customer_id.is_(None))
        .order_by(tool_attempts.c.id.desc())
        .limit(1)
    )
    return connection.execute(signed_in).scalar() or connection.execute(acted).scalar()


def history(
    connection: Connection, conversation_id: str, after: int, before: int | None, limit: int
) -> Sequence[StoredMessage]:
    values = {"of": conversation_id, "after": after, "most": limit}
    if before is None:
        return tuple(map(line, connection.execute(_AFTER, values)))
    return tuple(map(line, connection.execute(_BEFORE, values | {"before": before})))[::-1]


def message(connection: Connection, message_id: str) -> tuple[str, StoredMessage] | None:
    row = connection.execute(
        select(messages.c.conversation_id, *LINE).where(messages.c.id == message_id)
    ).first()
    return None if row is None else (row.conversation_id, line(row))


def unfinished(connection: Connection) -> Sequence[str]:
    """The one that has waited longest first."""
    rows = connection.execute(
        select(messages.c.conversation_id)
        .where(PENDING)
        .group_by(messages.c.conversation_id)
        .order_by(func.min(messages.c.number))
    )
    return tuple(rows.scalars())


def rate(connection: Connection, message_id: str, helpful: bool, comment: str, at: datetime) -> None:
    """Raises NotFound, also for the shopper's own lines."""
    rated = connection.execute(
        update(messages)
        .where(messages.c.id == message_id, messages.c.author != "shopper")
        .values(helpful=helpful, comment=comment, rated_at=at)
    )
    if rated.rowcount == 0:
        raise NotFound("There is no such reply.")


def depths(connection: Connection) -> dict[str, int]:
    def count(statement: object) -> int:
        return int(connection.execute(statement).scalar_one())  # type: ignore[call-overload]

    return {
        "inbox": count(select(func.count()).select_from(messages).where(PENDING)),
        "outbox": count(select(func.count()).select_from(outbox).where(WAITING)),
        "outbox_dead": count(select(func.count()).select_from(outbox).where(~WAITING)),
        "timers": count(select(func.count()).select_from(timers)),
        "unanswered": count(select(func.count()).select_from(unanswered).where(UNRESOLVED)),
        "waiting": count(
            select(func.count(distinct(conversations.c.id))).where(conversations.c.floor == "waiting")
        ),
    }
