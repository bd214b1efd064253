"""Cases as a shop writes them, in YAML, checked before anything is measured."""

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from bot.errors import CasesError

_MOST_BYTES = 5_000_000
_MOST_PROBLEMS = 20

Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Part = Annotated[str, StringConstraints(pattern=r"^[a-z]\w{2,40}$")]
"""Longer than a language's code, which stands beside it in the report."""
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]


class Case(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Word
    language: Language
    part: Part | None = None
    """Figures are given for each part: what one may tune on, and what is held back."""


class Place(BaseModel):
    """A section of a document, in any language; without a section, the whole document."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    document: Word
    """The file's name without its ending, or its path below the folder ingested."""
    section: Word | None = None

    def __str__(self) -> str:
        return f"{self.document} › {self.section}" if self.section else self.document


class RetrievalCase(Case):
    question: Said
    expect: tuple[Place, ...]
    """Every place that answers it; empty when the documents do not."""


class IntentCase(Case):
    message: Said
    intents: tuple[Word, ...]
    """What is asked for, in any order; empty for what no shop can answer."""
    negated: tuple[Word, ...] = ()
    """What is said not to be wanted."""


C = TypeVar("C", bound=Case)


def load_retrieval_cases(path: Path, known: Collection[Place]) -> list[RetrievalCase]:
    """
    Raises:
        CasesError: names every case that is malformed or expects a document or section that is not in `known`.
    """
    cases = _load(path, RetrievalCase)
    documents = {place.document for place in known}
    problems = [
        f"{case.id}: {_unknown(place, documents)}"
        for case in cases
        for place in case.expect
        if place not in known and (place.section or place.document not in documents)
    ]
    _refuse(path, problems)
    return cases


def load_intent_cases(path: Path, known: Collection[str]) -> list[IntentCase]:
    """
    Raises:
        CasesError: names every case that is malformed or names an intent that is not in `known`.
    """
    cases = _load(path, IntentCase)
    problems = [
        f"{case.id}: there is no intent {intent!r}"
        for case in cases
        for intent in (*case.intents, *case.negated)
        if intent not in known
    ]
    _refuse(path, problems)
    return cases


def of_part(path: Path, cases: Sequence[C], part: str | None) -> list[C]:
    """
    Raises:
        CasesError: no case is of the part.
    """
    chosen = [case for case in cases if part in (None, case.part)]
    if not chosen:
        parts = sorted({case.part for case in cases if case.part})
        raise CasesError(path, [f"there is no part {part!r}, only: {', '.join(parts) or 'none'}"])
    return chosen


def _unknown(place: Place, documents: Collection[str]) -> str:
    if place.document not in documents:
        return f"there is no document {place.document!r} in the index"
    return f"the document {place.document!r} has no section {place.section!r}"


def _load(path: Path, kind: type[C]) -> list[C]:
    cases: list[C] = []
    problems: list[str] = []
    for number, row in enumerate(_rows(path), start=1):
        try:
            cases.append(kind.model_validate(row))
        except ValidationError as error:
            name = str(row["id"]) if isinstance(row, dict) and "id" in row else f"case {number}"
            problems += [f"{name}: {_problem(one)}" for one in error.errors(include_url=False)]
    repeated = Counter(case.id for case in cases)
    problems += [f"{id_}: this id is there {count} times" for id_, count in repeated.items() if count > 1]
    _refuse(path, problems)
    return cases


def _rows(path: Path) -> list[Any]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise CasesError(path, [f"larger than {_MOST_BYTES:,} bytes"])
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CasesError(path, [f"cannot be read: {' '.join(str(error).split())}"]) from error
    if not isinstance(rows, list) or not rows:
        raise CasesError(path, ["a list of cases is wanted"])
    return rows


def _problem(error: Any) -> str:
    field = ".".join(str(part) for part in error["loc"])
    hint = " (quote it)" if error["type"] == "string_type" else ""
    return f"{field}: {error['msg']}{hint}" if field else f"{error['msg']}{hint}"


def _refuse(path: Path, problems: Sequence[str]) -> None:
    if problems:
        more = len(problems) - _MOST_PROBLEMS
        raise CasesError(path, [*problems[:_MOST_PROBLEMS], *([f"… and {more} more"] if more > 0 else [])])
