"""One writer at a time."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from knowledge.errors import IngestRunning


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Hold the folder's ingest lock; IngestRunning when another process or thread does.

    SQLite's file lock: it works on every system and dies with its process.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(folder / "ingest.lock", timeout=0, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            raise IngestRunning(
                "Another ingest is writing this index; wait until it has finished."
            ) from error
        yield
