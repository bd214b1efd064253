"""Small pictures made by hand, with what a camera or an attacker puts into them."""

import base64
import struct
import zlib

GPS = b"N 31.2304 E 121.4737"
"""Stands for where a picture was taken."""

_JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQ"
    "CgwSExIQEw8QEBD/yQALCAABAAEBAREA/8wABgAQEAX/2gAIAQEAAD8A0s8g/9k="
)


def png(width: int = 8, height: int = 8, *, color: tuple[int, int, int] = (200, 60, 40)) -> bytes:
    rows = b"".join(b"\0" + bytes(color) * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND")
    )


def chunk(name: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def told_png() -> bytes:
    """With a comment and EXIF, and a page behind its end."""
    plain = png()
    extra = chunk(b"tEXt", b"Location\0" + GPS) + chunk(b"eXIf", b"MM\0*" + GPS)
    return plain[:-12] + extra + plain[-12:] + b"<script>alert(1)</script>"


def jpeg() -> bytes:
    return _JPEG


def told_jpeg(*, turned: int = 6) -> bytes:
    """As a phone makes it: turned, with a place in EXIF, XMP and a comment, and a video behind its end."""
    entries = struct.pack("<HHIHH", 0x0112, 3, 1, turned, 0) + struct.pack("<HHII", 0x8825, 4, 1, 200)
    tiff = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 2) + entries + b"\0\0\0\0" + GPS
    exif, xmp = b"Exif\0\0" + tiff, b"http://ns.adobe.com/xap/1.0/\0" + GPS
    extra = segment(0xE1, exif) + segment(0xE1, xmp) + segment(0xFE, GPS) + segment(0xE2, b"MPF\0" + GPS)
    return _JPEG[:2] + extra + _JPEG[2:] + b"\0\0\0\x18ftypmp42" + GPS


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def told_webp() -> bytes:
    """One black pixel, with EXIF and XMP."""
    lossless = bytes.fromhex("2f00000010071011118888fe07 00".replace(" ", ""))
    body = b"WEBP" + _riff(b"VP8X", bytes([0x0C, 0, 0, 0, 0, 0, 0, 0, 0, 0])) + _riff(b"VP8L", lossless)
    body += _riff(b"EXIF", b"Exif\0\0" + GPS) + _riff(b"XMP ", GPS)
    return struct.pack("<4sI", b"RIFF", len(body)) + body + b"PK\x03\x04" + GPS


def _riff(name: bytes, body: bytes) -> bytes:
    return struct.pack("<4sI", name, len(body)) + body + b"\0" * (len(body) % 2)
