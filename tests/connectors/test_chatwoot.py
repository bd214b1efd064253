"""Chatwoot: a bot's events in, messages and hand-overs out, over a simulated Chatwoot."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from connectors.base import Button
from connectors.channel import Denied, Malformed, Media, Recipient, RetryLater, Undeliverable
from connectors.chatwoot import Chatwoot
from tests.connectors.chatwoot_case import bring, config, event, items, press, say
from tests.connectors.sample import PLAIN, RICH
from tests.contracts.platform import NOW, Platform, open_kit, open_platform, request

TO = Recipient("4242", NOW, 0)
PATH_SECRET = "9f2c8a1be07d4c3f9f2c8a1be07d4c3f"


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with open_platform() as platform:
        yield platform


@pytest.fixture
async def chatwoot(platform: Platform) -> AsyncIterator[Chatwoot]:
    async with open_kit() as kit:
        yield Chatwoot(config(platform.url, public_url="https://kefu.shop.example"), kit)


async def test_a_message_and_its_signature_in_its_time(chatwoot: Chatwoot) -> None:
    attributes = {"browser": {"browser_language": "zh-CN"}}
    body = event("51", content="退货运费谁出？")
    body["conversation"]["additional_attributes"] = attributes
    signed = bring(body)
    (inbound,) = chatwoot.receive(signed).messages
    message = inbound.message
    assert (message.sender, message.external_id, message.language) == ("4242", "51", "zh")
    assert (message.text, message.received_at) == (
        "退货运费谁出？",
        datetime(2026, 11, 23, 1, 59, 58, tzinfo=UTC),
    )
    for wrong in (replace(signed, body=signed.body + b" "), replace(signed, at=NOW + timedelta(seconds=301))):
        with pytest.raises(Denied):
            chatwoot.receive(wrong)


async def test_older_versions_sign_nothing_but_know_a_secret_address() -> None:
    async with open_kit() as kit:
        old = Chatwoot(config("https://chatwoot.example", secret=None, path_secret=PATH_SECRET), kit)
        both = Chatwoot(config("https://chatwoot.example", path_secret=PATH_SECRET), kit)
        body = event("51", content="hi")
        assert old.receive(request(body, path=PATH_SECRET)).messages
        for path in ("", PATH_SECRET[:-1]):
            with pytest.raises(Denied):
                old.receive(request(body, path=path))
        with pytest.raises(Denied):
            both.receive(request(body, path=PATH_SECRET))
        assert both.receive(replace(bring(body), path=PATH_SECRET)).messages
    with pytest.raises(ValueError, match="secret or path_secret"):
        config("https://chatwoot.example", secret=None)


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "open"},
        {"status": "resolved"},
        {"message_type": "outgoing"},
        {"message_type": "activity"},
        {"private": True},
        {"account": {"id": 2}},
        {"event": "message_updated"},
        {"event": "conversation_opened"},
        {"event": "webwidget_triggered"},
        {"content": None},
    ],
)
async def test_what_is_not_the_bots_to_answer_is_accepted_and_dropped(
    chatwoot: Chatwoot, fields: dict[str, Any]
) -> None:
    received = chatwoot.receive(bring(event("51", **{"content": "hi"} | fields)))
    assert (received.messages, received.response.status) == ((), 200)


async def test_what_is_no_event_is_malformed(chatwoot: Chatwoot) -> None:
    for body in ({"event": "message_created"}, event("51", content="hi", created_at="yesterday"), []):
        with pytest.raises(Malformed):
            chatwoot.receive(bring(body))


async def test_a_photo_is_fetched_from_chatwoot_and_where_it_sends_us_on_to(platform: Platform) -> None:
    photos = [{"file_type": "image", "data_url": f"{platform.url}/blobs/1"}, {"file_type": "audio"}]
    async with open_kit() as kit:
        chatwoot = Chatwoot(config(platform.url), kit)
        (inbound,) = chatwoot.receive(bring(event("51", content=None, attachments=photos))).messages
        assert inbound.media == (Media(f"{platform.url}/blobs/1"),)
        onward = f"{platform.url}/disk/1"
        platform.answer = lambda call: (
            b"bytes" if call.path == "/disk/1" else web.Response(status=302, headers={"Location": onward})
        )
        assert await chatwoot.fetch(inbound.media[0]) == b"bytes"
        onward = "http://169.254.169.254/latest/meta-data"
        with pytest.raises(Undeliverable):
            await chatwoot.fetch(inbound.media[0])


async def test_a_rich_reply_and_what_was_chosen(chatwoot: Chatwoot, platform: Platform) -> None:
    for number, payload in enumerate(chatwoot.render(RICH, TO)):
        await chatwoot.send(payload, TO, key=f"k:{number}")
    text, product, change, choice = platform.calls
    assert all(
        (call.path, call.headers["api_access_token"], call.body["message_type"])
        == ("/api/v1/accounts/1/conversations/4242/messages", "a-token-of-length", "outgoing")
        for call in platform.calls
    )
    assert "content_type" not in text.body
    (card,) = items(product)
    assert (card["title"], card["actions"]) == (
        "Grey hoodie & <b>hat</b>",
        [{"type": "link", "text": "Shop page", "uri": "https://shop.example/p/1"}],
    )
    assert "¥129.00" in card["description"]
    assert "¥899.00" in change.body["content"]
    assert choice.body["content_type"] == "input_select"
    assert [item["title"] for item in items(choice)] == [
        "Look", "Confirm", "Not now", "Talk to a person", "How long do refunds take?",
    ]  # fmt: skip
    for label, action in (("Confirm", "confirm " + "k" * 16), ("How long do refunds take?", None)):
        (inbound,) = chatwoot.receive(press(label, "4242", "52", platform.calls)).messages
        assert (inbound.message.text, inbound.message.action) == (label, action)
        assert (inbound.message.external_id, inbound.message.sender) == ("52:chosen", "4242")


async def test_choices_of_several_cards_are_told_apart(chatwoot: Chatwoot) -> None:
    photo = replace(RICH.cards[0], image="/media/P001.jpg")
    other = replace(RICH.cards[0], title="Blue hoodie", buttons=(Button("Look", "product_facts P002"),))
    calls = chatwoot.render(replace(RICH, cards=(photo, other), quick_replies=()), TO)
    titles = [item["title"] for item in calls[-1]["body"]["content_attributes"]["items"]]
    assert titles == ["Grey hoodie & <b>hat</b> · Look", "Blue hoodie · Look"]
    (card,) = calls[1]["body"]["content_attributes"]["items"]
    assert card["media_url"] == "https://kefu.shop.example/media/P001.jpg"
    (alone,) = chatwoot.render(replace(RICH, cards=(), sources=()), TO)
    assert (alone["body"]["content"], alone["body"]["content_type"]) == ("Shall I go ahead?", "input_select")


async def test_a_hand_over_opens_the_conversation_there(chatwoot: Chatwoot, platform: Platform) -> None:
    for payload in chatwoot.render(
        replace(PLAIN, text="小林来帮您。[点我](https://x.example)", floor="waiting"), TO
    ):
        await chatwoot.send(payload, TO, key="k")
    assert [call.path.rpartition("/")[2] for call in platform.calls] == ["messages", "toggle_status"]
    assert platform.calls[0].body["content"] == "小林来帮您。[点我] (https://x.example)"
    assert platform.calls[1].body == {"status": "open"}
    assert chatwoot.receive(say("在吗", "4242", "53")).messages  # pending again: ours again


@pytest.mark.parametrize(("status", "raised"), [(401, RetryLater), (404, Undeliverable)])
async def test_refusals(chatwoot: Chatwoot, platform: Platform, status: int, raised: type[Exception]) -> None:
    platform.answer = lambda call: web.json_response({"error": "no"}, status=status)
    with pytest.raises(raised):
        await chatwoot.send(chatwoot.render(PLAIN, TO)[0], TO, key="k")
