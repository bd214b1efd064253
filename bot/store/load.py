"""Reading a conversation: its state and what waits for an answer."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, exists, select

from bot.conversation import State
from bot.errors import NotFound
from bot.store.base import Pending
from bot.store.rows import AnyRow, ids
from bot.store.tables import PENDING, conversations, messages
from connectors.base import Message

_CONVERSATION = select(conversations).where(conversations.c.id == bindparam("of"))
_PENDING = (
    select(
        messages.c.number,
        messages.c.seq,
        messages.c.text,
        messages.c.at,
        messages.c.channel,
        messages.c.sender,
        messages.c.external_id,
        messages.c.action,
        messages.c.customer_id,
        messages.c.language,
        messages.c.address,
        messages.c.attachments,
    )
    .where(messages.c.conversation_id == bindparam("of"), PENDING)
    .order_by(messages.c.seq)
)
_MORE = select(
    exists().where(
        messages.c.conversation_id == bindparam("of"), messages.c.seq > bindparam("after"), PENDING
    )
)


@dataclass(frozen=True, slots=True)
class Loaded:
    channel: str
    sender: str
    customer_id: str | None
    state: State
    version: int
    pending: tuple[Pending, ...]
    last_seq: int
    """Of the last line when it was read."""


def load(connection: Connection, conversation_id: str) -> Loaded:
    """Raises NotFound."""
    row = connection.execute(_CONVERSATION, {"of": conversation_id}).first()
    if row is None:
        raise NotFound("There is no such conversation.")
    return loaded(connection, row)


def loaded(connection: Connection, row: AnyRow) -> Loaded:
    """The conversation of a row of its table, with what waits."""
    waiting = connection.execute(_PENDING, {"of": row.id})
    pending = tuple(Pending(line.number, line.seq, _message(line)) for line in waiting)
    return Loaded(
        channel=row.channel,
        sender=row.sender,
        customer_id=row.customer_id,
        state=State.from_json(row.state),
        version=row.version,
        pending=pending,
        last_seq=max([row.next_seq - 1, *(line.seq for line in pending)]),
    )


def state_of(connection: Connection, conversation_id: str) -> State | None:
    row = connection.execute(_CONVERSATION, {"of": conversation_id}).first()
    return None if row is None else State.from_json(row.state)


def _message(line: AnyRow) -> Message:
    return Message(
        channel=line.channel,
        sender=line.sender,
        external_id=line.external_id,
        text=line.text,
        received_at=line.at,
        action=line.action,
        customer_id=line.customer_id,
        language=line.language,
        address=line.address,
        attachments=ids(line.attachments),
    )


def has_more(connection: Connection, conversation_id: str, after: int) -> bool:
    """Whether an unanswered message follows line `after`."""
    return bool(connection.execute(_MORE, {"of": conversation_id, "after": after}).scalar_one())
