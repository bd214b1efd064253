"""Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md."""

import base64
import binascii
import hmac
import secrets as random
from collections.abc import Mapping, Sequence
from datetime import datetime

from connectors.channel import Denied
from connectors.signatures import check_age, hmac_digest

_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64
"""Bytes of a secret."""
_MOST_SIGNATURES = 20
TOLERANCE_SECONDS = 300


def new_secret() -> str:
    return _PREFIX + base64.b64encode(random.token_bytes(32)).decode()


def key_of(secret: str) -> bytes:
    """
    Raises:
        ValueError: it is not `whsec_` and the base64 of 24 to 64 bytes; the text does not repeat it.
    """
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("a secret is whsec_ and base64") from error
    if not _SHORTEST <= len(key) <= _LONGEST:
        raise ValueError(f"a secret has {_SHORTEST} to {_LONGEST} bytes")
    return key


def sign(secret: str, id: str, timestamp: int, body: bytes) -> str:
    """One signature, `v1,…`; the timestamp is a Unix time in seconds."""
    digest = hmac_digest(key_of(secret), f"{id}.{timestamp}.".encode() + body)
    return f"v1,{base64.b64encode(digest).decode()}"


def headers(secrets: Sequence[str], id: str, at: datetime, body: bytes) -> dict[str, str]:
    """What goes out with the body: a signature for each secret, so that one can be changed at the other side."""
    timestamp = int(at.timestamp())
    return {
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(sign(secret, id, timestamp, body) for secret in secrets),
    }


def verify(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The id; the same id again is the same message. `headers` finds names however they are spelled.

    Raises:
        Denied: a header is missing, the time is not within five minutes of `now`, or no signature fits any secret.
    """
    id, timestamp = headers.get("webhook-id"), headers.get("webhook-timestamp")
    given = (headers.get("webhook-signature") or "").split(" ")
    if not id or not id.isascii() or len(given) > _MOST_SIGNATURES:
        raise Denied("no signature")
    check_age(timestamp, now, seconds=TOLERANCE_SECONDS)
    assert timestamp is not None  # or it has no age
    expected = [sign(secret, id, int(timestamp), body).encode() for secret in secrets]
    one_fits = False
    for signature in given:
        for wanted in expected:
            one_fits |= hmac.compare_digest(wanted, signature.encode("utf-8", "replace"))
    if not one_fits:
        raise Denied("wrong signature")
    return id
