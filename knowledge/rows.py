"""Passages and ledger entries as the flat rows that Chroma stores."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, get_args

from knowledge.passages import Kind, Passage

QUESTIONS = "questions_"
"""What the names of the collections that hold questions begin with."""


@dataclass(frozen=True, slots=True, order=True)
class Shelf:
    """One collection: passages of a kind in a language, or the questions that lead to them."""

    kind: Kind
    language: str
    holds_questions: bool = False

    @property
    def name(self) -> str:
        return f"{QUESTIONS if self.holds_questions else ''}{self.kind}_{self.language}"

    @property
    def questions(self) -> "Shelf":
        """The collection of the questions that lead to these passages."""
        return replace(self, holds_questions=True)


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
    questions: int = 0
    """How many question ids each passage may have, counted from 0."""

    def passage_ids(self, start: int = 0) -> list[str]:
        return [f"{self.document_id}#{position}" for position in range(start, self.passages)]

    def question_ids(self) -> list[str]:
        return [question_id(id_, number) for id_ in self.passage_ids() for number in range(self.questions)]


@dataclass(frozen=True, slots=True)
class Indexed:
    """What keyword search reads of a passage."""

    id: str
    title: str
    section: str
    text: str
    questions: tuple[str, ...] = ()


_KINDS: tuple[Kind, ...] = get_args(Kind)


def shelf_named(name: str) -> Shelf | None:
    """The shelf a collection holds, None for collections that are not ours."""
    rest = name.removeprefix(QUESTIONS)
    for kind in _KINDS:
        if rest.startswith(f"{kind}_"):
            return Shelf(kind, rest.removeprefix(f"{kind}_"), rest != name)
    return None


def question_id(passage_id: str, number: int) -> str:
    return f"{passage_id}?{number}"


def passage_of(question_id: str) -> str:
    """The id of the passage a question leads to."""
    return question_id.rpartition("?")[0]


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
        "questions": json.dumps(passage.questions, ensure_ascii=False),
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
        questions=questions_from(row),
    )


def questions_from(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(json.loads(row.get("questions") or "[]"))


def entry_row(entry: Entry) -> dict[str, str | int | float | bool | None]:
    return {
        "version": entry.version,
        "passages": entry.passages,
        "shelf": entry.shelf.name,
        "path": entry.path,
        "root": entry.root,
        "questions": entry.questions,
    }


def entry_from(document_id: str, row: Mapping[str, Any]) -> Entry:
    shelf = shelf_named(row["shelf"])
    if shelf is None:
        raise ValueError(f"the ledger names an unknown shelf: {row['shelf']}")
    return Entry(
        document_id=document_id,
        version=row["version"],
        passages=int(row["passages"]),
        shelf=shelf,
        path=row["path"],
        root=row["root"],
        questions=int(row.get("questions") or 0),
    )
