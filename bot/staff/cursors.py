"""Cursors: the place of the last row of a page, as text that goes to a browser and comes back."""

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import UTC, datetime

from bot.errors import InvalidInput
from bot.store.tables import scrub

Place = tuple[int | str | datetime, ...]
_LARGEST = 2**63 - 1


def cursor_of(place: Sequence[int | str | datetime]) -> str:
    plain = [one.isoformat() if isinstance(one, datetime) else one for one in place]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode()


def by_urgency(cursor: str) -> tuple[int, datetime, int]:
    """Raises InvalidInput."""
    match _read(cursor):
        case [int(urgency), str(due), int(number)] if max(abs(urgency), abs(number)) <= _LARGEST:
            return urgency, _moment(due), number
    raise _refusal()


def by_age(cursor: str) -> tuple[datetime, str]:
    """Raises InvalidInput."""
    match _read(cursor):
        case [str(updated), str(conversation_id)]:
            return _moment(updated), scrub(conversation_id)
    raise _refusal()


def _read(cursor: str) -> object:
    try:
        return json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise _refusal() from error


def _moment(text: str) -> datetime:
    """Always with a zone: a naive one was not ours."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise _refusal()
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _refusal() from error


def _refusal() -> InvalidInput:
    return InvalidInput("That is no page of this view.", code="invalid_cursor")
