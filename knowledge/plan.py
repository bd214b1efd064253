"""What an ingest has to do: which documents are new, changed, as before, or gone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from knowledge.chunks import document_version, split
from knowledge.errors import Unreadable
from knowledge.loading import LOADERS, load
from knowledge.passages import Document, Passage
from knowledge.rows import Entry, Shelf


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that could not be ingested; what was indexed of it before stays."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """A document to be written."""

    entry: Entry
    passages: tuple[Passage, ...]
    before: Entry | None


@dataclass(slots=True)
class Plan:
    changes: list[Change] = field(default_factory=list)
    moved: list[Entry] = field(default_factory=list)
    """Unchanged documents whose files now lie elsewhere."""
    unchanged: int = 0
    gone: list[Entry] = field(default_factory=list)
    failed: list[Problem] = field(default_factory=list)

    @property
    def added(self) -> int:
        return sum(change.before is None or not change.before.version for change in self.changes)

    @property
    def passages(self) -> int:
        return sum(len(change.passages) for change in self.changes)

    @property
    def questions(self) -> int:
        return sum(len(passage.questions) for change in self.changes for passage in change.passages)


def make_plan(paths: Sequence[Path], entries: Mapping[str, Entry]) -> Plan:
    """Compare the files under `paths` with the ledger. Reads every file, embeds nothing."""
    plan = Plan()
    seen: dict[str, Path] = {}
    unreadable: set[str] = set()
    scopes = [path.absolute() for path in paths]
    for file, root in _files(scopes, entries, plan):
        try:
            for document in load(file, root=root):
                _compare(document, file, root, entries, seen, plan)
        except Unreadable as problem:
            plan.failed.append(Problem(problem.path, problem.reason))
            unreadable.add(str(file))
    plan.gone = [
        entry
        for entry in entries.values()
        if entry.document_id not in seen
        and entry.path not in unreadable
        and _beneath(Path(entry.path), scopes)
    ]
    return plan


def _beneath(path: Path, scopes: Sequence[Path]) -> bool:
    return any(path.is_relative_to(scope) for scope in scopes)


def _files(scopes: Sequence[Path], entries: Mapping[str, Entry], plan: Plan) -> Iterator[tuple[Path, Path]]:
    """(file, root) of everything to read, each file once."""
    roots = sorted({Path(entry.root) for entry in entries.values()})
    known = {Path(entry.path) for entry in entries.values()}
    done: set[Path] = set()
    for scope in scopes:
        # A part of a folder ingested before keeps the names that it has there.
        root = next((root for root in roots if scope.is_relative_to(root)), None)
        if scope.is_dir():
            found = [(file, root or scope) for file in _readable(scope)]
        elif scope.exists():
            found = [(scope, root or scope.parent)]
        else:
            found = []
            if not any(path.is_relative_to(scope) for path in known):
                plan.failed.append(Problem(scope, "does not exist"))
        yield from ((file, root) for file, root in found if file not in done)
        done.update(file for file, _ in found)


def _readable(folder: Path) -> Iterator[Path]:
    """Files below `folder` that a loader reads, in order; hidden ones and links that lead out are passed over."""
    inside = folder.resolve()
    for file in sorted(folder.rglob("*")):
        hidden = any(part.startswith((".", "~$")) for part in file.relative_to(folder).parts)
        if (
            file.suffix.lower() in LOADERS
            and not hidden
            and file.resolve().is_relative_to(inside)
            and file.is_file()
        ):
            yield file


def _compare(
    document: Document,
    file: Path,
    root: Path,
    entries: Mapping[str, Entry],
    seen: dict[str, Path],
    plan: Plan,
) -> None:
    before = entries.get(document.id)
    other = seen.get(document.id) or _namesake(before, file)
    if other:
        raise Unreadable(file, f"{document.id} is already the name of a document in {other}")
    version = document_version(document)
    shelf = Shelf(document.kind, document.language)
    if before and before.version == version and before.shelf == shelf:
        plan.unchanged += 1
        if (before.path, before.root) != (str(file), str(root)):
            plan.moved.append(replace(before, path=str(file), root=str(root)))
    else:
        passages = tuple(split(document))
        if not passages:
            raise Unreadable(file, "holds headings without text")
        questions = max(len(passage.questions) for passage in passages)
        entry = Entry(document.id, version, len(passages), shelf, str(file), str(root), questions)
        plan.changes.append(Change(entry, passages, before))
    seen[document.id] = file


def _namesake(before: Entry | None, file: Path) -> str | None:
    """Another file of the same name below another folder, unless it has been moved here."""
    return before.path if before and before.path != str(file) and Path(before.path).exists() else None
