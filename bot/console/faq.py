"""Reviewed answers: written once, found at once, tested from then on.

First the file, then the index, then the case, then the rows that it answers. Killed in between, the rows
are still open; the same answer given again completes what is there.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path, PurePath

import yaml

from bot.console import faq_files, questions
from bot.console.faq_files import LANGUAGE, Entry, name_of, question_of
from bot.console.questions import MOST, Question
from bot.errors import Conflict, InvalidInput, NotFound, Unavailable
from bot.settings import Settings
from bot.store.database import Database
from knowledge.encoder import Encoder
from knowledge.errors import IngestRunning, KnowledgeError, Unreadable
from knowledge.index import Index
from knowledge.loaders.base import clean
from knowledge.search import Search

CASES = "cases.yaml"
_CASES_HEAD = (
    "# Written by Kefu: what shoppers asked and a reviewed answer answers. kefu eval retrieval {path}\n"
)
_PATIENCE_SECONDS = 10.0
"""How long a write waits for another ingest."""
_AGAIN_SECONDS = 0.2


def faq_folder(settings: Settings) -> Path:
    return settings.data / "faq"


@dataclass(frozen=True, slots=True)
class Written:
    document: str
    searchable: bool
    """Asked the question, the bot gives this answer now."""
    said: str
    """What it says."""
    resolved: int
    """Rows that are off the list."""
    left: int
    """Rows in another language, which stay open for an answer in theirs."""


class Faq:
    def __init__(
        self,
        folder: Path,
        database: Database,
        open_index: Callable[[], Index],
        search: Search,
        encoder: Encoder,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        """`open_index` opens the console's own, to write to; `search` is the bot's, which is told to look anew."""
        self.folder = folder
        self._database, self._open_index, self._search = database, open_index, search
        self._encoder, self._clock = encoder, clock
        self._writing = asyncio.Lock()

    async def answer(
        self, ids: Sequence[int], *, question: str, answer: str, language: str, agent_id: str
    ) -> Written:
        """Write the entry for these rows; the same question again replaces its answer.

        Raises:
            InvalidInput: something is empty, too long, or would be read as markup.
            NotFound: none of the rows exists.
            Conflict: another ingest is writing the index; nothing was changed.
            Unavailable: the index or the database cannot be written.
        """
        rows = await self._database.read(partial(questions.named, ids=ids[:MOST]))
        if not rows:
            raise NotFound("There is no such question.")
        if not LANGUAGE.fullmatch(language):
            raise InvalidInput("language: two letters", code="invalid_field")
        own = [row for row in rows if row.language == language]
        async with self._writing:
            entry = await asyncio.to_thread(self._draft, own, question, answer, language, agent_id)
            said = await self._put(entry)
            resolved = await self._database.write(
                partial(
                    questions.settle,
                    ids=[row.id for row in own],
                    document=entry.document,
                    agent_id=agent_id,
                    at=entry.at,
                )
            )
        searchable = await asyncio.to_thread(self._is_found, entry)
        return Written(entry.document, searchable, said, resolved, len(rows) - len(own))

    async def change(
        self, document: str, *, question: str | None = None, answer: str | None = None, agent_id: str
    ) -> Written:
        """Another question or answer; the question before still leads to it.

        Raises:
            NotFound: there is no such entry; else as `answer`.
        """
        async with self._writing:
            before = await asyncio.to_thread(self._read, document)
            asked = before.question if question is None else _checked(question_of(question))
            others = dict.fromkeys((before.question, *before.phrasings))
            entry = replace(
                before,
                question=asked,
                phrasings=tuple(one for one in others if one != asked),
                answer=before.answer if answer is None else _checked(clean(answer).strip()),
                by=agent_id,
                at=self._clock(),
            )
            said = await self._put(entry)
        return Written(document, await asyncio.to_thread(self._is_found, entry), said, 0, 0)

    async def withdraw(self, document: str) -> int:
        """Take an entry back; its questions are open again, as many as are returned.

        Raises:
            NotFound: there is no such entry, nor a question that it answered; else as `answer`.
        """
        async with self._writing:
            path = await asyncio.to_thread(faq_files.find, self.folder, document)
            if path is not None:
                await self._ingest(path, await asyncio.to_thread(_removed, path))
            reopened = await self._database.write(partial(questions.reopen_of, document=document))
            await asyncio.to_thread(self._write_cases)
        if path is None and not reopened:
            raise NotFound("There is no such entry.")
        return reopened

    async def entries(self) -> Sequence[tuple[Entry, bool]]:
        """The newest first, each with whether it is in the index."""
        return await asyncio.to_thread(self._entries)

    # Blocking, in threads.

    def _draft(
        self, rows: Sequence[Question], question: str, answer: str, language: str, agent_id: str
    ) -> Entry:
        asked = _checked(question_of(question))
        said = [question_of(row.text) for row in rows]
        document, before = name_of(language, asked), None
        for number in range(2, 1000):
            path = self.folder / language / f"{document}.md"
            with suppress(OSError, ValueError):
                before = faq_files.read(path)
            if before is None or before.question == asked:
                break
            # That one was given another question since: it stays.
            document, before = f"{name_of(language, asked)}-{number}", None
        known = before.phrasings if before else ()
        phrasings = tuple(dict.fromkeys(one for one in (*said, *known) if one and one != asked))
        text = _checked(clean(answer).strip())
        return Entry(document, language, asked, text, phrasings[: faq_files.KEPT], agent_id, self._clock())

    def _read(self, document: str) -> Entry:
        path = faq_files.find(self.folder, document)
        if path is None:
            raise NotFound("There is no such entry.")
        try:
            return faq_files.read(path)
        except (OSError, ValueError, yaml.YAMLError) as error:
            raise Conflict(
                "The file was changed by hand; change it there.", code="changed_by_hand"
            ) from error

    def _entries(self) -> Sequence[tuple[Entry, bool]]:
        index = self._open_index()
        index.refresh()
        indexed = {one.path for one in index.entries().values() if one.version}
        found = faq_files.entries(self.folder)
        return [(one, str(faq_files.path_of(self.folder, one).absolute()) in indexed) for one in found]

    def _write_cases(self) -> None:
        """All anew, from the entries: nothing is left of one that was withdrawn, nothing is there twice."""
        cases = [
            {
                "id": f"{entry.document}.{number}",
                "language": entry.language,
                "question": question,
                "expect": [{"document": entry.document}],
            }
            for entry in faq_files.entries(self.folder)
            for number, question in enumerate((entry.question, *entry.phrasings), start=1)
        ]
        path = self.folder / CASES
        if not cases:
            path.unlink(missing_ok=True)
            return
        draft = path.with_name(f".{CASES}")
        text = yaml.safe_dump(cases, allow_unicode=True, sort_keys=False, width=2**30)
        draft.write_text(_CASES_HEAD.format(path=path) + text, encoding="utf-8")
        draft.replace(path)

    def _is_found(self, entry: Entry) -> bool:
        vector = self._encoder.embed_queries([entry.question])[0]
        hits = self._search.find(vector, entry.question, language=entry.language, limit=1)
        return any(
            PurePath(hit.passage.source).stem == entry.document and hit.confidence >= self._search.threshold
            for hit in hits
        )

    async def _put(self, entry: Entry) -> str:
        path = faq_files.path_of(self.folder, entry)
        before = await asyncio.to_thread(_content, path)
        said = await asyncio.to_thread(faq_files.write, self.folder, entry)
        await self._ingest(path, before)
        await asyncio.to_thread(self._write_cases)
        return said

    async def _ingest(self, path: Path, before: bytes | None) -> None:
        """Make the index say what the file says now; the file is as it was when that fails."""
        patience = asyncio.get_running_loop().time() + _PATIENCE_SECONDS
        while True:
            try:
                await asyncio.to_thread(self._ingest_now, path)
                return
            except IngestRunning as error:
                if asyncio.get_running_loop().time() > patience:
                    await asyncio.to_thread(_put_back, path, before)
                    message = "Documents are being read in at the moment; try again when that is done."
                    raise Conflict(message, code="ingest_running") from error
            except KnowledgeError as error:
                await asyncio.to_thread(_put_back, path, before)
                raise Unavailable(str(error)) from error
            await asyncio.sleep(_AGAIN_SECONDS)

    def _ingest_now(self, path: Path) -> None:
        """Only that file: what another machine keeps in a folder of the same name is none of its business."""
        # With the readers of every format; a start that writes no entry is spared them.
        from knowledge.ingest import ingest

        report = ingest([path], self._open_index(), self._encoder)
        for problem in report.failed:
            if path.exists():
                raise Unreadable(problem.path, problem.reason)
        self._search.warm_up()


def _checked(text: str) -> str:
    if not text:
        raise InvalidInput("Question and answer are needed.", code="empty")
    return text


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _removed(path: Path) -> bytes:
    content = path.read_bytes()
    path.unlink()
    return content


def _put_back(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(content)
