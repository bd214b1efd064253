"""Bring the index up to date with files: embed what changed, remove what is gone, survive being killed.

The ledger is written ahead with an empty version and again with the true one behind the passages, so
whatever a killed ingest left half done is done again by the next, and nothing else is.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from uuid import uuid4

import numpy as np

from knowledge import keywords
from knowledge.chroma import is_server
from knowledge.embedding import passage_vectors, question_vectors
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
                _delete(index, entry)
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
    needed = (plan.passages + plan.questions) * PASSAGE_BYTES + reserve
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
            embedded = _Embedded.empty(passages, encoder.dimension)
            for numbers in _batches_by_length(passages):
                embedded.fill(numbers, encoder)
                done += len(numbers)
                if progress:
                    progress(done, total)
            if writing:
                writing.result()
            writing = writer.submit(_write, index, changes, embedded)
        if writing:
            writing.result()


@dataclass(frozen=True, slots=True)
class _Embedded:
    passages: list[Passage]
    vectors: Vectors
    questions: Vectors
    """A row for each question of each passage, in order."""
    starts: list[int]
    """The row of each passage's first question, and the end."""

    @staticmethod
    def empty(passages: list[Passage], dimension: int) -> "_Embedded":
        starts = list(accumulate((len(passage.questions) for passage in passages), initial=0))
        vectors = np.empty((len(passages), dimension), np.float32)
        return _Embedded(passages, vectors, np.empty((starts[-1], dimension), np.float32), starts)

    def fill(self, numbers: list[int], encoder: Encoder) -> None:
        """Embed some of the passages, by position."""
        batch = [self.passages[number] for number in numbers]
        self.vectors[numbers] = passage_vectors(encoder, batch)
        rows = [row for number in numbers for row in range(self.starts[number], self.starts[number + 1])]
        if rows:
            self.questions[rows] = question_vectors(encoder, batch)


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


def _write(index: Index, changes: Sequence[Change], embedded: _Embedded) -> None:
    """One round, in an order that leaves nothing unaccounted for wherever it is cut off."""
    for change in changes:
        if change.before and change.before.shelf != change.entry.shelf:
            _delete(index, change.before)
    drafts = [_draft(change) for change in changes]
    index.record(drafts)
    # Questions go first and come last: none ever leads to another section that has moved to its place.
    for change in changes:
        if change.before and change.before.shelf == change.entry.shelf:
            index.delete(change.before.shelf.questions, change.before.question_ids())
    index.put(embedded.passages, embedded.vectors)
    for change, draft in zip(changes, drafts, strict=True):
        index.delete(draft.shelf, draft.passage_ids(start=change.entry.passages))
    index.put_questions(embedded.passages, embedded.questions)
    index.record([change.entry for change in changes])


def _draft(change: Change) -> Entry:
    """Without a version, and all ids that may exist of the old and the new text together."""
    old = change.before if change.before and change.before.shelf == change.entry.shelf else change.entry
    return replace(
        change.entry,
        version="",
        passages=max(change.entry.passages, old.passages),
        questions=max(change.entry.questions, old.questions),
    )


def _delete(index: Index, entry: Entry) -> None:
    index.delete(entry.shelf.questions, entry.question_ids())
    index.delete(entry.shelf, entry.passage_ids())


def _publish(index: Index) -> None:
    generation = uuid4().hex
    keywords.save(keywords.build(index), index.keywords_folder, generation)
    index.settle(generation)
    index.publish(generation)
    keywords.prune(index.keywords_folder, generation)
