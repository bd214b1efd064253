"""A reviewed answer as a Markdown file that `kefu ingest` reads like any other page.

    DATA/faq/zh/faq-3f2a9c01b7de.md: front matter (title: the question), a list of phrasings that lead
    to it, the answer. The file's name is ours, never made of anybody's words.

What was typed is text. Before a file takes its place it is read back the way search reads it: unless
the bot would say exactly what was written, it is refused.
"""

import hashlib
import html
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from bot.errors import InvalidInput
from bot.quoting import plain, quote
from knowledge.asks import LONGEST_QUESTION, MOST_QUESTIONS
from knowledge.errors import Unreadable
from knowledge.loaders.base import clean

NAME = re.compile(r"faq-[0-9a-f]{12}(?:-\d{1,3})?")
LANGUAGE = re.compile(r"[a-z]{2}")
KEPT = 40
"""Phrasings kept in a file; the first of them are listed for search."""

_FILE = re.compile(r"\A---\n(.*?\n)---\n<!-- asks: [^\n]* -->\n\n(.*)\Z", re.DOTALL)
_BARS = re.compile(r"[|<>\uff5c]+")
_QUESTION_MARKS = "?\uff1f"


@dataclass(frozen=True, slots=True)
class Entry:
    document: str
    """The file's name without its ending."""
    language: str
    question: str
    answer: str
    phrasings: tuple[str, ...]
    """How else it was asked."""
    by: str
    """The agent's id."""
    at: datetime


def name_of(language: str, question: str) -> str:
    """The same for the same question, so that a second try completes the first."""
    digest = hashlib.sha256(f"{language}\n{question}".encode()).hexdigest()
    return f"faq-{digest[:12]}"


def one_line(text: str) -> str:
    return " ".join(clean(text).split())


def question_of(text: str) -> str:
    """A question as a title and in the list of phrasings, where bars and angle brackets mean something."""
    return " ".join(_BARS.sub(" ", one_line(text)).split())[:LONGEST_QUESTION].strip()


def listed(entry: Entry) -> tuple[str, ...]:
    """The questions that lead to it, with variants where there is room.

    A passage ranks by the three nearest of its questions: one that is asked in the very words of a single
    phrasing would otherwise lose to a page with many.
    """
    asked = list(dict.fromkeys((entry.question, *entry.phrasings)))[:MOST_QUESTIONS]
    variants = [variant for question in asked for variant in _variants(question, entry.language)]
    return tuple(dict.fromkeys((*asked, *variants)))[:MOST_QUESTIONS]


def _variants(question: str, language: str) -> tuple[str, str]:
    bare = question.rstrip(_QUESTION_MARKS)[: LONGEST_QUESTION - 10].strip()
    return (f"{bare}？", f"请问{bare}") if language == "zh" else (f"{bare}?", f"Hi, {bare}")


def path_of(folder: Path, entry: Entry) -> Path:
    return folder / entry.language / f"{entry.document}.md"


def find(folder: Path, document: str) -> Path | None:
    """Blocking."""
    if not NAME.fullmatch(document):
        return None
    return next((path for path in sorted(folder.glob(f"*/{document}.md"))), None)


def write(folder: Path, entry: Entry) -> str:
    """Put the file in its place, whole or not at all, and return what the bot will say; blocking.

    Raises:
        InvalidInput: a line of the answer would be read as markup, or it is longer than what is quoted.
    """
    path = path_of(folder, entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}")  # hidden: no ingest takes it for a page
    try:
        with draft.open("w", encoding="utf-8") as file:
            file.write(_render(entry))
            file.flush()
            os.fsync(file.fileno())
        said = _said(draft, folder, entry)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return said


def read(path: Path) -> Entry:
    """Blocking.

    Raises:
        ValueError: somebody changed the file so that it is no entry of ours any more.
    """
    match = _FILE.match(path.read_text(encoding="utf-8"))
    head: Any = yaml.safe_load(match[1]) if match else None
    if match is None or not isinstance(head, dict):
        raise ValueError(f"{path} is not a reviewed answer as Kefu writes it")
    try:
        return Entry(
            document=path.stem,
            language=path.parent.name,
            question=html.unescape(head["title"]),
            answer=html.unescape(match[2]).strip("\n"),
            phrasings=tuple(map(html.unescape, head["phrasings"])),
            by=str(head["by"]),
            at=datetime.fromisoformat(head["updated"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path} lacks {error}") from error


def entries(folder: Path) -> Sequence[Entry]:
    """All that can be read, the newest first; blocking."""
    found = []
    for path in sorted(folder.glob("*/faq-*.md")):
        try:
            found.append(read(path))
        except (OSError, ValueError, yaml.YAMLError):
            continue  # changed by hand: search reads it as a page, the console does not
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def _render(entry: Entry) -> str:
    """The loader unescapes HTML once: what is escaped here is text again there, and never markup on the way."""
    head = {
        "title": _escaped(entry.question),
        "language": entry.language,
        "kind": "faq",
        "updated": entry.at.isoformat(),
        "by": entry.by,
        "phrasings": [_escaped(phrasing) for phrasing in entry.phrasings[:KEPT]],
    }
    front = yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=2**30)
    asks = " | ".join(map(_escaped, listed(entry)))
    return f"---\n{front}---\n<!-- asks: {asks} -->\n\n{_escaped(entry.answer)}\n"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _said(draft: Path, folder: Path, entry: Entry) -> str:
    """
    Raises:
        InvalidInput: it is not what was written.
    """
    markup = InvalidInput(
        "Write plain text: a line of it would be read as a heading, a table or a comment.", code="markup"
    )
    # As in faq.py: with the readers of every format.
    from knowledge.chunks import split
    from knowledge.loading import load

    try:
        passages = [passage for document in load(draft, root=folder) for passage in split(document)]
    except Unreadable as error:
        raise markup from error
    written = entry.answer.strip()
    kept = "".join("".join(passage.text.split()) for passage in passages)
    tabled = any(line.lstrip().startswith("|") for line in written.splitlines())
    if tabled or any(passage.section for passage in passages) or kept != "".join(written.split()):
        raise markup
    if passages[0].questions != listed(entry):
        raise markup
    said = quote(passages[0], entry.question)
    if len(passages) > 1 or said != plain(written):
        message = "Shorten it: about 200 Chinese characters or 600 Latin letters are read on a phone."
        raise InvalidInput(message, code="too_long", status=413)
    return said
