"""PostgreSQL: a pooled connection per transaction."""

from typing import TypeVar

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.store.database import MISTAKES, Work, unavailable
from bot.store.engine import create_postgres

T = TypeVar("T")
_DEADLOCK = "40P01"
_TRIES = 6


class PooledDatabase:
    def __init__(self, url: URL) -> None:
        self._engine = create_postgres(url)

    async def read(self, work: Work[T]) -> T:
        return await self.write(work)

    async def write(self, work: Work[T]) -> T:
        """Of two transactions that wait for each other PostgreSQL ends one, whole: that one is begun again."""
        tries = 0
        while True:
            tries += 1
            try:
                async with self._engine.begin() as connection:
                    return await connection.run_sync(work)
            except MISTAKES:
                raise
            except (DBAPIError, PoolTimeout, OSError) as error:
                if tries == _TRIES or not _is_deadlock(error):
                    raise unavailable(error) from error

    async def close(self) -> None:
        await self._engine.dispose()


def _is_deadlock(error: Exception) -> bool:
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == _DEADLOCK
