"""The body of an event: the same bytes at every attempt, and never large."""

import json
from datetime import UTC, datetime
from typing import Any

from bot.webhooks.base import StoredEvent

LARGEST = 20_000
"""Bytes."""
_LONGEST = (4000, 1000, 300, 80)
"""Characters of a text, tried one after the other until all fits."""
_MOST = 50
"""Entries of a list in a body that was cut."""


def body_of(event: StoredEvent, *, with_personal: bool) -> bytes:
    data = {**event.data, **event.personal} if with_personal else event.data
    body = _body(event, data)
    for longest in _LONGEST:
        if len(body) <= LARGEST:
            return body
        body = _body(event, {**_cut(data, longest), "truncated": True})
    if len(body) <= LARGEST:
        return body
    return _body(event, {**_cut(event.data, _LONGEST[-1]), "truncated": True})


def _body(event: StoredEvent, data: dict[str, Any]) -> bytes:
    payload = {"type": event.type, "timestamp": moment(event.at), "data": data}
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _cut(value: Any, longest: int) -> Any:
    match value:
        case str():
            return value if len(value) <= longest else value[: longest - 1] + "…"
        case list():
            return [_cut(one, longest) for one in value[:_MOST]]
        case dict():
            return {key: _cut(one, longest) for key, one in value.items()}
    return value
