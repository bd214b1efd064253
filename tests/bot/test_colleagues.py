"""What the shop's people write below an alert on Slack and Feishu reaches the shopper as the agent they are."""

import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from blockbuster import BlockBuster

from bot.console.handling import Said
from bot.errors import Conflict
from bot.factory import Kefu
from bot.settings import Settings
from bot.staff.agents import Agent
from bot.store.base import StoredMessage
from connectors.base import Message
from connectors.channel import Request
from tests.conftest import NOW
from tests.connectors import feishu_case, slack_case
from tests.connectors.case import cases
from tests.contracts.platform import Call, Platform, open_kit, open_platform
from tests.models import built

LIN = Agent("a1", "lin", "小林", "agent", ("zh",))
WANG = Agent("a2", "wang", "王姐", "agent", ("zh",))


@dataclass(frozen=True)
class Office:
    """How a channel of the shop's people speaks."""

    name: str
    where: str
    user: str
    write: Callable[[str, str, str, Sequence[Call]], Request]
    """(Text, user, id, the calls so far): into the box of the last alert."""
    told_all: str
    """In the address of the call that tells everybody."""


def _parts(content: Any) -> Iterator[dict[str, Any]]:
    if isinstance(content, list):
        for one in content:
            yield from _parts(one)
    elif isinstance(content, dict):
        yield content
        for one in content.values():
            yield from _parts(one)


def _write_on_slack(text: str, user: str, id: str, calls: Sequence[Call]) -> Request:
    (box,) = [one for one in _parts(calls[-1].body["blocks"]) if one.get("type") == "input"]
    assert box["dispatch_action"]
    action = {"block_id": box["block_id"], "action_id": box["element"]["action_id"], "action_ts": id}
    body = {
        "type": "block_actions",
        "user": {"id": user},
        "container": {"type": "message", "message_ts": "17.1", "channel_id": "C042"},
        "actions": [{**action, "type": "plain_text_input", "value": text}],
    }
    form = urlencode({"payload": json.dumps(body)}).encode()
    return slack_case.signed(form, "application/x-www-form-urlencoded")


def _write_on_feishu(text: str, user: str, id: str, calls: Sequence[Call]) -> Request:
    (form,) = [one for one in _parts(json.loads(calls[-1].body["content"])) if one.get("tag") == "form"]
    field, button = form["elements"]
    assert (field["tag"], button["action_type"]) == ("input", "form_submit")
    inside = {
        "operator": {"open_id": user},
        "action": {"tag": "button", "name": button["name"], "form_value": {field["name"]: text}},
        "context": {"open_message_id": "om_9", "open_chat_id": "oc_1"},
    }
    return feishu_case.signed(json.dumps(feishu_case.event("card.action.trigger", id, inside)).encode())


OFFICES = (
    Office("slack", "C042", "U0123", _write_on_slack, "/chat.postMessage"),
    Office("feishu", "oc_1", "ou_lin", _write_on_feishu, "/messages/om_9/reply"),
)


@dataclass
class House:
    kefu: Kefu
    platforms: dict[str, Platform]

    async def waiting(self, office: Office, sender: str) -> tuple[str, Callable[[str, str, str], Request]]:
        """A shopper's conversation that the office was told of, and how to write below the alert."""
        accepted = await self.kefu.desk.submit(Message("web", sender, "m1", "转人工", NOW))
        await self.kefu.desk.replies_to(accepted, wait_seconds=20)
        await self.kefu.alerts.tell_due(office.name)
        calls = list(self.platforms[office.name].calls)
        return accepted.conversation_id, lambda text, user, id: office.write(text, user, id, calls)

    async def told(self, office: Office, request: Request) -> list[Call]:
        """What the platform is told when the request was brought."""
        before = len(self.platforms[office.name].calls)
        await self.kefu.channels.receive(office.name, request)
        return self.platforms[office.name].calls[before:]

    async def lines(self, conversation_id: str) -> list[StoredMessage]:
        return [one for one in await self.kefu.store.history(conversation_id) if one.author == "agent"]


@pytest.fixture
async def house(settings: Settings, tmp_path: Path, _loop_not_blocked: BlockBuster) -> AsyncIterator[House]:
    _loop_not_blocked.deactivate()
    file = tmp_path / "channels.yaml"
    places = [{"channel": one.name, "where": one.where} for one in OFFICES]
    file.write_text(json.dumps({"alerts": [*places, {"channel": "feishu", "where": "ou_boss"}]}))
    async with AsyncExitStack() as stack:
        platforms, connectors = {}, {}
        for office in OFFICES:
            platform, case = await stack.enter_async_context(open_platform()), cases()[office.name]
            platform.answer, platforms[office.name] = case.answer, platform
            connectors[office.name] = case.open(platform.url, await stack.enter_async_context(open_kit()))
        given = settings.model_copy(update={"channels": file, "public_url": "https://kefu.shop.example"})
        kefu = await built(given, clock=lambda: NOW, connectors=connectors)
        for agent in (LIN, WANG):
            await kefu.office.staff.add_agent(agent, "a hash", at=NOW)
        yield House(kefu, platforms)
        await kefu.stop()


