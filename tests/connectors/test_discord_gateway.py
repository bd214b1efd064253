"""The Gateway's client against a simulated Gateway: resumed, beating, never flooding."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession, ClientTimeout

from connectors.channel import Inbound, Kit
from connectors.discord import Discord
from connectors.discord.gateway import Gateway
from tests.connectors.discord_case import config
from tests.connectors.discord_gateway import Discordant, Line, open_gateway
from tests.contracts.platform import NOW, DictMemory


def dm(id: str, text: str = "退货运费谁出？", **fields: Any) -> dict[str, Any]:
    author = {"id": "80351110224678912", "username": "nelly"}
    at = "2026-11-23T01:59:00.123000+00:00"
    return {
        "id": id,
        "channel_id": "4242",
        "type": 0,
        "author": author,
        "content": text,
        "timestamp": at,
        **fields,
    }


async def until(reached: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not reached():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


@asynccontextmanager
async def listening(
    server: Discordant,
    memory: DictMemory,
    handle: Callable[[str, dict[str, Any]], Awaitable[None]] | None = None,
    seconds: float = 10.0,
) -> AsyncIterator[list[tuple[str, Any]]]:
    """A client with pauses a hundred times shorter; what it heard."""
    heard: list[tuple[str, Any]] = []

    async def keep(name: str, data: dict[str, Any]) -> None:
        if handle is not None:
            await handle(name, data)
        heard.append((name, data))

    async with ClientSession(timeout=ClientTimeout(total=seconds)) as http:
        gateway = Gateway(http, memory, "a-token", server.where, second=0.01)
        running = asyncio.create_task(gateway.run(keep))
        try:
            yield heard
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def test_direct_messages_are_heard_and_after_a_break_the_rest_of_them() -> None:
    said: list[Any] = []

    async def begin(line: Line) -> None:
        said.append(await line.hello())
        await line.tell("READY", server.ready("s1"), 1)
        await line.tell("MESSAGE_CREATE", dm("1"), 2)
        await line.tell("MESSAGE_CREATE", dm("2", author={"id": "9", "bot": True}), 3)  # ourselves
        await line.tell("MESSAGE_CREATE", dm("3", guild_id="41771983423143937"), 4)
        await line.tell("MESSAGE_CREATE", {"id": "4"}, 5)  # broken, and spoils nothing
        await line.tell("TYPING_START", {}, 6)
        await line.socket.close(code=4000)

    async def go_on(line: Line) -> None:
        said.append(await line.hello())
        await line.tell("MESSAGE_CREATE", dm("7", "在吗", type=19), 7)
        await line.tell("RESUMED", {}, 8)

    found: list[Inbound] = []

    async def submit(inbound: Inbound) -> None:
        found.append(inbound)

    async with open_gateway(begin, go_on) as server, ClientSession(timeout=ClientTimeout(total=5)) as http:
        memory = DictMemory()
        discord = Discord(config(server.url), Kit(http, memory, lambda: NOW))
        running = asyncio.create_task(discord.run(submit))
        await until(lambda: '"seq": 8' in memory.kept.get("session", ""))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await asyncio.wait_for(server.lines[1].closed.wait(), 5)
        assert server.lines[1].socket.close_code == 4000  # 1000 would end the session
    assert [(one.message.external_id, one.message.text) for one in found] == [
        ("1", "退货运费谁出？"),
        ("7", "在吗"),
    ]
    assert (found[0].message.sender, found[0].message.received_at.isoformat()) == (
        "4242",
        "2026-11-23T01:59:00.123000+00:00",
    )
    identify, resume = said
    assert (identify["op"], identify["d"]["intents"]) == (2, 1 << 12)
    assert resume == {"op": 6, "d": {"token": "a-token-of-some-length", "session_id": "s1", "seq": 6}}


async def test_another_process_goes_on_where_the_first_could_not_keep_what_it_heard() -> None:
    said: list[Any] = []

    async def begin(line: Line) -> None:
        said.append(await line.hello())
        await line.tell("READY", server.ready("s1"), 1)
        await line.tell("MESSAGE_CREATE", dm("1"), 2)

    async def full(name: str, data: dict[str, Any]) -> None:
        if name == "MESSAGE_CREATE":
            raise OverflowError("the disk is full")

    memory = DictMemory()
    async with open_gateway(begin) as server:
        async with ClientSession() as http:
            with pytest.raises(OverflowError):
                await Gateway(http, memory, "a-token", server.where).run(full)
        async with listening(server, memory):
            await until(lambda: len(said) == 2)
    assert said[1]["d"] == {"token": "a-token", "session_id": "s1", "seq": 1}


async def test_it_beats_and_lets_go_of_a_connection_that_is_dead() -> None:
    async def beat(line: Line) -> None:
        await line.hello(interval=0.02)
        await line.tell("READY", server.ready("s1"), 1)
        await until(lambda: len(line.beats) > 2)
        before = len(line.beats)
        await line.socket.send_json({"op": 1, "d": None})
        await until(lambda: len(line.beats) > before)
        line.acknowledges = False

    async def stay(line: Line) -> None:
        resumed.append(await line.hello())
        await line.tell("RESUMED", {}, 2)

    resumed: list[Any] = []
    async with open_gateway(beat, stay) as server, listening(server, DictMemory()):
        await until(lambda: resumed)
        await asyncio.wait_for(server.lines[0].closed.wait(), 5)
        assert server.lines[0].socket.close_code == 4000
        assert server.lines[0].beats[-1] == 1
        assert (resumed[0]["op"], server.asked) == (6, 1)  # at the address that the session named


@pytest.mark.parametrize(
    ("end", "then"),
    [
        ({"op": 7, "d": None}, 6),
        ({"op": 9, "d": True}, 6),
        ({"op": 9, "d": False}, 2),
        (4000, 6),
        (4009, 2),
        (4007, 2),
        (1001, 6),
    ],
)
async def test_what_ends_a_connection_says_how_to_begin_the_next(end: Any, then: int) -> None:
    async def begin(line: Line) -> None:
        await line.hello()
        await line.tell("READY", server.ready("s1"), 1)
        if isinstance(end, int):
            await line.socket.close(code=end)
        else:
            await line.socket.send_json(end)

    async def stay(line: Line) -> None:
        said.append(await line.hello())

    said: list[Any] = []
    async with open_gateway(begin, stay) as server, listening(server, DictMemory()):
        await until(lambda: said)
    assert said[0]["op"] == then


async def test_a_wrong_token_is_not_tried_again_and_again() -> None:
    async def refuse(line: Line) -> None:
        await line.hello()
        await line.socket.close(code=4004)

    async with open_gateway(refuse) as server, listening(server, DictMemory()):
        await asyncio.sleep(0.3)  # thirty seconds of its pauses
        assert len(server.lines) == 1


async def test_sessions_that_never_begin_are_tried_less_and_less_and_the_address_asked_for_again() -> None:
    async def hang_up(line: Line) -> None:
        await line.hello()
        await line.socket.close(code=1011)

    memory = DictMemory()
    async with open_gateway(hang_up) as server:
        memory.kept["session"] = json.dumps({"id": "s1", "url": f"{server.url}/again", "seq": 5})
        async with listening(server, memory):
            await until(lambda: server.asked)
            assert len(server.lines) >= 3
            await asyncio.sleep(0.6)  # a minute of its pauses
            assert len(server.lines) <= 8


async def test_breaks_between_sessions_that_did_begin_do_not_add_up() -> None:
    async def begin(line: Line) -> None:
        first = await line.hello()
        await line.tell("READY" if first["op"] == 2 else "RESUMED", server.ready("s1"), len(server.lines))
        await line.socket.close(code=4000)

    async with open_gateway(begin) as server, listening(server, DictMemory()):
        await until(lambda: len(server.lines) == 6)
        assert server.asked == 1


async def test_a_connection_outlives_the_time_that_calls_have() -> None:
    async def talk(line: Line) -> None:
        await line.hello()
        await line.tell("READY", server.ready("s1"), 1)
        await asyncio.sleep(1.5)
        await line.tell("MESSAGE_CREATE", dm("1"), 2)

    async with open_gateway(talk) as server, listening(server, DictMemory(), seconds=1.0) as heard:
        await until(lambda: len(heard) == 2)
        assert len(server.lines) == 1
