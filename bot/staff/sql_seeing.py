"""Who may see which conversations, and which view holds which: conditions over a conversation and its last hand-over.

The open hand-over is always the last one: no other is opened while it is.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select, true, union_all

from bot.staff.agents import Agent
from bot.staff.base import View
from bot.store.tables import OPEN, conversations, handovers, mentions, messages, notes

Condition = ColumnElement[bool]

last = handovers.alias("last")
IS_OPEN = last.c.id.is_not(None) & last.c.closed_at.is_(None)

_A_MOMENT = timedelta(seconds=30)

BY_URGENCY: frozenset[View] = frozenset({"waiting", "mine", "open", "callback"})
"""Views in the order in which they should be served; the others are newest first."""
OF_OPEN_ONES: frozenset[View] = BY_URGENCY | {"snoozed"}


def visible(seer: Agent, conversation_id: str | None = None) -> Condition:
    """An agent sees what nobody has yet, what they have or had, and what names them; a lead everything.

    With `conversation_id` the answer for that one is looked up, instead of all that they may see.
    """
    if seer.is_at_least("lead"):
        return true()
    ways: Sequence[Select[Any]] = (
        select(handovers.c.conversation_id).where(OPEN, handovers.c.agent_id.is_(None)),
        select(handovers.c.conversation_id).where(handovers.c.agent_id == seer.id),
        # Passed on to a colleague: what they wrote themselves stays theirs to see.
        select(messages.c.conversation_id).where(messages.c.agent_id == seer.id),
        _naming(seer.id),
    )
    if conversation_id is not None:
        ways = tuple(way.where(way.selected_columns[0] == conversation_id) for way in ways)
    return conversations.c.id.in_(union_all(*ways))


def seers(
    connection: Connection, conversation_id: str, agent_ids: Collection[str], now: datetime
) -> frozenset[str]:
    """Which of these agents see it, or did until a moment ago, when nobody had it yet: they are to hear that it went."""
    nobodys = and_(
        handovers.c.agent_id.is_(None),
        or_(handovers.c.closed_at.is_(None), handovers.c.closed_at > now - _A_MOMENT),
    )
    offered = select(handovers.c.id).where(
        handovers.c.conversation_id == conversation_id,
        or_(nobodys, handovers.c.assigned_at > now - _A_MOMENT),
    )
    if connection.execute(offered.limit(1)).first() is not None:
        return frozenset(agent_ids)
    ways = (
        select(handovers.c.agent_id).where(handovers.c.conversation_id == conversation_id),
        select(messages.c.agent_id).where(messages.c.conversation_id == conversation_id),
        select(mentions.c.agent_id)
        .join(notes, notes.c.id == mentions.c.note_id)
        .where(notes.c.conversation_id == conversation_id),
    )
    theirs = union_all(*(way.where(way.selected_columns[0].in_(agent_ids)) for way in ways))
    return frozenset(connection.execute(theirs).scalars())


def within(view: View, seer: Agent, now: datetime) -> Condition:
    if view == "mentions":
        return conversations.c.id.in_(_naming(seer.id).where(mentions.c.read_at.is_(None)))
    if view == "bot":
        # Not `== "bot"`: SQLite would collect and sort nearly all of them, by an index that is for the few others.
        speaks = conversations.c.floor.not_in(("waiting", "agent", "closed"))
        return speaks & or_(last.c.id.is_(None), last.c.closed_at.is_not(None))
    if view == "closed":
        return last.c.closed_at.is_not(None)
    if view == "all":
        return true()
    return _open(view, seer, now)


def _naming(agent_id: str) -> Select[tuple[str]]:
    return (
        select(notes.c.conversation_id)
        .join(mentions, mentions.c.note_id == notes.c.id)
        .where(mentions.c.agent_id == agent_id)
    )


def _open(view: View, seer: Agent, now: datetime) -> Condition:
    awake = or_(last.c.snoozed_until.is_(None), last.c.snoozed_until <= now)
    match view:
        case "snoozed":
            return IS_OPEN & (last.c.snoozed_until > now)
        case "callback":
            return IS_OPEN & (last.c.contact != "")
        case "waiting":
            return IS_OPEN & awake & last.c.agent_id.is_(None) & (last.c.contact == "")
        case "mine":
            return IS_OPEN & awake & (last.c.agent_id == seer.id)
        case _:
            return IS_OPEN & awake


def is_breached(now: datetime) -> Condition:
    """Past the deadline of the first answer, which has not come, or of the end."""
    unanswered = last.c.first_reply_at.is_(None) & (last.c.respond_by < now)
    return IS_OPEN & or_(unanswered, last.c.resolve_by < now)
