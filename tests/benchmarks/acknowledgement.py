"""How soon platforms hear that a message is on disk, while every turn takes ten seconds.

python -m tests.benchmarks.acknowledgement [--seconds 20] [--rate 20]
"""

import argparse
import asyncio
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import yaml
from aiohttp import ClientSession
from rich.console import Console
from rich.table import Table

from bot.commands.demo import demo
from bot.commands.options import out
from bot.settings import read_settings
from bot.store.opening import open_database
from bot.store.sql import SqlStore
from bot.training import train_intents
from connectors.channel import Request
from tests.benchmarks.server import serving
from tests.benchmarks.slow_server import SECONDS
from tests.connectors import line_case, messenger_case, telegram_case, whatsapp_case
from tests.connectors.case import cases
from tests.contracts.platform import open_platform

_AIM = 100
"""Milliseconds, at the 99th percentile."""
_SENDERS = 40
_AGAIN = 0.25
"""Share of requests that the platform brings once more, at once or up to three seconds later."""
_TEXTS = (
    "退货运费谁出？",
    "How long does delivery take?",
    "推荐一个咖啡机",
    "怎么开发票",
    "Can I pay by PayPal?",
)
_PATIENCE_SECONDS = 90


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--rate", type=int, default=20, help="requests a second")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        demo(Path(folder))
        train_intents(read_settings(data=Path(folder)), None, Console(quiet=True), report=False)
        asyncio.run(measure(Path(folder), given.seconds, given.rate))


async def measure(folder: Path, seconds: int, rate: int) -> None:
    async with AsyncExitStack() as stack:
        platforms = {name: await stack.enter_async_context(open_platform()) for name in _configs("")}
        for name, platform in platforms.items():
            platform.answer = cases()[name].answer
        sections = {name: _configs(platform.url)[name] for name, platform in platforms.items()}
        file = folder / "channels.yaml"
        file.write_text(yaml.safe_dump(sections))
        brought = _brought(list(platforms), seconds, rate)
        environment = {"KEFU_CHANNELS": str(file), "KEFU_LOG_LEVEL": "error"}
        slow = serving("tests.benchmarks.slow_server", folder, environment)
        async with slow as url, ClientSession() as http:
            start = time.perf_counter()
            times = await asyncio.gather(*(_bring(http, url, one, start) for one in brought))
            open_ = await _wait_for_answers(folder)
            waited = time.perf_counter() - start - seconds
    messages = len({(one["name"], one["id"]) for one in brought})
    _print(times, rate, messages, list(platforms))
    heard, answered_twice = await _looked_at(folder)
    out.print(
        f"{heard} of {messages} messages on disk, {open_} without an answer {waited:.0f} s later,"
        f" {answered_twice} answered twice"
    )


def _configs(url: str) -> dict[str, dict[str, Any]]:
    """What KEFU_CHANNELS holds; platforms that sign no time, since the cases sign at a moment of their own."""
    given = {"mode": "json", "exclude_defaults": True}
    return {
        "telegram": {"token": "123456:a-token-of-some-length", "secret": telegram_case.SECRET, "api": url},
        "line": {"secret": line_case.SECRET, "token": line_case.TOKEN, "api": url, "content_api": url},
        "whatsapp": whatsapp_case.config(url).model_dump(**given),
        "messenger": messenger_case.config(url).model_dump(**given),
    }


def _brought(names: list[str], seconds: int, rate: int) -> list[dict[str, Any]]:
    """Requests with when they come; a quarter are brought before."""
    random, found = Random(1), list[dict[str, Any]]()
    for number in range(seconds * rate):
        at = number / rate
        recent = [one for one in found if at - one["at"] < 3]
        if recent and random.random() < _AGAIN:
            found.append(random.choice(recent) | {"at": at})
            continue
        name = names[number % len(names)]
        sender, id = str(700_000 + number % _SENDERS), str(10_000 + number)
        request = cases()[name].say(random.choice(_TEXTS), sender, id)
        found.append({"at": at, "name": name, "id": id, "request": request})
    return found


async def _bring(http: ClientSession, url: str, one: dict[str, Any], start: float) -> float:
    """Seconds until it was acknowledged."""
    request: Request = one["request"]
    await asyncio.sleep(max(0.0, start + one["at"] - time.perf_counter()))
    sent = time.perf_counter()
    async with http.post(
        f"{url}/channels/{one['name']}", data=request.body, headers=dict(request.headers)
    ) as response:
        assert response.status == 200, (one["name"], response.status, await response.text())
        await response.read()
    return time.perf_counter() - sent


async def _wait_for_answers(folder: Path) -> int:
    """Messages that no turn has answered when patience is over."""
    store = SqlStore(open_database(read_settings(data=folder).database))
    try:
        for _ in range(_PATIENCE_SECONDS):
            depths = await store.depths()
            if not depths["inbox"] and not depths["outbox"]:
                break
            await asyncio.sleep(1)
        return depths["inbox"]
    finally:
        await store.close()


async def _looked_at(folder: Path) -> tuple[int, int]:
    """(Messages on disk, those that more than one turn answered)."""
    store = SqlStore(open_database(read_settings(data=folder).database))
    heard, answered = 0, list[tuple[str, str]]()
    try:
        for name in _configs(""):
            for number in range(_SENDERS):
                conversation_id = await store.find(name, str(700_000 + number))
                lines = await store.history(conversation_id, limit=1000) if conversation_id else ()
                heard += sum(line.author == "shopper" for line in lines)
                answered += [
                    (line.reply.conversation_id, id)
                    for line in lines
                    if line.reply
                    for id in line.reply.in_reply_to
                ]
    finally:
        await store.close()
    return heard, len(answered) - len(set(answered))


def _print(times: list[float], rate: int, messages: int, names: list[str]) -> None:
    table = Table(
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "longest ms",
        "aim",
        title=f"Acknowledged while a turn takes {SECONDS:.0f} s",
    )
    spread = [np.percentile(times, share) * 1000 for share in (50, 95, 99, 100)]
    table.add_row(*(f"{one:.1f}" for one in spread), f"p99 ≤ {_AIM}")
    out.print(table)
    out.print(f"{len(times)} requests at {rate}/s, {messages} messages; {', '.join(names)}")


if __name__ == "__main__":
    main()
