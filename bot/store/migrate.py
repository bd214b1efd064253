"""Bringing a database to the tables of this version, at every start."""

import asyncio
from functools import lru_cache
from pathlib import Path

from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from bot.errors import NotPrepared
from bot.store.database import unavailable
from bot.store.engine import create_postgres, create_sqlite, parse_url

MIGRATIONS = Path(__file__).parent / "migrations"
ADVISORY_LOCK = 0x6B656675  # "kefu"


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@lru_cache(1)
def scripts() -> ScriptDirectory:
    """The migrations, read from disk."""
    directory = ScriptDirectory.from_config(alembic_config())
    directory.get_current_head()  # reads them now rather than when they are first asked for
    return directory


def head() -> str:
    """The revision this version of Kefu works with."""
    revision = scripts().get_current_head()
    assert revision is not None
    return revision


async def upgrade(url: str) -> None:
    """Make or change the tables, in one transaction; of two processes one waits and finds nothing to do.

    Raises:
        Unavailable: the database cannot be reached or written.
        NotPrepared: a newer version of Kefu has changed it already.
    """
    parsed = parse_url(url)
    await asyncio.to_thread(scripts)
    try:
        if parsed.get_backend_name() == "sqlite":
            await asyncio.to_thread(_upgrade_sqlite, parsed)
        else:
            await _upgrade_postgres(parsed)
    except ResolutionError as error:
        raise NotPrepared("A newer version of Kefu has used this database.", "pip install -U kefu") from error
    except (DBAPIError, OSError) as error:
        raise unavailable(error) from error


def _upgrade_sqlite(url: URL) -> None:
    assert url.database is not None
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_sqlite(url, poolclass=NullPool).execution_options(immediate=True)
    with engine.connect() as connection:
        # A batch migration replaces a table, and dropping the old one would cascade. This cannot be
        # switched within a transaction.
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        with connection.begin():
            run(connection)


async def _upgrade_postgres(url: URL) -> None:
    engine = create_postgres(url)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
            await connection.run_sync(run)
    finally:
        await engine.dispose()


def run(connection: Connection) -> None:
    """Take the steps that are missing, within the connection's transaction.

    Alembic's own command would read its environment from disk here, on the loop.
    """
    context = MigrationContext.configure(connection)
    steps = scripts().iterate_revisions("head", context.get_current_revision() or "base")
    with Operations.context(context):
        for step in reversed(list(steps)):
            assert step is not None
            step.module.upgrade()
            context.stamp(scripts(), step.revision)
