"""kill -9 while people and shoppers talk: nothing lost or doubled, the floor as it was, timers still due."""

import asyncio
import os
import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiohttp import ClientError, ClientSession, CookieJar

from bot.settings import read_settings
from bot.staff.agents import Agent
from bot.staff.passwords import hashed
from bot.staff.sql import SqlStaffStore
from bot.store.migrate import upgrade
from bot.store.opening import open_database
from tests.hardening.process import KefuProcess
from tests.hardening.shopper import Lives
from tests.hardening.test_kill import check_log, live_and_die

PASSWORD = "a password for the test"
PAIRS = 4
_GONE = (ClientError, OSError, TimeoutError, ValueError)


@dataclass
class Pair:
    """A shopper and the agent who answers, each repeating what was not acknowledged."""

    name: str
    http: ClientSession
    lives: Lives
    chance: random.Random
    token: str = ""
    conversation_id: str = ""
    said: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)

    async def until_done(self, try_: Callable[[], Awaitable[Any]]) -> Any:
        while True:
            await self.lives.reachable()
            with suppress(*_GONE):
                return await try_()
            await asyncio.sleep(0.01)

    async def say(self, text: str) -> None:
        id = f"{self.name}.{len(self.said)}"

        async def post() -> None:
            if not self.token:
                self.token = (await self._post("/v1/session", {}))["session_token"]
            body = {"id": id, "text": text, "wait": 0}
            self.conversation_id = (await self._post("/v1/messages", body))["conversation_id"]

        await self.until_done(post)
        self.said.append(id)

    async def answer(self, text: str) -> None:
        id = UUID(int=self.chance.getrandbits(128), version=4).hex

        async def post() -> list[dict[str, Any]]:
            path = f"/conversations/{self.conversation_id}/reply"
            lines: list[dict[str, Any]] = (await self.console(path, {"id": id, "text": text}))["lines"]
            return lines

        self.answered += [line["id"] for line in await self.until_done(post) if line["author"] == "agent"]

    async def console(self, path: str, body: object) -> Any:
        """Signed in anew when the session is not there; a login is only written when it is acknowledged."""
        for _ in range(2):
            headers = {"X-Kefu-Console": "1"}
            url = f"{self.lives.url}/console/api{path}"
            async with self.http.post(url, json=body, headers=headers) as response:
                if response.status == 401:
                    await self.console("/login", {"login": "lin", "password": PASSWORD})
                    continue
                assert response.status < 500, await response.text()
                assert response.ok, await response.text()
                return await response.json(content_type=None)
        raise AssertionError("signed out again and again")

    async def talk(self) -> None:
        await self.say("转人工")
        await self.until_done(lambda: self.console(f"/conversations/{self.conversation_id}/take", {}))
        while not self.lives.over:
            for _ in range(self.chance.choice((1, 2, 3))):
                await self.say(self.chance.choice(("在吗", "退货运费谁出？", "hello", "取消订单")))
            await self.answer(f"我看看 {len(self.answered)}")

    async def lines(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            url = f"{self.lives.url}/v1/conversations/{self.conversation_id}/messages"
            async with self.http.get(
                url,
                params={"after": len(found), "limit": 100},
                headers={"Authorization": f"Bearer {self.token}"},
            ) as response:
                page = await response.json()
            found += page["messages"]
            if not page["has_more"]:
                return found

    async def _post(self, path: str, body: object) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with self.http.post(self.lives.url + path, json=body, headers=headers) as response:
            assert response.status in (200, 202), await response.text()
            return await response.json()


@pytest.mark.parametrize(
    "kills", [2, pytest.param(int(os.environ.get("KILLS", "100")), marks=pytest.mark.slow)]
)
async def test_killed_while_people_answer(kills: int, demo_data: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(demo_data, data)
    await _hire(data)
    chance, lives = random.Random(kills), Lives()
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        pairs = [Pair(f"p{number}", http, lives, random.Random(number)) for number in range(PAIRS)]
        alone = Pair("alone", http, lives, random.Random(99))
        async with asyncio.TaskGroup() as talking:
            for pair in pairs:
                talking.create_task(pair.talk())
            waiting = talking.create_task(alone.say("转人工"))
            for _ in range(kills):
                await live_and_die(data, lives, chance)
            last = await KefuProcess.spawn(data)
            lives.born((await last.ready()).url)
            await waiting
            lives.over = True
        for pair in pairs:
            _check(pair, await pair.lines())
            await pair.console(f"/conversations/{pair.conversation_id}/hand_back", {})
            assert (await pair.lines())[-1]["floor"] == "bot"
        await _floor_is(alone, "waiting")
        lives.died()
        await last.kill()
        _make_due(data)
        last = await KefuProcess.spawn(data)
        lives.born((await last.ready()).url)
        await _floor_is(alone, "bot")
        check_log(last.log)
        assert await last.stop() == 0


def _check(pair: Pair, lines: list[dict[str, Any]]) -> None:
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1)), "no gaps"
    assert [line["external_id"] for line in lines if line["author"] == "shopper"] == pair.said
    assert [line["id"] for line in lines if line["author"] == "agent"] == pair.answered
    assert Counter(line["author"] for line in lines)["system"] == 1, "the agent came once"
    joined = next(line["seq"] for line in lines if line["author"] == "system")
    assert not [line for line in lines if line["author"] == "bot" and line["seq"] > joined], (
        "the bot is silent"
    )


async def _floor_is(pair: Pair, name: str) -> None:
    for _ in range(200):
        if (await pair.lines())[-1]["floor"] == name:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"the floor is not {name}")


async def _hire(data: Path) -> None:
    settings = read_settings(data=data)
    await upgrade(settings.database)
    database = open_database(settings.database)
    now = datetime.now(UTC)
    agent = Agent("lin", "lin", "小林", "lead", ("zh", "en"))
    await SqlStaffStore(database).add_agent(agent, await asyncio.to_thread(hashed, PASSWORD), at=now)
    await database.close()


def _make_due(data: Path) -> None:
    """As if the time were over while nobody served."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    with sqlite3.connect(data / "kefu.db") as database:
        changed = database.execute("UPDATE timers SET due_at = ?, try_at = ?", (now, now))
        assert changed.rowcount == 1
    database.close()
