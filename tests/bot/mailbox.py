"""A real SMTP server on the loopback interface, and what arrived there."""

import email
import ssl
import subprocess
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword


class Mailbox:
    """Keeps what arrives; `refuse` says which recipients are turned away."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.refuse: Callable[[str], bool] = lambda _address: False
        self.busy = 0
        """So many letters are turned away for now."""

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if self.refuse(address):
            return f"550 nobody is called {address}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        if self.busy:
            self.busy -= 1
            return "451 try again"
        assert isinstance(envelope.content, bytes)
        letter = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.recipients.append(envelope.rcpt_tos)
        return "250 OK"


def serve(mailbox: Mailbox, port: int, **options: Any) -> Controller:
    """A running server; `stop()` ends it."""
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    return controller


def only(user: str, password: str) -> Callable[..., AuthResult]:
    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        fits = isinstance(given, LoginPassword) and (given.login, given.password) == (
            user.encode(),
            password.encode(),
        )
        return AuthResult(success=fits, handled=False)

    return authenticate


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """(The server's, the client's that trusts it), for 127.0.0.1."""
    key, public = folder / "key.pem", folder / "certificate.pem"
    making = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=127.0.0.1",
    ]
    subprocess.run(
        [*making, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(public)],
        check=True,
        capture_output=True,
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(public, key)
    return server, ssl.create_default_context(cafile=public)
