"""Conversations as a list shows them, read for the ids of one page."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, func, select

from bot.staff.base import HandoverRow, InboxRow
from bot.staff.sql_seeing import last
from bot.store.rows import AnyRow
from bot.store.tables import conversations, handovers, messages, tags

_SHOWN_CHARS = 140
_TOGETHER = 500
"""Ids in one statement: databases limit them."""

_spoken = messages.alias("spoken")
_newest = messages.alias("newest")
LAST_HANDOVER = (
    select(func.max(handovers.c.id))
    .where(handovers.c.conversation_id == conversations.c.id)
    .scalar_subquery()
)
SPOKEN_LANGUAGE = (
    select(_spoken.c.language)
    .where(_spoken.c.conversation_id == conversations.c.id, _spoken.c.language.is_not(None))
    .order_by(_spoken.c.seq.desc())
    .limit(1)
    .scalar_subquery()
)
speaks = func.coalesce(func.nullif(last.c.language, ""), SPOKEN_LANGUAGE)

_ROWS = (
    select(
        conversations.c.id.label("conversation"),
        conversations.c.channel,
        conversations.c.sender,
        conversations.c.customer_id,
        conversations.c.state,
        conversations.c.floor,
        conversations.c.floor_since,
        conversations.c.updated_at,
        speaks.label("language_spoken"),
        _newest.c.author,
        func.substr(_newest.c.text, 1, _SHOWN_CHARS).label("words"),
        _newest.c.at,
        conversations.c.next_seq,
        last,
    )
    .join_from(conversations, last, last.c.id == LAST_HANDOVER, isouter=True)
    .join(
        _newest,
        (_newest.c.conversation_id == conversations.c.id) & (_newest.c.seq == conversations.c.next_seq - 1),
        isouter=True,
    )
    .where(conversations.c.id.in_(bindparam("wanted", expanding=True)))
)
_TAGS = (
    select(tags.c.conversation_id, tags.c.name)
    .where(tags.c.conversation_id.in_(bindparam("wanted", expanding=True)))
    .order_by(tags.c.name)
)


def rows(connection: Connection, wanted: Sequence[str]) -> Sequence[InboxRow]:
    """In the order of `wanted`; those that are not there are left out."""
    found: dict[str, InboxRow] = {}
    for start in range(0, len(wanted), _TOGETHER):
        some = {"wanted": list(wanted[start : start + _TOGETHER])}
        named: dict[str, list[str]] = {}
        for conversation_id, name in connection.execute(_TAGS, some):
            named.setdefault(conversation_id, []).append(name)
        for row in connection.execute(_ROWS, some):
            found[row.conversation] = _inbox_row(row, tuple(named.get(row.conversation, ())))
    return tuple(found[one] for one in wanted if one in found)


def _inbox_row(row: AnyRow, named: tuple[str, ...]) -> InboxRow:
    return InboxRow(
        conversation_id=row.conversation,
        channel=row.channel,
        sender=row.sender,
        customer_id=row.customer_id or _proved(row.state),
        owner=row.customer_id,
        floor=row.floor,
        floor_since=row.floor_since,
        updated_at=row.updated_at,
        language=row.language_spoken,
        last_author=row.author or "",
        last_text=row.words or "",
        last_at=row.at,
        last_seq=row.next_seq - 1,
        tags=named,
        handover=None if row.id is None else handover(row),
    )


def _proved(state: str) -> str | None:
    """The customer by what was said, or by an agent's word; only the id is needed of a long state."""
    customer_id = json.loads(state).get("identity", {}).get("customer_id")
    return customer_id if isinstance(customer_id, str) else None


def handover(row: AnyRow) -> HandoverRow:
    return HandoverRow(
        id=row.id,
        conversation_id=row.conversation_id,
        reason=row.reason,
        packet=json.loads(row.packet),
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        outcome=row.outcome,
        agent_id=row.agent_id,
        assigned_at=row.assigned_at,
        first_reply_at=row.first_reply_at,
        language=row.language,
        priority=row.priority,
        respond_by=row.respond_by,
        resolve_by=row.resolve_by,
        snoozed_until=row.snoozed_until,
        contact=row.contact,
        rating=row.rating,
        rating_comment=row.rating_comment,
    )
