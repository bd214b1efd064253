"""Plain-text e-mail over SMTP, in a thread, since the standard library's client blocks."""

import asyncio
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr
from typing import Literal
from urllib.parse import unquote, urlsplit

from bot.errors import SettingsError, Undelivered
from bot.settings import Settings

_HOW = "Setting KEFU_SMTP_URL: write smtp+starttls://user:password@host:587, smtps://… or smtp://host:25."
_FROM = "Setting KEFU_MAIL_FROM: write help@shop.example or Shop <help@shop.example>."
_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_TIMEOUT_SECONDS = 10.0
"""For each answer of the server."""
_POLICY = SMTP.clone(cte_type="7bit")  # Chinese must survive a server that speaks ASCII only


@dataclass(frozen=True, slots=True)
class Letter:
    id: str
    """Of letters, digits, dots and dashes; the same letter sent again has the same."""
    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where to hand letters in: `smtp+starttls://user:password@host:587`."""

    host: str
    port: int
    security: Literal["smtp", "smtp+starttls", "smtps"]
    user: str = ""
    password: str = ""

    @staticmethod
    def parse(url: str) -> "SmtpServer":
        """
        Raises:
            SettingsError: no such URL, or it would send a password in clear; the password is not repeated.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise SettingsError(f"{_HOW} The port is no number.") from error
        if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
            raise SettingsError(_HOW)
        if parts.username and parts.scheme == "smtp":
            raise SettingsError("Setting KEFU_SMTP_URL: a password needs smtp+starttls:// or smtps://.")
        security: Literal["smtp", "smtp+starttls", "smtps"] = parts.scheme  # type: ignore[assignment]
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return SmtpServer(parts.hostname, port or _PORTS[security], security, user, password)


class Mailer:
    """Sends letters in the shop's name. No error of it names a recipient."""

    def __init__(
        self,
        server: SmtpServer,
        sender: str,
        *,
        trust: ssl.SSLContext | None = None,
        timeout_seconds: float = _TIMEOUT_SECONDS,
    ) -> None:
        """`sender` is `help@shop.example` or `Shop <help@shop.example>`; `trust` replaces the system's.

        Raises:
            SettingsError: the sender is no address.
        """
        try:
            self._from = _address(*reversed(parseaddr(sender if sender.isprintable() else "")))
        except ValueError as error:
            raise SettingsError(_FROM) from error
        self._server, self._timeout, self._trust = server, timeout_seconds, trust

    async def send(self, letter: Letter) -> None:
        """
        Raises:
            Undelivered: the server cannot be reached or refuses the letter.
        """
        await asyncio.to_thread(self._send, letter)

    def check(self) -> None:
        """Connect and sign in, as for a letter; blocking.

        Raises:
            Undelivered: that does not work.
        """
        with self._explained(), self._connect() as client:
            client.noop()

    def _send(self, letter: Letter) -> None:
        with self._explained(), self._connect() as client:
            client.send_message(self._message(letter))

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        if server.security == "smtps":
            return self._signed_in(
                smtplib.SMTP_SSL(server.host, server.port, timeout=self._timeout, context=self._context())
            )
        client = smtplib.SMTP(server.host, server.port, timeout=self._timeout)
        if server.security == "smtp+starttls":
            try:
                client.starttls(context=self._context())
            except Exception:
                client.close()
                raise
        return self._signed_in(client)

    def _signed_in(self, client: smtplib.SMTP) -> smtplib.SMTP:
        if self._server.user:
            try:
                client.login(self._server.user, self._server.password)
            except Exception:
                client.close()
                raise
        return client

    def _context(self) -> ssl.SSLContext:
        return self._trust or ssl.create_default_context()

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage(policy=_POLICY)
        message["From"] = self._from
        message["To"] = _address(letter.to)  # one, whatever stands in it
        message["Subject"] = letter.subject
        message["Date"] = formatdate(localtime=False)
        message["Message-ID"] = f"<{letter.id}@{self._from.domain}>"
        # Nobody's holiday notice is to answer it.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        return message

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """What went wrong by kind and code: the server's own words may repeat the recipient."""
        where = f"the mail server {self._server.host}:{self._server.port}"
        try:
            yield
        except smtplib.SMTPRecipientsRefused as error:
            codes = sorted({code for code, _ in error.recipients.values()})
            raise Undelivered(f"{where} refuses the recipient ({codes[0]})") from None
        except smtplib.SMTPResponseException as error:
            raise Undelivered(f"{where} answers {error.smtp_code} ({type(error).__name__})") from None
        except OSError as error:  # also what smtplib raises of its own
            raise Undelivered(f"{where} cannot be used ({type(error).__name__})") from None
        except ValueError as error:
            raise Undelivered(f"the letter cannot be written ({type(error).__name__})") from None


def open_mailer(settings: Settings) -> Mailer | None:
    """What the settings say about e-mail; None when they say nothing.

    Raises:
        SettingsError: one of the two is missing or malformed.
    """
    if not settings.smtp_url:
        return None
    if not settings.mail_from:
        raise SettingsError("Setting KEFU_SMTP_URL: it needs KEFU_MAIL_FROM, too.")
    return Mailer(SmtpServer.parse(settings.smtp_url), settings.mail_from)


def _address(text: str, name: str = "") -> Address:
    """Raises ValueError when the text is not exactly one address."""
    try:
        address = Address(name, addr_spec=text)
    except (IndexError, MessageError) as error:
        raise ValueError("no address") from error
    if not address.username or not address.domain:
        raise ValueError("no address")
    return address
