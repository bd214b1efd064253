"""A transaction is one function over one connection; the database decides where it runs.

Awaiting every statement costs a thread hop each on SQLite. A whole transaction as one function
costs one hop, and is the same code for both databases.
"""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError

from bot.errors import Unavailable

T = TypeVar("T")
MISTAKES = (IntegrityError, ProgrammingError, DataError)
"""What a caller did wrong, as opposed to a database that cannot."""
Work = Callable[[Connection], T]


class Database(Protocol):
    async def read(self, work: Work[T]) -> T:
        """Run `work`, which only reads, beside the writers."""
        ...

    async def write(self, work: Work[T]) -> T:
        """Run `work` and commit; what it raises rolls back all it did. It may be run again after a rollback.

        Raises:
            Unavailable: the database is full, locked or gone; nothing was written.
        """
        ...

    async def close(self) -> None: ...


def unavailable(error: Exception) -> Unavailable:
    """What to tell, without the statement and its parameters: those are people's words."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return Unavailable(
        f"The database does not take it: {str(cause).splitlines()[0] if str(cause) else cause!r}"
    )
