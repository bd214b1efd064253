"""kill -9 at any moment, under load: what was acknowledged is answered exactly once, nothing is lost or doubled."""

import asyncio
import os
import random
import shutil
import statistics
import time
from collections import Counter
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.hardening.process import KefuProcess
from tests.hardening.shopper import Lives, Shopper, session

SHOPPERS = 8
KILLS = int(os.environ.get("KILLS", "200"))


@pytest.mark.parametrize("kills", [2, pytest.param(KILLS, marks=pytest.mark.slow)])
async def test_killed_at_any_moment(
    kills: int, demo_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    shutil.copytree(demo_data, data)
    chance = random.Random(kills)
    lives, starts, begun = Lives(), [], time.monotonic()
    async with session() as http:
        shoppers = [Shopper(f"s{n}", http, lives, random.Random(n)) for n in range(SHOPPERS)]
        async with asyncio.TaskGroup() as talking:
            for shopper in shoppers:
                talking.create_task(shopper.talk())
            for _ in range(kills):
                starts.append(await live_and_die(data, lives, chance))
            last = await KefuProcess.spawn(data)
            lives.born((await last.ready()).url)
            lives.over = True
        await all_answered(http, lives)
        for shopper in shoppers:
            await check(shopper)
        check_log(last.log)
        assert await last.stop() == 0
    with capsys.disabled():
        messages = sum(len(shopper.acknowledged) for shopper in shoppers)
        replies = sum(line["author"] == "bot" for one in shoppers for line in one.received.values())
        print(
            f"\n{kills} kills in {time.monotonic() - begun:.0f} s, a start takes "
            f"{statistics.median(filter(None, starts)):.1f} s; {messages} messages acknowledged, "
            f"{replies} replies received"
        )


async def live_and_die(data: Path, lives: Lives, chance: random.Random) -> float | None:
    """One life; how long its start took, None when it died in the middle of it."""
    begun = time.monotonic()
    server = await KefuProcess.spawn(data)
    try:
        if chance.random() < 0.1:
            await asyncio.sleep(chance.uniform(0, 2.5))
            return None
        await server.ready()
        took = time.monotonic() - begun
        lives.born(server.url)
        await asyncio.sleep(chance.uniform(0, 1.5) ** 2)
        return took
    finally:
        lives.died()
        await server.kill()


async def all_answered(http: ClientSession, lives: Lives) -> None:
    async with asyncio.timeout(60):
        while True:
            async with http.get(f"{lives.url}/metrics") as response:
                if 'kefu_rows{queue="inbox"} 0.0' in await response.text():
                    return
            await asyncio.sleep(0.1)


async def check(shopper: Shopper) -> None:
    lines = await shopper.history()
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1)), "no gaps"
    said = [line for line in lines if line["author"] == "shopper"]
    assert {line["external_id"]: line["seq"] for line in said} == shopper.acknowledged
    assert len(said) == len(shopper.acknowledged), "none twice"
    answers = Counter(external_id for line in lines for external_id in line["in_reply_to"])
    assert set(answers) == set(shopper.acknowledged), "each is answered"
    assert set(answers.values()) <= {1}, "none is answered twice"
    places = shopper.acknowledged
    replies = [line for line in lines if line["in_reply_to"]]
    answered = [places[one] for line in replies for one in line["in_reply_to"]]
    assert answered == sorted(answered), "answers come in the order of the messages"
    for line in replies:
        assert all(places[one] < line["seq"] for one in line["in_reply_to"])
    history = {line["seq"]: line["id"] for line in lines}
    for seq, line in shopper.received.items():
        assert history[seq] == line["id"], "what was once shown stays what was said"


def check_log(log: Path) -> None:
    text = log.read_text()
    for failure in (
        "turn_failed",
        "turn_broken",
        "socket_broken",
        "request_broken",
        "Traceback",
        "lost_error",
    ):
        assert failure not in text, text[text.index(failure) - 300 :][:1500]
