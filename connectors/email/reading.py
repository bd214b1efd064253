"""A letter as it came over the wire: who wrote what, and whether anybody did. Whatever it holds, nothing is raised."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import Header, decode_header
from email.message import Message
from email.utils import getaddresses
from typing import Any, TypeAlias

from connectors.email.hypertext import text_of
from connectors.email.quoting import own_words

_Part: TypeAlias = "Message[Any, Any]"
"""A letter, or a piece of one."""

_ADDRESS = re.compile(r"[!#$%&'*+/=?^_`{|}~A-Za-z0-9.-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_NOBODY = re.compile(
    r"(?:mailer-daemon|postmaster|(?:no|do-?not)[-_.]?reply|bounces?)(?:[+-].*)?@", re.IGNORECASE
)
_ANSWERED = re.compile(r"(?:\s*(?:re|aw|fw|fwd|回复|答复|转发|回覆|轉寄)\s*[:：])+\s*", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_NUMBER = re.compile(r"\d{4,}")
_PHOTOS = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/heic")
_PHOTO_NAMES = (".jpg", ".jpeg", ".png", ".webp", ".heic")
_SMALL = 8_000
"""Bytes of a picture within the text: a smaller one is the logo of a signature."""
_MOST_PARTS = 500
_MOST_REFERENCES = 10
_LONGEST_ID = 255
_BROKEN = (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What the standard library raises on letters that no program should have written."""


@dataclass(frozen=True, slots=True)
class Letter:
    sender: str
    external_id: str
    message_id: str
    """With its angle brackets; empty when it has none."""
    references: tuple[str, ...]
    """The thread before it, oldest first."""
    subject: str
    text: str
    language: str | None
    photos: tuple[int, ...]
    """Positions of its parts that are."""


def read(raw: bytes, *, ours: str, authserv: str | None = None) -> Letter | None:
    """None: no person wrote it to us, or nothing is in it."""
    try:
        message = message_from_bytes(raw)
        sender = _sender(message)
        if not sender or sender == ours or _by_a_program(message, sender) or _forged(message, authserv):
            return None
        return _letter(message, sender, raw)
    except _BROKEN:
        return None


def photo(raw: bytes, position: int) -> bytes | None:
    try:
        part = next((one for number, one in _parts(message_from_bytes(raw)) if number == position), None)
        return None if part is None else _content(part)
    except _BROKEN:
        return None


def _letter(message: _Part, sender: str, raw: bytes) -> Letter | None:
    subject = _ANSWERED.sub("", _header(message, "Subject"), count=1).strip()[:200]
    references = _ids(message, "References") or _ids(message, "In-Reply-To")
    photos = tuple(number for number, part in _parts(message) if _is_photo(part))
    text = _text(message, first=not references)
    if not text and references and not photos:
        return None  # a quote of ours and not a word
    if not text:
        text = subject
    elif not references and _NUMBER.search(subject) and subject not in text:
        text = f"{subject}\n{text}"  # an order's number often stands there alone
    if not text and not photos:
        return None
    message_id = next(iter(_ids(message, "Message-ID")), "")
    unnamed = f"sha256:{hashlib.sha256(raw).hexdigest()}"
    return Letter(
        sender=sender,
        external_id=message_id if 0 < len(message_id) <= _LONGEST_ID else unnamed,
        message_id=message_id,
        references=references[-_MOST_REFERENCES:],
        subject=subject,
        text=text,
        language=_language(_header(message, "Content-Language")),
        photos=photos,
    )


def _sender(message: _Part) -> str:
    """Lower-cased; empty when it is not exactly one plain address."""
    found = [
        address for _, address in getaddresses([str(one) for one in message.get_all("From", [])]) if address
    ]
    return found[0].lower() if len(found) == 1 and _ADDRESS.fullmatch(found[0]) else ""


def _by_a_program(message: _Part, sender: str) -> bool:
    """Holiday notices, bounces, lists: an answer would begin a loop, or be read by nobody."""
    submitted = _header(message, "Auto-Submitted").lower()
    return (
        bool(submitted and not submitted.startswith("no"))
        or _header(message, "Precedence").lower() in ("bulk", "list", "junk", "auto_reply")
        or _header(message, "Return-Path") == "<>"
        or any(
            name in message
            for name in ("List-Id", "List-Unsubscribe", "X-Autoreply", "X-Autorespond", "X-Failed-Recipients")
        )
        or message.get_content_type() in ("multipart/report", "text/calendar")
        or bool(_NOBODY.match(sender))
    )


def _forged(message: _Part, authserv: str | None) -> bool:
    """Our own mail server found that the sender's domain disowns it; what others claim is not heard."""
    for value in message.get_all("Authentication-Results", []) if authserv else []:
        words = str(value).split(";", 1)
        if words[0].split()[:1] == [authserv]:
            return bool(re.search(r"\bdmarc\s*=\s*fail\b", words[-1], re.IGNORECASE))
    return False


def _parts(message: _Part) -> Iterator[tuple[int, _Part]]:
    """Its leaves, numbered; letters that are attached to it stay closed."""
    waiting, number = [message], 0
    while waiting and number < _MOST_PARTS:
        part = waiting.pop(0)
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting = [*part.get_payload(), *waiting]
        else:
            yield number, part
            number += 1


def _text(message: _Part, *, first: bool) -> str:
    """What the sender wrote; of a letter that begins a thread, if that is nothing, also what they pass on."""
    bodies = [part for _, part in _parts(message) if part.get_content_disposition() != "attachment"]
    plain = "\n".join(_decoded(part) for part in bodies if part.get_content_type() == "text/plain")
    if plain.strip():
        return own_words(_clean(plain)) or (_clean(plain) if first else "")
    pages = [_decoded(part) for part in bodies if part.get_content_type() == "text/html"]
    own = own_words(_clean("\n".join(text_of(page, quoted=False) for page in pages)))
    return own or ("\n".join(_clean(text_of(page, quoted=True)) for page in pages) if first else "")


def _clean(text: str) -> str:
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _is_photo(part: _Part) -> bool:
    kind, name = part.get_content_type(), str(part.get_filename() or "").lower()
    if kind not in _PHOTOS and not (kind == "application/octet-stream" and name.endswith(_PHOTO_NAMES)):
        return False
    return part.get_content_disposition() == "attachment" or len(_content(part) or b"") >= _SMALL


def _content(part: _Part) -> bytes | None:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else None


def _decoded(part: _Part) -> str:
    return in_words(_content(part) or b"", part.get_content_charset())


def in_words(content: bytes, charset: str | None) -> str:
    """By its own charset if that fits, then as most letters are. What calls itself GB2312 seldom is only that."""
    named = (charset or "").lower()
    for one in ("gb18030" if named in ("gb2312", "gbk", "x-gbk") else named, "utf-8", "gb18030"):
        try:
            return content.decode(one) if one else content.decode("ascii")
        except (LookupError, ValueError):
            continue
    return content.decode("utf-8", "replace")


def _header(message: _Part, name: str) -> str:
    """Its first value in one line; empty when it has none."""
    value: str | Header | None = message.get(name)
    if value is None:
        return ""
    try:
        chunks = decode_header(value)
    except _BROKEN:
        chunks = [(str(value), None)]
    words = "".join(in_words(one, charset) if isinstance(one, bytes) else one for one, charset in chunks)
    return " ".join(_CONTROL.sub(" ", words).split())


def _ids(message: _Part, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_ID.findall(_header(message, name))))


def _language(tag: str) -> str | None:
    primary = tag.split(",")[0].split("-")[0].strip().lower()
    return primary if re.fullmatch(r"[a-z]{2,3}", primary) else None
