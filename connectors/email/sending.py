"""Letters of ours, handed in over SMTP as the standard library speaks it: `hand_in` blocks. No error names a recipient."""

import smtplib
import uuid
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any

from connectors.channel import RetryLater, Undeliverable
from connectors.email.servers import Config, host_and_port

_TIMEOUT_SECONDS = 10.0
"""For each answer of the server."""
_PORTS = {"tls": 465, "starttls": 587}
_THREAD = ("in-reply-to", "references")


class _Policy(EmailPolicy):
    """Ids of a thread are broken between, not encoded: no mail program would know them again."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() in _THREAD:
            return f"{name}: ".encode() + b"\r\n ".join(one.encode() for one in str(value).split()) + b"\r\n"
        return super().fold_binary(name, value)


_POLICY = _Policy(linesep="\r\n", cte_type="7bit")  # Chinese must survive a server that speaks ASCII only


def compose(
    config: Config,
    to: str,
    *,
    key: str,
    subject: str,
    text: str,
    html: str,
    thread: tuple[str, ...],
    by_hand: bool,
    now: datetime,
) -> EmailMessage:
    """`thread` ends with the letter that is answered. The same key makes the same Message-ID.

    Raises:
        Undeliverable: the address is none.
    """
    ours = config.shown_as
    letter = EmailMessage(policy=_POLICY)
    try:
        letter["From"] = ours
        letter["To"] = Address(addr_spec=to)
    except (ValueError, IndexError) as error:
        raise Undeliverable("no address") from error
    letter["Subject"] = " ".join(subject.split())
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = f"<{uuid.uuid5(uuid.NAMESPACE_URL, key).hex}@{ours.domain}>"
    if thread:
        letter["In-Reply-To"] = thread[-1]
        letter["References"] = " ".join(thread)
    if not by_hand:
        letter["Auto-Submitted"] = "auto-replied"  # nobody's holiday notice is to answer it
        letter["X-Auto-Response-Suppress"] = "All"
    letter.set_content(text)
    letter.add_alternative(html, subtype="html")
    return letter


def hand_in(config: Config, letter: EmailMessage) -> None:
    """Blocking.

    Raises:
        RetryLater, Undeliverable: as they say.
    """
    try:
        with _connected(config) as client:
            client.send_message(letter)
    except smtplib.SMTPRecipientsRefused as error:
        raise _explained(min(code for code, _ in error.recipients.values()), "the recipient") from None
    except smtplib.SMTPAuthenticationError as error:
        raise RetryLater(f"the mail server does not let us in ({error.smtp_code})") from None
    except smtplib.SMTPResponseException as error:
        raise _explained(error.smtp_code, type(error).__name__) from None
    except (OSError, smtplib.SMTPException) as error:
        raise RetryLater(f"the mail server cannot be used ({type(error).__name__})") from None


def _connected(config: Config) -> smtplib.SMTP:
    security = config.smtp_security
    host, port = host_and_port(config.smtp, _PORTS[security])
    trust = config.trust()
    if security == "tls":
        client: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=_TIMEOUT_SECONDS, context=trust)
    else:
        client = smtplib.SMTP(host, port, timeout=_TIMEOUT_SECONDS)
    try:
        if security == "starttls":
            client.starttls(context=trust)
        client.login(config.login, config.password)
    except BaseException:
        client.close()
        raise
    return client


def _explained(code: int, what: str) -> RetryLater | Undeliverable:
    return Undeliverable(f"{what}: {code}") if code >= 500 else RetryLater(f"{what}: {code}")
