"""Says one thing to a bot that dies on the way; run by test_kill_change.py.

Building a bot takes longer than a life should last: this process imports once and forks a child for every
line it reads. The child starts the bot, says the line's words and ends itself at the moment that the line
names: each statement has one before and one after it, and so has each commit. At moment 0 it lives, and
prints the replies it was given.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import structlog

from bot.factory import build
from bot.settings import read_settings
from connectors.base import Message
from tests.conftest import CACHE, NOW
from tests.contracts.mortal_shop import die_at


async def say(what: dict[str, Any]) -> None:
    settings = read_settings(data=Path(what["data"]), cache=CACHE)
    kefu = await build(settings, clock=lambda: NOW)
    await kefu.start()
    if what["moment"]:
        die_at(what["moment"])
    message = Message("web", "visitor:1", what["id"], what["text"], NOW, customer_id=what["customer"])
    accepted = await kefu.desk.submit(message)
    replies = await kefu.desk.replies_to(accepted, wait_seconds=30)
    told = [[[tool.name, tool.outcome] for tool in reply.tools] for reply in replies]
    os.write(1, f"{json.dumps(told)}\n".encode())


def main() -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            asyncio.run(say(json.loads(line)))
            os._exit(0)
        os.waitpid(child, 0)
        os.write(1, b"end\n")


main()
