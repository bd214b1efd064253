"""Passages and ledger entries as the flat rows that Chroma stores."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from knowledge.passages import Kind, Passage


@dataclass(frozen=True, slots=True, order=True)
class Shelf:
    """One collection: passages of a kind in a language."""

    kind: Kind
    language: str

    @property
    def name(self) -> str:
        return f"{self.kind}_{self.language}"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger knows of a document."""

    document_id: str
    version: str
    """Empty while its passages are being written: a killed ingest leaves it so and the next one repeats it."""
    passages: int
    """How many passage ids may exist, counted from 0."""
    shelf: Shelf
    path: str
    """The file, absolute, when it was ingested."""
    root: str


@dataclass(frozen=True, slots=True)
class Indexed:
    """What keyword search reads of a passage."""

    id: str
    title: str
    section: str
    text: str


_KINDS: tuple[Kind, ...] = get_args(Kind)


def shelf_named(name: str) -> Shelf | None:
    """The shelf a collection holds, None for collections that are not ours."""
    for kind in _KINDS:
        if name.startswith(f"{kind}_"):
            return Shelf(kind, name.removeprefix(f"{kind}_"))
    return None


def passage_row(passage: Passage) -> dict[str, str | int | float | bool | None]:
    return {
        "document_id": passage.document_id,
        "position": passage.position,
        "title": passage.title,
        "section": passage.section,
        "source": passage.source,
        "version": passage.version,
        "updated_at": passage.updated_at.isoformat(),
        "url": passage.url or "",
        "metadata": json.dumps(passage.metadata, ensure_ascii=False),
    }


def passage_from(id_: str, text: str, row: Mapping[str, Any], shelf: Shelf) -> Passage:
    return Passage(
        id=id_,
        document_id=row["document_id"],
        position=int(row["position"]),
        title=row["title"],
        section=row["section"],
        text=text,
        language=shelf.language,
        kind=shelf.kind,
        source=row["source"],
        version=row["version"],
        updated_at=datetime.fromisoformat(row["updated_at"]),
        url=row["url"] or None,
        metadata=json.loads(row["metadata"]),
    )


def entry_row(entry: Entry) -> dict[str, str | int | float | bool | None]:
    return {
        "version": entry.version,
        "passages": entry.passages,
        "shelf": entry.shelf.name,
        "path": entry.path,
        "root": entry.root,
    }


def entry_from(document_id: str, row: Mapping[str, Any]) -> Entry:
    shelf = shelf_named(row["shelf"])
    if shelf is None:
        raise ValueError(f"the ledger names an unknown shelf: {row['shelf']}")
    return Entry(document_id, row["version"], int(row["passages"]), shelf, row["path"], row["root"])
