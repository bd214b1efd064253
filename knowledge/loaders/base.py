"""What every loader shares: the Draft it returns, decoding, and the cleaning of text."""

import codecs
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path

from knowledge.errors import Unreadable
from knowledge.passages import Kind

TEXT_LIMIT = 10 * 2**20
"""Bytes of a text, Markdown or HTML file."""
BINARY_LIMIT = 50 * 2**20
"""Bytes of a PDF or DOCX file."""
FEED_LIMIT = 500 * 2**20
"""Bytes of a product feed."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a file says, before it has an id; None and empty mean that the file does not say."""

    text: str
    title: str = ""
    language: str | None = None
    kind: Kind | None = None
    url: str | None = None
    updated_at: datetime | None = None
    key: str = ""
    """A feed's own id of the thing."""
    metadata: dict[str, str] = field(default_factory=dict)


Loader = Callable[[Path], list[Draft]]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000e-\u001b\u001f\u007f-\u0084\u0086-\u009f\u00ad\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
    "|(?<![\u0600-\u06ff])\u200c"  # Persian spells with it
    "|(?<![\ufe0f\u2190-\u2bff\U0001f000-\U0001faff])\u200d"  # it joins emoji
)
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f]")
_BLANK_LINES = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")
_COMMON_CHINESE = re.compile("[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef\u2010-\u2026\u00b7\u00a5]")
_CONTROL = re.compile("[\u0000-\u0008\u000e-\u001f\u007f]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def read_bytes(path: Path, limit: int) -> bytes:
    """The file's contents; Unreadable when it is larger than `limit` or cannot be read."""
    try:
        size = path.stat().st_size
        if size > limit:
            raise Unreadable(path, f"is {size / 2**20:.0f} MB, more than the {limit / 2**20:.0f} MB allowed")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(path, error.strerror or str(error)) from error


def read_text(path: Path, limit: int = TEXT_LIMIT) -> str:
    """The file's text, decoded and cleaned."""
    data = read_bytes(path, limit)
    text = decode(data)
    if text is None:
        raise Unreadable(path, "is not text in UTF-8, UTF-16 or GB18030")
    return clean(text)


def decode(data: bytes) -> str | None:
    """UTF-8, UTF-16 or GB18030 to text; None for anything else."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _try(data, encoding)
    if b"\0" in data:
        # Without a mark, the side on which ASCII's zero bytes stand tells the byte order.
        little = data[1::2].count(0) > data[0::2].count(0)
        return _plausible(_try(data, "utf-16-le" if little else "utf-16-be"))
    text = _try(data, "utf-8")
    return text if text is not None else _plausible(_try(data, "gb18030"))


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _plausible(text: str | None) -> str | None:
    """Both encodings decode much that is not text: what is not ASCII must be Chinese in common use."""
    if text is None or _CONTROL.search(text):
        return None
    foreign = _NOT_ASCII.findall(text)
    return text if len(_COMMON_CHINESE.findall(text)) >= 0.9 * len(foreign) else None


def clean(text: str) -> str:
    """`text` composed (NFC), with plain line ends and spaces and without what nobody sees."""
    text = _LINE_ENDS.sub("\n", text)
    text = _SPACES.sub(" ", _INVISIBLE.sub("", text))
    text = unicodedata.normalize("NFC", text)
    return _BLANK_LINES.sub("\n\n", text).strip("\n")


def moment(value: object) -> datetime | None:
    """A date or time as a file states it, in UTC where it names no zone; None when it is neither."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(), UTC)
    return None


def language_code(value: object) -> str | None:
    """`zh` of `zh-CN` or `zh_Hans`; None for what is not a language tag."""
    match = re.fullmatch(r"([A-Za-z]{2})(?:[-_][A-Za-z0-9-_]+)?", str(value or "").strip())
    return match[1].lower() if match else None


def web_address(value: object) -> str | None:
    """`value` if it is a link a browser may follow: http, https or a path on the shop's own site."""
    text = str(value or "").strip()
    return text if re.fullmatch(r"(?:https?://|/(?!/))[^\s<>\"'\\]{1,2000}", text) or text == "/" else None


def table_markdown(rows: list[list[str]]) -> str:
    """A Markdown table of `rows`, the first being its head; cells lose line ends and bars."""
    width = max((len(row) for row in rows), default=0)
    if not width:
        return ""
    cells = [[re.sub(r"\s*[\n|]\s*", " ", cell).strip() for cell in row] for row in rows]
    lines = [f"| {' | '.join(row + [''] * (width - len(row)))} |" for row in cells]
    lines.insert(1, f"|{' --- |' * width}")
    return "\n".join(lines)
