"""Agent and shopper in two languages, with a real service of translations on this machine that may fail."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from bot.console.protecting import protect
from bot.console.translating import Translator
from tests.bot.http.conftest import Client, Server
from tests.bot.http.console_client import Arrive

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Service:
    """Says which language it was asked for and turns the words around, placeholders and all."""

    url: str = ""
    mode: str = "good"
    asked: list[dict[str, Any]] = field(default_factory=list)

    async def translate(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.asked.append(body)
        if self.mode == "slow":
            await asyncio.sleep(2)
        if self.mode == "down":
            return web.Response(status=503)
        if self.mode == "page":
            return web.Response(text="<html>", content_type="text/html")
        if self.mode == "strange":
            return web.json_response({"translatedText": ["x"]})
        if self.mode == "away":
            raise web.HTTPFound("http://127.0.0.1:1/")
        words = body["q"].lower() if self.mode == "lower" else body["q"]
        if self.mode == "mangle":
            words = re.sub(r"ZQ\d+ZQ", "Z Q", words)
        return web.json_response({"translatedText": f"<{body['target']}> {words}"})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service() -> AsyncIterator[Service]:
    made = Service()
    app = web.Application()
    app.router.add_post("/translate", made.translate)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/translate"
    yield made
    await runner.cleanup()


async def test_what_must_stay_stays(service: Service) -> None:
    translator = Translator(service.url, "the key", seconds=0.5)
    text = "林小满，118606 退 ¥1,299.00，见 https://shop.example/a?b=1，问 a.b@c.example 或 400-820-0417，KF-7Q2M4D"
    kept = (
        "林小满",
        "118606",
        "¥1,299.00",
        "https://shop.example/a?b=1",
        "a.b@c.example",
        "400-820-0417",
        "KF-7Q2M4D",
    )
    service.mode = "lower"
    translated = await translator.translate(text, source="zh", target="en", names=["林小满", "满"])
    assert translated is not None
    for words in kept:
        assert words in translated
    asked = service.asked[-1]
    assert not any(words in asked["q"] for words in kept)
    assert (asked["source"], asked["target"], asked["format"], asked["api_key"]) == (
        "zh",
        "en",
        "text",
        "the key",
    )
    for service.mode in ("mangle", "down", "page", "strange", "away", "slow"):
        assert await translator.translate(text, source="zh", target="en", names=[]) is None, service.mode
    nobody = Translator("http://127.0.0.1:1/", None)
    assert await nobody.translate("hi", source="en", target="zh", names=[]) is None
    await nobody.close()
    held = protect("zq and 12345", [])
    assert held is not None
    assert "QX0QX" in held.text
    assert held.restored("QX0QX QX0QX") is None
    assert held.restored("qx 0 qx!") == "12345!"
    assert protect("zq qx xj", []) is None
    await translator.close()


async def test_both_read_their_own_language(
    server: Server, service: Service, visitor: Client, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    translating = server.kefu.office.translating
    translator = Translator(service.url, None, seconds=0.5)
    monkeypatch.setattr(translating, "_translator", translator)
    working = asyncio.create_task(translating.run())
    service.mode = "good"
    amy = await arrive("amy-t", languages=("en",))
    await visitor.say("转人工")
    path = f"/conversations/{visitor.conversation_id}"
    screen = await amy.socket()
    assert visitor.conversation_id
    await screen.look_at(visitor.conversation_id)
    assert (await amy.get("/me"))["settings"]["translate"]
    # What was said before, and what is said now.
    await amy.get(path)
    first = (await screen.until("line"))["line"]
    while not first["translation"]:
        first = (await screen.until("line"))["line"]
    await visitor.say("118606 能改地址吗", wait=0)
    while (line := (await screen.until("line"))["line"])["translation"] is None or "118606" not in line[
        "text"
    ]:
        pass
    assert line["translation"] == "<en> 118606 能改地址吗"
    # What the agent writes: the shopper reads theirs, both are kept.
    sent = await amy.say(visitor.conversation_id, "Sure, order 118606 will go to Hangzhou.")
    assert sent["translation"] == "ok"
    assert sent["lines"][-1]["text"] == "<zh> Sure, order 118606 will go to Hangzhou."
    assert sent["lines"][-1]["translation"] == "Sure, order 118606 will go to Hangzhou."
    assert (await visitor.history())["messages"][-1]["text"] == sent["lines"][-1]["text"]
    plain = await amy.say(visitor.conversation_id, "没问题")
    assert (plain["translation"], plain["lines"][-1]["text"]) == ("", "没问题")
    # A service that fails holds nobody up.
    service.mode = "slow"
    failed = await asyncio.wait_for(amy.say(visitor.conversation_id, "One moment please."), 3)
    assert (failed["translation"], failed["lines"][-1]["text"]) == ("failed", "One moment please.")
    shown = {one["text"]: one["translation"] for one in (await amy.get(path))["lines"]}
    assert shown["118606 能改地址吗"] == "<en> 118606 能改地址吗"
    assert shown["One moment please."] is None
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
