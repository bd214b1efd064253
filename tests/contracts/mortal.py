"""Talks to a store until it is killed; run by test_store_crash.py.

Importing takes longer than a life should last: this process imports once, forks a child for every
line it reads. The child prints its pid, each message it was told is on disk and each turn it was
told is saved.
"""

import asyncio
import os
import sys
from datetime import UTC, datetime

from bot.store.base import Turn
from bot.store.opening import open_database
from bot.store.sql import SqlStore
from connectors.base import Message, Reply


def answer(conversation_id: str, message: Message, reply_id: str) -> Reply:
    return Reply(
        id=reply_id,
        conversation_id=conversation_id,
        seq=0,
        in_reply_to=(message.external_id,),
        text=f"answer to {message.text}",
        language="en",
        created_at=datetime.now(UTC),
    )


def tell(line: str) -> None:
    os.write(1, f"{line}\n".encode())


async def live(url: str, life: str) -> None:
    store = SqlStore(open_database(url))

    async def talk(sender: str) -> None:
        number = 0
        while True:
            number += 1
            message = Message("web", sender, f"{life}.{number}", f"{life}.{number}", datetime.now(UTC))
            accepted = await store.accept(message)
            tell(f"accepted {sender} {message.external_id}")
            async with store.conversation(accepted.conversation_id) as conversation:
                for pending in conversation.pending:
                    reply_id = f"{sender}:{life}:{number}:{pending.message.external_id}"
                    reply = answer(conversation.id, pending.message, reply_id)
                    await conversation.save(Turn(reply_id, conversation.state, (pending.inbox_id,), (reply,)))
                    tell(f"answered {sender} {pending.message.external_id}")

    await asyncio.gather(*(talk(f"s{number}") for number in range(4)))


def main(url: str) -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            tell(f"born {os.getpid()}")
            asyncio.run(live(url, line.strip()))
        os.waitpid(child, 0)
        tell("dead")


main(sys.argv[1])
