"""LINE: events in, pushes out, over a simulated Messaging API."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from connectors.base import Button
from connectors.channel import Denied, Malformed, Media, Recipient, RetryLater, Undeliverable
from connectors.line import Config, Line
from connectors.signatures import check_base64
from tests.connectors.line_case import SECRET, TOKEN, bring, event, parts, press, say, signed
from tests.connectors.sample import LONG, MANY, PLAIN, RICH
from tests.contracts.platform import NOW, Platform, open_kit, open_platform

TO = Recipient("U206d25c2ea6bd87c17655609a1c37cb8", NOW, 0)


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with open_platform() as platform:
        yield platform


@pytest.fixture
async def line(platform: Platform) -> AsyncIterator[Line]:
    async with open_kit() as kit:
        yield Line(Config(secret=SECRET, token=TOKEN, api=platform.url, content_api=platform.url), kit)


def test_the_published_signature() -> None:
    """Of line-bot-sdk-python, tests/test_signature.py."""
    check_base64("channel_secret", b"bodybodybodybody", "/gg9a+LvFevTH1sd7XCQycD7tsWclCsInj7MhBHxN7k=")
    with pytest.raises(Denied):
        check_base64("channel_secret", b"bodybodybodybody", "invalid_signature")


async def test_a_batch_is_unrolled_and_only_what_is_said_to_us_is_kept(line: Line) -> None:
    """The kinds of line-bot-sdk-python, tests/v3/text/webhook.json."""
    text = {"id": "325708", "type": "text", "text": "Hello, world", "quoteToken": "quoteToken"}
    image = {"id": "354718705033693861", "type": "image", "contentProvider": {"type": "line"}}
    elsewhere = {"type": "external", "originalContentUrl": "https://example.com"}
    room = {"type": "room", "roomId": "Ra8dbf4673c4c812cd491258042226c99", "userId": TO.sender}
    group = {"type": "group", "groupId": "Ca56f94637cc4347f90a25382909b24b9", "userId": TO.sender}
    sticker = {"id": "1", "type": "sticker", "packageId": "1", "stickerId": "1", "text": "Just sticker"}
    received = line.receive(
        bring(
            event("message", TO.sender, "1", message=text),
            event("message", TO.sender, "2", message=image),
            event("message", TO.sender, "3", message={**image, "contentProvider": elsewhere}),
            event("message", TO.sender, "4", message=text, source=room),
            event("message", TO.sender, "5", message=text, source=group),
            event("message", TO.sender, "6", message=text, mode="standby"),
            event("message", TO.sender, "7", message=sticker),
            event("message", TO.sender, "8", message={"id": "1", "type": "location", "address": "Tokyo"}),
            event("follow", TO.sender, "9", follow={"isUnblocked": True}),
            event("unfollow", TO.sender, "10"),
            event("memberLeft", TO.sender, "11", source=group),
            event("unsend", TO.sender, "12", unsend={"messageId": "325708"}),
            event("undefined", TO.sender, "13", undefinedField={"1": 1}),
            event("postback", TO.sender, "14", postback={"data": "action=buyItem&itemId=123123"}),
            event("message", TO.sender, "1", message=text, deliveryContext={"isRedelivery": True}),
        )
    )
    kept = [(one.message.external_id, one.message.text, one.media) for one in received.messages]
    assert kept == [
        ("1", "Hello, world", ()),
        ("2", "", (Media("354718705033693861"),)),
        ("14", "action=buyItem&itemId=123123", ()),
        ("1", "Hello, world", ()),
    ]
    assert received.messages[0].message.received_at == NOW


async def test_the_probe_without_events_is_answered(line: Line) -> None:
    received = line.receive(signed(b'{"destination":"U123","events":[]}'))
    assert (received.messages, received.response.status) == ((), 200)


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"events":3}', b'{"events":[{"type":[]}, 3]}', b"[" * 99999])
async def test_what_is_no_batch_is_malformed(line: Line, body: bytes) -> None:
    with pytest.raises(Malformed):
        line.receive(signed(body))


async def test_an_event_that_cannot_be_read_takes_no_other_with_it(line: Line) -> None:
    good = event("message", TO.sender, "2", message={"id": "1", "type": "text", "text": "hi"})
    received = line.receive(bring({"type": "message", "source": {"type": "user"}}, good))
    assert [one.message.external_id for one in received.messages] == ["2"]


async def test_cards_are_bubbles_and_buttons_come_back(line: Line, platform: Platform) -> None:
    (payload,) = line.render(RICH, TO)
    text, cards = payload["messages"]
    assert (text["type"], cards["type"], cards["contents"]["type"]) == ("text", "flex", "carousel")
    assert "Grey hoodie" in cards["altText"]
    assert "hero" not in json.dumps(cards)  # no public_url, and LINE shows no SVG
    assert [one["action"]["label"] for one in cards["quickReply"]["items"]] == [
        "Talk to a person",
        "How long do refunds…",
    ]
    link, confirm = (one for one in parts(cards, "action") if one["label"] in ("Shop page", "Confirm"))
    assert link == {"type": "uri", "label": "Shop page", "uri": "https://shop.example/p/1"}
    assert confirm["displayText"] == "Confirm"
    await line.send(payload, TO, key="k:0")
    (inbound,) = line.receive(press("Confirm", TO.sender, "20", platform.calls)).messages
    assert (inbound.message.action, inbound.message.text) == ("confirm " + "k" * 16, "Confirm")
    (inbound,) = line.receive(press("How long do refunds…", TO.sender, "21", platform.calls)).messages
    assert (inbound.message.action, inbound.message.text) == (None, "How long do refunds take?")


async def test_what_line_takes_at_most(line: Line) -> None:
    pushes = line.render(LONG, TO)
    assert [len(push["messages"]) for push in pushes] == [5]
    many = line.render(MANY, TO)[0]["messages"]
    assert [len(one["contents"]["contents"]) for one in many[1:]] == [12, 8]
    wide = Button("😀" * 30, "product_facts " + "x" * 300)
    (action,) = parts(line.render(replace(PLAIN, quick_replies=(wide,)), TO), "action")
    assert action["type"] == "message"
    assert len(action["label"].encode("utf-16-le")) // 2 <= 20


async def test_pictures_of_a_shop_with_a_public_address(platform: Platform) -> None:
    config = Config(secret=SECRET, token=TOKEN, public_url="https://kefu.shop.example/")
    card = replace(RICH.cards[0], image="/media/products/P001.jpg")
    async with open_kit() as kit:
        (payload,) = Line(config, kit).render(replace(RICH, cards=(card,)), TO)
    assert payload["messages"][1]["contents"]["hero"]["url"] == (
        "https://kefu.shop.example/media/products/P001.jpg"
    )


async def test_a_push_has_a_key_and_one_that_was_taken_is_not_an_error(
    line: Line, platform: Platform
) -> None:
    (payload,) = line.render(PLAIN, TO)
    await line.send(payload, TO, key="k:0")
    platform.moods = [409]
    await line.send(payload, TO, key="k:0")
    await line.send(payload, TO, key="k:0")
    await line.send(payload, TO, key="k:1")
    keys = [call.headers["X-Line-Retry-Key"] for call in platform.calls]
    assert keys[0] == keys[1] != keys[2]
    assert {len(key) for key in keys} == {36}
    assert platform.calls[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert platform.calls[0].body["to"] == TO.sender
    platform.moods = [401, 403]
    with pytest.raises(RetryLater):
        await line.send(payload, TO, key="k:2")
    with pytest.raises(Undeliverable):
        await line.send(payload, TO, key="k:2")


async def test_a_photo_is_fetched_where_line_keeps_it(line: Line, platform: Platform) -> None:
    platform.answer = lambda call: b"bytes"
    assert await line.fetch(Media("354718705033693861")) == b"bytes"
    assert platform.calls[0].path == "/v2/bot/message/354718705033693861/content"
    assert platform.calls[0].headers["Authorization"] == f"Bearer {TOKEN}"


async def test_words_of_another_id_are_another_message(line: Line) -> None:
    one, other = (line.receive(say("hi", TO.sender, id)).messages[0].message for id in ("1", "2"))
    assert one.external_id != other.external_id
