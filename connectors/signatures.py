"""What proves that a request is the platform's: compared in constant time, on the bytes as they came."""

import base64
import binascii
import hashlib
import hmac
from datetime import datetime

from connectors.channel import Denied


def hmac_digest(secret: str | bytes, content: bytes, algorithm: str = "sha256") -> bytes:
    key = secret.encode() if isinstance(secret, str) else secret
    return hmac.new(key, content, getattr(hashlib, algorithm)).digest()


def check_same(expected: bytes | str, given: bytes | str | None, what: str = "signature") -> None:
    """
    Raises:
        Denied: nothing was given, or something else.
    """
    if given is None:
        raise Denied(f"no {what}")
    one = expected.encode() if isinstance(expected, str) else expected
    two = given.encode("utf-8", "replace") if isinstance(given, str) else given
    if not hmac.compare_digest(one, two):
        raise Denied(f"wrong {what}")


def check_hex(secret: str, content: bytes, given: str | None, *, prefix: str = "") -> None:
    """`given` is `prefix` and the HMAC-SHA256 of `content` in hexadecimal digits."""
    check_same(prefix + hmac_digest(secret, content).hex(), given)


def check_base64(
    secret: str | bytes, content: bytes, given: str | None, *, algorithm: str = "sha256"
) -> None:
    check_same(base64.b64encode(hmac_digest(secret, content, algorithm)), given)


def check_age(
    timestamp: str | None, now: datetime, *, seconds: int = 300, milliseconds: bool = False
) -> None:
    """`timestamp` is a Unix time as text; neither older nor further ahead than `seconds`.

    Raises:
        Denied: it is, or it is no number.
    """
    if timestamp is None or not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > 16:
        raise Denied("no timestamp")
    at = int(timestamp) / (1000 if milliseconds else 1)
    if abs(now.timestamp() - at) > seconds:
        raise Denied("too old")


def from_base64(text: str) -> bytes:
    """
    Raises:
        Denied: it is none.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Denied("no base64") from error
