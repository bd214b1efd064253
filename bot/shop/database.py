"""How the embedded shop reaches its tables: a transaction is one function over one connection."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")


class Database(Protocol):
    """Whatever runs transactions; those of `bot.store` fit, so that shop and conversations share one."""

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` beside writers."""
        ...

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` and commit; what it raises rolls back all it did."""
        ...
