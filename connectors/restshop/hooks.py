"""The system's webhooks, as the description says that they are signed and read."""

import base64
from typing import Any

from connectors.channel import Malformed, Request
from connectors.reading import read_object
from connectors.restshop.config import Webhook
from connectors.restshop.pointers import MISSING, resolve
from connectors.shop_system import Heard, Touched
from connectors.signatures import check_age, check_same, hmac_digest

_LONGEST_ID = 64


def heard(request: Request, webhook: Webhook) -> Heard:
    """Raises Denied, Malformed."""
    signed = request.body
    if webhook.timestamp is not None:
        said = request.headers.get(webhook.timestamp.header)
        milliseconds = webhook.timestamp.format == "unix_ms"
        check_age(said, request.at, seconds=webhook.timestamp.seconds, milliseconds=milliseconds)
        signed = f"{said}{webhook.timestamp.between}".encode() + signed
    digest = hmac_digest(webhook.secret, signed)
    expected = digest.hex() if webhook.encoding == "hex" else base64.b64encode(digest).decode()
    check_same(f"{webhook.prefix}{expected}", request.headers.get(webhook.header))
    answer = read_object(request.body)
    events = [answer] if webhook.events is None else resolve(webhook.events, (answer,))
    if not isinstance(events, list):
        raise Malformed("no list of events")
    touched, forget = list[Touched](), list[str]()
    for event in events:
        told = resolve(webhook.kind, (answer, event))
        kind = webhook.kinds.get(told) if isinstance(told, str) else None
        if kind == "erase":
            forget.append(_id(webhook, "customer", answer, event))
        elif kind is not None:
            touched.append(Touched(kind, _id(webhook, kind, answer, event)))
    return Heard(tuple(touched), tuple(forget))


def _id(webhook: Webhook, kind: Any, answer: Any, event: Any) -> str:
    pointer = webhook.id if isinstance(webhook.id, str) else webhook.id.get(kind, "/id")
    found = resolve(pointer, (answer, event))
    text = (
        ""
        if found is MISSING or isinstance(found, bool) or not isinstance(found, str | int)
        else str(found)[:80]
    )
    if not 0 < len(text) <= _LONGEST_ID or not text.isprintable() or text != text.strip():
        raise Malformed("no id")
    return text
