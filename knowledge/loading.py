"""From a file to Documents: picks the loader, then gives each thing its id, title and language."""

import re
from datetime import UTC, datetime
from pathlib import Path

from knowledge.errors import Unreadable
from knowledge.language import detect_language
from knowledge.loaders import docx, feeds, html, markdown, pdf, text
from knowledge.loaders.base import Draft, Loader
from knowledge.passages import Document, Kind

LOADERS: dict[str, Loader] = {
    ".md": markdown.load,
    ".markdown": markdown.load,
    ".html": html.load,
    ".htm": html.load,
    ".txt": text.load,
    ".pdf": pdf.load,
    ".docx": docx.load,
    ".csv": feeds.load_csv,
    ".tsv": feeds.load_csv,
    ".jsonl": feeds.load_json_lines,
}

TEXT_LIMIT = 5_000_000
"""Characters of one document."""
TITLE_LIMIT = 200

_LANGUAGE_FOLDER = re.compile(
    r"(zh|en|ja|ko|fr|de|es|it|pt|nl|ru|ar|th|vi|id|ms|tr|pl|hi)(?:[-_][A-Za-z]{2,4})?", re.I
)
_FAQ_FOLDERS = frozenset({"faq", "faqs"})


def load(path: Path, *, root: Path) -> list[Document]:
    """The documents of one file, named by its place below `root`; Unreadable when there is nothing to read."""
    loader = LOADERS.get(path.suffix.lower())
    if loader is None:
        raise Unreadable(path, f"no loader reads {path.suffix or 'files without a suffix'}")
    drafts = [draft for draft in loader(path) if draft.text.strip() or draft.kind == "product"]
    if not drafts:
        raise Unreadable(path, "holds no text")
    return [_document(path, path.relative_to(root), draft) for draft in drafts]


def _document(path: Path, place: Path, draft: Draft) -> Document:
    if len(draft.text) > TEXT_LIMIT:
        raise Unreadable(path, f"holds more than {TEXT_LIMIT:,} characters")
    language = draft.language or _folder_language(place) or detect_language(f"{draft.title}\n{draft.text}")
    name = f"{place.as_posix()}/{draft.key}" if draft.key else place.as_posix()
    title = " ".join(draft.title.split()) or path.stem.replace("-", " ").replace("_", " ")
    return Document(
        id=f"{name}@{language}",
        title=title[:TITLE_LIMIT],
        text=draft.text,
        language=language,
        kind=draft.kind or _folder_kind(place),
        source=place.as_posix(),
        updated_at=draft.updated_at or datetime.fromtimestamp(path.stat().st_mtime, UTC),
        url=draft.url,
        metadata=draft.metadata | ({"updated": draft.updated_at.isoformat()} if draft.updated_at else {}),
    )


def _folder_language(place: Path) -> str | None:
    """The nearest folder named like a language: `help/zh/returns.md`, `zh-CN/returns.md`."""
    matches = (_LANGUAGE_FOLDER.fullmatch(folder) for folder in reversed(place.parent.parts))
    return next((match[1].lower() for match in matches if match), None)


def _folder_kind(place: Path) -> Kind:
    return "faq" if _FAQ_FOLDERS & {folder.lower() for folder in place.parent.parts} else "document"
