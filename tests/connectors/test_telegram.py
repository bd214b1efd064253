"""Telegram: updates in, calls out, over a simulated Bot API."""

from collections.abc import AsyncIterator

import pytest

from connectors.channel import Denied, Malformed, Media, Recipient, RetryLater, Undeliverable
from connectors.telegram import Config, Telegram
from tests.connectors.sample import LONG, PLAIN, RICH
from tests.contracts.platform import NOW, Platform, open_kit, open_platform, request

TO = Recipient("4242", NOW, 0)
SECRET = "a-secret-of-some-length"
TEXT = {
    "update_id": 7,
    "message": {
        "message_id": 1,
        "date": 1795399200,
        "chat": {"id": 4242, "type": "private"},
        "from": {"id": 4242, "is_bot": False, "language_code": "zh-hans"},
        "text": "退货运费谁出？",
    },
}


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with open_platform() as platform:
        yield platform


@pytest.fixture
async def telegram(platform: Platform) -> AsyncIterator[Telegram]:
    async with open_kit() as kit:
        yield Telegram(Config(token="123456:a-token-of-some-length", secret=SECRET, api=platform.url), kit)


def signed(body: object) -> object:
    return request(body, headers={"X-Telegram-Bot-Api-Secret-Token": SECRET})


async def test_a_message(telegram: Telegram) -> None:
    (inbound,) = telegram.receive(signed(TEXT)).messages
    message = inbound.message
    assert (message.channel, message.sender, message.external_id) == ("telegram", "4242", "7")
    assert (message.text, message.language, message.action) == ("退货运费谁出？", "zh", None)


@pytest.mark.parametrize("headers", [{}, {"X-Telegram-Bot-Api-Secret-Token": "another-secret-of-length"}])
async def test_who_does_not_know_the_secret_is_turned_away(
    telegram: Telegram, headers: dict[str, str]
) -> None:
    with pytest.raises(Denied):
        telegram.receive(request(TEXT, headers=headers))


@pytest.mark.parametrize("body", ["{", "[]", "null", {"update_id": "x"}, {"update_id": 1, "message": 3}])
async def test_what_is_no_update_is_malformed(telegram: Telegram, body: object) -> None:
    with pytest.raises(Malformed):
        telegram.receive(signed(body))


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 8, "edited_message": TEXT["message"]},
        {"update_id": 8, "message": TEXT["message"] | {"chat": {"id": -1, "type": "group"}}},
        {"update_id": 8, "message": TEXT["message"] | {"from": {"id": 1, "is_bot": True}}},
    ],
)
async def test_what_is_for_nobody_is_accepted_and_dropped(telegram: Telegram, update: object) -> None:
    received = telegram.receive(signed(update))
    assert (received.messages, received.response.status) == ((), 200)


async def test_a_photo(telegram: Telegram, platform: Platform) -> None:
    sizes = [{"file_id": "small"}, {"file_id": "large"}]
    update = {"update_id": 9, "message": TEXT["message"] | {"text": None, "caption": "坏了", "photo": sizes}}
    (inbound,) = telegram.receive(signed(update)).messages
    assert (inbound.message.text, inbound.media) == ("坏了", (Media("large"),))
    platform.answer = lambda call: (
        b"bytes" if call.path.startswith("/file/") else {"ok": True, "result": {"file_path": "photos/1.jpg"}}
    )
    assert await telegram.fetch(inbound.media[0]) == b"bytes"
    assert platform.calls[-1].path.endswith("/photos/1.jpg")


async def test_a_rich_reply_and_its_buttons_pressed(telegram: Telegram, platform: Platform) -> None:
    payloads = telegram.render(RICH, TO)
    for number, payload in enumerate(payloads):
        await telegram.send(payload, TO, key=f"{RICH.id}:{number}")
    assert [call.path.rpartition("/")[2] for call in platform.calls] == ["sendMessage"] * 3
    keys = [
        key
        for call in platform.calls
        for row in call.body.get("reply_markup", {}).get("inline_keyboard", [])
        for key in row
    ]
    assert [key["text"] for key in keys] == [
        "Look", "Shop page", "Confirm", "Not now", "Talk to a person", "How long do refunds take?",
    ]  # fmt: skip
    for key, action, text in (
        (keys[2], "confirm " + "k" * 16, "Confirm"),
        (keys[5], None, "How long do refunds take?"),
    ):
        shown = {"chat": {"id": 4242, "type": "private"}, **platform.calls[-1].body}
        query = {"id": "q", "from": {"id": 4242}, "message": shown, "data": key["callback_data"]}
        received = telegram.receive(signed({"update_id": 10, "callback_query": query}))
        (inbound,) = received.messages
        assert (inbound.message.action, inbound.message.text) == (action, text)
        assert b"answerCallbackQuery" in received.response.body


async def test_long_text_goes_in_pieces(telegram: Telegram) -> None:
    payloads = telegram.render(LONG, TO)
    assert all(len(payload["text"]) <= 4096 and payload["text"].endswith("。") for payload in payloads)
    assert "".join(payload["text"] for payload in payloads) == LONG.text


async def test_moods_of_the_platform(telegram: Telegram, platform: Platform) -> None:
    (payload,) = telegram.render(PLAIN, TO)
    platform.moods, platform.retry_after = [429], "7"
    with pytest.raises(RetryLater) as later:
        await telegram.send(payload, TO, key="k")
    assert later.value.seconds == 7
    platform.moods = [403]
    with pytest.raises(Undeliverable):
        await telegram.send(payload, TO, key="k")
