"""Who waits for a person, for how long it usually takes, and who was left alone."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import Connection, and_, bindparam, func, or_, select

from bot.store.base import OpenHandover, Queue
from bot.store.tables import OPEN, agents, conversations, handovers, messages

_JUST_NOW = timedelta(minutes=2)
_TODAY = timedelta(hours=24)
_FEW = 5
"""First answers that a median needs before it says anything."""
_RECENT = 30
_MOST = 1000

_OPEN = select(handovers).where(handovers.c.conversation_id == bindparam("of"), OPEN)
_WAITING = (
    select(conversations.c.id, conversations.c.floor_since, handovers.c.language)
    .join(handovers, and_(handovers.c.conversation_id == conversations.c.id, OPEN))
    .where(conversations.c.floor == "waiting")
    .order_by(handovers.c.priority.desc(), handovers.c.respond_by, handovers.c.id)
    .limit(_MOST)
)
_PEOPLE = (
    select(func.count())
    .select_from(agents)
    .where(agents.c.available, agents.c.disabled_at.is_(None), agents.c.seen_at >= bindparam("seen"))
)
_ANSWERED = (
    select(handovers.c.opened_at, handovers.c.first_reply_at)
    .where(
        handovers.c.opened_at >= bindparam("since"),
        handovers.c.first_reply_at.is_not(None),
        handovers.c.reason != "agent",
    )
    .order_by(handovers.c.opened_at.desc())
    .limit(_RECENT)
)
_SHOPPER_SPOKE_LAST = (
    select(messages.c.author)
    .where(messages.c.conversation_id == conversations.c.id, messages.c.seq == conversations.c.next_seq - 1)
    .scalar_subquery()
) == "shopper"
_DESERTED = (
    select(conversations.c.id)
    .join(handovers, and_(handovers.c.conversation_id == conversations.c.id, OPEN))
    .join(agents, agents.c.id == handovers.c.agent_id)
    .where(
        or_(conversations.c.floor == "waiting", and_(conversations.c.floor == "agent", _SHOPPER_SPOKE_LAST)),
        or_(
            agents.c.disabled_at.is_not(None),
            and_(
                func.coalesce(agents.c.seen_at, bindparam("before")) <= bindparam("before"),
                func.coalesce(handovers.c.assigned_at, bindparam("before")) <= bindparam("before"),
            ),
        ),
    )
    .order_by(conversations.c.id)
    .limit(_MOST)
)


def open_handover(connection: Connection, conversation_id: str) -> OpenHandover | None:
    row = connection.execute(_OPEN, {"of": conversation_id}).first()
    if row is None:
        return None
    return OpenHandover(
        row.reason, row.opened_at, row.agent_id, row.first_reply_at, row.contact, json.loads(row.packet)
    )


def queue(connection: Connection, now: datetime) -> Queue:
    waiting = [(row.id, row.floor_since or now, row.language) for row in connection.execute(_WAITING)]
    people = connection.execute(_PEOPLE, {"seen": now - _JUST_NOW}).scalar_one()
    answered = connection.execute(_ANSWERED, {"since": now - _TODAY}).all()
    seconds = [(row.first_reply_at - row.opened_at).total_seconds() for row in answered]
    return Queue(waiting, people, median(seconds) if len(seconds) >= _FEW else None)


def deserted(connection: Connection, before: datetime) -> Sequence[str]:
    return connection.execute(_DESERTED, {"before": before}).scalars().all()
