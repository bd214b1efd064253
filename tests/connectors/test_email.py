"""E-mail, over a real IMAP server and a real SMTP server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connectors.channel import Denied, Inbound, Kit, Recipient, RetryLater, Undeliverable
from connectors.email import Email
from connectors.email.mailbox import BROKEN
from tests.connectors.email_case import SENDER, written
from tests.connectors.mail import MailServer, open_mail
from tests.connectors.sample import AGENT, PLAIN, RICH
from tests.contracts.platform import NOW, Platform, open_kit, request

TO = Recipient(SENDER, NOW, 0)


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
async def server(platform: Platform) -> AsyncIterator[MailServer]:
    async with open_mail(platform) as server:
        yield server


@pytest.fixture
async def kit() -> AsyncIterator[Kit]:
    async with open_kit() as kit:
        yield kit


@asynccontextmanager
async def running(email: Email) -> AsyncIterator[Callable[[int], Any]]:
    """Runs it; what is yielded waits for so many messages and returns them."""
    found, came = list[Inbound](), asyncio.Event()

    async def submit(inbound: Inbound) -> None:
        found.append(inbound)
        came.set()

    looking = asyncio.create_task(email.run(submit))

    async def wait(count: int) -> list[Inbound]:
        async with asyncio.timeout(5):
            while len(found) < count:
                await came.wait()
                came.clear()
        return found

    try:
        yield wait
    finally:
        looking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await looking


async def started(kit: Kit) -> None:
    for _ in range(500):
        if await kit.memory.get("cursor") is not None:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it has not looked")


async def test_what_was_there_before_is_left_alone_and_what_comes_is_brought_once(
    server: MailServer, kit: Kit
) -> None:
    await server.arrive(written("old", id="0"))
    async with running(Email(server.config(), kit)) as wait:
        await started(kit)
        await server.arrive(written("退货运费谁出？", id="1"))
        (one,) = await wait(1)
    assert (one.message.sender, one.message.external_id) == (SENDER, "<1@mail.example>")
    assert (one.message.text, one.message.received_at) == ("退货运费谁出？", NOW)
    await server.arrive(written("while we were away", id="2"))
    async with running(Email(server.config(), kit)) as wait:
        (two,) = await wait(1)
        await asyncio.sleep(0.15)
        assert await wait(1) == [two]
    assert two.message.text == "while we were away"
    assert len((await server.tell("search", None, "UNSEEN"))[0].split()) == 3  # for people, all are new


async def test_a_letter_that_could_not_be_kept_is_brought_again(server: MailServer, kit: Kit) -> None:
    async def full(inbound: Inbound) -> None:
        raise OSError("disk full")

    email = Email(server.config(backlog_days=1), kit)
    await server.arrive(written("hi"))
    with pytest.raises(OSError, match="disk full"):
        await email.run(full)
    async with running(Email(server.config(), kit)) as wait:
        assert [one.message.text for one in await wait(1)] == ["hi"]


async def test_a_folder_numbered_anew_is_read_again_from_the_day_before(server: MailServer, kit: Kit) -> None:
    await server.tell("create", "Shop")
    email = Email(server.config(folder="Shop"), kit)
    async with running(email) as wait:
        await started(kit)
        await server.arrive(written("one", id="1"), folder="Shop")
        await wait(1)
    await server.tell("delete", "Shop")
    await server.tell("create", "Shop")
    for number, age in ((7, 9), (1, 1), (2, 0)):
        await server.arrive(written(f"{number}", id=str(number)), at=NOW - timedelta(days=age), folder="Shop")
    async with running(email) as wait:
        found = await wait(2)
        await asyncio.sleep(0.1)
        assert [one.message.external_id for one in found] == ["<1@mail.example>", "<2@mail.example>"]


async def test_a_photo(server: MailServer, kit: Kit) -> None:
    letter = written("坏了")
    letter.add_attachment(b"\xff\xd8bytes", maintype="image", subtype="jpeg", filename="IMG_1.jpg")
    email = Email(server.config(backlog_days=1), kit)
    await server.arrive(letter)
    async with running(email) as wait:
        (one,) = await wait(1)
    (media,) = one.media
    assert await email.fetch(media) == b"\xff\xd8bytes"
    for gone in (media.ref.replace("/", "1/", 1), media.ref.rpartition("/")[0] + "/9", "1/2/3"):
        with pytest.raises(Undeliverable):
            await email.fetch(replace(media, ref=gone))


async def test_an_answer_stands_in_the_thread_of_what_it_answers(
    server: MailServer, kit: Kit, platform: Platform
) -> None:
    long = "<" + "a1b2c3" * 20 + "@prod.outlook.example>"
    email = Email(server.config(backlog_days=1), kit)
    await server.arrive(written("Cancel it", id="1", Subject="Re: 我的订单", References=f"{long} <0@x>"))
    await server.arrive(written("Something else", id="2", Subject="Invoice"))
    async with running(email) as wait:
        await wait(2)
    for number, reply in enumerate(
        (replace(RICH, in_reply_to=("<1@mail.example>",)), replace(AGENT, in_reply_to=()), PLAIN)
    ):
        (payload,) = email.render(reply, TO)
        for _ in range(2 - number % 2):
            await email.send(payload, TO, key=f"{number}:0")
    first, again, by_hand = (call.body for call in platform.calls[:3])
    assert first["Subject"] == "Re: 我的订单"
    written_out = platform.calls[0].headers["References"]
    assert written_out.split() == [long, "<0@x>", "<1@mail.example>"]
    assert first["In-Reply-To"] == "<1@mail.example>"
    assert first["Message-ID"] == again["Message-ID"] != by_hand["Message-ID"]
    assert first["Message-ID"].endswith("@shop.example>")
    assert (first["Auto-Submitted"], by_hand["Auto-Submitted"]) == ("auto-replied", None)
    assert (by_hand["Subject"], by_hand["In-Reply-To"]) == ("Re: Invoice", "<2@mail.example>")
    assert first["From"] == "Shop 客服 <help@shop.example>"
    plain, page = (first.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "2. Confirm" in plain
    assert "<li>Confirm</li>" in page
    assert "Grey hoodie &amp; &lt;b&gt;hat&lt;/b&gt;" in page
    assert '<a href="https://shop.example/p/1">' in page


async def test_our_own_answer_brought_back_is_not_heard(
    server: MailServer, kit: Kit, platform: Platform
) -> None:
    email = Email(server.config(backlog_days=1), kit)
    (payload,) = email.render(AGENT, TO)
    await email.send(payload, TO, key="k:0")
    letter = platform.calls[0].body
    await server.arrive(letter)
    letter.replace_header("From", "bot@elsewhere.example")
    letter["Auto-Submitted"] = "auto-replied"
    await server.arrive(letter)
    await server.arrive(written("a person"))
    async with running(email) as wait:
        assert [one.message.text for one in await wait(1)] == ["a person"]


async def test_tls_from_the_first_byte(kit: Kit, platform: Platform) -> None:
    async with open_mail(platform, tls=True) as server:
        email = Email(server.config(imap_security="tls", smtp_security="tls"), kit)
        async with running(email):
            await started(kit)
        (payload,) = email.render(PLAIN, TO)
        await email.send(payload, TO, key="k:0")
    assert platform.calls[0].path == SENDER


async def test_what_does_not_work_can_be_tried_again(
    server: MailServer, kit: Kit, platform: Platform
) -> None:
    async def nobody(inbound: Inbound) -> None:
        raise AssertionError(inbound)

    wrong = Email(server.config(password="wrong"), kit)
    (payload,) = wrong.render(PLAIN, TO)
    with pytest.raises(RetryLater, match="let us in"):
        await wrong.send(payload, TO, key="k:0")
    with pytest.raises(BROKEN):
        await wrong.run(nobody)
    untrusted = Email(server.config(ca_file=None), kit)
    with pytest.raises(RetryLater):
        await untrusted.send(payload, TO, key="k:0")
    with pytest.raises(BROKEN):
        await untrusted.run(nobody)
    gone = Email(server.config(smtp="127.0.0.1:9", folder="Nowhere"), kit)
    with pytest.raises(RetryLater):
        await gone.send(payload, TO, key="k:0")
    with pytest.raises(BROKEN):
        await gone.run(nobody)
    platform.moods = [550, 400]
    with pytest.raises(RetryLater):
        await Email(server.config(), kit).send(payload, TO, key="k:0")
    with pytest.raises(Undeliverable):
        await Email(server.config(), kit).send(payload, TO, key="k:0")
    with pytest.raises(Undeliverable):
        await Email(server.config(), kit).send(
            payload, replace(TO, sender="a@b\r\nBcc: c@d.example"), key="k:0"
        )
    assert platform.calls == []


async def test_nobody_is_heard_over_http(server: MailServer, kit: Kit) -> None:
    with pytest.raises(Denied):
        Email(server.config(), kit).receive(request({"text": "hi"}))
