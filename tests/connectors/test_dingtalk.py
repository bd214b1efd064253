"""DingTalk: a robot's messages, where answers go, cards whose buttons speak, events acknowledged."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from aiohttp import web

from connectors.channel import Denied, Kit, Malformed, Media, Recipient, RetryLater, Undeliverable
from connectors.dingtalk import Config, DingTalk
from connectors.dingtalk.parsing import Hook
from connectors.wechat_family.crypto import Crypto
from tests.connectors.dingtalk_case import CONFIG, SECRET, STAFF, STAMP, answer, said, signed
from tests.connectors.sample import PLAIN, RICH
from tests.connectors.test_wechat_family import DINGTALK
from tests.contracts.platform import NOW, Call, Platform, open_kit, open_platform, request

TO = Recipient(STAFF, NOW, 0)
LATER = int(STAMP) + 5_400_000


@dataclass
class Stage:
    platform: Platform
    kit: Kit
    dingtalk: DingTalk

    def bring(self, **more: object) -> Any:
        return self.dingtalk.receive(signed(json.dumps(said("hi", STAFF, "m1") | more).encode()))

    def bring_hook(self, url: str, until: int = LATER) -> None:
        self.bring(sessionWebhook=url, sessionWebhookExpiredTime=until)

    async def send(self, payload: dict[str, Any], to: Recipient = TO) -> str:
        """The path of the call that it took."""
        self.platform.calls.clear()
        await self.dingtalk.send(payload, to, key="k")
        return self.platform.calls[-1].path


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with open_platform() as platform, open_kit() as kit:
        platform.answer = answer
        yield Stage(platform, kit, DingTalk(Config(**CONFIG, api=platform.url), kit))


async def test_a_message(stage: Stage) -> None:
    (inbound,) = stage.bring(text={"content": " 退货运费谁出？ "}).messages
    message = inbound.message
    assert (message.channel, message.sender, message.external_id) == ("dingtalk", STAFF, "m1")
    assert (message.text, message.received_at) == ("退货运费谁出？", NOW)
    (outsider,) = stage.bring(senderStaffId=None).messages
    assert outsider.message.sender == "$:LWCP_v1:$abc"


async def test_the_signature_is_of_this_hour_and_of_our_secret(stage: Stage) -> None:
    asked = signed(json.dumps(said("hi", STAFF, "m1")).encode())
    assert stage.dingtalk.receive(replace(asked, at=NOW + timedelta(minutes=59))).messages
    with pytest.raises(Denied, match="too old"):
        stage.dingtalk.receive(replace(asked, at=NOW + timedelta(minutes=61)))
    wrong = base64.b64encode(
        hmac.new(b"other", f"{STAMP}\n{SECRET}".encode(), hashlib.sha256).digest()
    ).decode()
    with pytest.raises(Denied, match="wrong"):
        stage.dingtalk.receive(request(asked.body, headers={"timestamp": STAMP, "sign": wrong}))


async def test_photos_and_speech(stage: Stage) -> None:
    (picture,) = stage.bring(msgtype="picture", content={"downloadCode": "mIofN+="}).messages
    assert picture.media == (Media("mIofN+="),)
    rich = [
        {"text": "坏了 "},
        {"type": "picture", "downloadCode": "A"},
        {"text": "见图"},
        {"downloadCode": "B"},
    ]
    (both,) = stage.bring(msgtype="richText", content={"richText": rich}).messages
    assert (both.message.text, both.media) == ("坏了 见图", (Media("A"), Media("B")))
    (speech,) = stage.bring(msgtype="audio", content={"recognition": "我的订单到哪了"}).messages
    assert speech.message.text == "我的订单到哪了"

    def platform_says(call: Call) -> Any:
        if "/messageFiles/download" in call.path:
            return {"downloadUrl": where}
        return b"\xff\xd8bytes" if call.path.startswith("/photo") else answer(call)

    stage.platform.answer = platform_says
    where = f"{stage.platform.url}/photo?Expires=1"
    assert await stage.dingtalk.fetch(picture.media[0]) == b"\xff\xd8bytes"
    where = "http://169.254.169.254/latest/meta-data"
    with pytest.raises(Undeliverable):
        await stage.dingtalk.fetch(picture.media[0])


async def test_groups_and_what_says_nothing_are_dropped(stage: Stage) -> None:
    for more in (
        {"conversationType": "2", "isInAtList": True},
        {"msgtype": "file", "content": {"downloadCode": "A"}},
        {"text": {"content": "  "}},
    ):
        received = stage.bring(**more)
        assert (received.messages, received.response.status) == ((), 200)
    for wrong in ({"msgId": ""}, {"createAt": "soon"}, {"msgtype": "picture", "content": {}}, {"text": None}):
        with pytest.raises(Malformed):
            stage.bring(**wrong)


async def test_answers_go_to_the_conversations_address_while_it_holds(stage: Stage) -> None:
    (payload,) = stage.dingtalk.render(PLAIN, TO)
    batch = "/v1.0/robot/oToMessages/batchSend"
    assert await stage.send(payload) == batch
    stage.bring_hook(f"{stage.platform.url}/robot/sendBySession?session=abc")
    assert await stage.send(payload) == "/robot/sendBySession?session=abc"
    assert stage.platform.calls[-1].body == {"msgtype": "text", "text": {"content": PLAIN.text}}
    stage.bring_hook(f"{stage.platform.url}/robot/sendBySession?session=old", until=int(STAMP) - 1)
    assert await stage.send(payload) == batch
    stage.bring_hook(f"{stage.platform.url}/robot/sendBySession?session=ended")
    stage.platform.answer = lambda call: {"errcode": 300005} if "session=" in call.path else answer(call)
    assert await stage.send(payload) == batch
    outsider = replace(TO, sender="$:LWCP_v1:$abc")
    with pytest.raises(Undeliverable):
        await stage.send(payload, outsider)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/robot",
        "http://oapi.dingtalk.com/robot",
        "https://dingtalk.com.evil.example/",
        "https://oapi.dingtalk.com@evil.example/",
        "https://oapi.dingtalk.com:8443/",
        "https://evildingtalk.com/",
        "http://127.0.0.1:1/",
        "https://[::1",
        "file:///etc/passwd",
    ],
)
async def test_no_other_address_is_ever_written_to(stage: Stage, url: str) -> None:
    stage.bring_hook(url)
    (payload,) = stage.dingtalk.render(PLAIN, TO)
    assert await stage.send(payload) == "/v1.0/robot/oToMessages/batchSend"
    await stage.kit.memory.put(f"hook:{STAFF}", str(Hook(url, LATER)))
    assert await stage.send(payload) == "/v1.0/robot/oToMessages/batchSend"


async def test_the_address_outlives_a_restart(stage: Stage) -> None:
    looking = asyncio.create_task(stage.dingtalk.run(lambda inbound: asyncio.sleep(0)))
    stage.bring_hook(f"{stage.platform.url}/robot/sendBySession?session=abc")
    await asyncio.sleep(0.05)
    looking.cancel()
    again = DingTalk(Config(**CONFIG, api=stage.platform.url), stage.kit)
    (payload,) = again.render(PLAIN, TO)
    assert await replace(stage, dingtalk=again).send(payload) == "/robot/sendBySession?session=abc"


async def test_buttons_say_their_label(stage: Stage) -> None:
    (card,) = stage.dingtalk.render(RICH, TO)
    assert "＜b>hat" in card["markdown"]
    stage.bring_hook(f"{stage.platform.url}/robot/sendBySession?session=abc")
    await stage.send(card)
    buttons = stage.platform.calls[-1].body["actionCard"]["btns"]
    labels = ["Look", "Confirm", "Not now", "Talk to a person", "How long do refunds take?"]
    assert [one["title"] for one in buttons] == labels
    said = "dtmd://dingtalkclient/sendMessage?content="
    assert [unquote(one["actionURL"]) for one in buttons] == [said + label for label in labels]
    await stage.send(card, replace(TO, sender="manager2"))
    body = stage.platform.calls[-1].body
    assert (body["msgKey"], body["userIds"]) == ("sampleActionCard5", ["manager2"])
    assert json.loads(body["msgParam"])["actionTitle5"] == "How long do refunds take?"
    two = tuple(replace(RICH.cards[0], title=title) for title in ("Grey hoodie", "Blue hoodie"))
    (many,) = stage.dingtalk.render(replace(RICH, cards=(*two, *RICH.cards[1:])), TO)
    await stage.send(many)
    sent = stage.platform.calls[-1].body
    assert sent["msgtype"] == "markdown"  # six buttons are too many for a card
    assert f"[Look Blue hoodie]({said}Look%20Blue%20hoodie)" in sent["markdown"]["text"]


async def test_refusals_of_the_robots_interface(stage: Stage) -> None:
    (payload,) = stage.dingtalk.render(PLAIN, TO)
    tokens = iter(("OLD", "NEW"))

    def platform_says(call: Call) -> Any:
        if "/oauth2/accessToken" in call.path:
            return {"accessToken": next(tokens), "expireIn": 7200}
        if call.headers["x-acs-dingtalk-access-token"] == "OLD":
            return web.json_response({"code": "InvalidAuthentication"}, status=400)
        return found.pop()

    stage.platform.answer = platform_says
    found: list[Any] = [{"processQueryKey": "q"}]
    await stage.send(payload)
    for refusal, error in (
        ({"invalidStaffIdList": [STAFF]}, Undeliverable),
        ({"flowControlledStaffIdList": [STAFF]}, RetryLater),
        (web.json_response({"code": "send.too.fast"}, status=400), RetryLater),
        (web.json_response({"code": "robot.not.found"}, status=400), Undeliverable),
    ):
        found.append(refusal)
        with pytest.raises(error):
            await stage.send(payload)


async def test_an_alert(stage: Stage) -> None:
    await stage.dingtalk.alert(STAFF, "有人在等：退款", "https://kefu.shop.example/console/c1", "去回复")
    body = stage.platform.calls[-1].body
    assert body["msgKey"] == "sampleActionCard"
    assert json.loads(body["msgParam"]) == {
        "title": "有人在等：退款",
        "text": "有人在等：退款",
        "singleTitle": "去回复",
        "singleURL": "https://kefu.shop.example/console/c1",
    }


async def test_events_are_acknowledged_as_the_published_vector_asks() -> None:
    keys = {"event_token": "mryue", "event_aes_key": "Yue0EfdN5900c1ce5cf6A152c63DDe1808a60c5ecd7"}
    crypto = Crypto(keys["event_token"], keys["event_aes_key"], "ding6ccabc44d2c8d38b")
    query = {
        "signature": "03044561471240d4a14bb09372dfcfd4fd0e40cb",
        "timestamp": "1608001896814",
        "nonce": "WL4PK6yA",
    }
    at = NOW.fromtimestamp(1608001896, NOW.tzinfo)
    asked = request({"encrypt": DINGTALK}, path="events", query=query, at=at)
    async with open_kit() as kit:
        dingtalk = DingTalk(Config(**CONFIG | {"app_key": "ding6ccabc44d2c8d38b"}, **keys), kit)
        answered = json.loads(dingtalk.receive(asked).response.body)
        opened = crypto.open(
            answered["msg_signature"], answered["timeStamp"], answered["nonce"], answered["encrypt"]
        )
        assert opened == b"success"
        with pytest.raises(Denied):
            dingtalk.receive(replace(asked, query=query | {"nonce": "other"}))
        with pytest.raises(Denied):
            DingTalk(Config(**CONFIG), kit).receive(asked)
        with pytest.raises(ValueError, match="belong together"):
            Config(**CONFIG, event_token="t")
