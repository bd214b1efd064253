"""Answers of the API, kept for the same request coming once more; sealed, since they may hold anything."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Connection, delete, select, update

from bot.conflicts import insert_unless_there
from bot.store.database import Database
from bot.store.event_tables import api_answers

KEPT = timedelta(hours=24)
LEASE = timedelta(minutes=1)
"""A request that takes longer was cut short, and may be made again."""


@dataclass(frozen=True, slots=True)
class Begun:
    state: Literal["new", "running", "other", "done"]
    """`other`: the key was used for another request."""
    status: int = 0
    body: bytes = b""


class Repeats:
    def __init__(self, database: Database, key: bytes, *, clock: Callable[[], datetime]) -> None:
        """`key`: 32 bytes that seal the answers."""
        self._database, self._clock = database, clock
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    async def begin(self, key: str, request: str) -> Begun:
        """`new`: make the answer, then `keep` or `drop` it. `key` and `request` are digests."""
        now = self._clock()
        status, body = await self._database.write(partial(_begin, key=key, request=request, now=now))
        if isinstance(status, str):
            return Begun(status)
        try:
            return Begun("done", status, self._fernet.decrypt(body.encode()))
        except InvalidToken:  # The server's secret was changed since.
            return Begun("other")

    async def keep(self, key: str, status: int, body: bytes) -> None:
        values = {
            "status": status,
            "body": self._fernet.encrypt(body).decode(),
            "until": self._clock() + KEPT,
        }
        statement = update(api_answers).where(api_answers.c.key == key).values(values)
        await self._database.write(lambda connection: connection.execute(statement))

    async def drop(self, key: str) -> None:
        """Nothing was done: the same request may be made again."""
        statement = delete(api_answers).where(api_answers.c.key == key, api_answers.c.status.is_(None))
        await self._database.write(lambda connection: connection.execute(statement))


def _begin(
    connection: Connection, key: str, request: str, now: datetime
) -> tuple[int | Literal["new", "running", "other"], str]:
    connection.execute(delete(api_answers).where(api_answers.c.until <= now))
    row = {"key": key, "request": request, "until": now + LEASE}
    statement = insert_unless_there(api_answers, connection.dialect.name, api_answers.c.key)
    if connection.execute(statement, row).first() is not None:
        return "new", ""
    found = connection.execute(select(api_answers).where(api_answers.c.key == key)).one()
    if found.request != request:
        return "other", ""
    return ("running", "") if found.status is None else (found.status, found.body)
