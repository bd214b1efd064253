"""A conversation begun on the web goes on in a messenger, with all that was open in it, and comes back."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.http.tokens import Tokens
from bot.link_words import new_code
from connectors.base import Message
from tests.conftest import NOW
from tests.connectors.case import cases
from tests.connectors.street import Street, Talk, open_street

pytestmark = pytest.mark.asyncio(loop_scope="module")
SECRET = "the shop and Kefu share this secret"
TOKENS = Tokens(secret="", shopper_secret=SECRET, api_keys=(), clock=lambda: NOW)
_people, _ids = count(880_001), count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def street(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    folder, roomy = tmp_path_factory.mktemp("joining"), "100000/minute"
    names = ("telegram", "whatsapp")
    async with open_street(
        demo_data, folder, names=names, rate_address=roomy, rate_session=roomy, shopper_secret=SECRET
    ) as found:
        yield found


@dataclass
class Visitor:
    """Somebody with the widget open."""

    street: Street
    headers: dict[str, str] = field(default_factory=dict)
    heard: int = 0

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        async with self.street.http.request(
            method, self.street.url + path, json=body, headers=self.headers
        ) as response:
            return response.status, await response.json()

    async def arrive(self, **body: str) -> "Visitor":
        _, session = await self.call("POST", "/v1/session", body)
        self.headers["Authorization"] = f"Bearer {session['session_token']}"
        self.headers["Accept-Language"] = "zh"
        return self

    async def say(self, text: str, action: str | None = None) -> str:
        body = {"id": f"w{next(_ids)}", "text": text, "action": action, "language": "zh", "wait": 20}
        status, answer = await self.call("POST", "/v1/messages", body)
        assert status == 200, answer
        return "\n".join(reply["text"] for reply in answer["replies"])

    async def code(self) -> str:
        status, offer = await self.call("POST", "/v1/links", {"language": "zh"})
        assert status == 200, offer
        return str(offer["code"])

    async def lines(self) -> list[dict[str, Any]]:
        _, here = await self.call("GET", "/v1/links")
        _, history = await self.call("GET", f"/v1/conversations/{here['conversation_id']}/messages?limit=100")
        return list(history["messages"])

    async def asked(self) -> str:
        """Answers the question whether it is them who came, once it is put; what they were asked."""
        async with asyncio.timeout(20):
            while True:
                last = (await self.lines())[-1]
                yes = [one for one in last["quick_replies"] if (one["action"] or "").startswith("join_yes")]
                if yes:
                    self.yes = yes[0]["action"]
                    return str(last["text"])
                await asyncio.sleep(0.05)

    async def agree(self) -> str:
        await self.asked()
        return await self.say("是我", self.yes)


def person(street: Street, name: str) -> Talk:
    return Talk(street, name, cases()[name], str(next(_people)))


async def begin(street: Street) -> Visitor:
    visitor = await Visitor(street).arrive()
    await visitor.say("退货运费谁出？")
    return visitor


async def join(visitor: Visitor, talk: Talk) -> None:
    asked = await talk.say(f"我的码 {(await visitor.code()).lower().replace('-', ' ')}")
    assert "网页" in asked, asked
    await talk.press("接着聊")
    assert "是我" in await talk.answer()
    assert "接上了" in await visitor.agree()
    assert "接上了" in await talk.answer()


async def test_an_open_card_is_confirmed_once_over_there(street: Street) -> None:
    order = street.orders.pop()
    customer = await street.kefu.shop.customer(order.customer_id)
    assert customer is not None
    visitor, talk = await begin(street), person(street, "telegram")
    await talk.say("多久能到货？")
    card = await visitor.say(f"取消{order.number}，不想要了，手机号{customer.phones[0]}")
    assert "确认" in card
    code = await visitor.code()
    await talk.tell(code, repeated=True)
    assert "网页" in await talk.answer()
    await talk.press("接着聊", repeated=True)
    await talk.answer()
    assert "Telegram" in await visitor.asked()
    await visitor.say("", visitor.yes)
    there = await talk.answer()
    assert "接上了" in there
    assert "确认" in there, "the open card is shown again"
    # Both confirm at once: in words over there, several times, and by the button here.
    lines = await visitor.lines()
    button = next(
        one["action"]
        for line in reversed(lines)
        for shown in line["cards"]
        for one in shown["buttons"]
        if (one["action"] or "").startswith("confirm")
    )
    await asyncio.gather(talk.tell("确认", repeated=True), visitor.say("确认", button))
    await street.settle()
    receipts = await street.kefu.shop.receipts(order.customer_id, order_number=order.number)
    assert [one.kind for one in receipts] == ["cancel_order"]
    told = "\n".join(talk.shown())
    lines = await visitor.lines()
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert sum("已经取消" in line["text"] and line["author"] == "bot" for line in lines) >= 1
    # A reply goes to where the person last wrote; the web has them all, and no code in the clear.
    answer = await talk.say("退款多久到账？")
    assert answer.split("\n")[0] in "\n".join(line["text"] for line in await visitor.lines())
    assert code not in repr([await visitor.lines(), told, await _everything(street)])
    before = len(talk.calls())
    await visitor.say("多久发货？")
    await street.settle()
    assert len(talk.calls()) == before


async def _everything(street: Street) -> list[object]:
    ids = {
        await street.kefu.store.find(name, str(n))
        for name in ("telegram", "whatsapp")
        for n in range(880_001, 880_020)
    }
    return [await street.kefu.store.history(one, limit=100) for one in ids if one]


async def test_guesses_get_one_answer_and_are_slowed(street: Street) -> None:
    """Wrong, expired, used, refused or too often: nobody learns which."""
    visitor, talk = await begin(street), person(street, "telegram")
    wrong = await talk.say(new_code())
    assert "用不了" in wrong
    older = await visitor.code()
    newer = await visitor.code()
    assert await talk.say(older) == wrong, "a new code voids the older one"
    street.clock.ahead = timedelta(minutes=11)
    late = await talk.say(newer)
    street.clock.ahead = timedelta()
    assert late == wrong
    assert "网页" in await talk.say(await visitor.code())
    await talk.press("不是我")
    assert "没有接" in await talk.answer()
    assert await talk.say(newer) == wrong
    assert await talk.say(await visitor.code()) == wrong, (
        "the sixth within a quarter of an hour, though it is good"
    )
    mine = await visitor.code()
    assert "用不了" in await visitor.say(mine), "in the conversation that it is of it is no use"
    letters = person(street, "whatsapp")
    assert "网页" in await letters.say(mine), "and it is not spent by that"
    assert "用不了" in await person(street, "telegram").say(mine)


async def test_only_who_asked_and_who_came_can_join_them(street: Street) -> None:
    """An attacker who knows a link's id, has the victim's code, or makes a victim send theirs."""
    victim, attacker = await begin(street), await begin(street)
    talk = person(street, "whatsapp")
    await talk.say(await victim.code())
    await talk.press("接着聊")
    await talk.answer()
    assert "WhatsApp" in await victim.asked()
    assert "过期" in await attacker.say("是我", victim.yes)
    assert "过期" in await attacker.say("不是我", victim.yes.replace("yes", "no"))
    await talk.tell("退货运费谁出？")
    await talk.answer()
    assert (
        await street.kefu.store.find("whatsapp", talk.sender)
        != (await victim.call("GET", "/v1/links"))[1]["conversation_id"]
    )
    # The victim says no: who had the code is let in no more.
    assert "没有接" in await victim.say("不是我", victim.yes.replace("yes", "no"))
    assert "过期" in await victim.say("是我", victim.yes)

    # The victim was made to send the attacker's code: nothing of theirs is over there before they agree.
    mark = person(street, "telegram")
    await mark.say("我的订单 118515 到哪了")
    asked = await mark.say(await attacker.code())
    assert "看得到" in asked
    assert "不是我" in asked
    assert all("118515" not in line["text"] for line in await attacker.lines())
    await mark.say("不是我")
    assert all("118515" not in line["text"] for line in await attacker.lines())


async def test_a_sign_in_on_the_web_that_differs_joins_nothing(street: Street) -> None:
    first, second = street.orders[-1], street.orders[-2]
    assert first.customer_id != second.customer_id
    visitor, talk = await begin(street), person(street, "telegram")
    for order, say in ((first, visitor.say), (second, talk.say)):
        customer = await street.kefu.shop.customer(order.customer_id)
        assert customer is not None
        assert order.number in await say(f"{order.number} 到哪了，手机号{customer.phones[0]}")
    assert "同一个账号" in await talk.say(await visitor.code())


async def test_from_a_messenger_to_the_web_and_apart_again(street: Street) -> None:
    talk, visitor = person(street, "telegram"), await Visitor(street).arrive()
    await talk.say("退货运费谁出？")
    offered = await talk.say("能在网页上继续聊吗")
    found = re.search(r"https://kefu\.shop\.example/continue#kefu=(\S+)", offered)
    assert found, offered
    forged = found[1][:-3] + ("AAA" if not found[1].endswith("AAA") else "BBB")
    assert (await visitor.call("POST", "/v1/links/follow", {"token": forged}))[0] == 404
    status, link = await visitor.call("POST", "/v1/links/follow", {"token": found[1]})
    assert (status, link["channel"]) == (200, "telegram")
    stranger = await Visitor(street).arrive()
    assert (await stranger.call("POST", "/v1/links/follow", {"token": found[1]}))[0] == 404, "once"
    assert "网页" in await talk.answer()
    await talk.press("是我")
    await talk.answer()
    lines = await visitor.lines()
    assert "退货运费谁出？" in [line["text"] for line in lines]
    await visitor.say("多久发货？")
    await street.settle()
    assert talk.shown() == [], "answered where it was asked"
    assert "断开" in await talk.say("断开")
    _, here = await visitor.call("GET", "/v1/links")
    assert here["joined"] == []
    await visitor.say("有黑色的卫衣吗")
    history = await street.kefu.store.history(
        await street.kefu.store.find("telegram", talk.sender) or "", limit=100
    )
    assert "有黑色的卫衣吗" not in [line.text for line in history]


async def test_several_write_at_once_on_both(street: Street) -> None:
    visitor, talk = await begin(street), person(street, "telegram")
    await join(visitor, talk)
    asked = ["多久发货？", "退货运费谁出？", "能开发票吗？"]
    await asyncio.gather(
        *(talk.tell(text, repeated=True) for text in asked), *(visitor.say(text) for text in asked)
    )
    await street.settle()
    lines = await visitor.lines()
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    said = [line for line in lines if line["author"] == "shopper" and line["text"] in asked]
    assert len(said) >= 6
    answered = [one for line in lines for one in line["in_reply_to"]]
    assert len(answered) == len(set(answered))


async def test_a_sign_in_goes_along_while_they_are_joined(street: Street) -> None:
    order = street.orders.pop()
    token = TOKENS.sign_shopper(order.customer_id)
    visitor, talk = await Visitor(street).arrive(shopper_token=token), person(street, "whatsapp")
    await visitor.say("退货运费谁出？")
    await join(visitor, talk)
    assert order.number in await talk.say(f"{order.number} 到哪了")
    assert "断开" in await talk.say("断开")
    assert "手机号或邮箱" in await talk.say(f"{order.number} 到哪了")


async def test_a_button_of_a_code_that_another_one_overtook_is_answered_once(street: Street) -> None:
    visitor, talk = await begin(street), person(street, "telegram")
    await talk.say(await visitor.code())
    first = await street.kefu.store.find("telegram", talk.sender)
    assert first is not None
    shown = [line.reply for line in await street.kefu.store.history(first) if line.reply is not None]
    older = shown[-1].quick_replies[0].action
    await join(visitor, talk)
    pressed = Message("telegram", talk.sender, "older", "接着聊", NOW, action=older)
    replies = await street.kefu.desk.replies_to(await street.kefu.desk.submit(pressed), wait_seconds=5)
    assert ["过期" in one.text for one in replies] == [True]


async def test_what_was_proved_together_is_proved_no_more_when_they_part(street: Street) -> None:
    """Somebody was at a computer that is not theirs, and disconnects it from their phone."""
    order = street.orders.pop()
    customer = await street.kefu.shop.customer(order.customer_id)
    assert customer is not None
    visitor, talk = await begin(street), person(street, "telegram")
    await join(visitor, talk)
    assert order.number in await talk.say(f"{order.number} 到哪了，手机号{customer.phones[0]}")
    assert "断开" in await talk.say("断开")
    assert "手机号或邮箱" in await visitor.say(f"{order.number} 到哪了")


async def test_a_sign_in_answers_for_its_own_words_only(street: Street) -> None:
    """The messenger's words wait while the signed-in web's come: one turn answers both."""
    order = street.orders.pop()
    talk, store = person(street, "telegram"), street.kefu.store
    visitor = await Visitor(street).arrive(shopper_token=TOKENS.sign_shopper(order.customer_id))
    await talk.say("退货运费谁出？")
    found = re.search(r"#kefu=(\S+)", await talk.say("能在网页上继续聊吗"))
    assert found
    await visitor.call("POST", "/v1/links/follow", {"token": found[1]})
    await talk.answer()
    await talk.press("是我")
    await talk.answer()
    await store.accept(Message("telegram", talk.sender, "first", f"{order.number} 到哪了", NOW))
    said = await visitor.say("麻烦看一下")
    assert "手机号或邮箱" in said
    assert order.number in await visitor.say(f"{order.number} 到哪了")


async def test_a_yes_on_its_way_to_a_card_lets_nobody_in(street: Street) -> None:
    """Who found the code out agrees just when its owner is about to confirm something."""
    order = street.orders.pop()
    customer = await street.kefu.shop.customer(order.customer_id)
    assert customer is not None
    visitor, thief = await begin(street), person(street, "whatsapp")
    assert "确认" in await visitor.say(f"取消{order.number}，不想要了，手机号{customer.phones[0]}")
    await thief.say(await visitor.code())
    await thief.press("接着聊")
    await thief.answer()
    await visitor.asked()
    assert "接上" not in await visitor.say("好的")
    assert await street.kefu.store.find("whatsapp", thief.sender) not in (
        None,
        (await visitor.call("GET", "/v1/links"))[1]["conversation_id"],
    )
