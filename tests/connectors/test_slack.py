"""Slack: events and buttons in, blocks out, over a simulated Web API."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from connectors.channel import Denied, Malformed, Media, Recipient, RetryLater, Undeliverable
from connectors.slack import Config, Slack
from tests.connectors.sample import MANY, PLAIN, RICH
from tests.connectors.slack_case import SECRET, elements, event, press, signed
from tests.contracts.platform import NOW, Platform, open_kit, open_platform, request

TO = Recipient("U2CERLKJA", NOW, 0)


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with open_platform() as platform:
        platform.answer = lambda call: {"ok": True}
        yield platform


@pytest.fixture
async def slack(platform: Platform) -> AsyncIterator[Slack]:
    async with open_kit() as kit:
        config = Config(
            token="xoxb-a-token-of-length",
            signing_secret=SECRET,
            api=platform.url,
            public_url="https://kefu.shop.example",
        )
        yield Slack(config, kit)


async def test_slacks_own_signature_holds_and_only_in_its_time(slack: Slack) -> None:
    """The vector of Slack's documentation."""
    body = (
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        "&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        "&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    headers = {
        "X-Slack-Request-Timestamp": "1531420618",
        "X-Slack-Signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    }
    then = datetime.fromtimestamp(1531420618, UTC)
    with pytest.raises(Malformed):  # a slash command, which we have not: signed all the same
        slack.receive(request(body, headers=headers, at=then))
    for altered, at in ((body + "-", then), (body, then + timedelta(seconds=301)), (body, NOW)):
        with pytest.raises(Denied):
            slack.receive(request(altered, headers=headers, at=at))


async def test_the_handshake(slack: Slack) -> None:
    received = slack.receive(signed(b'{"type":"url_verification","challenge":"3eZbrw1aBm2rZgRNFdxV"}'))
    assert (received.response.body, received.messages) == (b"3eZbrw1aBm2rZgRNFdxV", ())


async def test_what_was_typed_comes_without_markup(slack: Slack) -> None:
    text = "<@U1> A&amp;B &lt;3 <https://shop.example/p|the page> <https://x.example>"
    (inbound,) = slack.receive(event("1", user="U2", text=text)).messages
    assert inbound.message.text == "A&B <3 the page https://x.example"
    assert (inbound.message.sender, inbound.message.external_id) == ("U2", "Ev1")
    assert inbound.message.received_at == NOW


@pytest.mark.parametrize(
    "fields",
    [
        {"user": "U1", "text": "hi", "bot_id": "B1"},
        {"user": "U1", "text": "hi", "subtype": "message_changed"},
        {"user": "U1", "text": "hi", "channel_type": "channel"},
        {"user": "U1", "text": "hi", "channel_type": "mpim"},
        {"type": "app_home_opened", "user": "U1"},
        {"user": "U1", "text": ""},
    ],
)
async def test_what_is_for_nobody_is_accepted_and_dropped(slack: Slack, fields: dict[str, str]) -> None:
    received = slack.receive(event("1", **fields))
    assert (received.messages, received.response.status) == ((), 200)


async def test_ids_that_no_store_keeps_are_malformed(slack: Slack) -> None:
    for event_id, user in (("1" * 254, "U1"), ("1", "U" * 256), ("1", "U\n1")):
        with pytest.raises(Malformed):
            slack.receive(event(event_id, user=user, text="hi"))


async def test_a_photo_is_asked_for_by_its_id_and_fetched_from_slack_alone(
    slack: Slack, platform: Platform
) -> None:
    files = [{"id": "F1", "mimetype": "image/png"}, {"id": "F2", "mimetype": "application/pdf"}]
    (inbound,) = slack.receive(event("1", user="U1", text="坏了", subtype="file_share", files=files)).messages
    assert (inbound.message.text, inbound.media) == ("坏了", (Media("F1"),))
    where = f"{platform.url}/files-pri/F1.png"
    platform.answer = lambda call: (
        b"bytes" if "files-pri" in call.path else {"ok": True, "file": {"url_private": where}}
    )
    assert await slack.fetch(inbound.media[0]) == b"bytes"
    assert [call.headers["Authorization"] for call in platform.calls] == ["Bearer xoxb-a-token-of-length"] * 2
    where = "https://evil.example/F1.png"
    with pytest.raises(Undeliverable):
        await slack.fetch(inbound.media[0])


async def test_a_rich_reply_and_its_buttons_pressed(slack: Slack, platform: Platform) -> None:
    (payload,) = slack.render(RICH, TO)
    await slack.send(payload, TO, key="k:0")
    (call,) = platform.calls
    assert call.body["channel"] == "U2CERLKJA"
    labels = [one["text"]["text"] for one in elements(call)]
    assert labels == [
        "Look", "Shop page", "Confirm", "Not now", "Talk to a person", "How long do refunds take?",
    ]  # fmt: skip
    assert "<https://shop.example/returns|Returns>" in json.dumps(payload)
    for label, action in (("Confirm", "confirm " + "k" * 16), ("How long do refunds take?", None)):
        (inbound,) = slack.receive(press(label, "U2CERLKJA", "1596530385.194939", [call])).messages
        assert (inbound.message.text, inbound.message.action) == (label, action)
        assert inbound.message.external_id == "1.2:1596530385.194939"
    assert slack.receive(press("Shop page", "U2CERLKJA", "1.1", [call])).messages == ()


async def test_many_cards_go_in_messages_that_slack_takes(slack: Slack) -> None:
    payloads = slack.render(MANY, TO)
    assert len(payloads) > 1
    assert all(len(payload["blocks"]) <= 50 for payload in payloads)


async def test_refusals_that_come_with_200(slack: Slack, platform: Platform) -> None:
    (payload,) = slack.render(PLAIN, TO)
    for error, raised in (
        ("internal_error", RetryLater),
        ("token_revoked", RetryLater),
        ("channel_not_found", Undeliverable),
        ("what_is_this", Undeliverable),
    ):
        platform.answer = lambda call, error=error: {"ok": False, "error": error}
        with pytest.raises(raised, match=error):
            await slack.send(payload, TO, key="k")


async def test_an_alert_for_the_shops_own_people(slack: Slack, platform: Platform) -> None:
    await slack.alert("C042", "小林，有人在等。", "https://kefu.shop.example/console#c1", "打开会话")
    (call,) = platform.calls
    assert (call.body["channel"], elements(call)[0]["url"]) == (
        "C042",
        "https://kefu.shop.example/console#c1",
    )
