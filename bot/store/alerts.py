"""Who of the shop's people was told of a hand-over: a row for each telling, so that a restart loses and repeats none."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, and_, case, exists, or_, select, update

from bot.conflicts import insert_unless_there
from bot.store.queues import LEASE
from bot.store.tables import OPEN, alerts, conversations, handovers

Kind = Literal["opened", "late"]
_FORGOTTEN = timedelta(days=1)
"""A hand-over that nobody came for since then is nobody's news any more."""


@dataclass(frozen=True, slots=True)
class Alert:
    """`late`: the first answer should have been there."""

    handover_id: int
    kind: Kind
    channel: str
    place: str
    conversation_id: str
    reason: str
    problem: str
    opened_at: datetime


def due(
    connection: Connection,
    channel: str,
    places: Sequence[str],
    now: datetime,
    *,
    elsewhere: Collection[str],
    limit: int,
) -> Sequence[Alert]:
    """What nobody answers yet and these places were not told; `elsewhere`: channels whose own people answer there."""
    kind = case((handovers.c.respond_by <= now, "late"), else_="opened")
    waiting = (
        select(handovers, kind.label("kind"))
        .join(conversations, conversations.c.id == handovers.c.conversation_id)
        .where(
            OPEN,
            handovers.c.first_reply_at.is_(None),
            handovers.c.reason != "agent",
            handovers.c.opened_at > now - _FORGOTTEN,
            or_(handovers.c.snoozed_until.is_(None), handovers.c.snoozed_until <= now),
            conversations.c.channel.not_in(elsewhere),
        )
        .order_by(handovers.c.priority.desc(), handovers.c.id)
        .limit(limit)
    )
    found = []
    for place in places:
        told = exists().where(
            _is(handovers.c.id, kind, channel, place),
            or_(alerts.c.due_at.is_(None), alerts.c.due_at > now),
        )
        found += [_alert(row, channel, place) for row in connection.execute(waiting.where(~told))]
    return found


def claim(connection: Connection, alert: Alert, now: datetime) -> int | None:
    """How often it was tried, with this time; None where another worker has it, or had it."""
    row = {
        "handover_id": alert.handover_id,
        "kind": alert.kind,
        "channel": alert.channel,
        "place": alert.place,
        "due_at": now,
        "attempts": 0,
        "error": "",
    }
    connection.execute(insert_unless_there(alerts, connection.dialect.name), row)
    claimed: int | None = connection.execute(
        update(alerts)
        .where(_is(alert.handover_id, alert.kind, alert.channel, alert.place))
        .where(alerts.c.due_at <= now)
        .values(due_at=now + LEASE, attempts=alerts.c.attempts + 1)
        .returning(alerts.c.attempts)
    ).scalar()
    return claimed


def settle(connection: Connection, alert: Alert, *, retry_at: datetime | None, error: str = "") -> None:
    """Told, or given up with an error where it is not tried again."""
    mine = _is(alert.handover_id, alert.kind, alert.channel, alert.place)
    connection.execute(update(alerts).where(mine).values(due_at=retry_at, error=error[:500]))


def _is(handover_id: Any, kind: Any, channel: str, place: str) -> ColumnElement[bool]:
    return and_(
        alerts.c.handover_id == handover_id,
        alerts.c.kind == kind,
        alerts.c.channel == channel,
        alerts.c.place == place,
    )


def _alert(row: Any, channel: str, place: str) -> Alert:
    return Alert(
        handover_id=row.id,
        kind=row.kind,
        channel=channel,
        place=place,
        conversation_id=row.conversation_id,
        reason=row.reason,
        problem=str(json.loads(row.packet).get("problem", "")),
        opened_at=row.opened_at,
    )
