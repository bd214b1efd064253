"""Twilio: text messages in and out, over a simulated API."""

import base64
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web

from connectors.channel import Denied, Malformed, Media, Recipient, RetryLater, Undeliverable
from connectors.twilio import Config, Twilio
from connectors.twilio.signing import check
from tests.connectors.sample import LONG, PLAIN, RICH
from tests.connectors.twilio_case import ACCOUNT, CASE, NUMBER, TOKEN, URL, say, signed
from tests.contracts.platform import NOW, Call, Platform, open_kit, open_platform

TO = Recipient("+14158675309", NOW, 0)
PUBLISHED = {
    "CallSid": "CA1234567890ABCDE",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
    "Caller": "+14158675309",
}


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with open_platform() as platform:
        yield platform


@pytest.fixture
async def twilio(platform: Platform) -> AsyncIterator[Twilio]:
    async with open_kit() as kit:
        yield CASE.open(platform.url, kit)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("host", "signature"),
    [
        ("https://mycompany.com", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        ("https://mycompany.com:1234", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),  # signed without the port
        ("https://mycompany.com", "kvajT1Ptam85bY51eRf/AJRuM3w="),  # signed with 443
        ("http://mycompany.com", "0ZXoZLH/DfblKGATFgpif+LLRf4="),  # signed with 80
        ("http://mycompany.com:1234", "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),  # signed with 1234
    ],
)
def test_the_published_signatures(host: str, signature: str) -> None:
    """Of twilio-python, tests/unit/test_request_validator.py."""
    url = f"{host}/myapp.php?foo=1&bar=2"
    check("12345", url, PUBLISHED.items(), signature)
    for wrong in (signature[:-3] + "A8=", "", None):
        with pytest.raises(Denied):
            check("12345", url, PUBLISHED.items(), wrong)
    with pytest.raises(Denied):
        check("12345", url, {**PUBLISHED, "Digits": "1235"}.items(), signature)


def test_the_published_signature_of_a_name_that_comes_twice() -> None:
    fields = [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234")]
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    check("12345", url, [*fields, fields[-1]], "IK+Dwps556ElfBT0I3Rgjkr1wJU=")


async def test_a_message_and_its_answer(twilio: Twilio) -> None:
    received = twilio.receive(say("退货运费谁出？", "+8613812345678", "1"))
    ((message),) = [one.message for one in received.messages]
    assert (message.sender, message.external_id) == ("+8613812345678", "SM" + "1".zfill(32))
    assert message.text == "退货运费谁出？"
    assert (received.response.body, received.response.content_type) == (b"<Response/>", "text/xml")


async def test_signed_for_another_address_is_turned_away(twilio: Twilio) -> None:
    with pytest.raises(Denied):
        twilio.receive(
            signed(b"From=1&MessageSid=SM1&Body=hi", url="https://elsewhere.example/channels/twilio")
        )
    assert twilio.receive(
        signed(b"From=1&MessageSid=SM1&Body=hi", url=URL.replace(".example", ".example:443"))
    )
    with pytest.raises(Denied):
        twilio.receive(signed(b"&".join(b"a%d=1" % number for number in range(300))))


@pytest.mark.parametrize(
    "more",
    [
        {"MessageStatus": "delivered"},
        {"OptOutType": "STOP"},
        {"Body": " "},
        {"From": NUMBER},
    ],
)
async def test_what_needs_no_answer_is_accepted_and_dropped(twilio: Twilio, more: dict[str, str]) -> None:
    received = twilio.receive(say("STOP", TO.sender, "1", **more))
    assert (received.messages, received.response.status) == ((), 200)


@pytest.mark.parametrize(
    "body", [b"", b"From=1", b"From=1&MessageSid=2&NumMedia=x", b"From=1&MessageSid=2&NumMedia=1"]
)
async def test_what_is_no_message_is_malformed(twilio: Twilio, body: bytes) -> None:
    with pytest.raises(Malformed):
        twilio.receive(signed(body))


async def test_photos_are_fetched_with_the_password_from_the_api_only(
    twilio: Twilio, platform: Platform
) -> None:
    photo, video = (
        f"{platform.url}/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media/ME1",
        "https://x.example/v",
    )
    more = {"NumMedia": "2", "MediaUrl0": photo, "MediaContentType0": "image/jpeg"}
    more |= {"MediaUrl1": video, "MediaContentType1": "video/mp4"}
    (inbound,) = twilio.receive(say("", TO.sender, "1", **more)).messages
    assert inbound.media == (Media(photo),)

    def answer(call: Call) -> object:
        there = {"Location": platform.url.replace("127.0.0.1", "localhost") + "/there"}
        return b"bytes" if call.path == "/there" else web.Response(status=307, headers=there)

    platform.answer = answer
    assert await twilio.fetch(inbound.media[0]) == b"bytes"
    assert ["Authorization" in call.headers for call in platform.calls] == [True, False]
    with pytest.raises(Undeliverable):
        await twilio.fetch(Media("https://169.254.169.254/latest"))


async def test_a_rich_reply_in_words(twilio: Twilio, platform: Platform) -> None:
    (payload,) = twilio.render(RICH, TO)
    await twilio.send(payload, TO, key="k:0")
    (call,) = platform.calls
    assert call.path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert (call.body["To"], call.body["From"]) == (TO.sender, NUMBER)
    assert "2. Confirm" in call.body["Body"]
    assert "Shop page: https://shop.example/p/1" in call.body["Body"]
    given = base64.b64decode(call.headers["Authorization"].removeprefix("Basic ")).decode()
    assert given == f"{ACCOUNT}:{TOKEN}"
    pieces = [one["Body"] for one in twilio.render(replace(LONG, text="😀。" * 2000), TO)]
    assert all(len(piece.encode("utf-16-le")) <= 3200 for piece in pieces)


async def test_a_messaging_service(platform: Platform) -> None:
    service = "MG0123456789abcdef0123456789abcdef"
    async with open_kit() as kit:
        (payload,) = Twilio(Config(account=ACCOUNT, token=TOKEN, sender=service), kit).render(PLAIN, TO)
    assert payload["MessagingServiceSid"] == service
    assert "From" not in payload


async def test_a_wrong_token_can_be_mended_a_wrong_number_cannot(twilio: Twilio, platform: Platform) -> None:
    (payload,) = twilio.render(PLAIN, TO)
    platform.moods = [401, 400]
    with pytest.raises(RetryLater):
        await twilio.send(payload, TO, key="k:0")
    with pytest.raises(Undeliverable):
        await twilio.send(payload, TO, key="k:0")
