"""Between rows and the values of the contract."""

import json
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError
from sqlalchemy import Row

from bot.errors import InvalidInput
from bot.store.base import StoredMessage
from bot.store.tables import messages, scrub
from connectors.base import Message, Reply

AnyRow = Row[*tuple[Any, ...]]

_REPLY = TypeAdapter(Reply)
KEY_LIMIT = 255
"""Characters of a channel, sender or external id: they are indexed, and PostgreSQL's index rows are short."""


def check_keys(message: Message) -> None:
    """Refuse names that a database would change or cannot index; changed, two of them might become one."""
    for name in ("channel", "sender", "external_id", "customer_id"):
        value = getattr(message, name)
        if value is None and name == "customer_id":
            continue
        if not value or len(value) > KEY_LIMIT:
            raise InvalidInput(f"{name} must have 1 to {KEY_LIMIT} characters", code="invalid_key")
        if value != scrub(value) or not value.isprintable():
            raise InvalidInput(f"{name} has characters that cannot be printed", code="invalid_key")


def reply_to_json(reply: Reply) -> str:
    try:
        return _REPLY.dump_json(reply).decode()
    except PydanticSerializationError:  # half a surrogate pair, from a document or a model
        return scrub(json.dumps(_REPLY.dump_python(reply, mode="json"), ensure_ascii=False))


def reply_from_json(text: str) -> Reply:
    return _REPLY.validate_json(text)


def ids(joined: str) -> tuple[str, ...]:
    return tuple(joined.split(",")) if joined else ()


LINE = (
    messages.c.id,
    messages.c.seq,
    messages.c.author,
    messages.c.text,
    messages.c.at,
    messages.c.external_id,
    messages.c.action,
    messages.c.reply,
    messages.c.helpful,
    messages.c.attachments,
    messages.c.agent_id,
)
"""The columns that `line` reads."""


def line(row: AnyRow) -> StoredMessage:
    return StoredMessage(
        id=row.id,
        seq=row.seq,
        author=row.author,
        text=row.text,
        at=row.at,
        external_id=row.external_id,
        action=row.action,
        reply=None if row.reply is None else reply_from_json(row.reply),
        helpful=row.helpful,
        attachments=ids(row.attachments),
        agent_id=row.agent_id,
    )
