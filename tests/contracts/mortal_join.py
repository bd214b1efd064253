"""Joins two conversations and dies on the way; run by test_links_crash.py.

As in mortal_shop.py: it imports once and forks a child for every line it reads, which ends itself at the
moment that the line names. At moment 0 it lives. A child that got through says so.
"""

import asyncio
import json
import os
import sys
from typing import Any
from uuid import uuid4

from bot.conversation import State
from bot.store.linked import Join
from bot.store.links import Links
from bot.store.opening import open_database
from bot.store.sql import SqlStore
from tests.contracts.build import later, next_turn, reply
from tests.contracts.mortal_shop import die_at


async def join(url: str, what: dict[str, Any]) -> None:
    database = open_database(url)
    store, links = SqlStore(database, clock=lambda: later(5)), Links(database)
    link = await links.link(what["link"])
    assert link is not None
    assert link.to is not None
    if link.state != "joined":
        other = await links.side(link.to)
        async with store.conversation(link.from_id) as conversation:
            # A process of its own each time: nothing but chance may keep these apart.
            here, there = reply("here", id=uuid4().hex), reply("there", id=uuid4().hex)
            linking = Join(link.id, other, State(), None, None)
            turn = next_turn(conversation, here, there, to={there.id: link.to}, linking=linking)
            await conversation.save(turn)
    os.write(1, b"lived\n")
    await database.close()


def main(url: str) -> None:
    for line in sys.stdin:
        what = json.loads(line)
        child = os.fork()
        if child == 0:
            if what["moment"]:
                die_at(what["moment"])
            asyncio.run(join(url, what))
            os._exit(0)
        os.waitpid(child, 0)
        os.write(1, b"end\n")


main(sys.argv[1])
