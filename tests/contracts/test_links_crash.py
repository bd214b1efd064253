"""Killed at any moment of a join: it happened, or it did not; what was said and who waits is there once."""

import asyncio
import json
import subprocess
import sys
from dataclasses import dataclass

import pytest

from bot.store.base import Handover
from bot.store.linked import Agree
from bot.store.links import Links
from bot.store.opening import open_database
from bot.store.sql import SqlStore
from tests.contracts.build import NOON, message
from tests.contracts.test_links import claim, offered, save
from tests.contracts.test_store_crash import wait_for_the_server

_MOST = 400


@dataclass(frozen=True)
class Pair:
    chat: tuple[str, str]
    into: str
    left: str
    link: str


async def agreed(url: str, number: int) -> Pair:
    """Both sides said yes; over there two messages and a call for a person wait."""
    database = open_database(url)
    store, links = SqlStore(database, clock=lambda: NOON), Links(database)
    chat, digest = ("telegram", f"T{number}"), f"d{number}"
    into = (await store.accept(message("yes", sender=f"S{number}"))).conversation_id
    for text in ("1", "2"):
        there = await store.accept(message(text, channel=chat[0], sender=chat[1]))
    left = there.conversation_id
    await save(store, left, handover=Handover("asked", {}), state=(await store.state(left)))
    link = await offered(links, into, digest)
    assert await claim(links, chat, digest) is not None
    await save(store, left, linking=Agree(link.id))
    await database.close()
    return Pair(chat, into, left, link.id)


async def check(url: str, pair: Pair, *, lived: bool) -> None:
    await wait_for_the_server(url)
    store = SqlStore(open_database(url))
    joined = await store.find(*pair.chat) == pair.into
    assert joined or not lived
    here, there = [await store.history(one) for one in (pair.into, pair.left)]
    told = ["text of 1", "text of 2"]
    said = [[line.text for line in lines if line.author == "shopper"] for lines in (here, there)]
    assert said == ([["text of yes", *told], []] if joined else [["text of yes"], told])
    answers = [line.text for line in here if line.author != "shopper"]
    assert sorted(answers) == (["here", "there"] if joined else [])
    assert sorted(line.seq for line in here) == list(range(1, len(here) + 1))
    calls = [await store.open_handover(one) is not None for one in (pair.into, pair.left)]
    assert calls == [joined, not joined]
    async with store.conversation(pair.into) as conversation:
        waiting = [one.message.text for one in conversation.pending]
    assert waiting == (told if joined else ["text of yes"])
    await store.close()


@pytest.mark.parametrize("step", [9, pytest.param(1, marks=pytest.mark.slow)])
def test_killed_at_any_moment_of_a_join(database_url: str, step: int) -> None:
    command = [sys.executable, "-m", "tests.contracts.mortal_join", database_url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def live(pair: Pair, moment: int) -> bool:
            print(json.dumps({"link": pair.link, "moment": moment}), file=process.stdin, flush=True)
            words = list(iter(process.stdout.readline, "end\n"))  # type: ignore[union-attr]
            return words == ["lived\n"]

        deaths = 0
        for moment in range(1, _MOST, step):
            pair = asyncio.run(agreed(database_url, moment))
            lived = live(pair, moment)
            asyncio.run(check(database_url, pair, lived=lived))
            if lived:
                break
            deaths += 1
            assert live(pair, 0)
            asyncio.run(check(database_url, pair, lived=True))
        assert 30 < deaths * step < _MOST - step
        process.stdin.close()
