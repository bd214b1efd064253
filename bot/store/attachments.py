"""Rows of the photos that were sent: whose they are, and which conversation names them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from bot.errors import InvalidInput
from bot.store.base import Attachment
from bot.store.rows import AnyRow
from bot.store.tables import ORPHAN, attachments

STAFF = "staff"
"""The channel of what agents send; the sender is the agent's id."""


def put(connection: Connection, attachment: Attachment) -> None:
    connection.execute(insert(attachments), asdict(attachment))


def get(connection: Connection, attachment_id: str) -> Attachment | None:
    row = connection.execute(select(attachments).where(attachments.c.id == attachment_id)).first()
    return None if row is None else _attachment(row)


def attach(
    connection: Connection, named: Sequence[str], channel: str, sender: str, conversation_id: str
) -> None:
    """
    Raises:
        InvalidInput: one is not there, or somebody else's.
    """
    wanted = set(named)
    mine = (
        attachments.c.id.in_(wanted),
        attachments.c.channel == channel,
        attachments.c.sender == sender,
    )
    found = connection.execute(update(attachments).where(*mine).values(conversation_id=conversation_id))
    if found.rowcount != len(wanted):
        raise InvalidInput("attachments: there is no such attachment", code="unknown_attachment")


def take_orphans(connection: Connection, before: datetime, limit: int) -> Sequence[Attachment]:
    """Forgotten here first: a file without a row is never shown."""
    old = select(attachments).where(ORPHAN, attachments.c.at < before).limit(limit)
    found = [_attachment(row) for row in connection.execute(old)]
    if found:
        mine = attachments.c.id.in_([one.id for one in found])
        connection.execute(delete(attachments).where(mine, ORPHAN))
    return found


def _attachment(row: AnyRow) -> Attachment:
    return Attachment(**row._mapping)
