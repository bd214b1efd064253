"""Another way to pay, in a shop whose policy allows it after payment."""

import re
import sqlite3
from collections.abc import AsyncIterator

import pytest
from blockbuster import BlockBuster

from bot.factory import Kefu
from bot.settings import Settings
from bot.shop.policy import FILE, default_policy
from connectors.base import Message, Reply
from tests.conftest import NOW, ROOT
from tests.models import built

pytestmark = pytest.mark.asyncio


@pytest.fixture
async def kefu(settings: Settings, _loop_not_blocked: BlockBuster) -> AsyncIterator[Kefu]:
    _loop_not_blocked.deactivate()
    text = (ROOT / "bot" / "shop" / FILE).read_text(encoding="utf-8")
    allowed = re.sub(r"(?m)(^change_payment:\n.*\n  states:) \[\]", r"\1 [paid, packing]", text)
    assert allowed != text
    assert not default_policy().change_payment.states
    with sqlite3.connect(settings.data / "kefu.db") as connection:
        connection.execute("UPDATE shop_state SET policy = ?", (allowed,))
    connection.close()
    running = await built(settings, clock=lambda: NOW)
    await running.start()
    _loop_not_blocked.activate()
    yield running
    await running.stop()


async def say(kefu: Kefu, customer: str, *lines: str) -> Reply:
    """The reply to the last line; a line that begins with ! presses what stands behind it."""
    replies: list[Reply] = []
    for number, line in enumerate(lines):
        action = line[1:] if line.startswith("!") else None
        message = Message(
            "web", "visitor:payer", f"m{number}", line, NOW, action=action, customer_id=customer
        )
        accepted = await kefu.desk.submit(message)
        replies += await kefu.desk.replies_to(accepted, wait_seconds=30)
    return replies[-1]


async def test_named_at_once(kefu: Kefu) -> None:
    reply = await say(kefu, "C001", "118626换成支付宝付", "确认")
    assert reply.cards[0].kind == "receipt"
    order = await kefu.shop.order("118626", customer_id="C001")
    assert order is not None
    assert [(one.kind, one.method_id, one.amount) for one in order.payments[1:]] == [
        ("refund", "C001-wechat_pay", 51800),
        ("charge", "C001-alipay", 51800),
    ]


async def test_chosen_among_their_own(kefu: Kefu) -> None:
    reply = await say(kefu, "C001", "118626换个付款方式")
    assert [button.action for button in reply.quick_replies] == [
        "choose C001-alipay",
        "choose C001-gift_card",
        "never_mind",
    ]
    reply = await say(kefu, "C001", "118626换个付款方式", "!choose C001-alipay")
    assert reply.cards[0].kind == "change"


async def test_too_little_on_the_gift_card(kefu: Kefu) -> None:
    reply = await say(kefu, "C001", "118626换成礼品卡付")
    assert "¥136.00" in reply.text
    assert [button.action for button in reply.quick_replies] == ["choose C001-alipay", "never_mind"]


async def test_already_paid_that_way(kefu: Kefu) -> None:
    reply = await say(kefu, "C001", "118626换成微信支付付")
    assert "原来就是这样付的" in reply.text


async def test_no_number_is_taken_from_the_chat(kefu: Kefu) -> None:
    reply = await say(kefu, "C001", "118626换个付款方式", "用这张卡 4242 4242 4242 4242")
    assert "卡号请别发在聊天里" in reply.text
    assert not reply.cards


async def test_another_one_at_the_card(kefu: Kefu) -> None:
    reply = await say(kefu, "C007", "change the payment of order 118597 to WeChat", "no, leave it")
    assert "haven't changed anything" in reply.text


async def test_paid_in_two_ways(kefu: Kefu) -> None:
    reply = await say(kefu, "C020", "118602换成微信付")
    assert "混合付款" in reply.text


async def test_nothing_else_is_saved(kefu: Kefu) -> None:
    reply = await say(kefu, "C008", "118604换个付款方式")
    assert "没有存别的付款方式" in reply.text
