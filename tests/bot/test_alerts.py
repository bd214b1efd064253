"""Hand-overs told to the shop's people on their own channels, over simulated platforms."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from blockbuster import BlockBuster

from bot.alerts import text_of
from bot.channels_file import Place, read_channels
from bot.errors import SettingsError
from bot.factory import Kefu
from bot.settings import Settings
from bot.store.alerts import Alert
from bot.texts.catalogue import load_texts
from connectors.base import Message
from connectors.wecom import Config as WeComConfig
from connectors.wecom import WeCom
from tests.conftest import NOW
from tests.connectors.case import cases
from tests.connectors.wecom_case import CONFIG as WECOM
from tests.contracts.platform import Call, Platform, open_kit, open_platform
from tests.models import built

PLACES = {"slack": "C042", "dingtalk": "manager1", "feishu": "oc_1", "wecom": "LinXiaoman"}
PUBLIC_URL = "https://kefu.shop.example"
NOTHING: dict[str, list[str]] = {name: [] for name in PLACES}
MINUTE = timedelta(minutes=1)
TEXTS = load_texts({})


@dataclass
class House:
    kefu: Kefu
    platforms: dict[str, Platform]
    now: datetime = NOW
    heard: dict[str, int] = field(default_factory=dict)

    async def say(self, text: str, *, channel: str = "web") -> str:
        message = Message(channel, "s1", f"m{text}", text, self.now)
        accepted = await self.kefu.desk.submit(message)
        await self.kefu.desk.replies_to(accepted, wait_seconds=20)
        return accepted.conversation_id

    async def told(self) -> dict[str, list[str]]:
        """What each channel's people are told now, as it went over the wire."""
        told = {}
        for name, platform in self.platforms.items():
            if name in PLACES:
                await self.kefu.alerts.tell_due(name)
                told[name] = [
                    _words(call) for call in platform.calls[self.heard.get(name, 0) :] if _is_alert(call)
                ]
                self.heard[name] = len(platform.calls)
        return told


@pytest.fixture
async def house(settings: Settings, tmp_path: Path, _loop_not_blocked: BlockBuster) -> AsyncIterator[House]:
    _loop_not_blocked.deactivate()
    file = tmp_path / "channels.yaml"
    places = [{"channel": channel, "where": where} for channel, where in PLACES.items()]
    file.write_text(json.dumps({"alerts": places}))
    async with AsyncExitStack() as stack:
        platforms, connectors = {}, {}
        for name in (*PLACES, "chatwoot"):
            case, platform = cases()[name], await stack.enter_async_context(open_platform())
            platform.answer, platforms[name] = case.answer, platform
            kit = await stack.enter_async_context(open_kit())
            connectors[name] = case.open(platform.url, kit)
            if name == "wecom":
                staff = WeComConfig(**WECOM, api=platform.url, agent_id=7, agent_secret="s" * 20)
                connectors[name] = WeCom(staff, kit)
        given = settings.model_copy(update={"channels": file, "public_url": PUBLIC_URL})
        kefu = await built(given, clock=lambda: house.now, connectors=connectors)
        house = House(kefu, platforms)
        yield house
        await kefu.stop()


def _is_alert(call: Call) -> bool:
    return any(f'"{key}"' in _words(call) for key in ("blocks", "msgParam", "receive_id", "textcard"))


def _words(call: Call) -> str:
    body = json.loads(call.body or b"{}") if isinstance(call.body, bytes) else call.body
    words = json.dumps(body, ensure_ascii=False)
    return words.replace('\\"', '"').replace("\\\\n", "\n").replace("\\n", "\n")


async def test_the_shops_people_hear_that_somebody_waits_and_again_when_it_is_late(house: House) -> None:
    house.platforms["slack"].moods = [503]
    await house.say("吹风机用了两天就不转了，电话13800138000，邮箱ming@example.com，订单118606")
    conversation_id = await house.say("转人工", channel="web")
    first = await house.told()
    assert {name: len(told) for name, told in first.items()} == dict.fromkeys(PLACES, 1) | {"slack": 0}
    house.now += MINUTE / 2
    again = await house.told()
    assert {name: len(told) for name, told in again.items()} == dict.fromkeys(PLACES, 0) | {"slack": 1}
    assert await house.told() == NOTHING
    house.now += 5 * MINUTE
    late = await house.told()
    assert await house.told() == NOTHING
    for name in PLACES:
        (opened,) = first[name] or again[name]
        assert "有顾客等人工 · 要求人工" in opened
        assert "吹风机用了两天就不转了" in opened
        (said_late,) = late[name]
        assert "超时还没人回复 · 要求人工" in said_late
        assert "已等 5 分钟" in said_late
        for words in (opened, said_late):
            assert f"{PUBLIC_URL}/console/inbox?c={conversation_id}" in words
            assert PLACES[name] in words
            assert not any(private in words for private in ("138001", "ming@", "118606"))


async def test_what_its_own_people_answer_is_not_told(house: House) -> None:
    await house.say("转人工", channel="chatwoot")
    assert await house.told() == NOTHING


@pytest.mark.parametrize(
    ("reason", "problem", "language", "minutes", "told"),
    [
        ("asked", "", "en", 0, "A customer is waiting for a person · asked for a person"),
        (
            "complaint",
            "It broke, see https://evil.example/x, call +44 20 7946 0958",
            "en",
            150,
            "A customer is waiting for a person · complaint\nWaiting for 2 hours\n"
            "They said: It broke, see … call +•• •• •••• ••••",
        ),
        (
            "asked",
            "寄到浙江省杭州市西湖区文三路100号2幢301室",
            "zh",
            1,
            "有顾客等人工 · 要求人工\n已等 1 分钟",
        ),
        ("self_harm", "不想活了", "zh", 0, "有顾客等人工 · 自伤风险"),
    ],
)
def test_the_text(reason: str, problem: str, language: str, minutes: int, told: str) -> None:
    alert = Alert(1, "opened", "slack", "C1", "c1", reason, problem, NOW)
    assert text_of(alert, TEXTS, language, now=NOW + minutes * MINUTE) == told


@pytest.fixture
def _may_block(_loop_not_blocked: BlockBuster) -> None:
    _loop_not_blocked.deactivate()


@pytest.mark.usefixtures("_may_block")
async def test_a_place_that_cannot_be_told_stops_the_start(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "channels.yaml"

    async def problem(content: str, public_url: str | None = PUBLIC_URL) -> str:
        file.write_text(content)
        given = settings.model_copy(update={"channels": file, "public_url": public_url})
        async with open_kit() as kit:
            opened = {name: cases()[name].open("http://x", kit) for name in ("slack", "line")}
            with pytest.raises(SettingsError) as raised:
                await built(given, clock=lambda: NOW, connectors=opened)
        return str(raised.value)

    slack = "alerts: [{channel: slack, where: C1}]"
    assert "KEFU_PUBLIC_URL" in await problem(slack, None)
    assert "line, which cannot tell" in await problem("alerts: [{channel: line, where: C1}]")
    assert "feishu, which is not set up" in await problem("alerts: [{channel: feishu, where: C1}]")
    assert "alerts 0.where" in await problem("alerts: [{channel: slack}]")
    assert "needs a section" in await problem("slack: [1]")
    file.write_text(slack + "\n")
    assert read_channels(file).alerts == (Place(channel="slack", where="C1"),)
