"""Standard Webhooks against the library of that name, and the generic channel that speaks them."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import standardwebhooks
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from connectors.channel import Denied, Recipient, RetryLater, Undeliverable
from connectors.registry import BadConfig, open_connector
from connectors.webhook import Config, Webhook
from connectors.webhook.signing import headers, key_of, new_secret, sign, verify
from tests.connectors.sample import PLAIN, RICH
from tests.connectors.webhook_case import CASE, SECRET, reply_of, say, signed
from tests.contracts.platform import NOW, Platform, open_kit, open_platform

TO = Recipient("visitor-7", NOW, 0)
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


def test_the_published_signature() -> None:
    """Of standard-webhooks, libraries/javascript/src/webhook.test.ts."""
    signature = sign(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=50))
def test_the_library_verifies_ours_and_we_verify_its(text: str) -> None:
    body, now, secret = json.dumps({"text": text}, ensure_ascii=False), datetime.now(UTC), new_secret()
    ours = headers([OTHER, secret], "msg_1", now, body.encode())
    assert standardwebhooks.Webhook(secret).verify(body, ours) == {"text": text}
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(SECRET).verify(body, ours)
    theirs = ours | {"webhook-signature": standardwebhooks.Webhook(secret).sign("msg_1", now, body)}
    assert verify([OTHER, secret], theirs, body.encode(), now) == "msg_1"


@pytest.mark.parametrize(
    "alter",
    [
        lambda given: given.pop("webhook-id"),
        lambda given: given.pop("webhook-timestamp"),
        lambda given: given.pop("webhook-signature"),
        lambda given: given.update({"webhook-id": "msg_2"}),
        lambda given: given.update({"webhook-id": "ü"}),
        lambda given: given.update({"webhook-timestamp": "hello"}),
        lambda given: given.update({"webhook-timestamp": str(int(NOW.timestamp()) + 1)}),
        lambda given: given.update({"webhook-signature": "v1,dawfeoifkpqwoekfpqoekf"}),
        lambda given: given.update({"webhook-signature": "v1,"}),
        lambda given: given.update({"webhook-signature": given["webhook-signature"][:10]}),
        lambda given: given.update({"webhook-signature": given["webhook-signature"].replace("v1", "v2")}),
        lambda given: given.update({"webhook-signature": "v1,x " * 30 + given["webhook-signature"]}),
        lambda given: given.update({"webhook-signature": sign(OTHER, "msg_1", int(NOW.timestamp()), b"{}")}),
    ],
)
def test_whatever_is_altered_is_turned_away(alter: Callable[[dict[str, str]], Any]) -> None:
    given = headers([SECRET], "msg_1", NOW, b"{}")
    assert verify([SECRET], CIMultiDict(given), b"{}", NOW) == "msg_1"
    alter(given)
    with pytest.raises(Denied):
        verify([SECRET], given, b"{}", NOW)


def test_the_body_the_age_and_several_signatures() -> None:
    given = headers([SECRET], "msg_1", NOW, b"{}")
    with pytest.raises(Denied):
        verify([SECRET], given, b"{ }", NOW)
    for seconds, fine in ((300, True), (-300, True), (301, False), (-301, False)):
        if fine:
            verify([SECRET], given, b"{}", NOW + timedelta(seconds=seconds))
        else:
            with pytest.raises(Denied, match="old"):
                verify([SECRET], given, b"{}", NOW + timedelta(seconds=seconds))
    noise = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="
    given["webhook-signature"] = f"{noise} v2,x {given['webhook-signature']} {noise}"
    assert verify([OTHER, SECRET], given, b"{}", NOW) == "msg_1"


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!!!", "whsec_c2hvcnQ=", "whsec_" + "A" * 100])
def test_a_secret_that_is_none(secret: str) -> None:
    with pytest.raises(ValueError, match="a secret"):
        key_of(secret)


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with open_platform() as platform:
        yield platform


@pytest.fixture
async def webhook(platform: Platform) -> AsyncIterator[Webhook]:
    async with open_kit() as kit:
        yield CASE.open(platform.url, kit)  # type: ignore[misc]


async def test_a_message_with_everything(webhook: Webhook) -> None:
    received = webhook.receive(
        say("Where is it?", TO.sender, "m-1", action="order_status", language="zh-CN", customer_id="C001")
    )
    ((message),) = [one.message for one in received.messages]
    assert (message.sender, message.external_id, message.text) == ("visitor-7", "m-1", "Where is it?")
    assert (message.action, message.language, message.customer_id) == ("order_status", "zh", "C001")
    assert json.loads(received.response.body) == {"accepted": "m-1"}


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b"{", "JSON"),
        (b"[]", "object"),
        (b'{"sender": "s", "text": "hi"}', "id"),
        (b'{"id": "1", "sender": "s"}', "neither text nor action"),
        (b'{"id": 1, "sender": "s", "text": "hi"}', "id"),
        (b'{"id": "1", "sender": "a\\u0000", "text": "hi"}', "sender"),
        (b'{"id": "1", "sender": "s", "text": "hi", "attachments": ["x"]}', "attachments"),
    ],
)
async def test_what_does_not_fit_is_told(webhook: Webhook, body: bytes, where: str) -> None:
    received = webhook.receive(signed(body))
    assert (received.messages, received.response.status) == ((), 400)
    error = json.loads(received.response.body)["error"]
    assert error["code"] == "invalid_input"
    assert where in error["message"]


async def test_a_reply_can_be_verified_and_keeps_its_id(webhook: Webhook, platform: Platform) -> None:
    (payload,) = webhook.render(RICH, TO)
    await webhook.send(payload, TO, key="abc:0")
    await webhook.send(payload, TO, key="abc:0")
    first, again = platform.calls
    assert first.headers["webhook-id"] == again.headers["webhook-id"] == "msg_abc_0"
    assert first.path == "/replies"
    body = json.dumps(first.body, ensure_ascii=False).encode()
    assert verify([SECRET], CIMultiDict(first.headers), body, NOW) == "msg_abc_0"
    assert (first.body["type"], first.body["data"]["sender"]) == ("message.reply", "visitor-7")
    assert reply_of(first)["cards"][1]["buttons"][0]["action"] == "confirm " + "k" * 16


async def test_answers_that_are_final_and_those_that_are_not(webhook: Webhook, platform: Platform) -> None:
    (payload,) = webhook.render(PLAIN, TO)
    for status, error in ((410, Undeliverable), (422, Undeliverable), (404, RetryLater), (302, RetryLater)):
        platform.moods = [status]
        with pytest.raises(error):
            await webhook.send(payload, TO, key="k:0")


async def test_no_private_address_is_told_anything(platform: Platform) -> None:
    port = platform.url.rpartition(":")[2]
    async with open_kit() as kit:
        for url in (
            f"https://127.0.0.1:{port}/", f"https://[::ffff:10.0.0.1]:{port}/", "https://localhost/", "http://shop.example/",
        ):  # fmt: skip
            with pytest.raises(BadConfig) as refused:
                open_connector("webhook", {"secrets": [SECRET], "reply_url": url}, kit)
            assert SECRET not in str(refused.value)
        # A name that leads here is found out when it is connected to.
        sly = Webhook(Config(secrets=(SECRET,), reply_url=f"https://localhost.:{port}/"), kit)
        with pytest.raises(RetryLater):
            await sly.send(sly.render(PLAIN, TO)[0], TO, key="k:0")
    assert platform.calls == []
