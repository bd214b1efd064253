"""How Alembic compares the tables with a database; `revise.py` runs it."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import TypeDecorator

from bot.shop.linked import tables as linked_tables  # noqa: F401 - they are part of the metadata
from bot.shop.tables import metadata as shop
from bot.store import event_tables  # noqa: F401 - they are part of the metadata
from bot.store.tables import metadata as store


def render_type(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Our own column types as the plain ones beneath: a migration must not change when our code does."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=[store, shop],
    render_as_batch=True,
    render_item=render_type,
)
with context.begin_transaction():
    context.run_migrations()
