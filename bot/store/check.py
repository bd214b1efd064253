"""Whether the database is there, can be written and has the tables of this version."""

import asyncio
from datetime import UTC, datetime

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from bot.errors import NotPrepared, Unavailable
from bot.store.database import Database
from bot.store.migrate import head
from bot.store.tables import attempts

REMEDY = "kefu doctor"


async def check(database: Database) -> None:
    """Raises NotPrepared."""
    try:
        revision = await database.write(_touch)
    except Unavailable as error:
        raise NotPrepared(str(error), REMEDY) from error
    except DBAPIError as error:
        raise NotPrepared("The database has not the tables of this version.", REMEDY) from error
    needed = await asyncio.to_thread(head)
    if revision != needed:
        raise NotPrepared(f"The database is at revision {revision}, this version needs {needed}.", REMEDY)


def _touch(connection: Connection) -> str | None:
    """The revision; on the way a row is written and removed, since a full disk can still be read."""
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    now = datetime.now(UTC)
    row = attempts.insert().values(scope="check", at=now, expires_at=now).returning(attempts.c.id)
    connection.execute(attempts.delete().where(attempts.c.id == connection.execute(row).scalar_one()))
    return revision
