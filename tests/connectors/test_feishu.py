"""Feishu: envelopes, the test of the address, messages, cards and what is pressed on them, ids that repeat."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from connectors.channel import Denied, Inbound, Malformed, Media, Recipient, RetryLater, Undeliverable
from connectors.feishu import Config, Feishu
from connectors.feishu.crypto import unseal
from tests.connectors.feishu_case import (
    CONFIG,
    TOKEN,
    answer,
    buttons,
    event,
    pressed,
    say,
    sealed,
    signed,
    written,
)
from tests.connectors.sample import LONG, MANY, PLAIN, RICH
from tests.contracts.platform import NOW, Call, Platform, open_kit, open_platform, request

TO = Recipient("ou_1", NOW, 0)


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with open_platform() as platform:
        platform.answer = answer
        yield platform


@pytest.fixture
async def feishu(platform: Platform) -> AsyncIterator[Feishu]:
    async with open_kit() as kit:
        yield Feishu(Config(**CONFIG, api=platform.url), kit)


def bring(feishu: Feishu, body: object) -> tuple[Inbound, ...]:
    received = feishu.receive(signed(json.dumps(body).encode()))
    assert (received.response.status, received.response.body) == (200, b"{}")
    return received.messages


def test_the_published_vector() -> None:
    sealed_words = "P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk="
    assert unseal("test key", sealed_words) == b"hello world"
    for key, words in (("test kez", sealed_words), ("test key", sealed_words[4:]), ("test key", "AAAA")):
        with pytest.raises(Denied):
            unseal(key, words)


async def test_the_test_of_the_address(feishu: Feishu) -> None:
    asked = {"challenge": "ajls384k", "token": TOKEN, "type": "url_verification"}
    unsigned = request(sealed(json.dumps(asked).encode()))
    assert json.loads(feishu.receive(unsigned).response.body) == {"challenge": "ajls384k"}
    assert json.loads(feishu.receive(signed(json.dumps(asked).encode())).response.body)["challenge"]
    for body in (
        json.dumps(asked).encode(),
        sealed(json.dumps(asked | {"token": "another"}).encode()),
        sealed(json.dumps(asked).encode(), key="another key"),
    ):
        with pytest.raises(Denied):
            feishu.receive(request(body))


async def test_events_are_signed_encrypted_fresh_and_for_us(feishu: Feishu) -> None:
    asked = say("hi", "ou_1", "e1")
    assert feishu.receive(replace(asked, at=NOW + timedelta(hours=7))).messages
    with pytest.raises(Denied, match="too old"):
        feishu.receive(replace(asked, at=NOW + timedelta(hours=9)))
    with pytest.raises(Denied, match="wrong"):
        feishu.receive(replace(asked, body=sealed(b"{}")))
    with pytest.raises(Denied, match="no signature"):
        feishu.receive(request(asked.body))
    theirs = written("text", {"text": "hi"})
    theirs["header"] |= {"token": "another"}  # type: ignore[operator]
    with pytest.raises(Denied, match="token"):
        bring(feishu, theirs)


async def test_texts_posts_and_photos(feishu: Feishu) -> None:
    (text,) = bring(feishu, written("text", {"text": "退货运费谁出？"}, "ou_7", "5e3702a8"))
    message = text.message
    assert (message.channel, message.sender, message.external_id) == ("feishu", "ou_7", "5e3702a8")
    assert (message.text, message.received_at, message.action) == ("退货运费谁出？", NOW, None)
    (photo,) = bring(feishu, written("image", {"image_key": "img_1"}))
    assert photo.media == (Media("om_1/img_1"),)
    lines = [
        [{"tag": "text", "text": "坏了，"}, {"tag": "a", "text": "见页面", "href": "https://x"}],
        [{"tag": "img", "image_key": "img_2"}],
    ]
    (post,) = bring(feishu, written("post", {"title": "118606", "content": lines}))
    assert (post.message.text, post.media) == ("118606\n坏了，见页面", (Media("om_1/img_2"),))


async def test_groups_bots_and_what_says_nothing_are_dropped(feishu: Feishu) -> None:
    bot = written("text", {"text": "hi"})
    bot["event"]["sender"]["sender_type"] = "app"  # type: ignore[index]
    for body in (
        bot,
        written("text", {"text": "hi"}, chat_type="group"),
        written("sticker", {"file_key": "f"}),
        event("im.message.message_read_v1", "e1", {}),
        pressed({"other": "app's"}, "ou_1", "e1"),
        pressed("text", "ou_1", "e1"),
    ):
        assert bring(feishu, body) == ()
    for broken in (
        {"schema": "1.0"},
        written("text", {}),
        written("text", {"text": "hi"}, id=""),
        written("text", {"text": "hi"}, create_time="soon"),
        written("text", "no object"),
        written("post", {"content": 3}),
        event("card.action.trigger", "e1", {}),
    ):
        with pytest.raises(Malformed):
            bring(feishu, broken)


async def test_a_photo_is_fetched_with_the_token(feishu: Feishu, platform: Platform) -> None:
    platform.answer = lambda call: b"\xff\xd8bytes" if "/resources/" in call.path else answer(call)
    assert await feishu.fetch(Media("om_1/img_1")) == b"\xff\xd8bytes"
    call = platform.calls[-1]
    assert call.path == "/open-apis/im/v1/messages/om_1/resources/img_1?type=image"
    assert call.headers["Authorization"] == "Bearer T1"


async def test_a_rich_reply_is_a_card_whose_buttons_come_back(feishu: Feishu, platform: Platform) -> None:
    (card,) = feishu.render(RICH, TO)
    for key in ("r1:0", "r1:0", "r1:1"):
        await feishu.send(card, TO, key=key)
    first, again, other = (call for call in platform.calls if "/im/" in call.path)
    assert first.path.endswith("receive_id_type=open_id")
    assert first.body == again.body
    assert first.body["uuid"] != other.body["uuid"]
    assert len(first.body["uuid"]) <= 50
    shown = {one["text"]["content"]: one for one in buttons(first)}  # type: ignore[index]
    assert list(shown) == [
        "Look", "Shop page", "Confirm", "Not now", "Talk to a person", "How long do refunds take?",
    ]  # fmt: skip
    assert (shown["Shop page"]["url"], shown["Confirm"]["type"]) == ("https://shop.example/p/1", "primary")
    for label, action in (("Confirm", "confirm " + "k" * 16), ("How long do refunds take?", None)):
        (inbound,) = bring(feishu, pressed(shown[label]["value"], "ou_1", "e9"))
        assert (inbound.message.text, inbound.message.action) == (label, action)
    assert "lark_md" not in first.body["content"]  # nothing that others wrote becomes markup


async def test_plain_long_and_many(feishu: Feishu) -> None:
    assert feishu.render(replace(PLAIN, text='<at user_id="all"> [a](b)'), TO) == [
        {"msg_type": "text", "content": {"text": '＜at user_id="all"> [a] (b)'}}
    ]
    long = feishu.render(LONG, TO)
    assert all(one["content"]["text"].endswith("。") for one in long)
    many = feishu.render(MANY, TO)
    assert len(many) == 3
    assert all(len(json.dumps(one["content"], ensure_ascii=False).encode()) < 30_000 for one in many)


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, 230013, Undeliverable),
        (400, 230020, RetryLater),
        (400, 99991400, RetryLater),
        (200, 230002, Undeliverable),
        (200, 11232, RetryLater),
    ],
)
async def test_codes(
    feishu: Feishu, platform: Platform, status: int, code: int, error: type[Exception]
) -> None:
    platform.answer = lambda call: (
        web.json_response({"code": code, "msg": "no"}, status=status) if "/im/" in call.path else answer(call)
    )
    (payload,) = feishu.render(PLAIN, TO)
    with pytest.raises(error, match=str(code)):
        await feishu.send(payload, TO, key="k")


async def test_a_token_that_was_refused_is_fetched_anew_once(feishu: Feishu, platform: Platform) -> None:
    tokens = iter(("OLD", "NEW"))

    def platform_says(call: Call) -> Any:
        if "/tenant_access_token/" in call.path:
            return {"code": 0, "tenant_access_token": next(tokens), "expire": 7200}
        if call.headers["Authorization"] == "Bearer OLD":
            return web.json_response({"code": 99991663, "msg": "invalid"}, status=400)
        return {"code": 0}

    platform.answer = platform_says
    (payload,) = feishu.render(PLAIN, TO)
    await feishu.send(payload, TO, key="k")
    assert [call.headers.get("Authorization") for call in platform.calls] == [
        None, "Bearer OLD", None, "Bearer NEW",
    ]  # fmt: skip


async def test_alerts(feishu: Feishu, platform: Platform) -> None:
    for where, kind in (("oc_1", "chat_id"), ("ou_2", "open_id"), ("lin@shop.example", "email")):
        await feishu.alert(where, "有人在等", "https://kefu.shop.example/console/c1", "去回复")
        call = platform.calls[-1]
        assert call.path.endswith(f"receive_id_type={kind}")
        (button,) = buttons(call)
        assert button["url"] == "https://kefu.shop.example/console/c1"
