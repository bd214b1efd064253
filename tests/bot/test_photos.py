"""A photo keeps its picture and the way it is turned, and tells nothing else."""

import pytest

from bot.photos import NotAPhoto, media_type, stripped
from tests.bot import pictures

TOLD = [
    ("image/jpeg", pictures.told_jpeg()),
    ("image/png", pictures.told_png()),
    ("image/webp", pictures.told_webp()),
]


@pytest.mark.parametrize(("kind", "content"), TOLD)
def test_where_it_was_taken_is_gone(kind: str, content: bytes) -> None:
    assert pictures.GPS in content
    found, picture = stripped(content)
    assert found == kind == media_type(picture)
    assert pictures.GPS not in picture
    assert b"script" not in picture
    assert stripped(picture) == (found, picture)


def test_a_plain_picture_stays_as_it_is() -> None:
    for content in (pictures.png(), pictures.jpeg()):
        assert stripped(content)[1] == content


@pytest.mark.parametrize("turned", [2, 3, 6, 8])
def test_it_stays_turned(turned: int) -> None:
    picture = stripped(pictures.told_jpeg(turned=turned))[1]
    assert picture.count(b"Exif\0\0") == 1
    assert stripped(picture)[1] == picture
    upright = stripped(pictures.told_jpeg(turned=1))[1]
    assert b"Exif" not in upright


def test_webp_no_longer_announces_what_is_gone() -> None:
    picture = stripped(pictures.told_webp())[1]
    assert picture[12:16] == b"VP8X"
    assert picture[20] & 0x0C == 0
    assert int.from_bytes(picture[4:8], "little") == len(picture) - 8


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + b"\0" * 40,
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0\xff\xff",
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xff<html><script>alert(1)</script>",
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n" + pictures.chunk(b"IEND"),
        pictures.png()[:-20],
        b"RIFF\xff\xff\xff\xffWEBPVP8 ",
        b"RIFF\x04\0\0\0WEBP",
        pictures.told_webp()[:30],
    ],
)
def test_what_is_no_whole_picture_is_refused(content: bytes) -> None:
    with pytest.raises(NotAPhoto):
        stripped(content)


@pytest.mark.parametrize("content", [content for _, content in TOLD])
def test_broken_off_anywhere_it_is_refused_or_whole(content: bytes) -> None:
    for end in range(len(content)):
        try:
            kind, picture = stripped(content[:end])
        except NotAPhoto:
            continue
        assert stripped(picture) == (kind, picture)


@pytest.mark.parametrize("content", [content for _, content in TOLD])
def test_any_byte_changed_breaks_nothing(content: bytes) -> None:
    for place in range(len(content)):
        for value in (0x00, 0x7F, 0xFF):
            changed = content[:place] + bytes([value]) + content[place + 1 :]
            try:
                stripped(changed)
            except NotAPhoto:
                continue
