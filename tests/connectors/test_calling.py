"""What all connectors call with: what may have been taken, how long to wait, one token for all, text in pieces."""

import asyncio
import json
import socket

import pytest
from aiohttp import web

from connectors.calling import Refused, call
from connectors.channel import RetryLater, Unconfirmed
from connectors.splitting import split, utf8_length
from connectors.tokens import AccessToken
from tests.contracts.platform import Odd, Refusal, open_kit, open_platform


def _nobody() -> str:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{found.getsockname()[1]}"


async def test_what_was_not_told_and_what_may_have_been_taken() -> None:
    async with open_platform() as platform, open_kit(seconds=0.5) as kit:
        for mood in (Odd.CUT, Odd.LATE):
            platform.moods = [mood]
            with pytest.raises(Unconfirmed):
                await call(kit.http, "POST", platform.url, json_body={})
        assert len(platform.calls) == 2
        for url in (_nobody(), "http://"):
            with pytest.raises(RetryLater) as untold:
                await call(kit.http, "POST", url, json_body={})
            assert not isinstance(untold.value, Unconfirmed)


@pytest.mark.parametrize(
    ("refusal", "seconds"),
    [
        (Refusal(429, {}, {"Retry-After": "7"}), 7),
        (Refusal(503, {"retry_after": 39.5}, {}), 39.5),  # Discord
        (Refusal(429, {"parameters": {"retry_after": 35}}, {}), 35),  # Telegram
        (Refusal(429, {"retry_after": [1], "parameters": 2}, {"Retry-After": "nan"}), None),
        (Refusal(429, {}, {"Retry-After": "Mon, 23 Nov 2026 02:00:00 GMT"}), None),
        (Refusal(429, {}, {"Retry-After": "1e9"}), 3600),
    ],
)
async def test_how_long_a_platform_asks_us_to_wait(refusal: Refusal, seconds: float | None) -> None:
    async with open_platform() as platform, open_kit() as kit:
        platform.refusal, platform.moods = refusal, [Odd.BUSY]
        with pytest.raises(RetryLater) as later:
            await call(kit.http, "POST", platform.url)
        assert later.value.seconds == seconds


async def test_a_long_answer_is_read_to_its_end() -> None:
    async with open_platform() as platform, open_kit() as kit:
        platform.answer = lambda _: json.dumps({"names": ["x" * 1000] * 800}).encode()
        assert len((await call(kit.http, "POST", platform.url))["names"]) == 800


async def test_an_answer_that_is_no_json_is_an_answer() -> None:
    async with open_platform() as platform, open_kit() as kit:
        for content in (b"", b"ok", b"[" * 100_000, b"[1]"):
            platform.answer = lambda _, content=content: content
            assert await call(kit.http, "POST", platform.url) == {}
        platform.answer = lambda _: web.Response(status=302)
        with pytest.raises(Refused):
            await call(kit.http, "POST", platform.url)


async def test_all_who_need_a_token_fetch_it_once_and_again_once_when_it_is_refused() -> None:
    fetched = list[str]()

    async def fetch() -> tuple[str, float]:
        await asyncio.sleep(0.01)
        fetched.append(f"T{len(fetched) + 1}")
        return fetched[-1], 7200

    token = AccessToken(fetch)
    assert await asyncio.gather(*(token.get() for _ in range(5))) == ["T1"] * 5

    async def refused() -> str:
        token.forget("T1")
        return await token.get()

    assert await asyncio.gather(*(refused() for _ in range(5))) == ["T2"] * 5
    assert fetched == ["T1", "T2"]


async def test_a_message_whose_token_never_came_was_not_sent() -> None:
    async with open_platform() as platform, open_kit() as kit:
        platform.moods = [Odd.CUT]

        async def fetch() -> tuple[str, float]:
            return str(await call(kit.http, "POST", platform.url)), 7200

        with pytest.raises(RetryLater) as later:
            await AccessToken(fetch).get()
        assert not isinstance(later.value, Unconfirmed)


def test_text_is_cut_where_a_sentence_ends() -> None:
    text = "这件有货。今天 16:00 前下单，当天发出！要哪个颜色？灰色还剩两件；黑色没有了。"
    assert split(text, 24) == [
        "这件有货。今天 16:00 前下单，当天发出！",
        "要哪个颜色？灰色还剩两件；黑色没有了。",
    ]
    english = "It's in stock at $1.50 each. Order by 4 pm. We ship today."
    assert split(english, 45) == ["It's in stock at $1.50 each. Order by 4 pm.", "We ship today."]
    assert all(utf8_length(piece) <= 60 for piece in split(text, 60, measure=utf8_length))
    assert split("字" * 25, 10) == ["字" * 10, "字" * 10, "字" * 5]
