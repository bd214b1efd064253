"""Who is it? Each way on a real store, a real shop and a real mail server."""

import asyncio
import re
import shutil
import statistics
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from bot.asker import Asker
from bot.codes import Codes
from bot.conversation import Identity
from bot.identification import MOST_ATTEMPTS, SIGNED_IN_FOR, WINDOW_MINUTES, Identification, Level
from bot.mail import Mailer, SmtpServer
from bot.postman import Postman
from bot.settings import Way
from bot.shop.domain import ShopData
from bot.shop.importer import read_folder
from bot.shop.sql import SqlShop
from bot.store.database import Database
from bot.store.opening import open_database
from bot.store.sql import SqlStore
from bot.texts.catalogue import load_texts
from connectors.base import Message
from tests.bot.mailbox import Mailbox, serve
from tests.bot.shop import sample

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
EMMA = "emma@mail.example"
ALL: tuple[Way, ...] = ("order_contact", "email_code", "email", "name_postcode")


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def port(mailbox: Mailbox, free_port: Callable[[], int]) -> Iterator[int]:
    controller = serve(mailbox, free_port())
    yield int(controller.port)
    controller.stop()


@pytest.fixture
def data(migrated_sqlite: Path, tmp_path: Path) -> ShopData:
    shutil.copy(migrated_sqlite, tmp_path / "kefu.db")
    london = {
        "id": "A1",
        "name": "Emma",
        "street": "1",
        "city": "London",
        "country": "GB",
        "postcode": "SW1A 1AA",
    }
    person = {"addresses": [london], "default_address_id": "A1"}
    customers = [
        sample.customer(1, name="Emma Clarke", emails=["Emma@mail.example"], **person),
        sample.customer(2, name="Noah Clarke", emails=["noah@mail.example"], **person),
    ]
    orders = [sample.order(1, customer_id="C00001")]
    return read_folder(sample.write_folder(tmp_path / "shop", customers=customers, orders=orders))


@dataclass
class Desk:
    """What a conversation has of it."""

    database: Database
    shop: SqlShop
    store: SqlStore
    codes: Codes
    mailer: Mailer
    mailbox: Mailbox

    def by(self, *ways: Way) -> Identification:
        return Identification(self.shop, self.store, ways=ways, codes=self.codes)

    async def asker(self, sender: str = "s1", **fields: Any) -> Asker:
        accepted = await self.store.accept(Message("web", sender, "m1", "hi", NOW))
        return replace(Asker(accepted.conversation_id, 0, None, "en", NOW), **fields)

    async def letters(self) -> Sequence[str]:
        await self.codes.postman.finish(grace_seconds=5)
        return [letter.get_content() for letter in self.mailbox.letters]

    async def newest_code(self) -> str:
        match = re.search(r"\b\d{6}\b", (await self.letters())[-1])
        assert match
        return match[0]


@pytest.fixture
async def desk(data: ShopData, tmp_path: Path, mailbox: Mailbox, port: int) -> AsyncIterator[Desk]:
    database = open_database(f"sqlite:///{tmp_path / 'kefu.db'}")
    shop, store = SqlShop(database), SqlStore(database)
    await shop.replace(data)
    mailer = Mailer(SmtpServer.parse(f"smtp://127.0.0.1:{port}"), "help@shop.example")
    postman = Postman(mailer, pause_seconds=0, retry_seconds=())
    running = asyncio.create_task(postman.run())
    texts = await asyncio.to_thread(load_texts, {})
    yield Desk(database, shop, store, Codes(shop, store, texts, postman, b"k" * 32), mailer, mailbox)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await database.close()


