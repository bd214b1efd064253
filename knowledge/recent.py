"""Passages read before, for as long as nothing at all has been written to the index since."""

import time
from pathlib import Path

from knowledge.passages import Passage
from knowledge.rows import Shelf

SETTLED_SECONDS = 2.0
"""A file may be written twice within one tick of its clock; the coarsest tick that way."""
MOST = 2000

Passages = dict[tuple[Shelf, str], Passage]
Stamp = tuple[int, int, int]


class Recent:
    """Looking at Chroma's file costs microseconds, reading five passages from it a millisecond."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._log = database.with_name(f"{database.name}-wal")
        self._held: tuple[Stamp | None, Passages] = (None, {})

    def passages(self) -> Passages:
        """What still stands in the index as it is here; to be filled with what is read next."""
        return self.of(self.stamp())

    def of(self, stamp: Stamp | None) -> Passages:
        """The same, of the index as the stamp tells it."""
        held, passages = self._held
        if stamp is None or stamp != held or len(passages) > MOST:
            passages = {}
            self._held = (stamp, passages)
        return passages

    def stamp(self) -> Stamp | None:
        """Of the index as it is here: another one after every write; None while one cannot tell."""
        try:
            found = self._database.stat()
        except OSError:
            return None
        # Were Chroma to keep a write-ahead log, writes would not show in the file.
        if time.time() - found.st_mtime < SETTLED_SECONDS or self._log.exists():
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns
