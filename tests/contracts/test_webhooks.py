"""Webhooks against a real receiver: signed, in order, again when they must be, never where they may not."""

import asyncio
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from bot.errors import Conflict, InvalidInput, NotFound
from bot.store.events import Events
from bot.store.opening import open_database
from bot.store.sql import SqlStore
from bot.webhooks.base import StoredDelivery
from bot.webhooks.delivering import Deliverer
from bot.webhooks.hooks import Hooks
from bot.webhooks.posting import Poster
from bot.webhooks.queue import LEASE
from bot.webhooks.schedule import MOST_ATTEMPTS, PAUSE
from bot.webhooks.secrets import Secrets
from connectors.webhook.signing import sign
from tests.contracts.build import message
from tests.contracts.receiver import Got, Receiver, answering, good

KEY = b"k" * 32
KEEP = timedelta(days=30)
SECOND = timedelta(seconds=1)


class Shop:
    """One process: a store that writes events, and a worker that delivers them."""

    def __init__(self, url: str, *, allow_private: bool = True) -> None:
        self.now = datetime.now(UTC)
        self.database, events = open_database(url), Events()
        self.store = SqlStore(self.database, clock=self.clock, events=events)
        self.poster = Poster(allow_private=allow_private)
        secrets = Secrets(KEY)
        self.deliverer = Deliverer(self.database, self.poster, secrets, clock=self.clock, keep=KEEP)
        self.hooks = Hooks(
            self.database, events, secrets, self.deliverer, allow_private=True, clock=self.clock
        )

    def clock(self) -> datetime:
        return self.now

    async def say(self, *texts: str, sender: str = "s1") -> None:
        for text in texts:
            await self.store.accept(message(f"{sender}-{text}", sender=sender, text=text))

    async def after(self, delay: timedelta) -> None:
        self.now += delay
        await self.deliverer.deliver_due()

    async def log(self, webhook_id: str) -> list[StoredDelivery]:
        """The oldest first."""
        return [*await self.hooks.deliveries(webhook_id, state=None, before=None, limit=1000)][::-1]

    async def close(self) -> None:
        await self.poster.close()
        await self.store.close()


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    opened = Shop(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    opened = Receiver()
    await opened.start()
    yield opened
    await opened.stop()


async def add(shop: Shop, url: str, *types: str, personal: bool = True) -> tuple[str, str]:
    webhook, secret = await shop.hooks.add(url, types=types, with_personal=personal)
    return webhook.id, secret


async def test_what_arrives_is_verified_by_the_reference_library(shop: Shop, receiver: Receiver) -> None:
    _, secret = await add(shop, receiver.url + "/all")
    await add(shop, receiver.url + "/plain", "message.received", personal=False)
    await add(shop, receiver.url + "/none", "csat.given")
    await shop.say("退货运费谁出？")
    await shop.deliverer.deliver_due()
    got = {one.path: one for one in receiver.got}
    assert set(got) == {"/all", "/plain"}
    payload = Verifier(secret).verify(got["/all"].body, got["/all"].headers)
    assert payload["type"] == "message.received"
    assert payload["data"]["text"] == "退货运费谁出？"
    assert datetime.fromisoformat(payload["timestamp"]).tzinfo is not None
    assert got["/plain"].id == got["/all"].id
    assert {"text", "sender", "action"}.isdisjoint(got["/plain"].payload["data"])
    assert got["/all"].headers["content-type"] == "application/json"
    other = Secrets(KEY).of("another", 1)
    altered = got["/all"].body.replace(b"message.received", b"message.receivee")
    old = str(int(got["/all"].headers["webhook-timestamp"]) - 301)
    aged = got["/all"].headers | {
        "webhook-timestamp": old,
        "webhook-signature": sign(secret, got["/all"].id, int(old), got["/all"].body),
    }
    for key, body, headers in (
        (other, got["/all"].body, got["/all"].headers),
        (secret, altered, got["/all"].headers),
        (secret, got["/all"].body, aged),
    ):
        with pytest.raises(WebhookVerificationError):
            Verifier(key).verify(body, headers)


async def test_two_secrets_sign_while_one_replaces_the_other(shop: Shop, receiver: Receiver) -> None:
    webhook_id, first = await add(shop, receiver.url)
    _, second = await shop.hooks.rotate(webhook_id, overlap=timedelta(hours=1))
    assert first != second
    await shop.say("one")
    await shop.deliverer.deliver_due()
    got = receiver.got[-1]
    assert len(got.headers["webhook-signature"].split()) == 2
    for secret in (first, second):
        Verifier(secret).verify(got.body, got.headers)
    shop.now += timedelta(hours=1)
    await shop.say("two")
    await shop.deliverer.deliver_due()
    got = receiver.got[-1]
    assert len(got.headers["webhook-signature"].split()) == 1
    shop.now = datetime.now(UTC)
    timestamp = int(shop.now.timestamp())
    assert sign(second, got.id, int(got.headers["webhook-timestamp"]), got.body) in got.headers.values()
    assert sign(first, got.id, timestamp, got.body) not in got.headers.values()


async def test_a_conversation_is_told_in_order_and_others_do_not_wait(shop: Shop, receiver: Receiver) -> None:
    await add(shop, receiver.url)
    receiver.slow = 0.01

    def mood(got: Got) -> web.Response:
        return answering(500)(got) if got.payload["data"]["text"] == "a1" and failing else good(got)

    receiver.mood, failing = mood, True
    await shop.say("a1", "a2", "a3", sender="a")
    for sender in "bcde":
        await shop.say("b1", "b2", sender=sender)
    await shop.deliverer.deliver_due()
    assert sorted(receiver.texts()) == ["a1", *["b1"] * 4, *["b2"] * 4]
    assert 1 < receiver.most_at_once <= 8
    failing = False
    await shop.after(6 * SECOND)
    assert [text for text in receiver.texts() if text.startswith("a")] == ["a1", "a1", "a2", "a3"]
    ids = [got.id for got in receiver.got if got.payload["data"]["text"] == "a1"]
    assert len(set(ids)) == 1
    bodies = {got.body for got in receiver.got if got.payload["data"]["text"] == "a1"}
    assert len(bodies) == 1


async def test_it_is_tried_for_about_three_days_and_then_given_up(shop: Shop, receiver: Receiver) -> None:
    webhook_id, _ = await add(shop, receiver.url)
    receiver.mood = answering(500)
    begun = shop.now
    await shop.say("one", "two")
    times = []
    for _ in range(1000):
        tried = len(receiver.got)
        await shop.deliverer.deliver_due()
        if len(receiver.got) > tried:
            times.append((shop.now - begun).total_seconds())
        first, second = await shop.log(webhook_id)
        if first.state == "dead":
            break
        assert first.due_at is not None
        shop.now = max(first.due_at, shop.now + PAUSE)
    assert len([got for got in receiver.got if got.payload["data"]["text"] == "one"]) == MOST_ATTEMPTS
    assert 68 * 3600 < times[MOST_ATTEMPTS - 1] < 84 * 3600
    assert (first.attempts, first.status, len(first.response)) == (10, 500, 4096)
    assert [entry["status"] for entry in first.log] == [500] * 10
    assert second.state == "waiting"
    assert await shop.hooks.depths() == {"webhooks": 1, "webhooks_dead": 1}
    (webhook,) = await shop.hooks.listed()
    assert (webhook.waiting, webhook.dead, webhook.last_status) == (1, 1, 500)
    assert webhook.last_at == first.tried_at
    receiver.mood = good
    await shop.after(PAUSE)
    assert receiver.texts()[-1] == "two"
    again = await shop.hooks.redeliver(first.id)
    assert again.id != first.id
    await shop.deliverer.deliver_due()
    assert receiver.got[-1].id == first.event.id
    assert (await shop.hooks.delivery(again.id)).state == "delivered"


async def test_all_that_was_given_up_is_sent_again_in_its_order(shop: Shop, receiver: Receiver) -> None:
    webhook_id, _ = await add(shop, receiver.url)
    receiver.mood = answering(500)
    await shop.say("early", sender="before")
    since = (await shop.log(webhook_id))[-1].created_at + SECOND
    await shop.store.accept(message("one", text="one", received_at=since))
    await shop.store.accept(message("two", text="two", received_at=since))
    while any(one.state == "waiting" for one in await shop.log(webhook_id)):
        await shop.after(timedelta(hours=27))
    assert len(await shop.hooks.deliveries(webhook_id, state="dead", before=None, limit=9)) == 3
    receiver.mood = good
    receiver.got.clear()
    assert await shop.hooks.redeliver_dead(webhook_id, since=since + SECOND) == 0
    assert await shop.hooks.redeliver_dead(webhook_id, since=since) == 2
    assert await shop.hooks.redeliver_dead(webhook_id, since=since) == 0
    failed = await shop.hooks.deliveries(webhook_id, state="failed", before=None, limit=9)
    assert [one.attempts for one in failed] == [0, 0]
    await shop.after(PAUSE)
    assert receiver.texts() == ["one", "two"]
    last = (await shop.log(webhook_id))[-1]
    assert (last.state, last.attempts, len(last.log)) == ("delivered", 1, 11)
    carried = receiver.got[-1].headers
    assert last.log[-1]["signature"] == carried["webhook-signature"]
    assert last.log[-1]["timestamp"] == carried["webhook-timestamp"]
    await shop.hooks.change(webhook_id, {"enabled": False})
    with pytest.raises(Conflict):
        await shop.hooks.redeliver_dead(webhook_id, since=since)


async def test_an_endpoint_that_is_down_is_left_alone_and_gets_all_when_it_is_back(
    shop: Shop, receiver: Receiver
) -> None:
    down, _ = await add(shop, receiver.url + "/down")
    await add(shop, receiver.url + "/up")

    def mood(got: Got) -> web.Response:
        return (answering(503) if got.path == "/down" and failing else good)(got)

    receiver.mood, failing = mood, True
    for number in range(12):
        await shop.say("1", "2", sender=f"s{number}")
    await shop.deliverer.deliver_due()
    assert len(receiver.texts("/up")) == 24
    tried = len(receiver.texts("/down"))
    assert tried <= 12
    for _ in range(10):
        await shop.after(PAUSE + SECOND)
    assert 5 <= len(receiver.texts("/down")) - tried <= 10, "one at a time, once a minute"
    assert len(receiver.texts("/up")) == 24
    failing = False
    await shop.after(timedelta(hours=3))
    assert all(one.state == "delivered" for one in await shop.log(down))
    delivered = [got for got in receiver.got if got.path == "/down"][-24:]
    for number in range(12):
        own = [g.payload["data"] for g in delivered if g.payload["data"]["sender"] == f"s{number}"]
        assert [data["text"] for data in own][-2:] == ["1", "2"]


async def test_what_an_endpoint_asks_for_is_done(shop: Shop, receiver: Receiver) -> None:
    webhook_id, _ = await add(shop, receiver.url)
    receiver.mood = answering(429, Retry_After="600")
    await shop.say("one", sender="a")
    await shop.deliverer.deliver_due()
    await shop.say("other", sender="b")
    await shop.after(500 * SECOND)
    assert receiver.texts() == ["one"], "it asked to be left alone altogether"
    receiver.mood = good
    await shop.after(200 * SECOND)
    assert sorted(receiver.texts()) == ["one", "one", "other"]
    receiver.mood = answering(302, Location=receiver.url + "/elsewhere")
    await shop.say("moved", sender="c")
    await shop.deliverer.deliver_due()
    assert {got.path for got in receiver.got} == {"/"}
    last = (await shop.log(webhook_id))[-1]
    assert (last.state, last.status) == ("waiting", 302)
    assert "redirect" in last.error
    receiver.mood = answering(410)
    await shop.after(6 * SECOND)
    gone = await shop.hooks.get(webhook_id)
    assert (gone.enabled, gone.disabled_because) == (False, "gone")
    tried = len(receiver.got)
    receiver.mood = good
    await shop.say("not told of", sender="d")
    await shop.after(timedelta(days=2))
    assert len(receiver.got) == tried
    with pytest.raises(Conflict):
        await shop.hooks.test(webhook_id)
    await shop.hooks.change(webhook_id, {"enabled": True})
    await shop.deliverer.deliver_due()
    assert receiver.texts()[tried:] == ["moved"]


async def test_a_slow_endpoint_holds_up_no_other(
    shop: Shop, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.webhooks.posting.SECONDS", 2.0)
    slow = Receiver(slow=10)
    await slow.start()
    slow_id, _ = await add(shop, slow.url)
    await add(shop, receiver.url)
    running = asyncio.create_task(shop.deliverer.run())
    await shop.say("one")
    shop.deliverer.wake()
    await receiver.until(lambda got: bool(got), seconds=1.9)
    async with asyncio.timeout(10):
        while not (only := (await shop.log(slow_id))[0]).error:  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.05)
    assert (only.status, only.attempts) == (None, 1)
    assert "no answer" in only.error
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await slow.stop()


async def test_workers_of_two_processes_deliver_each_once(
    shop: Shop, receiver: Receiver, database_url: str
) -> None:
    other = Shop(database_url)
    await add(shop, receiver.url)
    for number in range(20):
        await shop.say("1", "2", sender=f"s{number}")
    await asyncio.gather(shop.deliverer.deliver_due(), other.deliverer.deliver_due())
    await shop.deliverer.deliver_due()
    assert len(receiver.got) == len({got.id for got in receiver.got}) == 40
    for number in range(20):
        own = [g.payload["data"]["text"] for g in receiver.got if g.payload["data"]["sender"] == f"s{number}"]
        assert own == ["1", "2"]
    await other.close()


async def test_killed_between_delivery_and_mark_it_comes_again_with_the_same_id(
    shop: Shop, receiver: Receiver, database_url: str
) -> None:
    await add(shop, receiver.url)
    await shop.say("one", "two")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.contracts.mortal_worker", database_url, cwd=Path(__file__).parents[2]
    )

    def mood(got: Got) -> web.Response:
        process.send_signal(signal.SIGKILL)
        return good(got)

    receiver.mood = mood
    assert await process.wait() == -signal.SIGKILL
    assert receiver.texts() == ["one"]
    receiver.mood = good
    await shop.deliverer.deliver_due()
    assert receiver.texts() == ["one"], "the dead worker still has it"
    shop.now = datetime.now(UTC)
    await shop.after(LEASE + SECOND)
    assert receiver.texts() == ["one", "one", "two"]
    assert receiver.got[0].id == receiver.got[1].id


