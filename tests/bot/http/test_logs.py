"""No word, contact or token of anybody in the logs, whatever happens."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot.logs import report_lost_errors, set_up
from tests.bot.http.conftest import TOKENS, Client, Server

pytestmark = pytest.mark.asyncio(loop_scope="module")

WORDS = "我的邮箱是 secret.person@example.com 电话 13812345678"
PRIVATE = ("secret.person", "13812345678", "我的邮箱", "127.0.0.1", "退货运费")


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    out = io.StringIO()
    monkeypatch.setattr("sys.stderr", out)
    before, handlers = structlog.get_config(), logging.getLogger().handlers[:]
    set_up("debug", "json")
    yield out
    structlog.configure(**before)
    logging.getLogger().handlers[:] = handlers


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


async def test_a_turn_is_one_line_of_ids_and_times(logged: io.StringIO, visitor: Client) -> None:
    answer = await visitor.say("退货运费谁出？")
    (turn,) = [line for line in lines(logged) if line["event"] == "turn"]
    assert turn["conversation"] == answer["conversation_id"]
    assert turn["turn"]
    assert (turn["language"], turn["intent"], turn["floor"]) == ("zh", "return_item", "bot")
    assert (turn["messages"], turn["unanswered"], turn["tools"]) == (1, 0, [])
    assert set(turn["ms"]) == {"understand", "decide", "lookup", "save"}
    assert all(milliseconds >= 0 for milliseconds in turn["ms"].values())


async def test_a_conversation_leaves_no_word_behind(logged: io.StringIO, door: Client) -> None:
    client = door.with_headers(X_Forwarded_For="203.0.113.7")
    await client.session(shopper_token=TOKENS.sign_shopper("C002"))
    await client.say(WORDS)
    await client.say("104233，" + WORDS)
    await client.post("/v1/messages", {"id": "m1", "text": WORDS, "wrong field": WORDS})
    socket = await client.socket()
    await socket.until("ready")
    await socket.raw.send_str('{"type": "message", "text": "' + WORDS)
    await socket.until("error")
    reply = (await client.history())["messages"][-1]
    await client.post(f"/v1/messages/{reply['id']}/feedback", {"helpful": False, "comment": WORDS})
    assert len([line for line in lines(logged) if line["event"] == "turn"]) == 2
    check_silence(logged, client)


async def test_a_crash_leaves_no_word_behind(
    logged: io.StringIO, server: Server, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        try:
            raise KeyError(WORDS)
        except KeyError as error:
            raise ValueError(f"cannot understand {WORDS!r}") from error

    monkeypatch.setattr(server.kefu.dialogue._understander, "understand", broken)
    answer = await visitor.say(WORDS)
    assert answer["replies"][0]["text"], "the shopper gets an apology"
    (line,) = [line for line in lines(logged) if line["event"] == "turn_broken"]
    assert line["error"] == "ValueError < KeyError"
    assert line["at"][-1].endswith(" broken")
    assert line["turn"]
    assert line["conversation"] == answer["conversation_id"]
    check_silence(logged, visitor)


async def test_a_crash_at_the_door_leaves_no_word_behind(
    logged: io.StringIO, server: Server, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError(WORDS)

    monkeypatch.setattr(server.kefu.desk, "submit", broken)
    response = await visitor.post("/v1/messages", {"id": "m1", "text": WORDS, "language": "zh"})
    assert response.status == 500
    assert (await response.json())["error"] == {
        "code": "internal",
        "message": "Something broke on our side. Please try again in a moment.",
    }
    socket = await visitor.socket()
    await socket.until("ready")
    await socket.send(type="message", id="m2", text=WORDS, language="zh")
    assert await socket.frame() == {
        "type": "error",
        "code": "internal",
        "message": "我们这边出了点问题，请稍后再试。",
        "id": "m2",
    }
    assert [line["error"] for line in lines(logged) if line["event"] == "request_broken"] == [
        "RuntimeError"
    ] * 2
    check_silence(logged, visitor)


async def test_what_libraries_and_lost_tasks_say_is_kept_short(logged: io.StringIO) -> None:
    logging.getLogger("some.library").warning("cannot send to %s", WORDS)
    try:
        raise ValueError(WORDS)
    except ValueError:
        logging.getLogger("some.library").exception("broken")
    loop = asyncio.get_running_loop()
    report_lost_errors(loop)
    loop.call_exception_handler(
        {"message": "Task exception was never retrieved", "exception": ValueError(WORDS)}
    )
    loop.set_exception_handler(None)
    assert [(line["event"], line.get("error")) for line in lines(logged)] == [
        ("cannot send to %s", None),
        ("broken", "ValueError"),
        ("lost_error", "ValueError"),
    ]
    check_silence(logged)


def check_silence(out: io.StringIO, client: Client | None = None) -> None:
    text = out.getvalue().encode().decode("unicode_escape", "replace") + out.getvalue()
    for private in PRIVATE + ((client.token,) if client else ()):
        assert private not in text