def otherwise(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


@pytest.mark.parametrize(
    ("ways", "level", "given", "needed"),
    [
        (("order_contact",), "order", "", "order_number"),
        (("order_contact",), "order", "order_number", "contact"),
        (("order_contact",), "order", "contact", "order_number"),
        (("order_contact",), "order", "contact order_number", None),
        (("order_contact", "email_code"), "order", "", "order_number"),
        (("order_contact", "email_code"), "order", "contact email", None),  # an e-mail instead of a number
        (("order_contact", "email_code"), "signed_in", "order_number contact", "email"),
        (("order_contact", "email_code"), "signed_in", "order_number contact email", None),
        (("email", "name_postcode"), "order", "name", "postcode"),
        (("email", "name_postcode"), "order", "postcode", "name"),
        (("email", "name_postcode"), "order", "", "email"),
    ],
)
async def test_what_is_asked_next(
    desk: Desk, ways: tuple[Way, ...], level: Level, given: str, needed: str | None
) -> None:
    assert desk.by(*ways).needed(dict.fromkeys(given.split(), "x"), level) == needed


async def test_an_orders_number_never_signs_in(desk: Desk, data: ShopData) -> None:
    given = {"order_number": data.orders[0].number, "contact": EMMA}
    verdict = await desk.by("order_contact").verify(given, await desk.asker(), "order")
    assert verdict.identity == Identity("order", "C00001", data.orders[0].number)
    assert desk.by("order_contact").ways("signed_in") == ()
    assert desk.by(*ALL).ways("signed_in") == ALL[1:]
    assert desk.by(*ALL).ways("order") == ALL


async def test_a_code_by_email_signs_in_for_an_hour(desk: Desk) -> None:
    asker = await desk.asker()
    sent = await desk.by("email_code").verify({"email": EMMA}, asker, "order")
    assert (sent.outcome, sent.identity) == ("code_sent", None)
    code = await desk.newest_code()
    given = {"email": EMMA, "code": code}
    later = replace(asker, turn=1)
    wrong = await desk.by("email_code").verify({**given, "code": otherwise(code)}, later, "order")
    assert wrong.outcome == "mismatch"
    verdict = await desk.by("email_code").verify(given, later, "order")
    assert verdict.identity == Identity("signed_in", "C00001", until=NOW + SIGNED_IN_FOR)
    assert (await desk.by("email_code").verify(given, replace(asker, turn=2), "order")).outcome == "mismatch"


async def test_the_letter_goes_to_the_address_on_file_in_the_shoppers_language(desk: Desk) -> None:
    asker = await desk.asker(language="zh")
    await desk.codes.send("ＥＭＭＡ@mail.example", asker)
    (letter,) = await desk.letters()
    assert desk.mailbox.recipients == [["Emma@mail.example"]]
    assert desk.mailbox.letters[0]["Subject"] == "样品店验证码"
    assert "10 分钟内有效" in letter
    assert "不要告诉任何人" in letter
    await desk.codes.send("noah@mail.example", replace(asker, turn=1, language="en"))
    assert "Never pass it on" in (await desk.letters())[1]


async def test_what_is_on_disk_tells_neither_code_nor_address(desk: Desk) -> None:
    await desk.codes.send(EMMA, await desk.asker())
    code = await desk.newest_code()
    for table in ("codes", "attempts", "conversations", "messages"):
        rows = await desk.database.read(partial(_all, table=table))
        assert rows
        assert code not in repr(rows)
        assert "emma" not in repr(rows).lower()


def _all(connection: Connection, table: str) -> Sequence[Any]:
    return connection.execute(text(f"SELECT * FROM {table}")).all()


async def test_a_turn_made_anew_sends_no_second_code(desk: Desk) -> None:
    asker = await desk.asker()
    for _ in range(6):
        assert (await desk.by("email_code").verify({"email": EMMA}, asker, "order")).outcome == "code_sent"
    assert len(await desk.letters()) == 1
    given = {"email": EMMA, "code": await desk.newest_code()}
    for _ in range(6):
        verdict = await desk.by("email_code").verify(given, replace(asker, turn=1), "order")
        assert verdict.outcome == "verified"


async def test_a_turn_made_anew_after_a_crash_sends_the_same_code(desk: Desk) -> None:
    asker = await desk.asker()
    await desk.codes.send(EMMA, asker)
    await desk.letters()
    postman = Postman(desk.mailer, pause_seconds=0)
    running = asyncio.create_task(postman.run())
    desk.codes.postman = postman  # another process: nothing is remembered
    await desk.codes.send(EMMA, asker)
    first, second = await desk.letters()
    assert first == second
    assert desk.mailbox.letters[0]["Message-ID"] == desk.mailbox.letters[1]["Message-ID"]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_new_code_voids_the_older_one(desk: Desk) -> None:
    asker = await desk.asker()
    await desk.codes.send(EMMA, asker)
    older = await desk.newest_code()
    await desk.codes.send(EMMA, replace(asker, turn=1))
    newer = await desk.newest_code()
    assert older != newer
    assert await desk.codes.check(older, replace(asker, turn=2)) is None
    assert await desk.codes.check(newer, replace(asker, turn=2)) == "C00001"


async def test_a_code_is_good_for_ten_minutes_and_five_tries(desk: Desk) -> None:
    asker = await desk.asker()
    await desk.codes.send(EMMA, asker)
    code = await desk.newest_code()
    assert await desk.codes.check(code, replace(asker, turn=1, now=NOW + timedelta(minutes=10))) is None
    for number in range(4):
        assert await desk.codes.check(otherwise(code), replace(asker, turn=2 + number)) is None
    assert await desk.codes.check(code, replace(asker, turn=9)) is None, "a sixth try"


async def test_a_code_of_another_conversation_does_not_fit(desk: Desk) -> None:
    asker, other = await desk.asker("s1"), await desk.asker("s2")
    await desk.codes.send(EMMA, asker)
    code = await desk.newest_code()
    await desk.codes.send(EMMA, other)
    assert await desk.codes.check(code, replace(other, turn=1)) is None


async def test_codes_are_sent_a_few_times_only(desk: Desk) -> None:
    identification = desk.by("email_code")

    async def outcomes(askers: Sequence[Asker], emails: Sequence[str]) -> list[str]:
        pairs = zip(askers, emails, strict=True)
        return [
            (await identification.verify({"email": email}, asker, "order")).outcome for asker, email in pairs
        ]

    one = await desk.asker("one")
    same = [replace(one, turn=turn) for turn in range(4)]
    assert await outcomes(same, [f"{n}@x.example" for n in range(4)]) == ["code_sent"] * 3 + ["locked"]
    many = [await desk.asker(f"many{n}") for n in range(4)]
    assert await outcomes(many, [EMMA] * 4) == ["code_sent"] * 3 + ["locked"]
    near = [await desk.asker(f"near{n}", address="203.0.113.9") for n in range(11)]
    assert await outcomes(near, [f"{n}@y.example" for n in range(11)]) == ["code_sent"] * 10 + ["locked"]
    tomorrow = [replace(many[0], turn=8, now=NOW + timedelta(minutes=WINDOW_MINUTES + 1))]
    assert await outcomes(tomorrow, [EMMA]) == ["code_sent"]
    assert len(await desk.letters()) == 4


async def test_an_address_gets_ten_codes_a_day(desk: Desk) -> None:
    sent = []
    for hour in range(12):
        asker = await desk.asker(f"s{hour}", now=NOW + timedelta(hours=hour))
        sent.append(await desk.codes.send(EMMA, asker))
    assert sent == [True] * 10 + [False] * 2


async def test_nobodys_address_looks_like_anybodys(desk: Desk) -> None:
    identification = desk.by("email_code")
    known = await identification.verify({"email": EMMA}, await desk.asker("s1"), "order")
    unknown = await identification.verify({"email": "who@mail.example"}, await desk.asker("s2"), "order")
    assert known == unknown
    assert len(await desk.letters()) == 1
    columns = "SELECT length(digest), expires_at, attempts, used_in FROM codes"
    one, other = await desk.database.read(lambda connection: connection.execute(text(columns)).all())
    assert one == other


@pytest.mark.slow  # a busy machine tells anything
async def test_time_does_not_tell_whose_address_it_is(desk: Desk) -> None:
    """The mail server is as slow as it likes: nobody waits for it."""
    identification = desk.by("email_code")

    async def seconds(email: str, number: int) -> float:
        asker = await desk.asker(f"{email}-{number}", now=NOW + timedelta(days=2 * number))
        started = time.perf_counter()
        await identification.verify({"email": email}, asker, "order")
        taken = time.perf_counter() - started
        await desk.letters()
        return taken

    known, unknown = [], []
    for number in range(40):
        known.append(await seconds(EMMA, number))
        unknown.append(await seconds("who@mail.example", number))
    ratio = statistics.median(known) / statistics.median(unknown)
    assert 0.75 < ratio < 1.33, f"a known address takes {ratio:.2f} times as long"


async def test_name_and_postcode_and_email_sign_in_where_a_shop_wants_that(desk: Desk) -> None:
    asker = await desk.asker()
    until = NOW + SIGNED_IN_FOR
    by_name = {"name": "noah clarke", "postcode": "sw1a1aa"}
    verdict = await desk.by("name_postcode").verify(by_name, asker, "signed_in")
    assert verdict.identity == Identity("signed_in", "C00002", until=until)
    verdict = await desk.by("email").verify({"email": EMMA}, asker, "signed_in")
    assert verdict.identity == Identity("signed_in", "C00001", until=until)
    assert not await desk.letters()


@pytest.mark.parametrize(
    ("way", "wrong", "right"),
    [
        (
            "order_contact",
            {"order_number": "100001", "contact": "x@y.example"},
            {"order_number": "100001", "contact": EMMA},
        ),
        ("email", {"email": "x@y.example"}, {"email": EMMA}),
        (
            "name_postcode",
            {"name": "Emma Clarke", "postcode": "10115"},
            {"name": "Emma Clarke", "postcode": "SW1A 1AA"},
        ),
    ],
)
async def test_guessing_is_stopped(
    desk: Desk, way: Way, wrong: dict[str, str], right: dict[str, str]
) -> None:
    identification, asker = desk.by(way), await desk.asker()
    for _ in range(MOST_ATTEMPTS):
        assert (await identification.verify(wrong, asker, "order")).outcome == "mismatch"
    assert (await identification.verify(right, asker, "order")).outcome == "locked"
    elsewhere = await desk.asker("s2")
    assert (await identification.verify(wrong, elsewhere, "order")).outcome == "locked", "the same aim"
    later = replace(asker, now=NOW + timedelta(minutes=WINDOW_MINUTES, seconds=1))
    assert (await identification.verify(right, later, "order")).outcome == "verified"