async def test_the_clock_may_be_wrong(shop: Shop, receiver: Receiver) -> None:
    await add(shop, receiver.url)
    receiver.mood = answering(500)
    shop.now += timedelta(days=400)
    await shop.say("one")
    await shop.deliverer.deliver_due()
    receiver.mood = good
    await shop.after(-timedelta(days=400))
    await shop.say("two")
    await shop.deliverer.deliver_due()
    assert receiver.texts() == ["one", "one", "two"]
    shop.now -= timedelta(days=4000)
    await shop.say("three")
    await shop.deliverer.deliver_due()
    assert receiver.texts()[-1] == "three"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "localhost", "2130706433", "0x7f.1", "hooks.example", "[::ffff:127.0.0.1]"]
)
async def test_no_private_address_is_called(
    database_url: str, receiver: Receiver, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo

    def rebound(name: Any, *rest: Any, **more: Any) -> Any:
        return real("127.0.0.1" if name == "hooks.example" else name, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    guarded = Shop(database_url, allow_private=False)
    webhook_id, _ = await add(guarded, receiver.url.replace("127.0.0.1", host))
    await guarded.say("one")
    await guarded.deliverer.deliver_due()
    assert receiver.got == []
    (only,) = await guarded.log(webhook_id)
    assert (only.state, only.status) == ("waiting", None)
    assert "public address" in only.error or "not a canonical IPv4 address" in only.error
    await guarded.close()


async def test_what_may_not_be_set_up(shop: Shop) -> None:
    strict = Hooks(
        shop.database,
        Events(),
        Secrets(KEY),
        shop.deliverer,
        allow_private=False,
        clock=shop.clock,
    )
    for url in (
        "http://shop.example/hook",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://[::1]/",
        "https://localhost/",
        "https://user:password@shop.example/",
        "https://shop.example/#x",
        "https://shop.example:port/",
        "ftp://shop.example/",
        "https:///",
        "https://shop.example/ x",
        "https://[",
        f"https://shop.example/{'x' * 2000}",
    ):
        with pytest.raises(InvalidInput):
            await strict.add(url)
    webhook, _ = await strict.add("https://shop.example/hook")
    with pytest.raises(InvalidInput):
        await strict.change(webhook.id, {"url": "https://192.168.1.1"})
    for _ in range(19):
        await strict.add("https://shop.example/hook")
    with pytest.raises(Conflict):
        await strict.add("https://shop.example/hook")
    await strict.remove(webhook.id)
    with pytest.raises(NotFound):
        await strict.get(webhook.id)


async def test_what_waits_for_a_removed_endpoint_is_dropped_and_old_events_are_forgotten(
    shop: Shop, receiver: Receiver
) -> None:
    webhook_id, _ = await add(shop, receiver.url)
    kept, _ = await add(shop, receiver.url)
    receiver.mood = answering(500)
    await shop.say("one")
    await shop.deliverer.deliver_due()
    await shop.hooks.change(kept, {"with_personal": False})
    await shop.hooks.remove(webhook_id)
    receiver.mood, receiver.got = good, []
    await shop.after(6 * SECOND)
    (only,) = receiver.got
    assert "text" not in only.payload["data"], "what waits, too, is told without"
    shop.now += KEEP + timedelta(days=10)
    running = asyncio.create_task(shop.deliverer.run())
    async with asyncio.timeout(5):
        while await shop.log(kept):  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_payload_is_never_large(shop: Shop, receiver: Receiver) -> None:
    _, secret = await add(shop, receiver.url)
    await shop.store.accept(message("m1", text="长" * 20_000))
    await shop.deliverer.deliver_due()
    (got,) = receiver.got
    assert len(got.body) <= 20_000
    payload = Verifier(secret).verify(got.body, got.headers)
    assert payload["data"]["truncated"] is True
    assert payload["data"]["text"].startswith("长长")
    assert json.dumps(payload["data"]["conversation_id"])
