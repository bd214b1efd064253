"""INSERT ... ON CONFLICT: SQLAlchemy says it in two dialects with the same words."""

from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Insert, Table
from sqlalchemy.dialects import sqlite


def insert_or_update(
    connection: Connection, table: Table, key: dict[str, Any], values: dict[str, Any]
) -> None:
    """Replace the `values` of the row that has that key, where there is one."""
    statement = _insert(table, connection.dialect.name).values({**key, **values})
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


@cache
def insert_unless_there(table: Table, dialect: str, *returning: Column[Any]) -> Insert:
    """Adds nothing where a row has one of its keys. `dialect` is `connection.dialect.name`."""
    statement: Insert = _insert(table, dialect).on_conflict_do_nothing()
    return statement.returning(*returning) if returning else statement


def _insert(table: Table, dialect: str) -> Any:
    if dialect == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # three drivers' worth of code, and most shops run on SQLite

    return postgresql.insert(table)
