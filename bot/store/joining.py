"""What a turn does about links, in the transaction that saves it: agree, join, leave."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, delete, insert, or_, select, tuple_, update

from bot.conflicts import insert_unless_there
from bot.conversation import State
from bot.errors import Conflict, Stale
from bot.store import merging
from bot.store.linked import Address, Agree, Asked, Join, Leave, Linking, Refuse
from bot.store.rows import ids
from bot.store.tables import (
    OPEN,
    PENDING,
    attachments,
    conversations,
    handovers,
    links,
    merges,
    messages,
    timers,
)

TIMER = "joining"
_ON_ITS_WAY = ("offered", "claimed", "agreed")


def lock(connection: Connection, conversation_id: str, linking: Linking) -> None:
    """The conversation that is saved and those that began at the addresses in question, always in one order.

    Two that join each other at this moment would wait for each other otherwise. The lock lets rows that only
    name them through: an agent's merge, which waits for us elsewhere, writes one.
    """
    addresses: tuple[Address, ...] = ()
    if isinstance(linking, Join):
        addresses = (linking.other.address,)
    elif isinstance(linking, Leave):
        addresses = linking.addresses
    at_home = tuple_(conversations.c.channel, conversations.c.sender).in_(addresses)
    which = or_(conversations.c.id == conversation_id, at_home)
    in_order = select(conversations.c.id).where(which).order_by(conversations.c.id)
    connection.execute(in_order.with_for_update(key_share=True)).all()


def apply(connection: Connection, conversation_id: str, linking: Linking, now: datetime) -> None:
    """
    Raises:
        Stale: the link, or the conversation that is to be joined, is not as it was any more.
    """
    match linking:
        case Asked():
            _drop_timer(connection, conversation_id)
        case Agree(link_id):
            agree(connection, link_id, now)
        case Refuse(link_id):
            connection.execute(
                update(links)
                .where(links.c.id == link_id, links.c.state.in_(_ON_ITS_WAY))
                .values(state="refused")
            )
        case Join():
            _join(connection, conversation_id, linking, now)
        case Leave(addresses):
            for address in addresses:
                _leave(connection, conversation_id, address)


def agree(connection: Connection, link_id: str, now: datetime) -> None:
    """Who came with it agrees; who asked for it is to be asked at once.

    Raises:
        Stale: it expired, or was refused.
    """
    row = connection.execute(
        update(links)
        .where(links.c.id == link_id, links.c.state == "claimed", links.c.expires_at > now)
        .values(state="agreed")
        .returning(links.c.from_id)
    ).first()
    if row is None:
        raise Stale("The link is no longer good.")
    _drop_timer(connection, row.from_id)
    timer = {"conversation_id": row.from_id, "kind": TIMER, "due_at": now, "try_at": now}
    connection.execute(insert(timers), timer)


def customers(connection: Connection, conversation_id: str) -> frozenset[str]:
    """Whom the conversation is known to be of: by a token at one of its addresses, or by what was proved in it."""
    mine = or_(conversations.c.id == conversation_id, conversations.c.joined_id == conversation_id)
    found: set[str | None] = set()
    for row in connection.execute(select(conversations).where(mine)):
        found |= {row.customer_id, row.vouched_id}
        if row.id == conversation_id:
            found.add(State.from_json(row.state).identity.customer_id)
    return frozenset(one for one in found if one is not None)


def _join(connection: Connection, conversation_id: str, join: Join, now: datetime) -> None:
    joined = connection.execute(
        update(links)
        .where(
            links.c.id == join.link_id,
            links.c.from_id == conversation_id,
            links.c.state == "agreed",
            links.c.expires_at > now,
        )
        .values(state="joined")
        .returning(links.c.to_customer_id)
    ).first()
    if joined is None:
        raise Stale("The link is no longer good.")
    home = _home(connection, join, joined.to_customer_id, now)
    known = customers(connection, conversation_id) | customers(connection, join.other.conversation_id or home)
    if len(known) > 1:
        raise Stale("Meanwhile somebody signed in as another customer.")
    if join.other.is_alone:
        _settle(connection, _Move(home, conversation_id), join, now)
    connection.execute(
        update(conversations)
        .where(conversations.c.id == home)
        .values(
            joined_id=None if home == conversation_id else conversation_id,  # back where it began
            joined_at=None if home == conversation_id else now,
            vouched_id=join.vouched_id,
            vouched_until=join.vouched_until,
        )
    )


def _home(connection: Connection, join: Join, customer_id: str | None, now: datetime) -> str:
    """The conversation that began at the address, made where nothing was said there yet.

    Raises:
        Stale: meanwhile something was.
    """
    channel, sender = join.other.address
    row = {
        "id": uuid4().hex,
        "channel": channel,
        "sender": sender,
        "customer_id": customer_id,
        "state": join.other_state.to_json(),
        "version": 0,
        "next_seq": 1,
        "floor": "closed",
        "created_at": now,
        "updated_at": now,
    }
    made = connection.execute(insert_unless_there(conversations, connection.dialect.name), row).rowcount == 1
    if join.other.conversation_id is None and not made:
        raise Stale("Meanwhile something was said there: it comes along.")
    there = select(conversations.c.id).where(
        conversations.c.channel == channel, conversations.c.sender == sender
    )
    return str(connection.execute(there).scalar_one())


@dataclass(frozen=True, slots=True)
class _Move:
    home: str
    to: str


def _settle(connection: Connection, move: _Move, join: Join, now: datetime) -> None:
    """Their conversation is over; what waits in it goes on here, and it stays to be looked up."""
    closed = connection.execute(
        update(conversations)
        .where(conversations.c.id == move.home, conversations.c.version == join.other.version)
        .values(
            state=join.other_state.to_json(),
            version=conversations.c.version + 1,
            floor="closed",
            floor_since=now,
        )
    )
    if closed.rowcount == 0:
        raise Stale("Something else happened in the conversation that was to be joined.")
    _move_pending(connection, move)
    _move_handover(connection, move, now)
    _drop_timer(connection, move.home)
    with suppress(Conflict):  # An agent marked them before: that stays.
        merging.merge(connection, move.home, move.to, None, now)


def _move_pending(connection: Connection, move: _Move) -> None:
    waiting = connection.execute(
        select(messages.c.number, messages.c.attachments)
        .where(messages.c.conversation_id == move.home, PENDING)
        .order_by(messages.c.seq)
    ).all()
    if not waiting:
        return
    next_seq = connection.execute(
        update(conversations)
        .where(conversations.c.id == move.to)
        .values(next_seq=conversations.c.next_seq + len(waiting))
        .returning(conversations.c.next_seq)
    ).scalar_one()
    for seq, row in enumerate(waiting, next_seq - len(waiting)):
        here = {"conversation_id": move.to}
        connection.execute(
            update(messages).where(messages.c.number == row.number).values(here | {"seq": seq})
        )
        photos = ids(row.attachments)
        connection.execute(update(attachments).where(attachments.c.id.in_(photos)).values(here))


def _move_handover(connection: Connection, move: _Move, now: datetime) -> None:
    """Whoever waits for a person goes on waiting; where somebody is called here already, that is one call."""
    theirs = (handovers.c.conversation_id == move.home, OPEN)
    call = timers.c.conversation_id == move.home, timers.c.kind == "handover_timeout"
    here = select(handovers.c.id).where(handovers.c.conversation_id == move.to, OPEN)
    if connection.execute(here).first() is None:
        connection.execute(update(handovers).where(*theirs).values(conversation_id=move.to))
        connection.execute(update(timers).where(*call).values(conversation_id=move.to))
    else:
        over = {"closed_at": now, "outcome": "merged", "snoozed_until": None}
        connection.execute(update(handovers).where(*theirs).values(over))
        connection.execute(delete(timers).where(*call))


def _leave(connection: Connection, conversation_id: str, address: Address) -> None:
    channel, sender = address
    left = connection.execute(
        update(conversations)
        .where(
            conversations.c.channel == channel,
            conversations.c.sender == sender,
            conversations.c.joined_id == conversation_id,
        )
        .values(joined_id=None, joined_at=None, vouched_id=None, vouched_until=None)
        .returning(conversations.c.id)
    ).scalar()
    # What an agent marked stays marked.
    connection.execute(
        delete(merges).where(
            merges.c.conversation_id == left,
            merges.c.into_id == conversation_id,
            merges.c.agent_id.is_(None),
        )
    )


def _drop_timer(connection: Connection, conversation_id: str) -> None:
    connection.execute(
        delete(timers).where(timers.c.conversation_id == conversation_id, timers.c.kind == TIMER)
    )