@pytest.mark.parametrize("office", OFFICES, ids=lambda office: office.name)
async def test_written_below_an_alert_and_said_once_as_the_agent(house: House, office: Office) -> None:
    conversation_id, write = await house.waiting(office, "s1")
    stranger = await house.told(office, write("我来看看", office.user, "e1"))
    assert "还没关联客服" in _words(stranger)
    assert office.user in _words(stranger)
    assert not stranger[-1].path.split("?")[0].endswith(office.told_all)
    assert await house.lines(conversation_id) == []
    await house.kefu.office.staff.link_account((office.name, office.user), LIN.id)
    for _ in range(2):
        done = await house.told(office, write("我来看看 <b>", office.user, "e2"))
        assert "小林已回复顾客" in _words(done)
        assert done[-1].path.split("?")[0].endswith(office.told_all)
    (line,) = await house.lines(conversation_id)
    assert (line.text, line.reply and line.reply.agent) == ("我来看看 <b>", "小林")
    state = await house.kefu.store.state(conversation_id)
    assert state is not None
    assert (state.floor.name, state.floor.agent_id) == ("agent", LIN.id)
    (deed,) = [one for _, one in await house.kefu.office.staff.deeds(agent_id=LIN.id)]
    assert (deed.action, deed.conversation_id) == ("reply", conversation_id)
    # Exactly that user, and only as long as they may.
    assert "还没关联客服" in _words(await house.told(office, write("我也", f"{office.user}4", "e3")))
    await house.kefu.office.staff.change_agent(LIN.id, at=NOW, disabled=True)
    assert "还没关联客服" in _words(await house.told(office, write("还有", office.user, "e4")))
    assert len(await house.lines(conversation_id)) == 1


@pytest.mark.parametrize("office", OFFICES, ids=lambda office: office.name)
async def test_who_cannot_answer_is_told_why_and_nobody_is_answered_as_a_shopper(
    house: House, office: Office
) -> None:
    conversation_id, write = await house.waiting(office, "s1")
    await house.kefu.office.handling.reply(WANG, conversation_id, Said("r1", "您好"))
    await house.kefu.office.staff.link_account((office.name, office.user), LIN.id)
    told = await house.told(office, write("我来", office.user, "e1"))
    assert "同事已经接了" in _words(told)
    assert not told[-1].path.split("?")[0].endswith(office.told_all)
    (line,) = await house.lines(conversation_id)
    assert line.text == "您好"
    calls = house.platforms[office.name].calls
    shown = next(one for one in calls if f"remark:{conversation_id}" in _words([one]))
    about_nobody = json.loads(json.dumps(shown.body).replace(conversation_id, "nobody"))
    elsewhere = office.write("我来", office.user, "e2", [replace(shown, body=about_nobody)])
    assert "现在不能由您回复" in _words(await house.told(office, elsewhere))
    # Written to the bot itself.
    for user in (office.user, *(["ou_boss"] if office.name == "feishu" else [])):
        told = await house.told(office, cases()[office.name].say("转人工", user, "e5"))
        assert "/console/inbox" in _words(told)
        assert await house.kefu.store.find(office.name, user) is None
    await house.kefu.office.staff.unlink_account((office.name, office.user))
    await house.told(office, cases()[office.name].say("退货运费谁出？", office.user, "e6"))
    assert await house.kefu.store.find(office.name, office.user) is not None


async def test_who_went_on_elsewhere_is_answered_there(house: House) -> None:
    """The alert is of a conversation that the shopper left for the one on the web."""
    office, said = OFFICES[0], iter(range(100))

    async def say(channel: str, sender: str, text: str, action: str | None = None) -> list[StoredMessage]:
        message = Message(channel, sender, f"j{next(said)}", text, NOW, action=action)
        accepted = await house.kefu.desk.submit(message)
        await house.kefu.desk.replies_to(accepted, wait_seconds=20)
        return list(await house.kefu.store.history(accepted.conversation_id, limit=100))

    shopper = (office.name, "U9")
    await say(*shopper, "转人工")
    left = await house.kefu.store.find(*shopper)
    assert left is not None
    await house.kefu.alerts.tell_due(office.name)
    calls = list(house.platforms[office.name].calls)
    await say("web", "s9", "您好")
    offer = await house.kefu.offers.offer(("web", "s9"), None, "zh", now=NOW)
    asked = (await say(*shopper, offer.code))[-1].reply
    assert asked is not None
    yes = asked.quick_replies[0].action
    await say(*shopper, "接着聊", yes)
    assert "接上了" in (await say("web", "s9", "是我", yes))[-1].text
    into = await house.kefu.store.find(*shopper)
    assert into not in (None, left)
    await house.kefu.office.staff.link_account((office.name, office.user), LIN.id)
    told = await house.told(office, office.write("我在", office.user, "e1", calls))
    assert "小林已回复顾客" in _words(told)
    assert await house.lines(left) == []
    assert [one.text for one in await house.lines(into or "")] == ["我在"]
    with pytest.raises(Conflict) as refused:
        await house.kefu.office.handling.take(replace(LIN, role="lead"), left)
    assert (refused.value.code, refused.value.details) == ("moved", {"into": into})


@pytest.mark.parametrize("office", OFFICES, ids=lambda office: office.name)
async def test_an_empty_box_says_nothing(house: House, office: Office) -> None:
    conversation_id, write = await house.waiting(office, "s1")
    await house.kefu.office.staff.link_account((office.name, office.user), LIN.id)
    assert await house.told(office, write("  ", office.user, "e1")) == []
    assert await house.lines(conversation_id) == []


def _words(calls: Sequence[Call]) -> str:
    return "\n".join(json.dumps(call.body, ensure_ascii=False) for call in calls)
