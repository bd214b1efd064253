"""Messenger: Meta's webhooks in, Graph calls out, over a simulated Graph API."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web

from connectors.base import Button
from connectors.channel import Denied, Malformed, Media, Recipient, RetryLater, Undeliverable
from connectors.messenger import Messenger
from tests.connectors.messenger_case import bring, config, event, keys, press, signed
from tests.connectors.sample import AGENT, MANY, PLAIN, RICH
from tests.contracts.platform import NOW, Platform, open_kit, open_platform, request

TO = Recipient("4242", NOW, 0)
TEXT = {"mid": "m_1", "text": "退货运费谁出？"}


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with open_platform() as platform:
        yield platform


@pytest.fixture
async def messenger(platform: Platform) -> AsyncIterator[Messenger]:
    async with open_kit() as kit:
        yield Messenger(config(platform.url, public_url="https://kefu.shop.example"), kit)


async def test_the_handshake(messenger: Messenger) -> None:
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "a-verify-token"}
    assert messenger.receive(request(method="GET", query=query)).response.body == b"1158201444"
    with pytest.raises(Denied):
        messenger.receive(request(method="GET", query={**query, "hub.verify_token": "another"}))


async def test_batches_are_unrolled_and_the_rest_is_left_alone(messenger: Messenger) -> None:
    received = messenger.receive(
        bring(
            event(message=TEXT),
            event(message={**TEXT, "mid": "m_2", "is_echo": True, "app_id": 1}),
            event(message={**TEXT, "mid": "m_3"}, page="999"),
            event(read={"watermark": 1458668856253}),
            event(message={"mid": "m_4", "attachments": [{"type": "fallback", "payload": None}]}),
            event(message={"mid": "m_5", "attachments": [_sticker()]}),
            event(message={"text": "no id"}),  # broken, and spoils nothing
            event(message={**TEXT, "mid": "m_6"}),
        )
    )
    assert [one.message.external_id for one in received.messages] == ["m_1", "m_6"]
    assert received.messages[0].message.received_at == NOW
    assert messenger.receive(bring(event(message=TEXT), key="standby")).messages == ()
    with pytest.raises(Malformed):
        messenger.receive(bring(event(message={"text": "no id"})))
    assert messenger.receive(signed(b'{"object":"instagram","entry":[{}]}')).messages == ()


def _sticker() -> dict[str, object]:
    return {
        "type": "image",
        "payload": {"url": "https://x.fbcdn.net/like.png", "sticker_id": 369239263222822},
    }


async def test_a_photo_is_fetched_from_metas_hosts_alone(messenger: Messenger) -> None:
    url = "https://scontent.xx.fbcdn.net/v/1.jpg?oh=1"
    photo = {"mid": "m_1", "attachments": [{"type": "image", "payload": {"url": url}}]}
    (inbound,) = messenger.receive(bring(event(message=photo))).messages
    assert (inbound.message.text, inbound.media) == ("", (Media(url),))
    for elsewhere in ("http://127.0.0.1/1.jpg", "https://fbcdn.net.evil.example/1.jpg", "file:///etc/passwd"):
        with pytest.raises(Undeliverable):
            await messenger.fetch(Media(elsewhere))


async def test_a_rich_reply_and_its_buttons_pressed(messenger: Messenger, platform: Platform) -> None:
    for number, payload in enumerate(messenger.render(RICH, TO)):
        await messenger.send(payload, TO, key=f"k:{number}")
    assert [[key["title"] for key in keys(call)] for call in platform.calls] == [
        [], ["Look", "Shop page"], ["Confirm", "Not now", "Talk to a person", "How long do refunds…"],
    ]  # fmt: skip
    assert all(
        (call.body["recipient"], call.body["messaging_type"]) == ({"id": "4242"}, "RESPONSE")
        for call in platform.calls
    )
    (element,) = platform.calls[1].body["message"]["attachment"]["payload"]["elements"]
    assert element["subtitle"] == "¥129.00 (¥159.00) · In stock · Cotton · Colour: grey · Size: L"
    for label, text, action in (
        ("Confirm", "Confirm", "confirm " + "k" * 16),
        ("How long do refunds…", "How long do refunds take?", None),
    ):
        (inbound,) = messenger.receive(press(label, "4242", "2", platform.calls)).messages
        assert (inbound.message.text, inbound.message.action) == (text, action)
        assert inbound.message.external_id == "m_2"
    old = event(postback={"title": "Confirm", "payload": "confirm k"})  # before postbacks had ids
    assert messenger.receive(bring(old)).messages[0].message.external_id.endswith(":confirm k")


async def test_cards_of_a_kind_stand_side_by_side_unless_that_cuts_them_short(messenger: Messenger) -> None:
    wide = messenger.render(MANY, TO)
    assert [len(_template(payload).get("elements", [])) for payload in wide] == [0, 10, 10]
    photo = replace(RICH.cards[0], image="https://cdn.shop.example/P001.jpg?w=400")
    (_, shown) = messenger.render(replace(RICH, cards=(photo,)), TO)
    assert _template(shown)["elements"][0]["image_url"] == "https://cdn.shop.example/P001.jpg?w=400"
    buttons = tuple(Button(f"Item {number}", f"pick {number}") for number in range(5))
    tall = replace(RICH.cards[1], lines=(("What happens", "long " * 200),), buttons=buttons)
    found = messenger.render(replace(RICH, cards=(tall,), quick_replies=()), TO)
    assert [len(_template(payload).get("buttons", [])) for payload in found] == [0, 0, 3, 2]
    assert all(len(_template(payload).get("text", "")) <= 640 for payload in found)


def _template(payload: dict) -> dict:
    return payload["message"].get("attachment", {}).get("payload", {})


@pytest.mark.parametrize(
    ("hours", "granted", "reply", "kind"),
    [
        (23, False, PLAIN, "RESPONSE"),
        (25, True, PLAIN, None),
        (25, False, AGENT, None),
        (25, True, AGENT, "MESSAGE_TAG"),
        (24 * 7, True, AGENT, None),
        (None, True, AGENT, None),
    ],
)
async def test_after_24_hours_only_people_may_answer_where_granted(
    platform: Platform, hours: int | None, granted: bool, reply: object, kind: str | None
) -> None:
    late = Recipient("4242", None if hours is None else NOW - timedelta(hours=hours), 0)
    async with open_kit() as kit:
        messenger = Messenger(config(platform.url, human_agent=granted), kit)
        (payload,) = messenger.render(reply, late)
        if kind is None:
            with pytest.raises(Undeliverable):
                await messenger.send(payload, late, key="k")
            assert platform.calls == []
        else:
            await messenger.send(payload, late, key="k")
            assert platform.calls[0].body["messaging_type"] == kind


@pytest.mark.parametrize(
    ("code", "raised"), [(613, RetryLater), (190, RetryLater), (551, Undeliverable), (10, Undeliverable)]
)
async def test_error_codes(
    messenger: Messenger, platform: Platform, code: int, raised: type[Exception]
) -> None:
    platform.answer = lambda call: web.json_response({"error": {"code": code, "message": "no"}}, status=400)
    with pytest.raises(raised):
        await messenger.send(messenger.render(PLAIN, TO)[0], TO, key="k")
