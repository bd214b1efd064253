"""A folder of letters over IMAP, as the standard library speaks it: everything here blocks.

The folder is opened to be read only: what the bot has read stays unread for people.
"""

import contextlib
import imaplib
import socket
from datetime import date

from connectors.email.servers import Config, host_and_port

_TIMEOUT_SECONDS = 20.0
"""For each answer of the server."""
_LARGEST = 30_000_000
"""Bytes of a letter; of a longer one the beginning is read."""
_PORTS = {"tls": 993, "starttls": 143}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

BROKEN = (OSError, imaplib.IMAP4.error)
"""What goes wrong: the line, or the server says no."""


class Mailbox:
    def __init__(self, config: Config) -> None:
        self._config = config
        self._imap: imaplib.IMAP4 | None = None
        self.validity = 0
        """UIDs mean the same letters as long as it stays the same."""
        self.next_uid = 1

    def open(self) -> None:
        """Connect, sign in and look at the folder.

        Raises:
            OSError, imaplib.IMAP4.error: it does not work.
        """
        imap = self._imap = self._connect()
        imap.login(self._config.login, self._config.password)
        if "ID" in imap.capabilities:
            imap.xatom("ID", '("name" "Kefu")')  # 163.com and its sisters open no folder to the nameless
        status, answer = imap.select(f'"{self._config.folder}"', readonly=True)
        if status != "OK":
            raise imaplib.IMAP4.error(f"no folder {self._config.folder}: {answer!r}")
        self.validity = _number(imap, "UIDVALIDITY")
        self.next_uid = _number(imap, "UIDNEXT") or max(self._search("ALL"), default=0) + 1

    def after(self, uid: int) -> list[int]:
        """UIDs of later letters, in order."""
        assert self._imap is not None
        self._imap.noop()
        return [one for one in self._search(f"UID {uid + 1}:*") if one > uid]

    def since(self, day: date) -> list[int]:
        return self._search(f"SINCE {day.day}-{_MONTHS[day.month - 1]}-{day.year}")

    def letter(self, uid: int) -> bytes | None:
        """As it came; None when it is gone."""
        assert self._imap is not None
        status, answer = self._imap.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{_LARGEST}>)")
        if status != "OK":
            raise imaplib.IMAP4.error(f"cannot fetch {uid}")
        return next((part[1] for part in answer if isinstance(part, tuple)), None)

    def abort(self) -> None:
        """Cut the line, whatever is going on; does not block. A thread that waits for an answer is let go."""
        if self._imap is not None:
            with contextlib.suppress(OSError):
                self._imap.socket().shutdown(socket.SHUT_RDWR)
            with contextlib.suppress(OSError):
                self._imap.socket().close()

    def _connect(self) -> imaplib.IMAP4:
        security = self._config.imap_security
        host, port = host_and_port(self._config.imap, _PORTS[security])
        trust = self._config.trust()
        if security == "tls":
            return imaplib.IMAP4_SSL(host, port, ssl_context=trust, timeout=_TIMEOUT_SECONDS)
        imap = imaplib.IMAP4(host, port, timeout=_TIMEOUT_SECONDS)
        try:
            imap.starttls(trust)
        except BaseException:
            imap.shutdown()
            raise
        return imap

    def _search(self, criterion: str) -> list[int]:
        assert self._imap is not None
        status, answer = self._imap.uid("SEARCH", criterion)
        if status != "OK":
            raise imaplib.IMAP4.error(f"cannot search: {answer!r}")
        return sorted(int(one) for line in answer if line for one in line.split())


def _number(imap: imaplib.IMAP4, name: str) -> int:
    found = [one for one in imap.response(name)[1] if one]
    return int(found[-1]) if found else 0
