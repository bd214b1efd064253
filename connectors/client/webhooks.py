"""What Kefu's webhooks bring: verified before it is read."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.client.errors import KefuError

TOLERANCE_SECONDS = 300


class NotFromKefu(KefuError):
    """The signature is missing, wrong or too old: answer 401, and do nothing."""


@dataclass(frozen=True, slots=True)
class Happened:
    id: str
    """The `webhook-id`: the same one again is the same event. Keep those you have dealt with."""
    type: str
    timestamp: str
    data: dict[str, Any]


def verify(secret: str, headers: Mapping[str, str], body: bytes, *, now: float | None = None) -> Happened:
    """The event in it. `headers` finds `webhook-id` as it is spelled here; `body`: the bytes as they came.

    Raises:
        NotFromKefu: it is not.
    """
    id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > 12:
        raise NotFromKefu("no timestamp")
    if abs((time.time() if now is None else now) - int(timestamp)) > TOLERANCE_SECONDS:
        raise NotFromKefu("too old")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{id}.{timestamp}.".encode("utf-8", "replace") + body
    expected = b"v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256))
    given = headers.get("webhook-signature", "").encode("utf-8", "replace").split(b" ")
    # All of them are compared: while a secret is being replaced there are two.
    if sum(hmac.compare_digest(expected, one) for one in given) == 0:
        raise NotFromKefu("wrong signature")
    told = json.loads(body)
    return Happened(id, told["type"], told["timestamp"], told["data"])
