"""Saving a turn: state, answered messages, replies, outgoing rows and the rest, or nothing of it."""

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, literal, select, update

from bot.errors import Stale
from bot.store import audit, joining, turn_events
from bot.store.attachments import STAFF, attach
from bot.store.base import Handover, HandoverChange, Interrupted, Rating, Timer, Turn, Unanswered
from bot.store.events import Events
from bot.store.linked import Address
from bot.store.rows import reply_to_json
from bot.store.tables import OPEN, PENDING, conversations, handovers, messages, outbox, timers, unanswered
from connectors.base import Reply

_ADVANCE = (
    update(conversations)
    .where(conversations.c.id == bindparam("of"), conversations.c.version == bindparam("loaded"))
    .values(
        state=bindparam("new_state"),
        version=conversations.c.version + 1,
        next_seq=conversations.c.next_seq + bindparam("lines"),
        floor=bindparam("new_floor"),
        floor_since=bindparam("new_since"),
        updated_at=bindparam("now"),
    )
    .returning(conversations.c.next_seq)
)
_ANSWER = (
    update(messages)
    .where(
        messages.c.number == bindparam("of"),
        messages.c.conversation_id == bindparam("within"),
        PENDING,
    )
    .values(turn_id=bindparam("turn"), address=None)
)
_ADD_LINES = insert(messages)
_LAST_SPEAKER = (
    select(messages.c.channel, messages.c.sender)
    .join(
        conversations,
        (conversations.c.channel == messages.c.channel) & (conversations.c.sender == messages.c.sender),
    )
    .where(
        messages.c.conversation_id == bindparam("of"),
        messages.c.author == "shopper",
        # Who left reads no more of it.
        func.coalesce(conversations.c.joined_id, conversations.c.id) == bindparam("of"),
    )
    .order_by(messages.c.seq.desc())
    .limit(1)
)
_HOME = select(conversations.c.channel, conversations.c.sender).where(conversations.c.id == bindparam("of"))
_SEND = insert(outbox).from_select(
    ["number", "channel", "sender", "due_at", "attempts", "error"],
    select(
        messages.c.number,
        messages.c.channel,
        messages.c.sender,
        messages.c.at,
        literal(0),
        literal(""),
    ).where(
        messages.c.conversation_id == bindparam("of"),
        messages.c.seq.in_(bindparam("places", expanding=True)),
    ),
)
_IS_HANDED_OUT = timers.c.try_at > timers.c.due_at


def save(
    connection: Connection,
    conversation_id: str,
    version: int,
    turn: Turn,
    now: datetime,
    *,
    pushed: Collection[str] | None,
    following: int | None,
    speaker: Address | None = None,
    events: Events,
) -> tuple[Reply, ...]:
    """The replies with their places, which are to follow line `following` if one is given.

    `speaker` is whose that line is, where that is known.

    Raises:
        Stale: the conversation is no longer at `version`, or a message was answered meanwhile.
        Interrupted: another line came after `following`.
        InvalidInput: an agent's photo is not there, or somebody else's.
    """
    if turn.linking is not None:
        joining.lock(connection, conversation_id, turn.linking)
    before = turn_events.look(connection, events, conversation_id)
    first = _advance(connection, conversation_id, version, turn, now)
    if following is not None and first > following + 1:
        raise Interrupted
    replies = tuple(
        replace(reply, conversation_id=conversation_id, seq=first + place)
        for place, reply in enumerate(turn.replies)
    )
    _mark_answered(connection, conversation_id, turn)
    if replies:
        # Where the person last wrote, unless the turn says otherwise.
        speaker = speaker or _last_speaker(connection, conversation_id)
        addresses = [turn.to.get(reply.id, speaker) for reply in replies]
        _add_lines(connection, turn, replies, addresses)
        if turn.agent_id and (photos := [one for reply in replies for one in reply.attachments]):
            attach(connection, photos, STAFF, turn.agent_id, conversation_id)
        sent = [
            one.seq for one, to in zip(replies, addresses, strict=True) if pushed is None or to[0] in pushed
        ]
        if sent:
            connection.execute(_SEND, {"of": conversation_id, "places": sent})
    _settle_timers(connection, conversation_id, turn)
    _settle_handover(connection, conversation_id, turn, now)
    if turn.unanswered:
        _list_unanswered(connection, conversation_id, turn.id, turn.unanswered, now)
    if turn.linking is not None:
        joining.apply(connection, conversation_id, turn.linking, now)
    audit.record_of_turn(connection, conversation_id, turn.id, turn.attempts)
    if before is not None:
        turn_events.tell(connection, before, turn, replies, now)
    return replies


def _advance(connection: Connection, conversation_id: str, version: int, turn: Turn, now: datetime) -> int:
    """The place of the first reply."""
    row = connection.execute(
        _ADVANCE,
        {
            "of": conversation_id,
            "loaded": version,
            "new_state": turn.state.to_json(),
            "lines": len(turn.replies),
            "new_floor": turn.state.floor.name,
            "new_since": turn.state.floor.since,
            "now": now,
        },
    ).first()
    if row is None:
        raise Stale("Another process saved this conversation first.")
    return int(row.next_seq) - len(turn.replies)


def _mark_answered(connection: Connection, conversation_id: str, turn: Turn) -> None:
    for number in sorted(set(turn.answered)):
        marked = connection.execute(_ANSWER, {"of": number, "within": conversation_id, "turn": turn.id})
        if marked.rowcount != 1:
            raise Stale("A message of this turn was answered by another one.")


