"""Discord: signed interactions in, messages out, over a simulated REST API. The Gateway has a file of its own."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web

from connectors.base import Button
from connectors.channel import Denied, Malformed, Media, Recipient, RetryLater, Undeliverable
from connectors.discord import Config, Discord
from connectors.discord.parsing import of_message
from tests.connectors.discord_case import config, interaction, parts, press, shown, signed
from tests.connectors.sample import LONG, MANY, PLAIN, RICH
from tests.contracts.platform import NOW, Platform, open_kit, open_platform

TO = Recipient("4242", NOW, 0)


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with open_platform() as platform:
        yield platform


@pytest.fixture
async def discord(platform: Platform) -> AsyncIterator[Discord]:
    async with open_kit() as kit:
        yield Discord(config(platform.url, public_url="https://kefu.shop.example"), kit)


async def test_discord_tries_whether_we_look_at_signatures(discord: Discord) -> None:
    ping = signed(b'{"type":1}')
    assert json.loads(discord.receive(ping).response.body) == {"type": 1}
    for wrong in (replace(ping, body=b'{"type": 1}'), replace(ping, at=NOW + timedelta(seconds=301))):
        with pytest.raises(Denied):
            discord.receive(wrong)
    with pytest.raises(ValueError, match="public_key"):
        Config(token="a-token-of-some-length", public_key="short")


async def test_buttons_on_a_server_and_commands_are_left_alone(discord: Discord) -> None:
    button = {"component_type": 2, "custom_id": "human"}
    on_server = interaction("1", "4242", button, [], user=None, member={"user": {"id": "1"}}, guild_id="7")
    assert discord.receive(on_server).messages == ()
    assert discord.receive(interaction("1", "4242", button, [], context=2)).messages == ()
    assert discord.receive(signed(b'{"type":2,"data":{"name":"help"}}')).messages == ()
    with pytest.raises(Malformed):
        discord.receive(signed(b'{"type":3,"user":{"id":"1"}}'))


async def test_a_photo_is_fetched_from_discords_hosts_alone(discord: Discord) -> None:
    url = "https://cdn.discordapp.com/attachments/1/2/broken.jpg?ex=65d903de&is=65c68ede&hm=2481f30d"
    files = [{"url": url, "content_type": "image/jpeg"}, {"url": "https://x", "content_type": "video/mp4"}]
    data = {
        "id": "1",
        "channel_id": "4242",
        "type": 0,
        "author": {"id": "8"},
        "content": "",
        "attachments": files,
    }
    inbound = of_message(data | {"timestamp": "2030-01-01T00:00:00+00:00"}, NOW)
    assert inbound is not None
    assert (inbound.media, inbound.message.received_at) == ((Media(url),), NOW)
    for elsewhere in ("http://127.0.0.1/1.jpg", "https://cdn.discordapp.com.evil.example/1.jpg"):
        with pytest.raises(Undeliverable):
            await discord.fetch(Media(elsewhere))


async def test_a_rich_reply_and_its_buttons_pressed(discord: Discord, platform: Platform) -> None:
    payloads = discord.render(RICH, TO)
    for _ in range(2):
        for number, payload in enumerate(payloads):
            await discord.send(payload, TO, key=f"{RICH.id}:{number}")
    first, again = platform.calls[:3], platform.calls[3:]
    nonces = [call.body["nonce"] for call in first]
    assert nonces == [call.body["nonce"] for call in again]
    assert len(set(nonces)) == 3
    assert all(len(nonce) <= 25 for nonce in nonces)
    for call in first:
        assert (call.path, call.headers["Authorization"]) == (
            "/channels/4242/messages",
            "Bot a-token-of-some-length",
        )
        assert (call.body["enforce_nonce"], call.body["allowed_mentions"]) == (True, {"parse": []})
    assert [[one["label"] for one in parts(call)] for call in first] == [
        [], ["Look", "Shop page"], ["Confirm", "Not now", "Talk to a person", "How long do refunds take?"],
    ]  # fmt: skip
    for label, action in (("Confirm", "confirm " + "k" * 16), ("How long do refunds take?", None)):
        received = discord.receive(press(label, "4242", "846462639134605312", first))
        (inbound,) = received.messages
        assert (inbound.message.text, inbound.message.action) == (label, action)
        assert (inbound.message.sender, inbound.message.external_id) == ("4242", "846462639134605312")
        assert json.loads(received.response.body) == {"type": 6}


async def test_many_cards_have_one_menu(discord: Discord, platform: Platform) -> None:
    cards = [
        replace(one, image=f"/media/{one.id}.png", buttons=(Button("Look", f"product_facts {one.id}"),))
        for one in MANY.cards
    ]
    cards = [replace(one, title=f"{one.title} {one.id}") for one in cards]
    for payload in discord.render(replace(MANY, cards=tuple(cards)), TO):
        await discord.send(payload, TO, key="k")
    _, *lists = platform.calls
    assert [len(call.body["embeds"]) for call in lists] == [5, 5, 5, 5]
    for call in lists:
        assert sum(len(word) for word in shown(call)) < 6000
    thumbnail = lists[0].body["embeds"][0]["thumbnail"]
    assert thumbnail == {"url": "https://kefu.shop.example/media/P000.png"}
    label = "Grey hoodie & <b>hat</b> P019"
    (inbound,) = discord.receive(press(label, "4242", "1", lists)).messages
    assert (inbound.message.text, inbound.message.action) == (label, "product_facts P019")


async def test_text_stays_as_it_was_written(discord: Discord) -> None:
    text = "*2* [for_you](https://x.example)\n# not a title\n> nor a quote\nhttps://shop.example/a_b_c"
    (payload,) = discord.render(replace(PLAIN, text=text), TO)
    assert payload["content"] == (
        "\\*2\\* \\[for\\_you](https://x.example)\n\\# not a title\n\\> nor a quote\nhttps://shop.example/a_b_c"
    )
    stars = discord.render(replace(LONG, text="*" * 3000), TO)
    assert [len(payload["content"]) for payload in stars] == [2000, 2000, 2000]


@pytest.mark.parametrize(("status", "raised"), [(401, RetryLater), (403, Undeliverable)])
async def test_refusals(discord: Discord, platform: Platform, status: int, raised: type[Exception]) -> None:
    refused = {"code": 50007, "message": "Cannot send messages to this user"}
    platform.answer = lambda call: web.json_response(refused, status=status)
    with pytest.raises(raised):
        await discord.send(discord.render(PLAIN, TO)[0], TO, key="k")
