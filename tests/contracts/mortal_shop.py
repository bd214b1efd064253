"""Changes a shop and dies on the way; run by test_shop_changes_crash.py.

Importing takes longer than a life should last: this process imports once and forks a child for every
line it reads. The child ends itself at the moment that the line names: each statement
has one before and one after it, and so has each commit. At moment 0 it lives, and prints the number of
the receipt it was given.
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

from bot.shop.changes.requests import read_request
from bot.shop.sql import SqlShop
from bot.store.opening import open_database


class Moments:
    def __init__(self, last: int) -> None:
        self._left = last

    def pass_one(self, *_event: object) -> None:
        self._left -= 1
        if self._left == 0:
            os._exit(9)


def die_at(last: int) -> Moments:
    """Those of the database; others may be passed, too."""
    moments = Moments(last)
    event.listen(Engine, "before_cursor_execute", moments.pass_one)
    event.listen(Engine, "after_cursor_execute", moments.pass_one)
    commit: Callable[..., Any] = DefaultDialect.do_commit

    def mortal_commit(dialect: DefaultDialect, connection: Any) -> None:
        moments.pass_one()
        commit(dialect, connection)
        moments.pass_one()

    DefaultDialect.do_commit = mortal_commit  # type: ignore[method-assign]
    return moments


async def change(url: str, what: dict[str, Any]) -> None:
    database = open_database(url)
    receipt = await SqlShop(database).change(
        read_request(what["kind"], what["request"]),
        customer_id=what["customer_id"],
        now=datetime.fromisoformat(what["now"]),
        key=what["key"],
        digest=what["digest"],
    )
    os.write(1, f"{receipt.number}\n".encode())
    await database.close()


def main(url: str) -> None:
    for line in sys.stdin:
        what = json.loads(line)
        child = os.fork()
        if child == 0:
            die_at(what["moment"])
            asyncio.run(change(url, what))
            os._exit(0)
        os.waitpid(child, 0)
        os.write(1, b"end\n")


if __name__ == "__main__":
    main(sys.argv[1])
