"""What nobody sends who means well: clear refusals, and the next message is served as if nothing was."""

import gzip
import io
import json
import zlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.http.context import LONGEST_BODY
from tests.bot.http.conftest import Client

pytestmark = pytest.mark.asyncio(loop_scope="module")

JSON = {"Content-Type": "application/json"}


async def send(client: Client, data: Any, **headers: str) -> tuple[int, str]:
    response = await client.with_headers(**{**JSON, **headers}).request("POST", "/v1/messages", data=data)
    return response.status, (await response.json())["error"]["code"]


BROKEN = {
    "nothing": b"",
    "half": b'{"id": "m1", "te',
    "words": b"hello",
    "latin": '{"id": "m1", "text": "é"}'.encode("latin-1"),
    "utf-16": '{"id": "m1", "text": "hi"}'.encode("utf-16"),
    "deep list": b"[" * 100_000,
    "deep object": b'{"a":' * 40_000,
    "long number": b'{"id": "m1", "wait": ' + b"9" * 5000 + b"}",
}
WRONG = {
    "null": b"null",
    "a list": b"[]",
    "a number": b"1",
    "no id": b'{"text": "hi"}',
    "id of words": b'{"id": "two words", "text": "hi"}',
    "id of nothing": b'{"id": "", "text": "hi"}',
    "long id": b'{"id": "' + b"a" * 65 + b'", "text": "hi"}',
    "text of numbers": b'{"id": "m1", "text": 1}',
    "unknown field": b'{"id": "m1", "text": "hi", "admin": true}',
    "unknown field with half a pair": b'{"id": "m1", "text": "hi", "\\ud800": true}',
    "unknown language": b'{"id": "m1", "text": "hi", "language": "xx"}',
    "endless wait": b'{"id": "m1", "text": "hi", "wait": 1e999}',
    "no number": b'{"id": "m1", "text": "hi", "wait": NaN}',
    "back in time": b'{"id": "m1", "text": "hi", "wait": -1}',
    "half a pair": b'{"id": "m1", "text": "\\ud83d"}',
    "half a pair pressed": b'{"id": "m1", "action": "\\udc00"}',
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
async def test_no_json(visitor: Client, body: bytes) -> None:
    assert await send(visitor, body) == (400, "bad_json")


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
async def test_json_of_another_shape(visitor: Client, body: bytes) -> None:
    assert await send(visitor, body) == (400, "invalid_field")


@pytest.mark.parametrize("text", ["", "   ", "\n\t\r", "\x00\x01\x1b", "\x7f\x9f"])
async def test_a_message_of_nothing(visitor: Client, text: str) -> None:
    assert await send(visitor, json.dumps({"id": "m1", "text": text})) == (400, "empty")


async def test_what_is_refused_tells_the_shopper_in_their_language(visitor: Client) -> None:
    too_long = {"id": "m1", "text": "长" * 2001}
    response = await visitor.post("/v1/messages", too_long | {"language": "zh"})
    assert response.status == 413
    error = (await response.json())["error"]
    assert error["code"] == "too_long"
    assert "2000" in error["message"]
    assert "最多" in error["message"]
    english = await visitor.post("/v1/messages", too_long | {"language": "en"})
    assert "2000 characters" in (await english.json())["error"]["message"]


async def test_the_longest_message_is_answered(visitor: Client) -> None:
    assert (await visitor.say("退货 " * 666))["replies"]


async def test_control_characters_are_dropped_and_the_rest_is_answered(visitor: Client) -> None:
    answer = await visitor.say("退货\x00运费\x1b谁出？\r\n谢谢")
    assert answer["replies"][0]["sources"]
    own = (await visitor.history())["messages"][0]
    assert own["text"] == "退货运费谁出？\n谢谢"


@pytest.mark.parametrize(
    "text",
    [
        "🙂" * 500,
        "‮txet‬",
        "a" * 2000,
        "ﷺ" * 300,
        "<script>alert(1)</script>",
        "{0.__class__}",
        "'; DROP TABLE--",
        "\u200b",
        "%s%s%n",
        "$(id)",
        "０" * 100,
        "？" * 1999,
        "e" + "\u0301" * 1000,
    ],
)
async def test_odd_words_are_answered(visitor: Client, text: str) -> None:
    assert (await visitor.say(text))["replies"]


@pytest.mark.parametrize(
    "action", ["nothing", "order_status", "order_status 999999", "passage x", "a b c d e", "\x00"]
)
async def test_buttons_that_were_never_shown(visitor: Client, action: str) -> None:
    answer = await visitor.say("x", action=action)
    assert answer["replies"][0]["text"]


async def test_a_megabyte(visitor: Client) -> None:
    assert await send(visitor, io.BytesIO(json.dumps({"id": "m1", "text": "x" * 2**20}).encode())) == (
        413,
        "too_large",
    )


async def test_a_megabyte_that_does_not_say_so(visitor: Client) -> None:
    async def drip() -> AsyncIterator[bytes]:
        for _ in range(16):
            yield b"x" * 65536

    assert await send(visitor, drip()) == (413, "too_large")


@pytest.mark.parametrize(("pack", "name"), [(gzip.compress, "gzip"), (zlib.compress, "deflate")])
async def test_a_megabyte_in_a_small_parcel(visitor: Client, pack: Any, name: str) -> None:
    parcel = pack(b" " * 50 * LONGEST_BODY)
    assert len(parcel) < LONGEST_BODY // 4
    assert await send(visitor, parcel, Content_Encoding=name) == (413, "too_large")


async def test_a_parcel_that_is_none(visitor: Client) -> None:
    status, _ = await send(visitor, b"this is not gzip", Content_Encoding="gzip")
    assert status == 400


async def test_after_all_that_it_still_answers(visitor: Client) -> None:
    assert (await visitor.say("怎么开发票？"))["replies"][0]["sources"]


@pytest.mark.parametrize(
    "path", ["/nothing", "/v1", "/v1/nothing", "/v1/messages/x", "//v1/session", "/v2/session"]
)
async def test_a_way_that_is_none(door: Client, path: str) -> None:
    response = await door.get(path)
    assert response.status == 404
    assert (await response.json())["error"]["code"] == "not_found"


async def test_the_wrong_method(door: Client) -> None:
    response = await door.get("/v1/messages")
    assert response.status == 405
    assert response.headers["Allow"] == "POST"
    assert (await response.json())["error"]["code"] == "method_not_allowed"
    assert (await door.request("DELETE", "/widget.js")).status == 405
