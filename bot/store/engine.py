"""Engines: SQLite made durable and patient, PostgreSQL through asyncpg."""

import sqlite3
import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import SettingsError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

BUSY_SECONDS = 10
"""How long a writer waits for another process before it gives up."""

PRAGMAS = (
    f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}",
    # A message is acknowledged once its transaction is committed, so a commit must survive a power cut.
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
)

QUIET: dict[str, Any] = {"hide_parameters": True}
"""Parameters are people's words: no error text, and so no log, repeats them."""


def parse_url(url: str) -> URL:
    """The URL with the driver that Kefu uses.

    Raises:
        SettingsError: it is no URL, another database's, or SQLite's in-memory one.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise SettingsError("The database URL cannot be read; write sqlite:///path/kefu.db.") from error
    family = parsed.drivername.partition("+")[0]
    if family == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise SettingsError("The database must be a file: nothing in memory survives a restart.")
        return parsed.set(drivername="sqlite")
    if family in ("postgresql", "postgres"):
        return _with_ssl(parsed.set(drivername="postgresql+asyncpg"))
    raise SettingsError(f"The database {family!r} is not supported: use sqlite or postgresql.")


def create_postgres(url: URL) -> "AsyncEngine":
    from sqlalchemy.ext.asyncio import create_async_engine  # with the whole ORM, which nothing here uses

    return create_async_engine(
        url, **QUIET, pool_size=10, max_overflow=10, pool_pre_ping=True, pool_recycle=1800
    )


def create_sqlite(url: URL, *, writes: bool = False, **options: Any) -> Engine:
    """A synchronous engine: a whole transaction runs in a thread.

    Where it `writes`, a transaction takes the write lock when it begins. One that reads first and writes
    later would fail whenever somebody else wrote in between.
    """
    engine = create_engine(url, **QUIET, **options)
    event.listen(engine.pool, "connect", _prepare)
    # Not by the event "begin": an engine with events looks for them at every statement, for a tenth of its time.
    engine.dialect.do_begin = _begin_immediate if writes else _begin  # type: ignore[assignment,method-assign]
    return engine


def _prepare(connection: Any, _record: object) -> None:
    # The driver would begin transactions on its own, late and deferred.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    _use_wal(cursor)
    cursor.close()


def _use_wal(cursor: sqlite3.Cursor) -> None:
    """Switch the file to a write-ahead log, once in its life.

    The switch needs the file to itself, and SQLite refuses it at once, whatever the busy timeout says,
    while another connection is at it.
    """
    patience = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            (mode,) = cursor.execute("PRAGMA journal_mode=WAL").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > patience:
                raise
        else:
            # A file system without shared memory cannot, and says so by staying with what it has.
            if mode == "wal" or time.monotonic() > patience:
                return
        time.sleep(0.01)


def _begin(connection: Any) -> None:
    connection.cursor().execute("BEGIN")


def _begin_immediate(connection: Any) -> None:
    connection.cursor().execute("BEGIN IMMEDIATE")


def _with_ssl(url: URL) -> URL:
    """asyncpg says `ssl` where every hosting company's URL says `sslmode`."""
    mode = url.query.get("sslmode")
    return url.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode}) if mode else url
