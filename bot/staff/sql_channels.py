"""What came and went on each channel lately, and what could not be delivered."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, or_, select

from bot.staff.traffic import Stuck, Traffic
from bot.store.tables import messages, outbox

LATELY = timedelta(days=1)
_MOST_STUCK = 10


def traffic(connection: Connection, channels: Sequence[str], now: datetime) -> Sequence[Traffic]:
    """In the order of `channels`."""
    lines, queues = _lines(connection, channels, now), _queues(connection, channels)
    found = []
    for channel in channels:
        heard = [line for author, line in lines.get(channel, ()) if author == "shopper"]
        told = [line for author, line in lines.get(channel, ()) if author != "shopper"]
        waiting, failed = queues.get(channel, (0, 0))
        found.append(
            Traffic(
                channel=channel,
                received=sum(many for many, _ in heard),
                received_at=max((at for _, at in heard), default=None),
                sent=sum(many for many, _ in told),
                sent_at=max((at for _, at in told), default=None),
                last_at=None if heard or told else _last(connection, channel),
                waiting=waiting,
                failed=failed,
                stuck=_stuck(connection, channel) if waiting or failed else (),
            )
        )
    return found


def _lines(
    connection: Connection, channels: Sequence[str], now: datetime
) -> Mapping[str, list[tuple[str, tuple[int, datetime]]]]:
    """By channel: author, how many lines within a day, and when the last; without what has not gone out."""
    rows = connection.execute(
        select(
            messages.c.channel,
            messages.c.author,
            func.count().label("many"),
            func.max(messages.c.at).label("last"),
        )
        .outerjoin(outbox, outbox.c.number == messages.c.number)
        .where(messages.c.at > now - LATELY, messages.c.channel.in_(channels), outbox.c.number.is_(None))
        .group_by(messages.c.channel, messages.c.author)
    )
    found: dict[str, list[tuple[str, tuple[int, datetime]]]] = {}
    for row in rows:
        found.setdefault(row.channel, []).append((row.author, (row.many, row.last)))
    return found


def _queues(connection: Connection, channels: Sequence[str]) -> Mapping[str, tuple[int, int]]:
    """By channel: what waits, what was given up."""
    rows = connection.execute(
        select(outbox.c.channel, func.count().label("all"), func.count(outbox.c.due_at).label("waiting"))
        .where(outbox.c.channel.in_(channels))
        .group_by(outbox.c.channel)
    )
    return {row.channel: (row.waiting, row.all - row.waiting) for row in rows}


def _last(connection: Connection, channel: str) -> datetime | None:
    """Of a quiet channel, which has few lines to look at."""
    last: datetime | None = connection.execute(
        select(func.max(messages.c.at)).where(messages.c.channel == channel)
    ).scalar()
    return last


def _stuck(connection: Connection, channel: str) -> tuple[Stuck, ...]:
    """The newest that were tried in vain."""
    rows = connection.execute(
        select(outbox.c.attempts, outbox.c.due_at, outbox.c.error, messages.c.conversation_id, messages.c.at)
        .join(messages, messages.c.number == outbox.c.number)
        .where(outbox.c.channel == channel, or_(outbox.c.due_at.is_(None), outbox.c.error != ""))
        .order_by(outbox.c.number.desc())
        .limit(_MOST_STUCK)
    )
    return tuple(Stuck(row.conversation_id, row.at, row.attempts, row.due_at, row.error) for row in rows)
