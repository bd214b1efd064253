"""Pages of a list, the newest first: `items`, and `next_cursor` to ask for the page after, null on the last."""

import base64
import binascii
import re
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from bot.errors import InvalidInput
from bot.http.context import number

MOST = 100
_USUAL = 50
_CURSOR = re.compile(r"([a-z]*)([0-9]{1,18})")


def page(request: web.Request) -> tuple[int | None, int]:
    """The number below which the page begins, None for the first, and how many entries are asked for.

    Raises:
        InvalidInput: the cursor is none of ours, or the limit no number.
    """
    limit = number(request, "limit", _USUAL, most=MOST) or 1
    given = cursor(request)
    if given is not None and given[0]:
        raise InvalidInput("cursor: is of another list", code="invalid_cursor")
    return given and given[1], limit


def cursor(request: web.Request) -> tuple[str, int] | None:
    """What `cursor_of` made: a word and a number; None: the request has none.

    Raises:
        InvalidInput: it is none of ours.
    """
    text = request.query.get("cursor")
    if not text:
        return None
    try:
        found = _CURSOR.fullmatch(base64.urlsafe_b64decode(text.encode("ascii", "replace")).decode("ascii"))
    except (binascii.Error, ValueError):
        found = None
    if found is None:
        raise InvalidInput("cursor: is of no page", code="invalid_cursor")
    return found[1], int(found[2])


def cursor_of(number: int, word: str = "") -> str:
    return base64.urlsafe_b64encode(f"{word}{number}".encode()).decode()


def paged(items: Sequence[dict[str, Any]], numbers: Sequence[int], limit: int) -> dict[str, Any]:
    """Of one entry more than asked for, to know whether there is more; `numbers` are theirs."""
    more = len(items) > limit
    return {"items": list(items[:limit]), "next_cursor": cursor_of(numbers[limit - 1]) if more else None}
