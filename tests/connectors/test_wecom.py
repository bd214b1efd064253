"""微信客服: callbacks that say only that there is something, pages with a cursor, sessions opened, ids that repeat."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from connectors.channel import (
    Denied,
    Inbound,
    Kit,
    Malformed,
    Media,
    Recipient,
    RetryLater,
    Undeliverable,
)
from connectors.wecom import Config, WeCom
from tests.connectors.sample import PLAIN, RICH
from tests.connectors.test_wechat_family import ECHO, ECHO_NONCE, ECHO_SIGNATURE, ECHO_STAMP
from tests.connectors.wecom_case import CONFIG, answer, callback, entry, say, signed
from tests.contracts.platform import NOW, Call, Platform, open_kit, open_platform, request

TO = Recipient("wmABC", NOW, 0)
SOON = 5.0


@dataclass
class Stage:
    platform: Platform
    kit: Kit
    wecom: WeCom

    async def look(self, most: int, *, fails_at: int | None = None) -> list[Inbound]:
        """What `run` brings until there are so many, or the disk fails."""
        found, enough = list[Inbound](), asyncio.Event()

        async def submit(inbound: Inbound) -> None:
            if len(found) == fails_at:
                raise OSError("no space left")
            found.append(inbound)
            if len(found) >= most:
                enough.set()

        looking = asyncio.create_task(self.wecom.run(submit))
        waiting = asyncio.create_task(enough.wait())
        await asyncio.wait(
            (looking, waiting), timeout=SOON if most else 0.3, return_when=asyncio.FIRST_COMPLETED
        )
        await asyncio.sleep(0.05)  # a message too many would come now, and the cursor is saved
        for task in (looking, waiting):
            task.cancel()
        await asyncio.gather(looking, waiting, return_exceptions=True)
        return found


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with open_platform() as platform, open_kit() as kit:
        platform.answer = answer
        config = Config(**CONFIG, welcome="您好", agent_id=1000002, agent_secret="s" * 20, api=platform.url)
        yield Stage(platform, kit, WeCom(config, kit))


def pages(*listed: list[dict[str, object]]) -> Any:
    """A platform that answers by cursor: `c1` is behind the first page."""

    def platform_says(call: Call) -> dict[str, object]:
        if "/kf/sync_msg" not in call.path:
            return answer(call)
        at = int(str(call.body.get("cursor", "c0"))[1:])
        here = listed[at] if at < len(listed) else []
        following = min(at + 1, len(listed))
        return {
            "errcode": 0,
            "msg_list": here,
            "next_cursor": f"c{following}",
            "has_more": int(following < len(listed)),
        }

    return platform_says


async def test_the_handshake_with_the_published_vector(stage: Stage) -> None:
    at = NOW.fromtimestamp(int(ECHO_STAMP), NOW.tzinfo)
    query = {
        "msg_signature": ECHO_SIGNATURE,
        "timestamp": ECHO_STAMP,
        "nonce": ECHO_NONCE,
        "echostr": ECHO,
    }
    asked = request(method="GET", query=query, at=at)
    assert stage.wecom.receive(asked).response.body == b"5927782489442352469"
    for altered in (
        replace(asked, query={**query, "echostr": "A" + ECHO[1:]}),
        replace(asked, query={name: value for name, value in query.items() if name != "echostr"}),
        replace(asked, at=at + timedelta(minutes=6)),
    ):
        with pytest.raises(Denied):
            stage.wecom.receive(altered)


async def test_callbacks(stage: Stage) -> None:
    received = stage.wecom.receive(callback("T"))
    assert (received.pull, received.messages, received.response.status) == (True, (), 200)
    assert not stage.wecom.receive(callback("T", account="wkOther")).pull
    assert not stage.wecom.receive(callback("T", event="change_contact")).pull
    with pytest.raises(Malformed):
        stage.wecom.receive(signed(b"no xml"))


async def test_only_what_customers_say_comes_in(stage: Stage) -> None:
    photo = entry("", "wmABC", "m2", msgtype="image", image={"media_id": "M1"})
    stage.platform.answer = pages(
        [
            entry("退货运费谁出？", "wmABC", "m1", menu_id="101"),
            entry("I am a colleague", "wmABC", "m3", origin=5),
            entry("", "wmABC", "m4", msgtype="voice", voice={"media_id": "V1"}),
            entry("elsewhere", "wmABC", "m5", open_kfid="wkOther"),
            {"msgid": "m6", "origin": 3, "msgtype": "text", "send_time": int(NOW.timestamp())},
            {"msgtype": "event"},
            entry("long ago", "wmABC", "m7", send_time=int(NOW.timestamp()) - 3600),
            photo,
        ]
    )
    text, image = await stage.look(2)
    message = text.message
    assert (message.channel, message.sender, message.external_id) == ("wecom", "wmABC", "m1")
    assert (message.text, message.action, message.received_at) == ("退货运费谁出？", None, NOW)
    assert (image.message.external_id, image.media) == ("m2", (Media("M1"),))


async def test_the_cursor_moves_on_only_when_a_page_is_on_disk(stage: Stage) -> None:
    stage.platform.answer = pages(
        [entry("1", "wmABC", "m1"), entry("2", "wmABC", "m2")], [entry("3", "wmABC", "m3")], []
    )
    found = await stage.look(3, fails_at=1)
    assert [one.message.text for one in found] == ["1"]
    assert await stage.kit.memory.get("cursor") is None
    found = await stage.look(3)
    assert [one.message.text for one in found] == ["1", "2", "3"]
    assert await stage.kit.memory.get("cursor") == "c3"
    stage.platform.calls.clear()
    again = WeCom(Config(**CONFIG, api=stage.platform.url), stage.kit)
    assert await replace(stage, wecom=again).look(0) == []
    (asked,) = (call.body for call in stage.platform.calls if "/kf/sync_msg" in call.path)
    assert asked == {"open_kfid": CONFIG["open_kfid"], "limit": 200, "cursor": "c3"}


async def test_a_token_of_a_callback_that_is_too_old_is_done_without(stage: Stage) -> None:
    def platform_says(call: Call) -> dict[str, object]:
        if "/kf/sync_msg" in call.path and "token" in call.body:
            return {"errcode": 95007, "errmsg": "invalid msg token"}
        return pages([entry("1", "wmABC", "m1")])(call)

    stage.platform.answer = platform_says
    stage.wecom.receive(callback("TOO-OLD"))
    (found,) = await stage.look(1)
    assert found.message.external_id == "m1"


async def test_a_platform_that_is_down_is_asked_again_soon(stage: Stage) -> None:
    stage.wecom.receive(say("hi", "wmABC", "m1"))
    await stage.wecom.send(stage.wecom.render(PLAIN, TO)[0], TO, key="k")  # the access token is there now
    stage.platform.moods = [503]
    (found,) = await stage.look(1)
    assert found.message.external_id == "m1"


async def test_who_opens_the_chat_is_greeted_at_once_or_not_at_all(stage: Stage) -> None:
    def entered(code: str, ago: int) -> dict[str, object]:
        event = {"event_type": "enter_session", "external_userid": "wmABC", "welcome_code": code}
        return {"msgtype": "event", "origin": 4, "send_time": int(NOW.timestamp()) - ago, "event": event}

    stage.platform.answer = pages([entered("NOW", 5), entered("LATE", 30)])
    assert await stage.look(0) == []
    (sent,) = (call.body for call in stage.platform.calls if "send_msg_on_event" in call.path)
    assert (sent["code"], sent["text"]["content"]) == ("NOW", "您好")


async def test_a_reply_with_a_menu_and_an_id_that_repeats(stage: Stage) -> None:
    (payload,) = stage.wecom.render(RICH, TO)
    for key in ("r1:0", "r1:0", "r1:1"):
        await stage.wecom.send(payload, TO, key=key)
    first, again, other = (call.body for call in stage.platform.calls if "/kf/send_msg" in call.path)
    assert first == again
    assert first["msgid"] != other["msgid"]
    assert first["msgid"].isalnum()
    assert len(first["msgid"]) <= 32
    assert (first["touser"], first["open_kfid"]) == ("wmABC", CONFIG["open_kfid"])
    confirm = first["msgmenu"]["list"][1]
    assert (confirm["type"], confirm["click"]["content"]) == ("click", "Confirm")
    pressed = entry("Confirm", "wmABC", "m9", menu_id=confirm["click"]["id"])
    stage.platform.answer = pages([pressed])
    (inbound,) = await stage.look(1)
    assert inbound.message.action == "confirm " + "k" * 16


@pytest.mark.parametrize(
    ("code", "error"), [(-1, RetryLater), (45009, RetryLater), (95001, Undeliverable), (95018, Undeliverable)]
)
async def test_codes_and_a_closed_window(stage: Stage, code: int, error: type[Exception]) -> None:
    stage.platform.answer = lambda call: answer(call) if "/gettoken" in call.path else {"errcode": code}
    (payload,) = stage.wecom.render(PLAIN, TO)
    with pytest.raises(error):
        await stage.wecom.send(payload, TO, key="k")
    with pytest.raises(Undeliverable, match="48 hours"):
        await stage.wecom.send(payload, replace(TO, last_heard=NOW - timedelta(hours=49)), key="k")


async def test_photos_and_alerts_use_their_own_tokens(stage: Stage) -> None:
    def platform_says(call: Call) -> Any:
        if "/gettoken" in call.path:
            token = "STAFF" if "s" * 20 in call.path else "KF"
            return {"errcode": 0, "access_token": token, "expires_in": 7200}
        return b"\xff\xd8bytes" if "/media/get" in call.path else {"errcode": 0}

    stage.platform.answer = platform_says
    assert await stage.wecom.fetch(Media("M1")) == b"\xff\xd8bytes"
    assert "access_token=KF" in stage.platform.calls[-1].path
    await stage.wecom.alert("LinXiaoman", "有人在等", "https://kefu.shop.example/console/c1", "去回复")
    sent = stage.platform.calls[-1]
    assert "access_token=STAFF" in sent.path
    assert sent.body["textcard"] == {
        "title": "去回复",
        "description": "有人在等",
        "url": "https://kefu.shop.example/console/c1",
    }
