"""A mail server as an address has one: IMAP (pymap) and SMTP (aiosmtpd), both real, with STARTTLS and a password."""

import asyncio
import email
import imaplib
import os
import ssl
import tempfile
import warnings
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import default
from functools import cache
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer
from pysasl.hashing import BuiltinHash

from connectors.email import Config
from tests.bot.mailbox import certificate, only
from tests.contracts.platform import NOW, Call, Odd, Platform

ADDRESS, PASSWORD = "help@shop.example", "a password & more"


@cache
def _certificate() -> tuple[ssl.SSLContext, str]:
    folder = Path(tempfile.mkdtemp())
    server, _ = certificate(folder)
    return server, str(folder / "certificate.pem")


@dataclass
class MailServer:
    """Where it is, and what a person can do with it."""

    imap: str
    smtp: str
    ca_file: str

    @property
    def address(self) -> str:
        """For `at`."""
        return f"{self.imap} {self.smtp} {self.ca_file}"

    @staticmethod
    def at(address: str) -> "MailServer":
        return MailServer(*address.split(" "))

    def config(self, **more: Any) -> Config:
        return Config(
            **{
                "address": f"Shop 客服 <{ADDRESS}>",
                "password": PASSWORD,
                "imap": self.imap,
                "imap_security": "starttls",
                "smtp": self.smtp,
                "ca_file": self.ca_file,
                "poll_seconds": 0.05,
                **more,
            }
        )

    async def arrive(self, letter: EmailMessage | bytes, at: datetime = NOW, folder: str = "INBOX") -> None:
        raw = letter if isinstance(letter, bytes) else letter.as_bytes()
        await self.tell("append", folder, None, imaplib.Time2Internaldate(at), raw)

    async def tell(self, command: str, *arguments: Any) -> Any:
        """A command of IMAP, in the folder that people see."""
        return await asyncio.to_thread(self._tell, command, *arguments)

    def _tell(self, command: str, *arguments: Any) -> Any:
        host, _, port = self.imap.partition(":")
        with imaplib.IMAP4(host, int(port), timeout=5) as imap:
            imap.starttls(ssl.create_default_context(cafile=self.ca_file))
            imap.login(ADDRESS, PASSWORD)
            imap.select("INBOX")
            status, answer = getattr(imap, command)(*arguments)
            assert status == "OK", answer
            return answer


class _Handing:
    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        headers = dict(email.message_from_bytes(envelope.content).items())  # as they stand there
        letter = email.message_from_bytes(envelope.content, policy=default)
        call = Call("MAIL", envelope.rcpt_tos[0], headers, letter)
        mood = self._platform.meet(call)
        if isinstance(mood, float):
            await asyncio.sleep(mood)
        elif mood is Odd.BUSY:
            return "450 too many"
        elif isinstance(mood, int):
            return "550 never" if 400 <= mood < 500 and mood != 429 else "451 later"
        self._platform.take(call)
        if isinstance(mood, Odd):
            server.transport.abort()
        return "250 OK"


@asynccontextmanager
async def open_mail(platform: Platform, *, tls: bool = False) -> AsyncIterator[MailServer]:
    """What is handed in is kept in `platform`, whose moods are answered in SMTP's numbers.

    `tls`: from the first byte, not by STARTTLS.
    """
    os.environ.setdefault("FQDN", "localhost")  # or pymap asks the name server for its own
    trusted, ca_file = _certificate()
    arguments = {"host": None, "port": 0, "debug": False, "cert": None, "key": None, "tls": not tls}
    arguments |= {"passlib_cfg": None, "proxy_protocol": None}
    arguments |= {"demo_data": False, "demo_user": ADDRESS, "demo_password": PASSWORD}
    backend, config = await DictBackend.init(
        Namespace(**arguments),
        ssl_context=trusted,
        invalid_user_sleep=0.0,
        hash_context=BuiltinHash(rounds=1),
    )
    config.apply_context()
    reading = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
    whole = trusted if tls else None
    imap = await asyncio.start_server(reading, "127.0.0.1", 0, ssl=whole)

    def handing() -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it does not see that everything is within TLS
            return SMTP(
                _Handing(platform),
                hostname="localhost",
                require_starttls=not tls,
                tls_context=None if tls else trusted,
                auth_required=True,
                auth_require_tls=not tls,
                authenticator=only(ADDRESS, PASSWORD),
            )

    smtp = await asyncio.get_running_loop().create_server(handing, "127.0.0.1", 0, ssl=whole)
    try:
        yield MailServer(*(f"127.0.0.1:{one.sockets[0].getsockname()[1]}" for one in (imap, smtp)), ca_file)
    finally:
        imap.close()
        smtp.close()
