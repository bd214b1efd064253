"""Official Accounts: both modes, what followers do, five messages in 48 hours, tokens that expire."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connectors.base import Message
from connectors.channel import Denied, Malformed, Media, Recipient, RetryLater, Undeliverable
from connectors.wechat import Config, WeChat
from connectors.wechat_family.crypto import signature_of
from tests.connectors.sample import PLAIN, RICH
from tests.connectors.wechat_case import AES_KEY, CONFIG, NONCE, STAMP, TOKEN, answer, said, signed, xml
from tests.contracts.platform import NOW, Call, Platform, open_kit, open_platform, request

TO = Recipient("oABC", NOW, 0)
QUERY = {"signature": signature_of(TOKEN, STAMP, NONCE), "timestamp": STAMP, "nonce": NONCE}


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with open_platform() as platform:
        platform.answer = answer
        yield platform


@pytest.fixture
async def safe(platform: Platform) -> AsyncIterator[WeChat]:
    async with open_kit() as kit:
        config = Config(**CONFIG, aes_key=AES_KEY, api=platform.url, public_url="https://kefu.shop.example")
        yield WeChat(config, kit)


@pytest.fixture
async def plain(platform: Platform) -> AsyncIterator[WeChat]:
    async with open_kit() as kit:
        yield WeChat(Config(**CONFIG, api=platform.url), kit)


def one(wechat: WeChat, body: bytes) -> Message:
    (inbound,) = wechat.receive(request(body, query=QUERY)).messages
    return inbound.message


async def test_the_handshake(safe: WeChat) -> None:
    query = QUERY | {"echostr": "5927782489442352469"}
    assert safe.receive(request(method="GET", query=query)).response.body == b"5927782489442352469"
    with pytest.raises(Denied):
        safe.receive(request(method="GET", query=query | {"nonce": "1"}))
    with pytest.raises(Denied, match="too old"):
        safe.receive(request(method="GET", query=query, at=NOW + timedelta(minutes=6)))


async def test_what_followers_do(plain: WeChat) -> None:
    text = one(plain, said(" this is a test ", "oABC", "1234567890123456"))
    assert (text.channel, text.sender, text.external_id) == ("wechat", "oABC", "1234567890123456")
    assert (text.text, text.received_at, text.action) == ("this is a test", NOW, None)
    base = {"ToUserName": "gh_1", "FromUserName": "oABC", "CreateTime": "1348831860"}
    voice = one(plain, xml(**base, MsgType="voice", MediaId="m", Recognition="我的订单到哪了", MsgId="2"))
    assert voice.text == "我的订单到哪了"
    click = one(plain, xml(**base, MsgType="event", Event="CLICK", EventKey="人工客服"))
    assert (click.text, click.external_id) == ("人工客服", "oABC1348831860")
    assert one(plain, xml(**base, MsgType="event", Event="subscribe", EventKey="qrscene_1")).text == "你好"


async def test_what_says_nothing_is_accepted_and_dropped(plain: WeChat) -> None:
    base = {"ToUserName": "gh_1", "FromUserName": "oABC", "CreateTime": "1348831860"}
    for more in (
        {"MsgType": "event", "Event": "unsubscribe"},
        {"MsgType": "event", "Event": "VIEW", "EventKey": "www.qq.com"},
        {"MsgType": "event", "Event": "LOCATION", "Latitude": "23.13"},
        {"MsgType": "voice", "MediaId": "m", "MsgId": "1"},
        {"MsgType": "location", "Label": "位置", "MsgId": "1"},
        {"MsgType": "notsure", "MsgId": "1"},
    ):
        received = plain.receive(request(xml(**base, **more), query=QUERY))
        assert (received.messages, received.response.body) == ((), b"success")


async def test_the_safe_mode_takes_nothing_plain(safe: WeChat, plain: WeChat) -> None:
    body = said("hi", "oABC", "1")
    with pytest.raises(Denied):
        safe.receive(request(body, query=QUERY))
    sealed = signed(body)
    assert safe.receive(sealed).response.body == b"success"
    with pytest.raises(Denied):
        safe.receive(replace(sealed, query={**sealed.query, "msg_signature": QUERY["signature"]}))


@pytest.mark.parametrize(
    "body",
    [
        xml(MsgType="text", Content="hi", CreateTime="1"),
        xml(MsgType="text", Content="hi", FromUserName="a", CreateTime="x"),
        xml(MsgType="text", Content="hi", FromUserName="a", CreateTime="1", MsgId="1" * 300),
        xml(MsgType="image", FromUserName="a", CreateTime="1"),
    ],
)
async def test_what_lacks_what_is_promised_is_malformed(safe: WeChat, body: bytes) -> None:
    with pytest.raises(Malformed):
        safe.receive(signed(body))


async def test_a_photo(safe: WeChat, platform: Platform) -> None:
    body = xml(FromUserName="a", CreateTime="1", MsgType="image", PicUrl="http://x", MediaId="m&1", MsgId="3")
    (inbound,) = safe.receive(signed(body)).messages
    assert inbound.media == (Media("m&1"),)
    platform.answer = lambda call: b"\xff\xd8bytes" if "/media/get" in call.path else answer(call)
    assert await safe.fetch(inbound.media[0]) == b"\xff\xd8bytes"
    assert platform.calls[-1].path.endswith("media_id=m%261")
    platform.answer = lambda call: {"errcode": 40007, "errmsg": "invalid media_id"}
    with pytest.raises(Undeliverable, match="40007"):
        await safe.fetch(inbound.media[0])


async def test_a_rich_reply_is_an_article_and_a_menu(safe: WeChat, platform: Platform) -> None:
    (product, *others) = RICH.cards
    reply = replace(RICH, cards=(replace(product, image="/media/products/P001.jpg"), *others))
    article, menu = safe.render(reply, TO)
    assert article["news"]["articles"] == [
        {
            "title": "Grey hoodie & <b>hat</b>",
            "description": "¥129.00 · In stock · Cotton",
            "url": "https://shop.example/p/1",
            "picurl": "https://kefu.shop.example/media/products/P001.jpg",
        }
    ]
    assert "Grey hoodie" not in menu["msgmenu"]["head_content"]
    labels = [entry["content"] for entry in menu["msgmenu"]["list"]]
    assert labels == ["Confirm", "Not now", "Look", "Talk to a person", "How long do refunds take?"]
    (only,) = safe.render(RICH, Recipient("a", NOW, 4))
    assert only["msgtype"] == "msgmenu"
    confirm = menu["msgmenu"]["list"][0]
    (inbound,) = safe.receive(signed(said("Confirm", "oABC", "9", bizmsgmenuid=confirm["id"]))).messages
    assert (inbound.message.text, inbound.message.action) == ("Confirm", "confirm " + "k" * 16)


async def test_chinese_is_sent_as_it_is(safe: WeChat, platform: Platform) -> None:
    (payload,) = safe.render(PLAIN, TO)
    await safe.send(payload, TO, key="k")
    assert [call.path.partition("?")[0] for call in platform.calls] == [
        "/cgi-bin/stable_token",
        "/cgi-bin/message/custom/send",
    ]
    assert platform.calls[0].body["appid"] == CONFIG["app_id"]
    assert platform.calls[1].path.endswith("access_token=T1")
    sent = platform.calls[1]
    assert sent.body == {"touser": "oABC", "msgtype": "text", "text": {"content": PLAIN.text}}
    assert int(sent.headers["Content-Length"]) < len(PLAIN.text.encode()) + 80  # unescaped


async def test_a_token_that_was_refused_is_fetched_anew_once(safe: WeChat, platform: Platform) -> None:
    given = iter(("OLD", "NEW"))

    def platform_says(call: Call) -> dict[str, Any]:
        if "/stable_token" in call.path:
            return {"access_token": next(given), "expires_in": 7200}
        return {"errcode": 42001, "errmsg": "expired"} if "OLD" in call.path else {"errcode": 0}

    platform.answer = platform_says
    (payload,) = safe.render(PLAIN, TO)
    await safe.send(payload, TO, key="k")
    assert [call.path.rpartition("=")[2] for call in platform.calls if "send" in call.path] == ["OLD", "NEW"]


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (-1, RetryLater),
        (45009, RetryLater),
        (45015, Undeliverable),
        (45047, Undeliverable),
        (48001, Undeliverable),
    ],
)
async def test_codes_that_come_with_200(
    safe: WeChat, platform: Platform, code: int, error: type[Exception]
) -> None:
    platform.answer = lambda call: (
        answer(call) if "token" in call.path.partition("?")[0] else {"errcode": code}
    )
    (payload,) = safe.render(PLAIN, TO)
    with pytest.raises(error):
        await safe.send(payload, TO, key="k")


async def test_wrong_credentials_and_a_closed_window(safe: WeChat, platform: Platform) -> None:
    (payload,) = safe.render(PLAIN, TO)
    with pytest.raises(Undeliverable, match="48 hours"):
        await safe.send(payload, replace(TO, last_heard=NOW - timedelta(hours=49)), key="k")
    assert not platform.calls
    platform.answer = lambda call: {"errcode": 40164, "errmsg": "invalid ip"}
    with pytest.raises(RetryLater, match="40164"):
        await safe.send(payload, TO, key="k")
