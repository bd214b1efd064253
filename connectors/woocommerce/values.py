"""WooCommerce's spellings: decimal strings, moments without offset, HTML, meta data; and ours."""

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from connectors.channel import Payload

_BREAKS = re.compile(r"</(p|div|li|h[1-6]|tr)>|<br\s*/?>", re.IGNORECASE)
_TAGS = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.IGNORECASE | re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SPACES = re.compile(r"[ \t\r\f\xa0]+")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LONGEST_ID = 64
_MOST = 10**12
_MOST_DIGITS = 18


def cents(amount: Any, decimals: int) -> int:
    """Of the smallest unit; 0 where there is no amount."""
    try:
        value = Decimal(str(amount).strip() or "0").scaleb(decimals)
        whole = int(value.quantize(Decimal(1), ROUND_HALF_UP))
    except (InvalidOperation, ValueError, OverflowError):
        return 0
    return max(-_MOST, min(whole, _MOST))


def amount(cents: int, decimals: int) -> str:
    return f"{Decimal(cents).scaleb(-decimals):f}"


def moment(text: Any) -> datetime | None:
    """Of a `…_gmt` field, which names no offset."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    return found if 1990 <= found.year < 2100 else None


def text(value: Any) -> str:
    """Of a name: its character references resolved, on one line."""
    return " ".join(html.unescape(str(value)).split()) if isinstance(value, str | int | float) else ""


def prose(value: Any) -> str:
    """Of a description, which is HTML; a line for each of its blocks."""
    bare = html.unescape(_TAGS.sub("", _BREAKS.sub("\n", value if isinstance(value, str) else "")))
    lines = (_SPACES.sub(" ", line).strip() for line in bare.splitlines())
    return "\n".join(line for line in lines if line)


def identifier(value: Any) -> str | None:
    """None: nothing that the import format takes for one."""
    found = value.strip() if isinstance(value, str) else ""
    return found if 0 < len(found) <= _LONGEST_ID and found.isprintable() else None


def number(value: Any) -> int:
    """Of a count or an id; 0 where there is none."""
    try:
        found = Decimal(str(value))
        return int(found) if found.adjusted() < _MOST_DIGITS else 0
    except (InvalidOperation, ValueError, OverflowError):
        return 0


def objects(value: Any) -> list[Payload]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def part(value: Any) -> Payload:
    return value if isinstance(value, dict) else {}


def meta(thing: Mapping[str, Any], key: str) -> Any:
    """The last that goes by that name; None where there is none."""
    return next(
        (one.get("value") for one in reversed(objects(thing.get("meta_data"))) if one.get("key") == key), None
    )


def has_han(value: str) -> bool:
    return _HAN.search(value) is not None


def tidied(value: Any) -> Any:
    """A row without control characters, and without fields that are unknown."""
    if isinstance(value, str):
        return _CONTROL.sub("", value)
    if isinstance(value, list):
        return [tidied(one) for one in value]
    if isinstance(value, dict):
        return {tidied(key): tidied(one) for key, one in value.items() if one is not None}
    return value
