"""Pages of a list, the newest first: `items`, and `next_cursor` to ask for the page after, null on the last."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from bot.errors import InvalidInput
from bot.http.context import number

MOST = 100
_USUAL = 50


def page(request: web.Request) -> tuple[int | None, int]:
    """The number below which the page begins, None for the first, and how many entries are asked for.

    Raises:
        InvalidInput: the cursor is none of ours, or the limit no number.
    """
    limit = number(request, "limit", _USUAL, most=MOST) or 1
    cursor = request.query.get("cursor")
    if not cursor:
        return None, limit
    try:
        text = base64.urlsafe_b64decode(cursor.encode("ascii", "replace")).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    if not text.isdecimal() or len(text) > 18:
        raise InvalidInput("cursor: is of no page", code="invalid_cursor")
    return int(text), limit


def paged(items: Sequence[dict[str, Any]], numbers: Sequence[int], limit: int) -> dict[str, Any]:
    """Of one entry more than asked for, to know whether there is more; `numbers` are theirs."""
    more = len(items) > limit
    cursor = base64.urlsafe_b64encode(str(numbers[limit - 1]).encode()).decode() if more else None
    return {"items": list(items[:limit]), "next_cursor": cursor}
