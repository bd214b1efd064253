"""Bringing a database to the tables of this version, at every start."""

import asyncio
from collections.abc import Callable
from functools import cache
from pathlib import Path

from sqlalchemy import URL, Connection, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from bot.store.database import unavailable
from bot.store.engine import create_postgres, create_sqlite, parse_url

VERSIONS = Path(__file__).parent / "migrations" / "versions"
ADVISORY_LOCK = 0x6B656675  # "kefu"

Step = Callable[[Connection], None]


@cache
def head() -> str:
    """The revision this version of Kefu works with; blocking, once."""
    return max(path.name[1:5] for path in VERSIONS.glob("r*.py"))


async def upgrade(url: str) -> None:
    """Make or change the tables, in one transaction; of two processes one waits and finds nothing to do.

    Raises:
        Unavailable: the database cannot be reached or written.
        NotPrepared: a newer version of Kefu has changed it already.
    """
    parsed = parse_url(url)
    try:
        if parsed.get_backend_name() == "sqlite":
            await asyncio.to_thread(_upgrade_sqlite, parsed)
        else:
            await _upgrade_postgres(parsed)
    except (DBAPIError, OSError) as error:
        raise unavailable(error) from error


def _upgrade_sqlite(url: URL) -> None:
    assert url.database is not None
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_sqlite(url, writes=True, poolclass=NullPool)
    with engine.connect() as connection:
        # A batch migration replaces a table, and dropping the old one would cascade. This cannot be
        # switched within a transaction.
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        with connection.begin():
            if not _is_current(connection):
                _steps()(connection)


async def _upgrade_postgres(url: URL) -> None:
    newest = await asyncio.to_thread(head)
    engine = create_postgres(url)
    try:
        async with engine.connect() as connection:
            if await connection.run_sync(_revision) == newest:
                return
        run = await asyncio.to_thread(_steps)
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
            await connection.run_sync(run)
    finally:
        await engine.dispose()


def _is_current(connection: Connection) -> bool:
    return _revision(connection) == head()


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _steps() -> Step:
    # Alembic takes as long to import as the rest of a start's database work; a start that changes nothing needs none.
    from bot.store.migrations.steps import run, scripts

    scripts()
    return run
