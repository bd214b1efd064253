"""WhatsApp: Meta's webhooks in, Graph calls out, over a simulated Graph API."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web

from connectors.base import Button
from connectors.channel import Denied, Malformed, Media, Recipient, RetryLater, Undeliverable
from connectors.whatsapp import Config, WhatsApp
from tests.connectors.sample import MANY, PLAIN, RICH
from tests.connectors.whatsapp_case import (
    SECRET,
    bring,
    change,
    choices,
    config,
    message,
    press,
    shown,
    signed,
)
from tests.contracts.platform import NOW, Platform, open_kit, open_platform, request

TO = Recipient("US.13491208655302741918", NOW, 0)
TEXT = {"type": "text", "text": {"body": "退货运费谁出？"}}
CONTACT = {"profile": {"name": "Test Name"}, "wa_id": "972987654321", "user_id": "US.13491208655302741918"}


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with open_platform() as platform:
        yield platform


@pytest.fixture
async def whatsapp(platform: Platform) -> AsyncIterator[WhatsApp]:
    async with open_kit() as kit:
        yield WhatsApp(config(platform.url), kit)


async def test_a_real_body_with_its_signature(platform: Platform) -> None:
    """A delivery of Meta's, published with its secret by pywa's tests."""
    body = (
        '{"object":"whatsapp_business_account","entry":[{"id":"264937493375603","changes":[{"value":{'
        '"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550953877",'
        '"phone_number_id":"277321005464405"},"contacts":[{"profile":{"name":"PyWa Tests"},'
        '"wa_id":"972544401243"}],"messages":[{"from":"972544401243",'
        '"id":"wamid.HBgMOTcyNTQ0NDAxMjQzFQIAEhggM0RFQTNCMEEwRTY3QzUwODYzMDc4NjQ4QzM4ODAxM0YA",'
        '"timestamp":"1730231903","text":{"body":"Hey there! I am using PyWa."},"type":"text"}]},'
        '"field":"messages"}]}]}'
    )
    signature = "sha256=54edfa1d7259e0eb13c677cc7d73d1b5c86cfa12433d19156e058ab9251bc441"
    async with open_kit() as kit:
        theirs = config(platform.url).model_copy(update={"phone_number_id": "277321005464405"})
        whatsapp = WhatsApp(theirs, kit)
        (inbound,) = whatsapp.receive(request(body, headers={"X-Hub-Signature-256": signature})).messages
        assert (inbound.message.sender, inbound.message.text) == (
            "972544401243",
            "Hey there! I am using PyWa.",
        )
        assert inbound.message.received_at.isoformat() == "2024-10-29T19:58:23+00:00"
        with pytest.raises(Denied):
            whatsapp.receive(request(body + " ", headers={"X-Hub-Signature-256": signature}))


async def test_the_handshake(whatsapp: WhatsApp) -> None:
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "a-verify-token"}
    assert whatsapp.receive(request(method="GET", query=query)).response.body == b"1158201444"
    for wrong in ({**query, "hub.verify_token": SECRET}, {}):
        with pytest.raises(Denied):
            whatsapp.receive(request(method="GET", query=wrong))


@pytest.mark.parametrize(
    ("sent", "contacts", "sender"),
    [
        (message("1", **TEXT), [CONTACT], "US.13491208655302741918"),
        (message("1", **TEXT) | {"from": None}, [CONTACT | {"wa_id": None}], "US.13491208655302741918"),
        (message("1", **TEXT) | {"from_user_id": "BR.1"}, [], "BR.1"),
        (message("1", **TEXT), [{"wa_id": "1", "user_id": "US.1"}, CONTACT], "US.13491208655302741918"),
        (message("1", **TEXT), [{"wa_id": "972987654321"}], "972987654321"),
    ],
)
async def test_people_are_known_by_their_own_id_before_their_number(
    whatsapp: WhatsApp, sent: object, contacts: object, sender: str
) -> None:
    (inbound,) = whatsapp.receive(bring(change(sent, contacts=contacts))).messages
    assert (inbound.message.sender, inbound.message.external_id) == (sender, "wamid.1")
    assert inbound.message.text == "退货运费谁出？"


async def test_batches_are_unrolled_and_the_rest_is_left_alone(whatsapp: WhatsApp) -> None:
    status = {"id": "wamid.sent", "status": "read", "timestamp": "1697043223", "recipient_id": "972987654321"}
    received = whatsapp.receive(
        bring(
            change(message("1", **TEXT), message("2", **TEXT)),
            change(statuses=[status]),
            change(message("3", **TEXT), number="999"),
            change(message("4", **TEXT), field="smb_message_echoes"),
            change(message("5", type="reaction", reaction={"message_id": "wamid.x", "emoji": "😮"})),
            change(message("6", type="location", location={"latitude": 1, "longitude": 2})),
            change(message("7", **TEXT) | {"group_id": "G1"}),
            change({"id": "wamid.8", "type": "text"}),  # broken, and spoils nothing
            change(message("9", **TEXT)),
        )
    )
    assert [one.message.external_id for one in received.messages] == ["wamid.1", "wamid.2", "wamid.9"]
    with pytest.raises(Malformed):
        whatsapp.receive(bring(change({"id": "wamid.8", "type": "text"})))
    assert whatsapp.receive(signed(b'{"object":"page","entry":[{}]}')).messages == ()


async def test_a_template_button(whatsapp: WhatsApp) -> None:
    button = {"payload": "order_status 118606", "text": "Track it"}
    (inbound,) = whatsapp.receive(bring(change(message("1", type="button", button=button)))).messages
    assert (inbound.message.text, inbound.message.action) == ("Track it", "order_status 118606")


async def test_a_photo_is_fetched_from_metas_hosts_alone(whatsapp: WhatsApp, platform: Platform) -> None:
    image = {"mime_type": "image/jpeg", "sha256": "4654+8g=", "id": "65463453", "caption": "坏了"}
    (inbound,) = whatsapp.receive(bring(change(message("1", type="image", image=image)))).messages
    assert (inbound.message.text, inbound.media) == ("坏了", (Media("65463453"),))
    where = f"{platform.url}/attachments/1"
    platform.answer = lambda call: b"bytes" if "attachments" in call.path else {"url": where}
    assert await whatsapp.fetch(inbound.media[0]) == b"bytes"
    assert all(call.headers["Authorization"] == "Bearer a-token-of-some-length" for call in platform.calls)
    where = "https://fbsbx.com.evil.example/1"
    with pytest.raises(Undeliverable):
        await whatsapp.fetch(inbound.media[0])


async def test_a_rich_reply_and_its_buttons_pressed(whatsapp: WhatsApp, platform: Platform) -> None:
    for number, payload in enumerate(whatsapp.render(RICH, TO)):
        await whatsapp.send(payload, TO, key=f"k:{number}")
    assert [[one["title"] for one in choices(call)] for call in platform.calls] == [
        ["Talk to a person", "How long do refunds…"], ["Look"], ["Confirm", "Not now"],
    ]  # fmt: skip
    for call in platform.calls:
        assert call.path.startswith("/1122334455667/messages?appsecret_proof=")
        assert (call.body["recipient"], call.body["recipient_type"]) == (TO.sender, "individual")
        assert "to" not in call.body
    for label, text, action in (
        ("Confirm", "Confirm", "confirm " + "k" * 16),
        ("How long do refunds…", "How long do refunds take?", None),
    ):
        (inbound,) = whatsapp.receive(press(label, "972987654321", "2", platform.calls)).messages
        assert (inbound.message.text, inbound.message.action) == (text, action)


async def test_many_choices_become_a_list_and_many_cards_do(whatsapp: WhatsApp, platform: Platform) -> None:
    questions = (Button(f"Question number {number}, which is long") for number in range(4))
    five = replace(RICH, cards=(), quick_replies=(Button("Look", "product_facts P001"), *questions))
    cards = (replace(one, buttons=(Button("Look", f"product_facts {one.id}"),)) for one in MANY.cards)
    for reply in (five, replace(MANY, cards=tuple(cards))):
        for payload in whatsapp.render(reply, replace(TO, sender="4242")):
            await whatsapp.send(payload, TO, key="k")
    first, text, *lists = platform.calls
    assert [len(choices(call)) for call in (first, text, *lists)] == [5, 2, 10, 10]
    assert choices(first)[1] == {
        "id": "=Question number 0, which is long",
        "title": "Question number 0, whic…",
        "description": "Question number 0, which is long",
    }
    assert choices(lists[1])[-1]["id"] == "product_facts P019"
    assert "¥129.00" in shown(lists[0])[2]
    assert first.body["to"] == "4242"


async def test_pictures_are_shown_where_they_can_be_fetched(platform: Platform) -> None:
    card = replace(RICH.cards[0], image="/media/products/P001.jpg")
    async with open_kit() as kit:
        public = WhatsApp(config(platform.url, public_url="https://kefu.shop.example"), kit)
        found = public.render(replace(RICH, cards=(card, replace(card, buttons=()))), TO)
        link = {"link": "https://kefu.shop.example/media/products/P001.jpg"}
        messages = [payload["message"] for payload in found]
        assert messages[1]["interactive"]["header"]["image"] == link
        assert "header" not in public.render(RICH, TO)[1]["message"]["interactive"]  # a drawing
        assert not any("header" in json.dumps(one) for one in WhatsApp(config(""), kit).render(RICH, TO))


@pytest.mark.parametrize("heard", [NOW - timedelta(hours=24), None])
async def test_after_24_hours_only_a_template_goes_out(platform: Platform, heard: object) -> None:
    late = Recipient("4242", heard, 0)
    async with open_kit() as kit:
        without = WhatsApp(config(platform.url), kit)
        with pytest.raises(Undeliverable):
            await without.send(without.render(PLAIN, late)[0], late, key="k")
        assert platform.calls == []
        template = {"name": "reply_ready", "languages": {"zh": "zh_CN", "en": "en_US"}}
        allowed = WhatsApp(config(platform.url, template=template), kit)
        for reply in (RICH, PLAIN):
            for payload in allowed.render(reply, late):
                await allowed.send(payload, late, key="k")
    english, chinese = (call.body["template"] for call in platform.calls)
    assert (english["language"], chinese["language"]) == ({"code": "en_US"}, {"code": "zh_CN"})
    assert chinese["components"][0]["parameters"] == [{"type": "text", "text": PLAIN.text}]
    words = english["components"][0]["parameters"][0]["text"]
    assert "Cancel order 118606 Refund: ¥899.00" in words
    assert "\n" not in words


async def test_the_platforms_own_clock_says_when_it_is_too_late(platform: Platform) -> None:
    refused = {"error": {"code": 131047, "message": "Re-engagement message"}}
    platform.answer = lambda call: (
        {} if call.body["type"] == "template" else web.json_response(refused, status=400)
    )
    async with open_kit() as kit:
        allowed = WhatsApp(config(platform.url, template={"name": "news", "text": False}), kit)
        await allowed.send(allowed.render(PLAIN, TO)[0], TO, key="k")
    assert platform.calls[-1].body["template"] == {"name": "news", "language": {"code": "zh_CN"}}


@pytest.mark.parametrize(
    ("code", "raised"),
    [(130429, RetryLater), (131056, RetryLater), (190, RetryLater), (131026, Undeliverable), (100, Undeliverable)],
)  # fmt: skip
async def test_error_codes(
    whatsapp: WhatsApp, platform: Platform, code: int, raised: type[Exception]
) -> None:
    platform.answer = lambda call: web.json_response({"error": {"code": code, "message": "no"}}, status=400)
    with pytest.raises(raised):
        await whatsapp.send(whatsapp.render(PLAIN, TO)[0], TO, key="k")


def test_the_number_has_to_be_one() -> None:
    with pytest.raises(ValueError, match="phone_number_id"):
        Config(token="t" * 16, app_secret="s" * 16, verify_token="v" * 8, phone_number_id="+1 555 095 3877")
