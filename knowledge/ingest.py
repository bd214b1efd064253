"""Bring the index up to date with files: embed what changed, remove what is gone, survive being killed.

The ledger is written ahead with an empty version and again with the true one behind the passages, so
whatever a killed ingest left half done is done again by the next, and nothing else is.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import numpy as np

from knowledge import keywords
from knowledge.chroma import is_server
from knowledge.embedding import passage_vectors
from knowledge.encoder import Encoder, Vectors
from knowledge.errors import DiskFull
from knowledge.index import Index
from knowledge.lock import exclusive
from knowledge.passages import Passage
from knowledge.plan import Change, Plan, Problem, make_plan
from knowledge.rows import Entry

Progress = Callable[[int, int], None]
"""(passages embedded, passages to embed)"""

ROUND = 512
"""Passages embedded between two writes, and lost at most when the process is killed."""
BATCH = 64
RESERVE = 64 * 2**20
"""Bytes that must stay free."""
PASSAGE_BYTES = 12_000
"""Room a passage takes in Chroma, its log and the keyword index, on the safe side."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """Counts of documents, passages embedded, and the files that failed."""

    added: int
    changed: int
    unchanged: int
    removed: int
    passages: int
    failed: tuple[Problem, ...] = ()


def ingest(
    paths: Sequence[Path],
    index: Index,
    encoder: Encoder,
    progress: Progress | None = None,
    *,
    reserve: int = RESERVE,
) -> IngestReport:
    """Make the index say what the files under `paths` say; documents elsewhere are left alone.

    Raises IngestRunning, DiskFull (before anything was written, if it can be foreseen) and IndexBroken.
    """
    with exclusive(index.local):
        index.refresh()
        plan = make_plan(paths, index.entries())
        _check_room(index, plan, reserve)
        if plan.changes or plan.gone or plan.moved:
            index.begin()
            _write_changes(plan, index, encoder, progress)
            index.record(plan.moved)
            for entry in plan.gone:
                index.delete(entry.shelf, _ids(entry))
            index.forget([entry.document_id for entry in plan.gone])
        if index.unpublished:
            _publish(index)
    return _report(plan)


def _report(plan: Plan) -> IngestReport:
    return IngestReport(
        added=plan.added,
        changed=len(plan.changes) - plan.added,
        unchanged=plan.unchanged,
        removed=len(plan.gone),
        passages=plan.passages,
        failed=tuple(plan.failed),
    )


def _check_room(index: Index, plan: Plan, reserve: int) -> None:
    if is_server(index.location):
        return
    needed = plan.passages * PASSAGE_BYTES + reserve
    free = shutil.disk_usage(index.local).free
    if plan.changes and free < needed:
        raise DiskFull(
            f"{plan.passages} passages need about {needed / 2**20:.0f} MB at {index.local}, "
            f"and {free / 2**20:.0f} MB are free. Nothing was changed."
        )


def _write_changes(plan: Plan, index: Index, encoder: Encoder, progress: Progress | None) -> None:
    """Embed a round while another thread writes the one before."""
    done, total = 0, plan.passages
    with ThreadPoolExecutor(1, thread_name_prefix="ingest") as writer:
        writing: Future[None] | None = None
        for changes in _rounds(plan.changes):
            passages = [passage for change in changes for passage in change.passages]
            vectors = np.empty((len(passages), encoder.dimension), np.float32)
            for numbers in _batches_by_length(passages):
                vectors[numbers] = passage_vectors(encoder, [passages[number] for number in numbers])
                done += len(numbers)
                if progress:
                    progress(done, total)
            if writing:
                writing.result()
            writing = writer.submit(_write, index, changes, passages, vectors)
        if writing:
            writing.result()


def _rounds(changes: Sequence[Change]) -> Iterator[list[Change]]:
    pending: list[Change] = []
    size = 0
    for change in changes:
        pending.append(change)
        size += len(change.passages)
        if size >= ROUND:
            yield pending
            pending, size = [], 0
    if pending:
        yield pending


def _batches_by_length(passages: Sequence[Passage]) -> Iterator[list[int]]:
    """Positions of passages of like length, so that an encoder that pads wastes little."""
    order = sorted(range(len(passages)), key=lambda number: len(passages[number].text))
    for start in range(0, len(order), BATCH):
        yield order[start : start + BATCH]


def _write(index: Index, changes: Sequence[Change], passages: Sequence[Passage], vectors: Vectors) -> None:
    """One round, in an order that leaves nothing unaccounted for wherever it is cut off."""
    for change in changes:
        if change.before and change.before.shelf != change.entry.shelf:
            index.delete(change.before.shelf, _ids(change.before))
    index.record([replace(change.entry, version="", passages=_most(change)) for change in changes])
    index.put(passages, vectors)
    for change in changes:
        if _most(change) > change.entry.passages:
            index.delete(change.entry.shelf, _ids(change.entry, change.entry.passages, _most(change)))
    index.record([change.entry for change in changes])


def _most(change: Change) -> int:
    """Passages that may exist of the old and the new text together."""
    before = change.before
    return max(change.entry.passages, before.passages if before and before.shelf == change.entry.shelf else 0)


def _ids(entry: Entry, start: int = 0, end: int | None = None) -> list[str]:
    return [
        f"{entry.document_id}#{position}" for position in range(start, entry.passages if end is None else end)
    ]


def _publish(index: Index) -> None:
    generation = uuid4().hex
    keywords.save(keywords.build(index), index.keywords_folder, generation)
    index.publish(generation)
    keywords.prune(index.keywords_folder, generation)
