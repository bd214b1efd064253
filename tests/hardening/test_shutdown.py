"""Told to stop under load: open turns are finished or parked, clients are told, and all is there afterwards."""

import asyncio
import json
import random
import shutil
import signal
from pathlib import Path

import pytest

from tests.hardening.process import KefuProcess
from tests.hardening.shopper import Lives, Shopper, session
from tests.hardening.test_kill import all_answered, check, check_log


@pytest.mark.parametrize("sign", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
async def test_stopped_under_load(demo_data: Path, tmp_path: Path, sign: signal.Signals) -> None:
    data = tmp_path / "data"
    shutil.copytree(demo_data, data)
    lives = Lives()
    async with session() as http:
        shoppers = [Shopper(f"s{n}", http, lives, random.Random(n)) for n in range(8)]
        async with asyncio.TaskGroup() as talking:
            for shopper in shoppers:
                talking.create_task(shopper.talk())
            first = await (await KefuProcess.spawn(data)).ready()
            lives.born(first.url)
            await asyncio.sleep(1)
            async with asyncio.timeout(20):
                assert await first.stop(sign) == 0
            lives.died()
            second = await (await KefuProcess.spawn(data)).ready()
            lives.born(second.url)
            await asyncio.sleep(0.5)
            lives.over = True
        await all_answered(http, lives)
        for shopper in shoppers:
            await check(shopper)
        assert await second.stop() == 0
        check_log(second.log)


async def test_clients_are_told_and_open_turns_are_finished(demo_data: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(demo_data, data)
    server = await (await KefuProcess.spawn(data)).ready()
    async with session() as http:
        async with http.post(f"{server.url}/v1/session", json={}) as response:
            token = (await response.json())["session_token"]
        headers = {"Authorization": f"Bearer {token}"}
        async with http.ws_connect(f"{server.url}/v1/ws") as socket:
            await socket.send_json({"type": "hello", "token": token, "after": 0})
            assert (await socket.receive_json())["type"] == "ready"
            await socket.send_json({"type": "message", "id": "m1", "text": "退货运费谁出？"})
            assert (await socket.receive_json())["type"] == "accepted"
            stopping = asyncio.create_task(server.stop())
            async for _ in socket:
                pass
            assert socket.close_code == 1001
            assert await stopping == 0
        again = await (await KefuProcess.spawn(data)).ready()
        body = {"id": "m1", "text": "退货运费谁出？"}
        async with http.post(f"{again.url}/v1/messages", json=body, headers=headers) as response:
            answer = await response.json()
        assert answer["accepted"]["duplicate"] is True
        assert answer["replies"][0]["in_reply_to"] == ["m1"]
        assert await again.stop() == 0
    starts = [json.loads(line) for line in again.log.read_text().splitlines() if "started" in line]
    assert [start["resumed"] for start in starts] == [0, 0], "the open turn was finished before the end"