def _last_speaker(connection: Connection, conversation_id: str) -> Address:
    of = {"of": conversation_id}
    row = connection.execute(_LAST_SPEAKER, of).first() or connection.execute(_HOME, of).one()
    return row.channel, row.sender


def _add_lines(
    connection: Connection, turn: Turn, replies: Sequence[Reply], addresses: Sequence[Address]
) -> None:
    lines = [
        {
            "channel": channel,
            "sender": sender,
            "id": reply.id,
            "conversation_id": reply.conversation_id,
            "seq": reply.seq,
            "author": reply.author,
            "text": reply.text,
            "at": reply.created_at,
            "turn_id": turn.id,
            "language": reply.language,
            "attachments": ",".join(reply.attachments),
            "reply": reply_to_json(reply),
            "agent_id": turn.agent_id if reply.author == "agent" else None,
            "intent": reply.intent.name if reply.intent else None,
            "failed": ",".join(run.name for run in reply.tools if run.outcome == "failed"),
        }
        for reply, (channel, sender) in zip(replies, addresses, strict=True)
    ]
    connection.execute(_ADD_LINES, lines)


def _settle_timers(connection: Connection, conversation_id: str, turn: Turn) -> None:
    """Drop the timers that made the bot speak or that wait for nobody any more; set the new ones."""
    unasked = not turn.answered and turn.linking is None
    if not (unasked or turn.closes_handover is not None or turn.timers):
        return
    mine = timers.c.conversation_id == conversation_id
    if unasked:
        spoken = timers.c.kind != joining.TIMER  # that one ends with its question
        connection.execute(delete(timers).where(mine, _IS_HANDED_OUT, spoken))
    if turn.closes_handover is not None:
        connection.execute(delete(timers).where(mine, timers.c.kind == "handover_timeout"))
    if turn.timers:
        newest = {timer.kind: timer for timer in turn.timers}
        connection.execute(delete(timers).where(mine, timers.c.kind.in_(newest)))
        connection.execute(insert(timers), [_timer(conversation_id, timer) for timer in newest.values()])


def _timer(conversation_id: str, timer: Timer) -> dict[str, object]:
    return {
        "conversation_id": conversation_id,
        "kind": timer.kind,
        "due_at": timer.due_at,
        "try_at": timer.due_at,
    }


def _settle_handover(connection: Connection, conversation_id: str, turn: Turn, now: datetime) -> None:
    """A change is of the hand-over that the turn opens, unless it closes one: then of that one."""
    if turn.handover is not None and turn.closes_handover is None:
        _open_handover(connection, conversation_id, turn.id, turn.handover, now)
    if turn.handover_change:
        _change_handover(connection, conversation_id, turn.handover_change)
    if turn.closes_handover is not None:
        _close_handover(connection, conversation_id, turn.closes_handover, now)
        if turn.handover is not None:
            _open_handover(connection, conversation_id, turn.id, turn.handover, now)
    if turn.rating is not None:
        _rate(connection, conversation_id, turn.rating, now)


def _rate(connection: Connection, conversation_id: str, rating: Rating, now: datetime) -> None:
    latest = (
        select(func.max(handovers.c.id))
        .where(
            handovers.c.conversation_id == conversation_id,
            handovers.c.closed_at.is_not(None),
            handovers.c.first_reply_at.is_not(None),
        )
        .scalar_subquery()
    )
    values = {"rating": rating.stars, "rating_comment": rating.comment}
    given = {name: value for name, value in values.items() if value is not None}
    connection.execute(update(handovers).where(handovers.c.id == latest).values(rated_at=now, **given))


def _change_handover(connection: Connection, conversation_id: str, change: HandoverChange) -> None:
    values: dict[str, Any] = dict(change)
    if "packet" in values:
        values["packet"] = json.dumps(values["packet"], ensure_ascii=False)
    if "first_reply_at" in values:
        values["first_reply_at"] = func.coalesce(handovers.c.first_reply_at, values["first_reply_at"])
    connection.execute(
        update(handovers).where(handovers.c.conversation_id == conversation_id, OPEN).values(values)
    )


def _close_handover(connection: Connection, conversation_id: str, outcome: str, now: datetime) -> None:
    connection.execute(
        update(handovers)
        .where(handovers.c.conversation_id == conversation_id, OPEN)
        .values(closed_at=now, outcome=outcome, snoozed_until=None)
    )


def _open_handover(
    connection: Connection, conversation_id: str, turn_id: str, handover: Handover, now: datetime
) -> None:
    """One is open at a time: asked again, the packet is brought up to date and the place in the queue kept."""
    values = {"reason": handover.reason, "packet": json.dumps(handover.packet, ensure_ascii=False)}
    renewed = connection.execute(
        update(handovers).where(handovers.c.conversation_id == conversation_id, OPEN).values(values)
    )
    if renewed.rowcount == 0:
        origin = {
            "conversation_id": conversation_id,
            "turn_id": turn_id,
            "opened_at": now,
            "language": handover.language,
            "priority": handover.priority,
            "respond_by": handover.respond_by,
            "resolve_by": handover.resolve_by,
        }
        connection.execute(insert(handovers).values(values | origin))


def _list_unanswered(
    connection: Connection,
    conversation_id: str,
    turn_id: str,
    questions: Sequence[Unanswered],
    now: datetime,
) -> None:
    rows = [
        {
            "conversation_id": conversation_id,
            "turn_id": turn_id,
            "question": item.question,
            "language": item.language,
            "nearest": json.dumps(item.nearest, ensure_ascii=False),
            "suggested": item.suggested,
            "given": item.given,
            "asked_at": now,
        }
        for item in questions
    ]
    connection.execute(insert(unanswered), rows)
