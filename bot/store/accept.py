"""Accepting a message: conversation, line and inbox row in one transaction, before anybody is told."""

from dataclasses import replace
from uuid import uuid4

from sqlalchemy import Connection, bindparam, func, select, update

from bot.conflicts import insert_unless_there
from bot.conversation import State
from bot.errors import Forbidden, Unauthorized
from bot.store.attachments import attach
from bot.store.events import Events
from bot.store.load import Loaded, loaded
from bot.store.rows import AnyRow
from bot.store.tables import conversations, messages
from connectors.base import Accepted, Message

_MINE = (conversations.c.channel == bindparam("of_channel"), conversations.c.sender == bindparam("of_sender"))

# Taking the number first locks the row: whoever accepts or saves in the same conversation waits here.
_TAKE_NUMBER = (
    update(conversations)
    .where(*_MINE, conversations.c.joined_id.is_(None))
    .values(
        next_seq=conversations.c.next_seq + 1,
        customer_id=func.coalesce(conversations.c.customer_id, bindparam("customer")),
        updated_at=bindparam("at"),
    )
    .returning(*conversations.c)
)
_HOME = select(conversations.c.joined_id, conversations.c.vouched_id, conversations.c.vouched_until).where(
    *_MINE
)
_TAKE_NUMBER_THERE = (
    update(conversations)
    .where(conversations.c.id == bindparam("of"))
    .values(next_seq=conversations.c.next_seq + 1, updated_at=bindparam("now"))
    .returning(*conversations.c)
)
_EXISTING = select(messages.c.conversation_id, messages.c.seq).where(
    messages.c.channel == bindparam("of_channel"),
    messages.c.sender == bindparam("of_sender"),
    messages.c.external_id == bindparam("of_external_id"),
)


class Repeated(Exception):
    """The message had been accepted before; rolls back the number taken for it."""

    def __init__(self, accepted: Accepted) -> None:
        self.accepted = accepted


class Moved(Exception):
    """The person left the conversation that they had joined at this very moment: to be accepted anew."""


def accept(connection: Connection, message: Message, events: Events) -> tuple[Accepted, Loaded]:
    """Put the message on disk; with it comes what the turn that answers it has to read, while it is at hand.

    Raises:
        Repeated: it is there already.
        Moved: to be called again, in another transaction.
        Forbidden, Unauthorized: the conversation is another customer's.
        InvalidInput: an attachment is not the sender's.
    """
    row, message = _take_number(connection, message)
    conversation_id, seq = row.id, row.next_seq - 1
    message_id = uuid4().hex
    written = connection.execute(
        insert_unless_there(messages, connection.dialect.name, messages.c.number),
        {
            "id": message_id,
            "conversation_id": conversation_id,
            "seq": seq,
            "author": "shopper",
            "text": message.text,
            "at": message.received_at,
            "channel": message.channel,
            "sender": message.sender,
            "external_id": message.external_id,
            "action": message.action,
            "customer_id": message.customer_id,
            "language": message.language,
            "address": message.address,
            "attachments": ",".join(message.attachments),
        },
    ).first()
    if written is None:
        keys = {**_address(message), "of_external_id": message.external_id}
        before = connection.execute(_EXISTING, keys).one()
        raise Repeated(Accepted(before.conversation_id, before.seq, message.external_id, duplicate=True))
    if message.attachments:
        attach(connection, message.attachments, message.channel, message.sender, conversation_id)
    events.received(connection, message, conversation_id, message_id, seq)
    return Accepted(conversation_id, seq, message.external_id, duplicate=False), loaded(connection, row)


def _take_number(connection: Connection, message: Message) -> tuple[AnyRow, Message]:
    """The conversation, made if new, with the message's number taken, and the message with who is vouched for."""
    values = {**_address(message), "customer": message.customer_id, "at": message.received_at}
    row = connection.execute(_TAKE_NUMBER, values).first()
    if row is None:
        if made := _make(connection, message):
            return made, message
        home = connection.execute(_HOME, _address(message)).one()
        if home.joined_id is not None:
            return _take_number_there(connection, message, home)
        row = connection.execute(_TAKE_NUMBER, values).first()  # another process has just made it
        if row is None:
            raise Moved
    _check_customer(row.customer_id, message.customer_id)
    return row, message


def _take_number_there(connection: Connection, message: Message, home: AnyRow) -> tuple[AnyRow, Message]:
    """In the conversation that the person joined: both its sides agreed, so it needs no token of its owner's.

    Nor does it become a customer's by a token from here: who spoke in it first has none.
    """
    values = {"of": home.joined_id, "now": message.received_at}
    row = connection.execute(_TAKE_NUMBER_THERE, values).one()
    # Asked again with the row locked: who leaves locks it, too.
    if connection.execute(_HOME, _address(message)).one().joined_id != row.id:
        raise Moved
    if message.customer_id is None and home.vouched_until and message.received_at < home.vouched_until:
        message = replace(message, customer_id=home.vouched_id)
    if message.customer_id is not None and row.customer_id is not None:
        _check_customer(row.customer_id, message.customer_id)
    return row, message


def _address(message: Message) -> dict[str, str]:
    return {"of_channel": message.channel, "of_sender": message.sender}


def _make(connection: Connection, message: Message) -> AnyRow | None:
    """A new conversation, its first number taken; None where there is one."""
    state = State()
    made: AnyRow | None = connection.execute(
        insert_unless_there(conversations, connection.dialect.name, *conversations.c),
        {
            "id": uuid4().hex,
            "channel": message.channel,
            "sender": message.sender,
            "customer_id": message.customer_id,
            "state": state.to_json(),
            "version": 0,
            "next_seq": 2,
            "floor": state.floor.name,
            "floor_since": None,
            "created_at": message.received_at,
            "updated_at": message.received_at,
        },
    ).first()
    return made


def _check_customer(owner: str | None, customer_id: str | None) -> None:
    """A conversation belongs to the first customer proved in it: what it says is about their orders."""
    if owner == customer_id:
        return
    if customer_id is None:
        raise Unauthorized("This conversation belongs to a signed-in customer.", code="token_required")
    raise Forbidden("This conversation belongs to another customer.", code="other_customer")
