import os
from pathlib import Path

import pytest

from knowledge.index import Index
from knowledge.ingest import ingest
from knowledge.rows import Shelf
from tests.knowledge.hashed import HashedEncoder

SHELF = Shelf("document", "zh")
ID = "zh/returns.md@zh#0"


@pytest.fixture
def another(documents: Path, place: Path, encoder: HashedEncoder) -> Index:
    """What somebody else writes with."""
    writer = Index(place, encoder.fingerprint)
    ingest([documents], writer, encoder)
    return writer


@pytest.fixture
def index(another: Index, place: Path, encoder: HashedEncoder) -> Index:
    opened = Index(place, encoder.fingerprint)
    opened.fetch(SHELF, [ID])  # Chroma tidies up when it is first asked
    _settle(place)
    return opened


def _settle(place: Path) -> None:
    """As if the last write was an hour ago."""
    file = place / "chroma.sqlite3"
    moment = file.stat().st_mtime_ns - 3600 * 10**9
    os.utime(file, ns=(moment, moment))


def test_what_was_read_is_kept_while_nothing_is_written(index: Index, another: Index, place: Path) -> None:
    moment = (place / "chroma.sqlite3").stat().st_mtime_ns
    size = (place / "chroma.sqlite3").stat().st_size
    first = index.fetch(SHELF, [ID])[ID]
    another.delete(SHELF, [ID])
    assert (place / "chroma.sqlite3").stat().st_size == size
    os.utime(place / "chroma.sqlite3", ns=(moment, moment))  # hides the write
    assert index.fetch(SHELF, [ID])[ID] is first


def test_what_was_deleted_is_gone_at_once(index: Index, another: Index) -> None:
    assert ID in index.fetch(SHELF, [ID])
    assert ID in index.fetch(SHELF, [ID])
    another.delete(SHELF, [ID])
    assert index.fetch(SHELF, [ID]) == {}


def test_what_was_changed_is_new_at_once(
    index: Index, another: Index, documents: Path, place: Path, encoder: HashedEncoder
) -> None:
    assert "¥12.00" in index.fetch(SHELF, [ID])[ID].text
    page = documents / "zh/returns.md"
    page.write_text(page.read_text(encoding="utf-8").replace("¥12.00", "¥15.00"), encoding="utf-8")
    ingest([documents], another, encoder)
    assert "¥15.00" in index.fetch(SHELF, [ID])[ID].text
    _settle(place)
    assert "¥15.00" in index.fetch(SHELF, [ID])[ID].text


def test_nothing_is_kept_of_a_file_written_this_moment(index: Index, another: Index, place: Path) -> None:
    """Two writes within one tick of the file system's clock look like one."""
    file = place / "chroma.sqlite3"
    os.utime(file)
    moment = file.stat().st_mtime_ns
    assert ID in index.fetch(SHELF, [ID])
    another.delete(SHELF, [ID])
    os.utime(file, ns=(moment, moment))
    assert index.fetch(SHELF, [ID]) == {}
