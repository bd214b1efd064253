"""The WebSocket and server-sent events: nothing missed, nothing twice, and nobody in the way of the others."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientResponse, WSServerHandshakeError

from bot.http import connections, sockets
from bot.http.address import network_of
from bot.http.tokens import Tokens
from bot.live import Frame
from tests.bot.http.conftest import SECRET, Client, Server
from tests.conftest import NOW

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_question_over_the_socket(visitor: Client) -> None:
    socket = await visitor.socket()
    ready = await socket.frame()
    assert ready == {"type": "ready", "conversation_id": None, "messages": [], "working": False}
    await socket.send(type="message", id="m1", text="退货运费谁出？")
    assert await socket.frame() == {"type": "accepted", "id": "m1", "seq": 1, "duplicate": False}
    told = ""
    while (frame := await socket.frame())["type"] != "message":
        assert frame["type"] in ("ready", "working", "delta")
        told += frame.get("text", "")
        if frame.get("messages"):
            assert [line["seq"] for line in frame["messages"]] in ([1], [1, 2])
            if len(frame["messages"]) == 2:
                return
    assert frame["message"]["in_reply_to"] == ["m1"]
    assert told == frame["message"]["text"]
    assert frame["message"]["seq"] == 2


async def test_every_reply_is_streamed_to_who_watches(visitor: Client) -> None:
    await visitor.say("你好", id="m1")
    socket = await visitor.socket(after=2)
    assert (await socket.frame())["messages"] == []
    await socket.send(type="message", id="m2", text="退货运费谁出？")
    kinds = []
    while (frame := await socket.frame())["type"] != "message":
        kinds.append(frame["type"])
    assert set(kinds) == {"accepted", "working", "delta"}
    assert kinds.index("working") < kinds.index("delta")
    assert frame["message"]["sources"]


async def test_the_same_id_again_is_told_so_and_answered_once(visitor: Client) -> None:
    await visitor.say("你好", id="m1")
    socket = await visitor.socket()
    await socket.until("ready")
    await socket.send(type="message", id="m1", text="你好")
    assert await socket.frame() == {"type": "accepted", "id": "m1", "seq": 1, "duplicate": True}
    await socket.send(type="ping")
    assert await socket.frame() == {"type": "pong"}
    assert len((await visitor.history())["messages"]) == 2


@pytest.mark.parametrize("after", [0, 1, 3, 4, 6, 100])
async def test_coming_back_gives_exactly_what_was_missed(visitor: Client, after: int) -> None:
    for number in range(3):
        await visitor.say("你好", id=f"m{number}")
    socket = await visitor.socket(after=after)
    ready = await socket.frame()
    assert ready["conversation_id"] == visitor.conversation_id
    assert [line["seq"] for line in ready["messages"]] == list(range(after + 1, 7))
    assert ready["messages"] == (await visitor.history(after=after))["messages"]


async def test_whoever_was_away_for_long_gets_the_newest(visitor: Client) -> None:
    for number in range(27):
        await visitor.say("你好", id=f"m{number}")
    ready = await (await visitor.socket()).frame()
    assert [line["seq"] for line in ready["messages"]] == list(range(5, 55))


async def test_both_windows_of_a_shopper_see_the_answer(visitor: Client) -> None:
    await visitor.say("你好")
    windows = [await visitor.socket(after=2) for _ in range(2)]
    for window in windows:
        await window.until("ready")
    await windows[0].send(type="message", id="m2", text="怎么开发票？")
    one, other = [await window.until("message") for window in windows]
    assert one == other


async def test_others_see_nothing_of_it(visitor: Client, door: Client) -> None:
    stranger = door.with_headers()
    await stranger.session()
    await stranger.say("你好")
    watching = await stranger.socket(after=2)
    await watching.until("ready")
    await visitor.say("怎么开发票？")
    await watching.send(type="ping")
    assert (await watching.frame())["type"] == "pong"


async def test_what_is_said_while_typing_is_answered_in_one(visitor: Client) -> None:
    await visitor.say("你好")
    socket = await visitor.socket(after=2)
    await socket.until("ready")
    await socket.send(type="message", id="a", text="我想问一下")
    await socket.send(type="typing")
    await socket.send(type="message", id="b", text="退货运费")
    await socket.send(type="typing")
    await socket.send(type="message", id="c", text="谁出？")
    answered: list[str] = []
    replies = 0
    while len(answered) < 3:
        answered += (await socket.until("message"))["message"]["in_reply_to"]
        replies += 1
    assert answered == ["a", "b", "c"]
    assert replies == 1


async def test_typing_without_end_does_not_hold_the_answer_for_ever(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.desk._LONGEST_HOLD_SECONDS", 0.5)
    await visitor.say("你好")
    socket = await visitor.socket(after=2)
    await socket.until("ready")
    await socket.send(type="message", id="a", text="怎么开发票？")
    for _ in range(20):
        await socket.send(type="typing")
    assert (await socket.until("message"))["message"]["in_reply_to"] == ["a"]


async def test_what_is_open_ends_with_the_session(door: Client) -> None:
    """A second before its end, leeway included, they may still be opened."""
    begun = NOW - timedelta(days=1, seconds=59)
    _, token = Tokens(secret=SECRET, shopper_secret=None, api_keys=(), clock=lambda: begun).new_session(
        "C002"
    )
    client = door.with_headers(Authorization=f"Bearer {token}")
    socket = await client.socket()
    await socket.until("ready")
    await client.say("hello")
    response = await client.http.get(f"{client.url}/v1/events", headers=client.headers)
    assert response.status == 200
    assert await socket.close_code() == 4401
    assert await response.content.read()  # up to its end


async def test_a_socket_that_does_not_say_hello(door: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "_HELLO_SECONDS", 0.2)
    socket = await door.socket(hello=False)
    assert (await socket.frame())["code"] == "no_hello"
    assert await socket.close_code() == 4401


BAD_HELLOS: dict[str, Any] = {
    "words": "hello",
    "no token": {"type": "hello"},
    "bad token": {"type": "hello", "token": "garbage", "after": 0},
    "empty token": {"type": "hello", "token": "", "after": 0},
    "another frame": {"type": "message", "id": "m1", "text": "hi"},
    "before the beginning": {"type": "hello", "token": "t", "after": -1},
    "beyond the end": {"type": "hello", "token": "t", "after": 2**31},
}


@pytest.mark.parametrize("hello", BAD_HELLOS.values(), ids=BAD_HELLOS)
async def test_a_hello_that_is_none(door: Client, hello: Any) -> None:
    socket = await door.socket(hello=False)
    await socket.raw.send_str(hello if isinstance(hello, str) else json.dumps(hello))
    assert (await socket.frame())["type"] == "error"
    assert await socket.close_code() == 4401


async def test_bytes_are_no_hello(door: Client) -> None:
    socket = await door.socket(hello=False)
    await socket.raw.send_bytes(b"\x00")
    assert (await socket.frame())["code"] == "no_hello"
    assert await socket.close_code() == 4401


BROKEN_FRAMES = {
    "words": ("hello", "bad_json"),
    "deep": ("[" * 50_000, "bad_json"),
    "a list": ("[]", "invalid_field"),
    "no type": ("{}", "invalid_field"),
    "unknown type": ('{"type": "admin"}', "invalid_field"),
    "type of lists": ('{"type": ["message"]}', "invalid_field"),
    "unknown field": (
        '{"type": "message", "id": "m1", "text": "hi", "customer_id": "C001"}',
        "invalid_field",
    ),
    "half a pair": ('{"type": "message", "id": "m1", "text": "\\ud800"}', "invalid_field"),
    "nothing": ('{"type": "message", "id": "m1", "text": ""}', "empty"),
    "too long": ('{"type": "message", "id": "m1", "text": "' + "x" * 2001 + '"}', "too_long"),
}


@pytest.mark.parametrize(("frame", "code"), BROKEN_FRAMES.values(), ids=BROKEN_FRAMES)
async def test_a_broken_frame_is_refused_and_the_next_one_served(
    visitor: Client, frame: str, code: str
) -> None:
    socket = await visitor.socket()
    await socket.until("ready")
    await socket.raw.send_str(frame)
    refused = await socket.frame()
    assert (refused["type"], refused["code"]) == ("error", code)
    assert refused.get("id") == ("m1" if '"m1"' in frame else None)
    await socket.raw.send_bytes(b"\xff")
    await socket.send(type="ping")
    assert await socket.frame() == {"type": "pong"}


async def test_a_frame_too_large_ends_the_connection(visitor: Client) -> None:
    socket = await visitor.socket()
    await socket.until("ready")
    await socket.raw.send_str("x" * (sockets._LONGEST_FRAME + 1))
    assert await socket.close_code() == 1009


async def test_a_flood_ends_the_connection(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "_FRAMES", type(sockets._FRAMES)(5))
    socket = await visitor.socket()
    await socket.until("ready")
    for _ in range(8):
        await socket.send(type="ping")
    assert (await socket.until("error"))["code"] == "too_many"
    assert await socket.close_code() == 1008


async def test_too_many_messages_over_the_socket(server: Server) -> None:
    client = await server.open(rate_session="1/minute")
    await client.session()
    socket = await client.socket()
    await socket.until("ready")
    await socket.send(type="message", id="m1", text="你好", language="zh")
    await socket.replied()
    await socket.send(type="message", id="m2", text="你好", language="zh")
    refused = await socket.until("error")
    assert (refused["code"], refused["id"]) == ("too_many", "m2")
    assert refused["retry_after"] >= 1
    assert "秒再发" in refused["message"]
    await socket.send(type="ping")
    assert await socket.frame() == {"type": "pong"}


async def test_messages_over_sockets_count_for_the_address(server: Server) -> None:
    client = await server.open(rate_address="3/minute")
    await client.session()
    socket = await client.socket()  # the session and the socket are requests, too
    await socket.until("ready")
    await socket.send(type="message", id="m1", text="你好")
    await socket.replied()
    await socket.send(type="message", id="m2", text="你好")
    assert (await socket.until("error"))["code"] == "too_many"


async def test_an_address_has_so_many_connections(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_PER_ADDRESS", 3)
    client = await server.open()
    await client.session()
    open_ones = [await client.socket() for _ in range(3)]
    for socket in open_ones:
        await socket.until("ready")
    with pytest.raises(WSServerHandshakeError, match="429") as refused:
        await client.socket()
    assert refused.value.headers is not None
    assert int(refused.value.headers["Retry-After"]) > 0
    await open_ones[0].raw.close()
    again = await client.socket()
    await again.until("ready")


async def test_who_reads_too_slowly_is_sent_to_the_history(visitor: Client, server: Server) -> None:
    await visitor.say("你好", id="m1")
    conversation_id = visitor.conversation_id
    assert conversation_id is not None
    socket = await visitor.socket(after=0)
    await socket.until("ready")
    with server.kefu.live.watch(conversation_id) as frames:
        # All before the pump of the socket has a chance to send one.
        for _ in range(400):
            server.kefu.live.publish(conversation_id, Frame("working"))
        kept = [frames.get_nowait() for _ in range(frames.qsize())]
    assert None in kept, "it is told that frames were dropped"
    assert len(kept) <= 256, "nothing grows without bound meanwhile"
    assert (await socket.until("ready"))["messages"] == []
    await visitor.say("怎么开发票？", id="m2")
    assert (await socket.until("message"))["message"]["in_reply_to"] == ["m2"]


@asynccontextmanager
async def stream(client: Client, after: int) -> AsyncIterator[ClientResponse]:
    async with client.http.get(
        f"{client.url}/v1/events", params={"after": after}, headers=client.headers
    ) as response:
        assert response.status == 200
        yield response


async def next_event(response: ClientResponse) -> tuple[dict[str, str], dict[str, Any]]:
    fields: dict[str, str] = {}
    async with asyncio.timeout(15):
        async for raw in response.content:
            name, _, value = raw.decode().rstrip("\n").partition(": ")
            if not name and fields.get("data"):
                break
            if name:
                fields[name] = value
    return fields, json.loads(fields["data"])


async def test_events_where_no_socket_can_be_opened(visitor: Client) -> None:
    assert (await visitor.get("/v1/events")).status == 404
    await visitor.say("你好", id="m1")
    async with stream(visitor, 1) as response:
        assert response.content_type == "text/event-stream"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        fields, frame = await next_event(response)
        assert (fields["event"], fields["id"], frame["message"]["seq"]) == ("message", "2", 2)
        await visitor.say("怎么开发票？", id="m2")
        kinds = []
        while (frame := (await next_event(response))[1])["type"] != "message":
            kinds.append(frame["type"])
        assert set(kinds) == {"working", "delta"}
        assert frame["message"]["in_reply_to"] == ["m2"]
        assert frame["message"] == (await visitor.history())["messages"][-1]


async def test_events_for_the_shops_page_and_for_an_integrator(
    visitor: Client, integrator: Client, server: Server
) -> None:
    await visitor.say("你好")
    async with stream(visitor.with_headers(Origin="https://shop.example"), 0) as response:
        assert response.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    await integrator.say("你好", sender="streamed")
    response = await integrator.http.get(
        f"{integrator.url}/v1/events", params={"sender": "streamed"}, headers=integrator.headers
    )
    assert response.status == 200
    response.close()


async def test_a_stopping_server_says_so_and_forgets_nothing(server: Server) -> None:
    client = await server.open()
    await client.session()
    await client.say("你好", id="m1")
    socket = await client.socket(after=2)
    await socket.until("ready")
    async with stream(client, 2) as response:
        closing = asyncio.create_task(server.runners.pop().cleanup())
        assert await socket.close_code() == 1001
        assert b"still here" not in await response.content.read()
        await closing
    again = await server.open()
    await again.session(session_token=client.token)
    await again.say("怎么开发票？", id="m2")
    back = await again.socket(after=2)
    assert [line["seq"] for line in (await back.frame())["messages"]] == [3, 4]


async def test_an_ipv6_home_shares_its_connections() -> None:
    open_ones = connections.Connections()
    with open_ones.one_more("2001:db8::1"), open_ones.one_more("2001:db8::2"):
        assert open_ones._open == {network_of("2001:db8::1"): 2}
    assert not open_ones._open
