"""Passages and their vectors in Chroma: one collection per kind and language, one of the questions that
lead to them, and a ledger of documents.

On the path of a message only ids and distances are read; the texts of the few winners are fetched
by id, which also proves that they still exist. What was fetched is kept until something is written.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from knowledge import generations, vectors
from knowledge.chroma import (
    REMEDY,
    Collection,
    InternalError,
    NotFoundError,
    is_server,
    open_client,
    translated,
)
from knowledge.encoder import Vectors
from knowledge.errors import EncoderMismatch
from knowledge.passages import Passage
from knowledge.recent import Passages, Recent, Stamp
from knowledge.rows import (
    Entry,
    Indexed,
    Shelf,
    entry_from,
    entry_row,
    passage_from,
    passage_row,
    question_id,
    questions_from,
    shelf_named,
)

Vector = NDArray[np.float32]
Rows = tuple[Sequence[str], Vectors]
"""Ids, and a row for each of them."""
T = TypeVar("T")

LEDGER = "ledger"
BATCH = 1000
PAGE = 2000
NO_ROWS: Vectors = np.empty((0, 0), dtype=np.float32)
SYNC_ROWS = 1000
"""Chroma's own: so many rows that it only lists, to be added to the graph by whoever opens it, before it writes the graph."""


class Index:
    """Blocking, thread-safe for reading; one writer at a time (see `ingest`)."""

    def __init__(self, location: str | Path, fingerprint: str, *, cache: Path | None = None) -> None:
        """Opens or creates a folder or a server's URL; the latter needs a folder for what is kept here.

        EncoderMismatch when it was made with another encoder, IndexBroken when it cannot be used.
        """
        self.location = location
        self.local = _local_folder(location, cache)
        """Where the lock and the keyword index are kept: the index's own folder, or one in `cache`."""
        self.fingerprint = fingerprint
        self._recent = Recent(self.local / "chroma.sqlite3")  # a server's is not here, and nothing is kept
        self._checked = 0.0
        self._begun = False
        """Whether nothing was written but what this object wrote since `begin`."""
        self._written: dict[Shelf, dict[str, bool]] = {}
        """Ids that may differ from the files of the vectors, and whether they are there now."""
        self._seen: Stamp | None = None
        """Of the file when `refresh` last looked into it."""
        self._open()

    def _open(self) -> None:
        self._client = open_client(self.location)
        with translated(self.location):
            self._ledger = self._client.get_or_create_collection(
                LEDGER,
                embedding_function=None,
                metadata={"encoder": self.fingerprint, "generation": uuid4().hex},
            )
            found = (self._ledger.metadata or {}).get("encoder")
            if found != self.fingerprint:
                raise EncoderMismatch(
                    f"The index at {self.location} was made with the encoder {found}, "
                    f"and this is {self.fingerprint}. {REMEDY}"
                )
            self.generation = str((self._ledger.metadata or {}).get("generation", ""))
            self.unpublished = bool((self._ledger.metadata or {}).get("writing"))
            self._shelves = {
                shelf: self._client.get_collection(shelf.name, embedding_function=None)
                for collection in self._client.list_collections()
                if (shelf := shelf_named(collection.name))
            }

    @property
    def keywords_folder(self) -> Path:
        return self.local / "keywords"

    @property
    def _vectors_folder(self) -> Path:
        return self.local / "vectors"

    # Reading

    @property
    def shelves(self) -> list[Shelf]:
        """Where passages stand; their questions stand on `shelf.questions`."""
        return sorted(shelf for shelf in self._shelves if not shelf.holds_questions)

    def refresh(self, *, every: float = 0.0) -> bool:
        """Look whether an ingest has finished since; True when it had.

        Where the file does not tell that there is nothing new, at most once in `every` seconds.
        """
        stamp = self._recent.stamp()
        unsure = stamp is None and time.monotonic() - self._checked < every
        if unsure or self._is(stamp):
            return False
        self._checked = time.monotonic()
        with translated(self.location):
            try:
                ledger = self._client.get_collection(LEDGER, embedding_function=None)
            except NotFoundError:  # another process is making the index anew: empty until it has
                self._shelves, self.generation, missing = {}, "", self.generation != ""
                return missing
        changed = (ledger.metadata or {}).get("generation") != self.generation
        if changed:
            self._open()
        self._seen = stamp
        return changed

    def at_hand(self) -> Passages | None:
        """What was read of passages, if nothing at all was written since the last `refresh`; else None."""
        stamp = self._recent.stamp()
        return self._recent.of(stamp) if self._is(stamp) else None

    def _is(self, stamp: Stamp | None) -> bool:
        return stamp is not None and stamp == self._seen

    def nearest(self, shelf: Shelf, vector: Vector, limit: int) -> dict[str, float]:
        """Passage id to cosine, nearest first."""
        collection = self._shelves.get(shelf)
        if collection is None:
            return {}
        with translated(self.location):
            try:
                found = collection.query(
                    query_embeddings=vector[np.newaxis], n_results=limit, include=["distances"]
                )
            except NotFoundError:
                return {}
        distances = (found["distances"] or [[]])[0]
        return {id_: 1.0 - distance for id_, distance in zip(found["ids"][0], distances, strict=True)}

    def touch(self, shelf: Shelf) -> None:
        """Bring a shelf's vectors into memory, which its first query would have to wait for."""
        with translated(self.location):
            for collection in (self._shelves.get(shelf), self._shelves.get(shelf.questions)):
                stored = collection.get(limit=1, include=["embeddings"])["embeddings"] if collection else None
                if collection and stored is not None and len(stored):
                    vector = np.asarray(stored[:1], dtype=np.float32)
                    collection.query(query_embeddings=vector, n_results=1, include=["distances"])

    def vectors(self, shelf: Shelf, ids: Sequence[str]) -> dict[str, Vector]:
        """Passage id to its vector; what has been deleted is left out."""
        if not ids or shelf not in self._shelves:
            return {}
        try:
            found = self._shelves[shelf].get(ids=list(ids), include=["embeddings"])
        except Exception:  # a passage deleted a moment ago fails the whole call inside Chroma
            return {}
        return dict(zip(found["ids"], np.asarray(found["embeddings"], dtype=np.float32), strict=True))

    def stored(self) -> dict[Shelf, Rows]:
        """Every id of every shelf and its vector, as the last ingest left them."""
        kept = {
            shelf: vectors.load(self._vectors_folder, self.generation, shelf.name) for shelf in self._shelves
        }
        found = {shelf: rows or self._stored(shelf) for shelf, rows in kept.items()}
        if not all(kept.values()) and not self.unpublished:
            # A full or read-only disk costs the next start some seconds, nothing else.
            with suppress(OSError):
                self._save(self.generation, found)
        return found

    def _save(self, generation: str, found: Mapping[Shelf, Rows]) -> None:
        vectors.save(self._vectors_folder, generation, {shelf.name: rows for shelf, rows in found.items()})

    def _stored(self, shelf: Shelf) -> Rows:
        pages = [self._page(shelf, offset, PAGE) for offset in range(0, self.count(shelf), PAGE)]
        return [id_ for ids, _ in pages for id_ in ids], _joined([rows for _, rows in pages])

    def _page(self, shelf: Shelf, offset: int, limit: int) -> Rows:
        with translated(self.location):
            try:
                page = self._shelves[shelf].get(limit=limit, offset=offset, include=["embeddings"])
            except NotFoundError:
                return [], NO_ROWS
        return page["ids"], np.asarray(page["embeddings"], dtype=np.float32)

    def fetch(self, shelf: Shelf, ids: Sequence[str]) -> dict[str, Passage]:
        """The passages that exist now, by id."""
        if shelf not in self._shelves:
            return {}
        passages = self._recent.passages()
        self._read(shelf, [id_ for id_ in ids if (shelf, id_) not in passages], passages)
        return {id_: passages[shelf, id_] for id_ in ids if (shelf, id_) in passages}

    def _read(self, shelf: Shelf, ids: list[str], passages: Passages) -> None:
        """Add the passages that exist."""
        if not ids:
            return
        with translated(self.location):
            try:
                found = self._shelves[shelf].get(ids=ids, include=["metadatas", "documents"])
            except NotFoundError:
                return
        for id_, text, row in zip(
            found["ids"], found["documents"] or [], found["metadatas"] or [], strict=True
        ):
            passages[shelf, id_] = passage_from(id_, text, dict(row), shelf)

    def passage(self, passage_id: str) -> Passage | None:
        """One passage by its id, wherever it stands."""
        for shelf in self.shelves:
            if found := self.fetch(shelf, [passage_id]):
                return found[passage_id]
        return None

    def texts(self, shelf: Shelf) -> Iterator[Indexed]:
        """Every passage of a shelf, for keyword search."""
        collection = self._shelves[shelf]
        for offset in range(0, self.count(shelf), PAGE):
            with translated(self.location):
                page = collection.get(limit=PAGE, offset=offset, include=["metadatas", "documents"])
            for id_, text, row in zip(
                page["ids"], page["documents"] or [], page["metadatas"] or [], strict=True
            ):
                yield Indexed(id_, str(row["title"]), str(row["section"]), text, questions_from(row))

    def count(self, shelf: Shelf | None = None) -> int:
        """Rows on one shelf, or passages on all."""
        with translated(self.location):
            shelves = self.shelves if shelf is None else [shelf]
            return sum(self._shelves[one].count() for one in shelves if one in self._shelves)

    def entries(self) -> dict[str, Entry]:
        """The whole ledger, by document id."""
        entries = {}
        with translated(self.location):
            for offset in range(0, self._ledger.count(), PAGE):
                page = self._ledger.get(limit=PAGE, offset=offset, include=["metadatas"])
                for id_, row in zip(page["ids"], page["metadatas"] or [], strict=True):
                    entries[id_] = entry_from(id_, dict(row))
        return entries

    # Writing

    def put(self, passages: Sequence[Passage], vectors: Vectors) -> None:
        """Add or replace passages; one row of `vectors` each."""
        for shelf, numbers in _by_shelf([Shelf(passage.kind, passage.language) for passage in passages]):
            collection = self._collection(shelf)
            for batch in _batches(numbers):
                ids = [passages[number].id for number in batch]
                self._note(shelf, ids, are_there=True)
                with translated(self.location):
                    collection.upsert(
                        ids=ids,
                        embeddings=vectors[batch],
                        documents=[passages[number].text for number in batch],
                        metadatas=[passage_row(passages[number]) for number in batch],
                    )

    def put_questions(self, passages: Sequence[Passage], vectors: Vectors) -> None:
        """Add or replace the questions of passages; one row of `vectors` for each question, in order."""
        asked = [(passage, place) for passage in passages for place in range(len(passage.questions))]
        for shelf, numbers in _by_shelf([Shelf(passage.kind, passage.language) for passage, _ in asked]):
            collection = self._collection(shelf.questions)
            for batch in _batches(numbers):
                ids = [question_id(asked[number][0].id, asked[number][1]) for number in batch]
                self._note(shelf.questions, ids, are_there=True)
                with translated(self.location):
                    collection.upsert(ids=ids, embeddings=vectors[batch])

    def _collection(self, shelf: Shelf) -> Collection:
        if shelf not in self._shelves:
            with translated(self.location):
                self._shelves[shelf] = self._client.get_or_create_collection(
                    shelf.name,
                    embedding_function=None,
                    metadata={"encoder": self.fingerprint},
                    configuration={"hnsw": {"space": "cosine", "sync_threshold": SYNC_ROWS}},
                )
        return self._shelves[shelf]

    def _note(self, shelf: Shelf, ids: Sequence[str], *, are_there: bool) -> None:
        self._written.setdefault(shelf, {}).update(dict.fromkeys(ids, are_there))

    def delete(self, shelf: Shelf, ids: Iterable[str]) -> None:
        """Delete passages; ids that do not exist are passed over."""
        if shelf in self._shelves:
            for batch in _batches(list(ids)):
                self._note(shelf, batch, are_there=False)
                with translated(self.location):
                    self._shelves[shelf].delete(ids=list(batch))

    def record(self, entries: Sequence[Entry]) -> None:
        for batch in _batches(entries):
            # The ledger is never searched by vector; unequal ones keep its graph cheap.
            vectors = np.random.default_rng().normal(size=(len(batch), 2)).astype(np.float32)
            with translated(self.location):
                self._ledger.upsert(
                    ids=[entry.document_id for entry in batch],
                    embeddings=vectors,
                    metadatas=[entry_row(entry) for entry in batch],
                )

    def forget(self, document_ids: Sequence[str]) -> None:
        for batch in _batches(document_ids):
            with translated(self.location):
                self._ledger.delete(ids=list(batch))

    def begin(self) -> None:
        """Note that passages are about to change, so that an ingest killed before `publish` is noticed."""
        with translated(self.location):
            left = self._client.get_collection(LEDGER, embedding_function=None).metadata or {}
        # Another may have been killed, or may have finished, since this was opened.
        self._begun = not left.get("writing") and left.get("generation") == self.generation
        self.unpublished = True
        self._describe({"writing": True})

    def settle(self, generation: str) -> None:
        """Write down what every process that opens the index would otherwise have to work out."""
        self._save(generation, {shelf: self._since(shelf) for shelf in self._shelves})
        if not is_server(self.location):
            # Where an ingest was killed, nobody knows what it had written.
            self._write_graphs([one for one in self._shelves if one in self._written or not self._begun])
        self._written.clear()

    def _since(self, shelf: Shelf) -> Rows:
        """Ids and vectors from the files of the last ingest and from what was written since."""
        kept = vectors.load(self._vectors_folder, self.generation, shelf.name) if self._begun else None
        if kept is None:
            return self._stored(shelf)
        written, (ids, rows) = self._written.get(shelf, {}), kept
        same = [place for place, id_ in enumerate(ids) if id_ not in written]
        new: dict[str, Vector] = {}
        for batch in _batches([id_ for id_, is_there in written.items() if is_there]):
            new |= self.vectors(shelf, batch)
        if len(same) + len(new) != self.count(shelf):  # then the files are not those of this index
            return self._stored(shelf)
        return [*(ids[place] for place in same), *new], _joined([rows[same], *new.values()])

    def _write_graphs(self, shelves: Sequence[Shelf]) -> None:
        self._open()  # a client heeds what it finds set when it looks at a collection first
        with translated(self.location):
            for collection in (self._ledger, *(self._shelves[shelf] for shelf in shelves)):
                for rows in (2, SYNC_ROWS):  # the fewest that it takes, and back
                    _sync_at(rows, collection)

    def publish(self, generation: str) -> None:
        """Tell every process that reads this index to look anew."""
        self.generation = generation
        self.unpublished = self._begun = False
        self._describe({"writing": False})
        generations.prune(self._vectors_folder, generation)

    def _describe(self, state: dict[str, bool]) -> None:
        with translated(self.location):
            self._ledger.modify(
                metadata={"encoder": self.fingerprint, "generation": self.generation, **state}
            )


def _sync_at(rows: int, collection: Collection) -> None:
    for pause in (0.05, 0.2, 1.0):
        try:
            collection.modify(configuration={"hnsw": {"sync_threshold": rows}})
            collection.count()  # it looks
        except InternalError as error:  # its own connections lock one another out, and none waits
            if "database is locked" not in str(error):
                raise
            time.sleep(pause)
        else:
            return
    # Then whoever opens the index takes a little longer: no reason to fail.


def _joined(parts: Sequence[NDArray[np.float32]]) -> Vectors:
    rows = [np.atleast_2d(part) for part in parts if part.size]
    return np.concatenate(rows) if rows else NO_ROWS


def _local_folder(location: str | Path, cache: Path | None) -> Path:
    if not is_server(location):
        return Path(location)
    if cache is None:
        raise ValueError("an index on a server needs a cache folder on this machine")
    return cache / "".join(sign if sign.isalnum() else "-" for sign in str(location))


def _by_shelf(shelves: Sequence[Shelf]) -> Iterable[tuple[Shelf, list[int]]]:
    """The positions of each shelf."""
    numbers: dict[Shelf, list[int]] = {}
    for number, shelf in enumerate(shelves):
        numbers.setdefault(shelf, []).append(number)
    return numbers.items()


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
