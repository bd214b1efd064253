"""JSON from the outside."""

import json
from datetime import UTC, datetime
from typing import Any

from connectors.channel import Malformed

_LATEST_MS = 10**14


def read_object(content: bytes | str) -> dict[str, Any]:
    """
    Raises:
        Malformed: it is no JSON object, or nested beyond reason.
    """
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Malformed(type(error).__name__) from error
    if not isinstance(found, dict):
        raise Malformed("no object")
    return found


def read_milliseconds(value: object, now: datetime) -> datetime:
    """A Unix time as number or text; never later than `now`.

    Raises:
        Malformed: it is none.
    """
    text = str(value)
    if not text.isascii() or not text.isdecimal() or len(text) > 16 or int(text) > _LATEST_MS:
        raise Malformed("no time")
    return min(datetime.fromtimestamp(int(text) / 1000, UTC), now)
