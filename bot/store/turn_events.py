"""The events of a turn: what the conversation was before it, and what saving it made of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, and_, select

from bot.store import happenings
from bot.store.base import Turn
from bot.store.events import Events, write
from bot.store.happenings import Happened, Where
from bot.store.linked import Join, Leave
from bot.store.tables import OPEN, conversations, handovers
from connectors.base import Reply


@dataclass(frozen=True, slots=True)
class Before:
    where: Where
    floor: str
    handover_agent: str | None
    wanted: frozenset[str]


def look(connection: Connection, events: Events, conversation_id: str) -> Before | None:
    """Before anything of the turn is saved; None where nobody wants to be told."""
    wanted = events.wanted(connection)
    if not wanted:
        return None
    row = connection.execute(
        select(
            conversations.c.channel,
            conversations.c.customer_id,
            conversations.c.floor,
            handovers.c.agent_id,
        )
        .outerjoin(handovers, and_(handovers.c.conversation_id == conversations.c.id, OPEN))
        .where(conversations.c.id == conversation_id)
    ).first()
    if row is None:
        return None
    return Before(Where(conversation_id, row.channel, row.customer_id), row.floor, row.agent_id, wanted)


def tell(connection: Connection, before: Before, turn: Turn, replies: Sequence[Reply], now: datetime) -> None:
    """After everything of the turn is saved."""
    happened = [
        *_said(before, turn, replies, now),
        *_tools(before, turn, replies, now),
        *_handover(connection, before, turn, now),
        *_linked(before, turn, now),
        *_ended(connection, before, turn, now),
    ]
    write(connection, [one for one in happened if one.type in before.wanted])


def _said(before: Before, turn: Turn, replies: Sequence[Reply], now: datetime) -> list[Happened]:
    said = [happenings.answered(before.where, turn.id, replies, turn.agent_id)] if replies else []
    questions = [question for question in turn.unanswered if not question.suggested]
    return said + [happenings.unresolved(before.where, turn.id, question, now) for question in questions]


def _tools(before: Before, turn: Turn, replies: Sequence[Reply], now: datetime) -> list[Happened]:
    """A change that was tried is told once, with what the audit knows of it."""
    audited = {attempt.tool for attempt in turn.attempts}
    runs = [run for reply in replies for run in reply.tools if run.name not in audited]
    told = [happenings.read(before.where, turn.id, run.name, run.outcome, now) for run in runs]
    for attempt in turn.attempts:
        ours = replace(attempt, conversation_id=before.where.conversation_id, turn_id=turn.id)
        told += happenings.tried(ours, before.where.channel)
    return told


def _handover(connection: Connection, before: Before, turn: Turn, now: datetime) -> list[Happened]:
    of = before.where.conversation_id
    told = []
    row = None
    if turn.handover is not None or turn.handover_change:
        row = connection.execute(select(handovers).where(handovers.c.conversation_id == of, OPEN)).first()
    if row is not None and row.turn_id == turn.id:
        told.append(happenings.handed_over(before.where, row, json.loads(row.packet)))
    agent_id = (turn.handover_change or {}).get("agent_id")
    if agent_id and agent_id != before.handover_agent:
        told.append(happenings.assigned(before.where, row.id if row else None, agent_id, now))
    return told


def _linked(before: Before, turn: Turn, now: datetime) -> list[Happened]:
    """Who goes on here, and who no longer does."""
    match turn.linking:
        case Join(other=other):
            return [happenings.joined(before.where, other.address[0], other.conversation_id, now)]
        case Leave(addresses):
            return [happenings.left(before.where, channel, now) for channel, _ in addresses]
    return []


def _ended(connection: Connection, before: Before, turn: Turn, now: datetime) -> list[Happened]:
    told = []
    if turn.state.floor.name == "closed" != before.floor:
        told.append(happenings.closed(before.where, before.handover_agent, turn.closes_handover, now))
    if turn.rating is not None:
        latest = (
            select(handovers)
            .where(
                handovers.c.conversation_id == before.where.conversation_id, handovers.c.rated_at.is_not(None)
            )
            .order_by(handovers.c.id.desc())
            .limit(1)
        )
        row = connection.execute(latest).first()
        if row is not None:
            told.append(happenings.rated(before.where, row, now))
    return told
