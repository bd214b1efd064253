"""Photos by their bytes: which kind they are, and the same picture without what it need not tell.

A camera writes where and when a picture was taken into it; only the way it is turned is kept. What stands
after the picture's end (a video, an archive, a page of HTML) is no part of it.
"""

import struct
from collections.abc import Callable, Iterator
from typing import Literal

MediaType = Literal["image/jpeg", "image/png", "image/webp"]

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs acTL fcTL fdAT".split())
_WEBP_KEPT = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
_WEBP_TELLS = 0x0C
"""The flags in VP8X that announce EXIF and XMP."""
_SOI, _EOI, _SOS, _APP0, _APP1, _APP2, _APP14, _COM = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE, 0xFE
_ALONE = {0x01, *range(0xD0, 0xD8)}
"""JPEG markers without a length."""
_ORIENTATION = 0x0112


class NotAPhoto(ValueError):
    """The bytes are no whole picture of a kind that is accepted."""


def media_type(content: bytes) -> MediaType | None:
    """By the first bytes; a name says nothing."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(_PNG):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return None


def stripped(content: bytes) -> tuple[MediaType, bytes]:
    """The kind, and the picture without metadata and without what follows its end.

    Raises:
        NotAPhoto: another kind of file, or a broken one.
    """
    kind = media_type(content)
    if kind is None:
        raise NotAPhoto("not a JPEG, PNG or WebP")
    try:
        return kind, _STRIP[kind](content)
    except (struct.error, IndexError) as error:
        raise NotAPhoto("broken off") from error


def _jpeg(content: bytes) -> bytes:
    kept, scans = [b"\xff\xd8"], 0
    for marker, segment in _segments(content):
        scans += marker == _SOS
        body = segment[4:]
        if marker == _APP1 and (turned := _orientation(body)) != 1:
            kept.append(_exif(turned))
        elif not _tells(marker, body):
            kept.append(segment)
    if not scans:
        raise NotAPhoto("no picture in it")
    return b"".join((*kept, b"\xff\xd9"))


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """(Marker, the segment with its head) up to the end of the picture; a scan's data belong to it."""
    at = 2
    while True:
        if content[at] != 0xFF:
            raise NotAPhoto("not a JPEG inside")
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == _EOI:
            return
        if marker in _ALONE:
            yield marker, content[at : at + 2]
            at += 2
            continue
        (length,) = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(content):
            raise NotAPhoto("broken off")
        if marker == _SOS:
            end = _scan_end(content, end)
        yield marker, content[at:end]
        at = end


def _scan_end(content: bytes, at: int) -> int:
    """Where the next marker is that is none of the scan's own."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            raise NotAPhoto("broken off")
        if content[at + 1] not in (0x00, 0xFF, *range(0xD0, 0xD8)):
            return at
        at += 1 if content[at + 1] == 0xFF else 2


def _tells(marker: int, body: bytes) -> bool:
    """Whether a segment is about the picture instead of part of it."""
    if marker == _APP2:
        return not body.startswith(b"ICC_PROFILE\0")
    return marker == _COM or (_APP0 < marker <= 0xEF and marker != _APP14)


def _orientation(body: bytes) -> int:
    """1 to 8, from EXIF; 1 where it says nothing sensible."""
    if not body.startswith(b"Exif\0\0"):
        return 1
    tiff = body[6:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for number in range(count):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * number)
            if tag == _ORIENTATION:
                return int(value) if 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1


def _exif(orientation: int) -> bytes:
    """A segment that says how the picture is turned, and nothing else."""
    tiff = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, 3, 1, orientation, 0, 0)
    body = b"Exif\0\0" + tiff
    return struct.pack(">BBH", 0xFF, _APP1, len(body) + 2) + body


def _png(content: bytes) -> bytes:
    kept, at = [_PNG], len(_PNG)
    while True:
        length, name = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            raise NotAPhoto("broken off")
        if at == len(_PNG) and name != b"IHDR":
            raise NotAPhoto("not a PNG inside")
        if name in _PNG_KEPT:
            kept.append(content[at:end])
        if name == b"IEND":
            return b"".join(kept)
        at = end


def _webp(content: bytes) -> bytes:
    (size,) = struct.unpack_from("<I", content, 4)
    last = 8 + size
    if last > len(content):
        raise NotAPhoto("broken off")
    kept, at = [], 12
    while at < last:
        name, length = struct.unpack_from("<4sI", content, at)
        end = at + 8 + length
        if end > last:
            raise NotAPhoto("broken off")
        chunk = bytearray(content[at:end] + b"\0" * (length % 2))
        if name == b"VP8X":
            chunk[8] &= ~_WEBP_TELLS & 0xFF
        if name in _WEBP_KEPT:
            kept.append(bytes(chunk))
        at = end + length % 2
    if not any(chunk.startswith((b"VP8 ", b"VP8L", b"ANMF")) for chunk in kept):
        raise NotAPhoto("no picture in it")
    body = b"WEBP" + b"".join(kept)
    return struct.pack("<4sI", b"RIFF", len(body)) + body


_STRIP: dict[MediaType, Callable[[bytes], bytes]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/webp": _webp,
}
