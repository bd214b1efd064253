"""Hand-overs of one conversation, its lines, and the conversations of one customer."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, or_, select, update

from bot.staff.agents import Agent
from bot.staff.base import HandoverRow, InboxRow
from bot.staff.sql_rows import handover, rows
from bot.staff.sql_seeing import visible
from bot.store.base import StoredMessage
from bot.store.rows import LINE, line
from bot.store.tables import conversations, handovers, messages, tool_attempts

_MOST_LINES = 1000


def of_conversation(connection: Connection, conversation_id: str) -> Sequence[HandoverRow]:
    mine = select(handovers).where(handovers.c.conversation_id == conversation_id)
    return tuple(map(handover, connection.execute(mine.order_by(handovers.c.id.desc()))))


def rate(connection: Connection, handover_id: int, rating: int | None, comment: str, at: datetime) -> bool:
    rated = connection.execute(
        update(handovers)
        .where(handovers.c.id == handover_id, handovers.c.closed_at.is_not(None))
        .values(rating=rating, rating_comment=comment, rated_at=at)
    )
    return rated.rowcount == 1


def lines(connection: Connection, conversation_id: str) -> Sequence[StoredMessage]:
    newest = (
        select(*LINE)
        .where(messages.c.conversation_id == conversation_id)
        .order_by(messages.c.seq.desc())
        .limit(_MOST_LINES)
    )
    return tuple(map(line, connection.execute(newest)))[::-1]


def of_customer(connection: Connection, customer_id: str, seer: Agent, limit: int) -> Sequence[InboxRow]:
    """By a token, by a change they asked for, or by what is still proved in it: then the state says so."""
    acted = select(tool_attempts.c.conversation_id).where(tool_attempts.c.customer_id == customer_id)
    proved = f'"customer_id":{json.dumps(customer_id, ensure_ascii=False)}'
    spoken = conversations.c.id.in_(acted) | conversations.c.state.contains(proved, autoescape=True)
    theirs = (
        select(conversations.c.id)
        .where(
            or_(conversations.c.customer_id == customer_id, conversations.c.customer_id.is_(None) & spoken),
            visible(seer),
        )
        .order_by(conversations.c.updated_at.desc(), conversations.c.id)
        .limit(max(limit, 0))
    )
    return rows(connection, connection.execute(theirs).scalars().all())
