"""Killed at any moment: what was acknowledged is there, whole, and answered at most once."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter

from bot.store.opening import open_database
from bot.store.sql import SqlStore
from tests.contracts.build import next_turn, reply

LIVES = 25


def live_and_die(process: subprocess.Popen[str], life: int, seconds: float) -> list[list[str]]:
    """What a child was told before it was killed, as words."""
    assert process.stdin is not None
    assert process.stdout is not None
    print(f"life{life}", file=process.stdin, flush=True)
    words: list[list[str]] = []
    for line in process.stdout:
        if line.startswith("born"):
            time.sleep(seconds)
            os.kill(int(line.split()[1]), signal.SIGKILL)
        elif line.startswith("dead"):
            return words
        else:
            words.append(line.split())
    raise AssertionError("the process that forks died")


def kill_many_times(url: str) -> list[list[str]]:
    chance = random.Random(7)
    told: list[list[str]] = []
    with subprocess.Popen(
        [sys.executable, "-m", "tests.contracts.mortal", url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        for life in range(LIVES):
            told += live_and_die(process, life, chance.uniform(0.05, 0.3))
        assert process.stdin is not None
        process.stdin.close()
    return told


async def answer_the_rest(store: SqlStore) -> None:
    for conversation_id in await store.unfinished():
        async with store.conversation(conversation_id) as conversation:
            external_ids = tuple(pending.message.external_id for pending in conversation.pending)
            await conversation.save(next_turn(conversation, reply(in_reply_to=external_ids)))


async def look(url: str, accepted: set[tuple[str, str]]) -> None:
    store = SqlStore(open_database(url))
    await store.check()
    await answer_the_rest(store)
    assert await store.unfinished() == ()
    kept: Counter[tuple[str, str]] = Counter()
    answers: Counter[tuple[str, str]] = Counter()
    replies = 0
    for sender in {sender for sender, _ in accepted}:
        conversation_id = await store.find("web", sender)
        assert conversation_id is not None
        lines = await store.history(conversation_id, limit=100_000)
        assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
        kept.update((sender, line.external_id) for line in lines if line.external_id is not None)
        answers.update((sender, each) for line in lines if line.reply for each in line.reply.in_reply_to)
        replies += sum(line.author == "bot" for line in lines)
    assert accepted <= set(kept)
    assert set(kept.values()) == {1}
    assert answers == kept
    assert (await store.depths())["outbox"] == replies, "each reply has its outgoing row"
    await store.close()


def test_killed_at_any_moment_nothing_is_lost_or_doubled(database_url: str) -> None:
    told = kill_many_times(database_url)
    accepted = {(sender, external_id) for what, sender, external_id in told if what == "accepted"}
    assert len(accepted) > LIVES, "hardly anything happened: the test shows nothing"
    asyncio.run(look(database_url, accepted))
