"""Killed at any moment: what was acknowledged is there, whole, and answered at most once."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter

from sqlalchemy import func, select, text

from bot.store.event_tables import deliveries, events
from bot.store.events import Events
from bot.store.opening import open_database
from bot.store.sql import SqlStore
from bot.webhooks.opening import open_hooks
from tests.contracts.build import NOON, next_turn, reply

LIVES = 25


def live_and_die(process: subprocess.Popen[str], life: int, lines: int, seconds: float) -> list[list[str]]:
    """What a child was told, as words, before it was killed `seconds` after it had been told `lines` lines."""
    assert process.stdin is not None
    assert process.stdout is not None
    print(f"life{life}", file=process.stdin, flush=True)
    words: list[list[str]] = []
    child = int(process.stdout.readline().removeprefix("born "))
    for line in process.stdout:
        if line.startswith("dead"):
            return words
        words.append(line.split())
        if len(words) == lines:
            time.sleep(seconds)
            os.kill(child, signal.SIGKILL)
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
            told += live_and_die(process, life, chance.randint(1, 40), chance.uniform(0, 0.01))
        assert process.stdin is not None
        process.stdin.close()
    return told


async def wait_for_the_server(url: str) -> None:
    """PostgreSQL ends a dead client's last transaction in its own time."""
    if url.startswith("sqlite"):
        return
    database = open_database(url)
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    while await database.read(lambda connection: connection.execute(others).scalar_one()):  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    await database.close()


async def answer_the_rest(store: SqlStore) -> None:
    for conversation_id in await store.unfinished():
        async with store.conversation(conversation_id) as conversation:
            external_ids = tuple(pending.message.external_id for pending in conversation.pending)
            await conversation.save(next_turn(conversation, reply(in_reply_to=external_ids)))


async def look(url: str, accepted: set[tuple[str, str]]) -> None:
    await wait_for_the_server(url)
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
    assert await told_of(url) == {"message.received": kept.total(), "turn.answered": replies}


async def listen(url: str) -> None:
    """Somebody is to be told of everything."""
    database = open_database(url)
    hooks = open_hooks(
        database,
        Events(),
        key=b"k" * 32,
        allow_private=False,
        keep_days=30,
        clock=lambda: NOON,
    )
    await hooks.add("https://hooks.example", types=("message.received", "turn.answered"))
    await database.close()


async def told_of(url: str) -> dict[str, int]:
    """Deliveries that wait, by type."""
    database = open_database(url)
    statement = (
        select(events.c.type, func.count().label("many"))
        .join(deliveries, deliveries.c.event_number == events.c.number)
        .where(deliveries.c.state == "waiting")
        .group_by(events.c.type)
    )
    rows = await database.read(lambda connection: connection.execute(statement).all())
    await database.close()
    return {row.type: row.many for row in rows}


def test_killed_at_any_moment_nothing_is_lost_or_doubled(database_url: str) -> None:
    asyncio.run(listen(database_url))
    told = kill_many_times(database_url)
    accepted = {(sender, external_id) for what, sender, external_id in told if what == "accepted"}
    asyncio.run(look(database_url, accepted))
