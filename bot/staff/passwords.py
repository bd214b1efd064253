"""Logins and passwords: what may be one, and argon2 hashes with the library's own parameters. Hashing blocks."""

import base64
import os
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.errors import InvalidInput

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1000
"""Characters."""
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


def plain_login(typed: str) -> str:
    """As it is kept: case and width do not count."""
    return unicodedata.normalize("NFKC", typed).strip().lower()


def check_login(login: str) -> None:
    """
    Raises:
        InvalidInput: colleagues could not write `@login` in a note.
    """
    if not _LOGIN.fullmatch(login):
        raise InvalidInput(
            "A login has 2 to 40 letters a-z, digits, dots, dashes or underscores.", code="invalid_login"
        )


def check_password(password: str, login: str) -> None:
    """
    Raises:
        InvalidInput: too short, too long, or the login itself.
    """
    if not SHORTEST_PASSWORD <= len(_plain(password)) <= LONGEST_PASSWORD:
        raise InvalidInput(f"A password has at least {SHORTEST_PASSWORD} characters.", code="weak_password")
    if _plain(password).lower() == login.lower():
        raise InvalidInput("The login is no password.", code="weak_password")


def hashed(password: str) -> str:
    return _hasher().hash(_bytes(password))


def matches(password: str, hash_: str | None) -> bool:
    """Takes as long where there is no hash: whether a login exists is not told by the time."""
    from argon2.exceptions import InvalidHashError, VerificationError

    decoy = _decoy()
    if len(password) > LONGEST_PASSWORD:
        password, hash_ = "", None
    try:
        return _hasher().verify(hash_ or decoy, _bytes(password)) and hash_ is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(hash_: str) -> bool:
    """Whether it was made with other parameters than today's."""
    return _hasher().check_needs_rehash(hash_)


def _plain(password: str) -> str:
    """The same password from every keyboard: an input method may write wide letters."""
    return unicodedata.normalize("NFKC", password)


def _bytes(password: str) -> bytes:
    """Half a surrogate pair, too, which JSON can carry."""
    return _plain(password).encode("utf-8", "surrogatepass")


@lru_cache(1)
def _hasher() -> "PasswordHasher":
    # Here, so that nobody waits for it who signs nobody in.
    from argon2 import PasswordHasher

    return PasswordHasher()


@lru_cache(1)
def _decoy() -> str:
    """Takes as long to verify as today's hashes, and no password fits; chosen, not computed."""
    hasher = _hasher()
    salt, digest = (_unpadded(os.urandom(length)) for length in (hasher.salt_len, hasher.hash_len))
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${costs}${salt}${digest}"


def _unpadded(some: bytes) -> str:
    return base64.b64encode(some).decode().rstrip("=")
