"""Letters, against a real mail server."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
import structlog
from aiosmtpd.controller import Controller

from bot.commands.doctor import CHECKS, finding
from bot.errors import SettingsError, Undelivered
from bot.mail import Letter, Mailer, SmtpServer
from bot.postman import Postman
from bot.settings import read_settings
from tests.bot.mailbox import Mailbox, certificate, only, serve

LETTER = Letter("code-1", "emma@example.com", "您的验证码 482913", "验证码是 482913。\n请勿转告他人。\n")
SENDER = "小店 Shop <help@shop.example>"
Serve = Callable[..., str]


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def started(mailbox: Mailbox, free_port: Callable[[], int]) -> Iterator[Serve]:
    """Starts a server and returns `host:port`."""
    running: list[Controller] = []

    def start(**options: Any) -> str:
        running.append(serve(mailbox, free_port(), **options))
        return f"127.0.0.1:{running[-1].port}"

    yield start
    for controller in running:
        controller.stop()


def mailer(url: str, trust: ssl.SSLContext | None = None, **options: Any) -> Mailer:
    return Mailer(SmtpServer.parse(url), SENDER, trust=trust, **options)


async def test_a_letter_arrives_as_it_was_written(started: Serve, mailbox: Mailbox) -> None:
    await mailer(f"smtp://{started()}").send(LETTER)
    (letter,) = mailbox.letters
    assert mailbox.recipients == [["emma@example.com"]]
    assert letter["From"] == SENDER
    assert letter["Subject"] == "您的验证码 482913"
    assert letter.get_content().splitlines() == LETTER.text.splitlines()
    assert letter["Message-ID"] == "<code-1@shop.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.as_bytes().isascii(), "it must survive servers that know ASCII only"


async def test_starttls_and_a_password(
    started: Serve, mailbox: Mailbox, tls: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    place = started(
        tls_context=tls[0], require_starttls=True, auth_required=True, authenticator=only("kefu", "p@ss/word")
    )
    await mailer(f"smtp+starttls://kefu:p%40ss%2Fword@{place}", tls[1]).send(LETTER)
    assert len(mailbox.letters) == 1
    with pytest.raises(Undelivered, match="535"):
        await mailer(f"smtp+starttls://kefu:wrong@{place}", tls[1]).send(LETTER)
    with pytest.raises(Undelivered, match="SSLCertVerificationError"):
        await mailer(f"smtp+starttls://kefu:p%40ss%2Fword@{place}").send(LETTER)
    assert len(mailbox.letters) == 1


async def test_implicit_tls(
    started: Serve, mailbox: Mailbox, tls: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    place = started(ssl_context=tls[0])
    await mailer(f"smtps://{place}", tls[1]).send(LETTER)
    assert len(mailbox.letters) == 1


async def test_a_server_without_starttls_gets_nothing(
    started: Serve, mailbox: Mailbox, tls: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    with pytest.raises(Undelivered, match="SMTPNotSupportedError"):
        await mailer(f"smtp+starttls://{started()}", tls[1]).send(LETTER)
    assert mailbox.letters == []


async def test_errors_name_no_recipient(
    started: Serve, mailbox: Mailbox, free_port: Callable[[], int]
) -> None:
    mailbox.refuse = lambda _address: True
    sending = mailer(f"smtp://{started()}")
    with pytest.raises(Undelivered, match="550") as refused:
        await sending.send(LETTER)
    with pytest.raises(Undelivered, match="ConnectionRefusedError") as nobody:
        await mailer(f"smtp://127.0.0.1:{free_port()}").send(LETTER)
    for error in (refused.value, nobody.value):
        assert "emma" not in str(error)
        assert error.__cause__ is None
        assert error.__suppress_context__


async def test_a_server_that_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(Undelivered, match="SMTPServerDisconnected"):
            await mailer(f"smtp://127.0.0.1:{port}", timeout_seconds=0.2).send(LETTER)


@pytest.mark.parametrize(
    "to",
    ["", "emma", "a@b.co, c@d.co", "a@b.co\r\nBcc: c@d.co", "a@b.co\nRCPT TO:<c@d.co>", "<a@b.co> c@d.co"],
)
async def test_an_address_is_one_address(started: Serve, mailbox: Mailbox, to: str) -> None:
    with pytest.raises(Undelivered):
        await mailer(f"smtp://{started()}").send(replace(LETTER, to=to))
    assert mailbox.letters == []


def test_the_check_signs_in_and_sends_nothing(started: Serve, mailbox: Mailbox) -> None:
    mailer(f"smtp://{started()}").check()
    assert mailbox.letters == []


def test_the_check_names_server_and_kind(free_port: Callable[[], int]) -> None:
    port = free_port()
    with pytest.raises(Undelivered, match=rf"127.0.0.1:{port} .*ConnectionRefusedError"):
        mailer(f"smtp://127.0.0.1:{port}").check()


def test_the_doctor_asks_the_server(started: Serve, free_port: Callable[[], int]) -> None:
    check, remedy = CHECKS["mail"]

    def problem(url: str) -> str | None:
        settings = read_settings(smtp_url=url, mail_from=SENDER)
        return finding("mail", partial(check, settings), remedy).problem

    assert problem(f"smtp://{started()}") is None
    assert "ConnectionRefusedError" in str(problem(f"smtp://127.0.0.1:{free_port()}"))
    assert "KEFU_SMTP_URL" in str(problem("mail.example"))


@pytest.mark.parametrize(
    ("url", "port"),
    [("smtp://h.example", 25), ("smtp+starttls://u:p@h.example", 587), ("smtps://u:p@h", 465)],
)
def test_ports_by_security(url: str, port: int) -> None:
    assert SmtpServer.parse(url).port == port


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example",
        "http://mail.example",
        "smtp://",
        "smtp://h:mail",
        "smtp://h:99999",
        "smtp://h/box",
        "smtp://user:topsecret@h",
        "smtps://h?tls=no",
    ],
)
def test_urls_that_cannot_be_used(url: str) -> None:
    with pytest.raises(SettingsError, match="KEFU_SMTP_URL") as refused:
        SmtpServer.parse(url)
    assert "topsecret" not in str(refused.value)


@pytest.mark.parametrize(
    "sender", ["", "Shop", "shop@", "@shop.example", "a b@shop.example", "a@b.co\nTo: x@y.z"]
)
def test_senders_that_cannot_be_used(sender: str) -> None:
    with pytest.raises(SettingsError, match="KEFU_MAIL_FROM"):
        Mailer(SmtpServer.parse("smtp://h"), sender)


async def test_posted_letters_are_sent_once_and_tried_again(started: Serve, mailbox: Mailbox) -> None:
    mailbox.busy = 1
    postman = Postman(mailer(f"smtp://{started()}"), pause_seconds=0, retry_seconds=(0.01,))
    running = asyncio.create_task(postman.run())
    postman.post(LETTER)
    postman.post(LETTER)
    postman.post(replace(LETTER, id="code-2"))
    await postman.finish(grace_seconds=5)
    assert sorted(letter["Message-ID"] for letter in mailbox.letters) == [
        "<code-1@shop.example>",
        "<code-2@shop.example>",
    ]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_letter_nobody_takes_is_given_up_and_not_named_in_the_log(
    started: Serve, mailbox: Mailbox
) -> None:
    mailbox.refuse = lambda address: address.startswith("emma")
    postman = Postman(mailer(f"smtp://{started()}"), pause_seconds=0, retry_seconds=(0.01, 0.01))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with structlog.testing.capture_logs() as lines:
        running = asyncio.create_task(postman.run())
        postman.post(LETTER)
        postman.post(replace(LETTER, id="code-2", to="noah@example.com"))
        await postman.finish(grace_seconds=5)
    assert [letter["To"] for letter in mailbox.letters] == ["noah@example.com"]
    assert [line["tried_again"] for line in lines] == [True, True, False]
    assert "emma" not in repr(lines)
    assert "482913" not in repr(lines)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
