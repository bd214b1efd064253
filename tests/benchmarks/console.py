"""From a shopper's send to an agent's screen, and the inbox at its fullest.

python -m tests.benchmarks.console [--seconds 20] [--shoppers 200] [--agents 20]
"""

import argparse
import asyncio
import json
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, WSMsgType
from rich.console import Console
from rich.table import Table

from bot.commands.demo import demo
from bot.commands.options import out
from bot.settings import read_settings
from bot.staff.agents import Agent
from bot.staff.passwords import hashed
from bot.staff.sql import SqlStaffStore
from bot.store.migrate import upgrade
from bot.store.opening import open_database
from bot.training import train_intents
from tests.benchmarks.server import serving

PASSWORD = "a password for the benchmark"
_MESSAGES_PER_SECOND = 20
_ENVIRONMENT = {
    "KEFU_RATE_SESSION": "100000/minute",
    "KEFU_RATE_ADDRESS": "1000000/minute",
    "KEFU_TRUSTED_PROXIES": "127.0.0.1",
    "KEFU_HANDOVER_MINUTES": "1440",
    "KEFU_LOG_LEVEL": "error",
}


@dataclass
class Screen:
    """An agent's console: what came over its socket, and when (seconds)."""

    agent: str
    http: ClientSession
    url: str
    shown: dict[str, float] = field(default_factory=dict)
    """The text of a line, to when it came."""
    changed: dict[str, list[float]] = field(default_factory=dict)
    """A conversation, to whenever it was said to have changed."""
    socket: ClientWebSocketResponse | None = None
    conversations: list[str] = field(default_factory=list)

    async def post(self, path: str, body: object) -> Any:
        headers = {"X-Kefu-Console": "1"}
        async with self.http.post(f"{self.url}/console/api{path}", json=body, headers=headers) as response:
            assert response.ok, (path, response.status, await response.text())
            return await response.json(content_type=None)

    async def get(self, path: str) -> Any:
        async with self.http.get(f"{self.url}/console/api{path}") as response:
            assert response.ok, (path, response.status, await response.text())
            return await response.json()

    async def watch(self) -> None:
        assert self.socket is not None
        async for received in self.socket:
            now = time.perf_counter()
            if received.type is not WSMsgType.TEXT:
                continue
            frame = json.loads(received.data)
            if frame["type"] == "line":
                self.shown[frame["line"]["text"]] = now
            elif frame["type"] == "changed":
                self.changed.setdefault(frame["conversation_id"], []).append(now)


