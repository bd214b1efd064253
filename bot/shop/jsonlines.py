"""JSON text to domain values, trusting nothing: size, encoding, syntax, types, control characters."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from bot.shop.checks import Finding

MAX_LINE = 1 << 20
"""Bytes of one row."""
MAX_FILE = 1 << 30

# A cheap first look; only a line that shows one of these is searched value by value.
_MAYBE_CONTROL = re.compile(r"\\u00[01789][0-9a-fA-F]|\\[bf]|[\x7f-\x9f]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_PLAINER = {
    "missing": "is missing",
    "unexpected_keyword_argument": "is no field of the format",
    "timezone_aware": "has no offset such as +08:00",
}

T = TypeVar("T")


class Malformed(Exception):
    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(findings)
        self.findings = findings


def open_file(path: Path) -> BinaryIO:
    try:
        if path.stat().st_size > MAX_FILE:
            raise Malformed([("", f"the file is larger than {MAX_FILE >> 20} MiB")])
        return path.open("rb")
    except FileNotFoundError:
        raise Malformed([("", "the file is missing (one without rows may be empty)")]) from None
    except OSError as error:
        raise Malformed([("", f"cannot be read: {error.strerror}")]) from None


def read_lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """(Line number, bytes) of every line that is not blank; no line is held beyond MAX_LINE + 1 bytes."""
    number = 0
    while line := file.readline(MAX_LINE + 1):
        number += 1
        if line.strip():
            yield number, line
        while line and not line.endswith(b"\n"):  # the rest of a line that is too long
            line = file.readline(MAX_LINE + 1)


def decode(raw: bytes) -> str:
    """UTF-8 text, a byte order mark dropped; raises Malformed."""
    if len(raw) > MAX_LINE:
        raise Malformed([("", f"is longer than {MAX_LINE >> 10} KiB")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed([("", f"is not UTF-8 (byte {error.start + 1})")]) from None


def parse(adapter: TypeAdapter[T], text: str) -> T:
    """The value; raises Malformed with everything that is wrong with it."""
    try:
        value = adapter.validate_json(text, strict=True, extra="forbid")
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)
        raise Malformed([_finding(detail) for detail in details]) from None
    if _MAYBE_CONTROL.search(text):
        findings = list(_control_characters(json.loads(text)))
        if findings:
            raise Malformed(findings)
    return value


def _finding(detail: ErrorDetails) -> Finding:
    location = detail["loc"]
    if location and location[-1] == "[key]":
        location = location[:-2]
        return field_path(location), "has a key that is neither a language code such as zh nor *"
    return field_path(location), _PLAINER.get(detail["type"], detail["msg"])


def field_path(location: tuple[int | str, ...]) -> str:
    """`("items", 0, "sku")` as `items[0].sku`."""
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            name = part if part.isprintable() and len(part) <= 60 else ascii(part[:60])
            path += f".{name}" if path else name
    return path


def _control_characters(value: Any, location: tuple[int | str, ...] = ()) -> Iterator[Finding]:
    if isinstance(value, str):
        if _CONTROL.search(value):
            yield field_path(location), "holds a control character"
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _control_characters(part, (*location, index))
    elif isinstance(value, dict):
        for key, part in value.items():
            if _CONTROL.search(key):
                yield field_path((*location, key)), "is named with a control character"
            yield from _control_characters(part, (*location, key))