@dataclass
class Shopper:
    socket: ClientWebSocketResponse
    conversation_id: str = ""

    async def say(self, text: str) -> None:
        await self.socket.send_json({"type": "message", "id": uuid4().hex, "text": text})

    async def until(self, *kinds: str) -> dict[str, Any]:
        while True:
            frame: dict[str, Any] = await self.socket.receive_json(timeout=60)
            if frame["type"] in kinds:
                return frame

    async def drain(self) -> None:
        async for _ in self.socket:
            pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--shoppers", type=int, default=200)
    parser.add_argument("--agents", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _prepare(Path(folder))
        asyncio.run(measure(Path(folder), given.shoppers, given.agents, given.seconds))


async def measure(folder: Path, shoppers: int, agents: int, seconds: int) -> None:
    await _add_agents(folder, agents)
    async with serving("bot.launch", folder, _ENVIRONMENT) as url, AsyncExitStack() as stack:
        screens = [await _sign_in(stack, url, number) for number in range(agents)]
        people = [await _arrive(stack, url, number) for number in range(shoppers)]
        for number, person in enumerate(people):
            screen = screens[number % agents]
            await screen.post(f"/conversations/{person.conversation_id}/take", {})
            screen.conversations.append(person.conversation_id)
        tasks = [asyncio.create_task(person.drain()) for person in people]
        tasks += [asyncio.create_task(screen.watch()) for screen in screens]
        open_, closed = await _talk(people, screens, seconds)
        for task in tasks:
            task.cancel()
    table = Table(
        "what",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "messages",
        title=f"{shoppers} open conversations, {agents} agents",
    )
    for what, times in (
        ("shopper's send to the open conversation", open_),
        ("to the inbox of its agent", closed),
    ):
        spread = (f"{np.percentile(times, share) * 1000:.1f}" for share in (50, 95, 99))
        table.add_row(what, *spread, str(len(times)))
    out.print(table)


async def _talk(
    people: list[Shopper], screens: list[Screen], seconds: int
) -> tuple[list[float], list[float]]:
    """Everybody in turn; seconds to the open conversation, and to the row of one that is not open."""
    for screen in screens:
        assert screen.socket is not None
        await screen.socket.send_json({"type": "open", "conversation_id": screen.conversations[0]})
    await asyncio.sleep(1)
    sent: list[tuple[Shopper, Screen, str, float]] = []
    start, number = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        # Every other message goes to a conversation that is on its agent's screen.
        person = people[number % len(screens)] if number % 2 else people[(number * 7) % len(people)]
        screen = next(one for one in screens if person.conversation_id in one.conversations)
        text = f"在吗 {number}"
        sent.append((person, screen, text, time.perf_counter()))
        await person.say(text)
        number += 1
        await asyncio.sleep(max(0.0, start + number / _MESSAGES_PER_SECOND - time.perf_counter()))
    await asyncio.sleep(2)
    shown = [screen.shown[text] - at for person, screen, text, at in sent if text in screen.shown]
    expected = [text for person, screen, text, _ in sent if person.conversation_id == screen.conversations[0]]
    assert len(shown) >= len(expected), f"{len(expected) - len(shown)} lines never came"
    rest = [
        next((came for came in screen.changed.get(person.conversation_id, ()) if came > at), inf) - at
        for person, screen, text, at in sent
        if text not in screen.shown
    ]
    return shown, rest


def _prepare(folder: Path) -> None:
    settings = read_settings(data=folder)
    demo(folder)
    train_intents(settings, None, Console(quiet=True), report=False)


async def _add_agents(folder: Path, count: int) -> None:
    settings = read_settings(data=folder)
    await upgrade(settings.database)
    database = open_database(settings.database)
    staff, now = SqlStaffStore(database), datetime.now(UTC)
    password = await asyncio.to_thread(hashed, PASSWORD)
    for number in range(count):
        agent = Agent(uuid4().hex, f"agent{number}", f"Agent {number}", "agent", ("zh", "en"), capacity=50)
        await staff.add_agent(agent, password, at=now)
    await database.close()


async def _sign_in(stack: AsyncExitStack, url: str, number: int) -> Screen:
    http = await stack.enter_async_context(
        ClientSession(cookie_jar=CookieJar(unsafe=True), headers={"X-Forwarded-For": f"10.1.0.{number + 1}"})
    )
    screen = Screen(f"agent{number}", http, url)
    await screen.post("/login", {"login": screen.agent, "password": PASSWORD})
    screen.socket = await stack.enter_async_context(http.ws_connect(f"{url}/console/api/ws", origin=url))
    return screen


async def _arrive(stack: AsyncExitStack, url: str, number: int) -> Shopper:
    """A visitor who waits for a person."""
    headers = {"X-Forwarded-For": f"10.{2 + number // 250}.1.{number % 250 + 1}"}
    http = await stack.enter_async_context(ClientSession(headers=headers))
    async with http.post(f"{url}/v1/session", json={"language": "zh"}) as response:
        token = (await response.json())["session_token"]
    socket = await stack.enter_async_context(http.ws_connect(f"{url}/v1/ws"))
    shopper = Shopper(socket)
    await socket.send_json({"type": "hello", "token": token, "after": 0})
    await shopper.until("ready")
    await shopper.say("转人工")
    while True:
        # The answer may have come by when the socket begins to watch.
        frame = await shopper.until("message", "ready")
        said = frame.get("messages") or [frame.get("message")]
        if said[-1] and said[-1].get("floor") == "waiting":
            break
    async with http.post(f"{url}/v1/session", json={"session_token": token}) as response:
        shopper.conversation_id = (await response.json())["conversation_id"]
    return shopper


if __name__ == "__main__":
    main()
