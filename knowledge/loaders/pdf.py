"""PDF: the text of its pages, without running heads and page numbers, lines joined into paragraphs."""

import re
from collections import Counter
from pathlib import Path

from knowledge.errors import Unreadable
from knowledge.loaders.base import BINARY_LIMIT, Draft, clean, read_bytes

MAX_PAGES = 2000

_PAGE_NUMBER = re.compile(
    r"(?:第\s*)?[-–—]?\s*\d{1,4}\s*(?:/\s*\d{1,4})?\s*[-–—]?(?:\s*页)?|Page \d+(?: of \d+)?", re.I
)
_CHAPTER = re.compile(
    r"第[一二三四五六七八九十百\d]+[章节条部][\s:：、]?\S.{0,30}|[一二三四五六七八九十]+、.{1,30}|\d{1,2}(?:\.\d{1,2})*\.?\s+[^\s\d].{1,60}"
)
_ENDS = tuple("。.!?;:…”’」』)！？；：）")
_STARTS = re.compile(r"[-•·*●○▪■◆]\s*|\d{1,2}[.、)）]\s*|[（(]\d{1,2}[）)]|(?:Q|A|问|答)\s*[:：]")
_BULLET = re.compile(r"[•·●○▪■◆]\s*")
_CJK = re.compile("[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")


def load(path: Path) -> list[Draft]:
    from pypdf import PdfReader  # a tenth of a second that no start without a PDF spends

    read_bytes(path, BINARY_LIMIT)
    try:
        reader = PdfReader(path, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable(path, "is protected by a password")
        if len(reader.pages) > MAX_PAGES:
            raise Unreadable(path, f"has more than {MAX_PAGES} pages")
        pages = [clean(page.extract_text()).split("\n") for page in reader.pages]
        title = clean(str((reader.metadata.title if reader.metadata else None) or "")).strip()
    except Unreadable:
        raise
    except Exception as error:  # a hostile file makes the parser fail in a hundred ways
        raise Unreadable(path, f"is not a PDF that can be read ({type(error).__name__})") from error
    text = "\n\n".join(_paragraphs(_without_running_lines(pages)))
    if not text.strip():
        raise Unreadable(path, "holds no text: a scan needs text recognition first")
    return [Draft(text, title=title)]


def _without_running_lines(pages: list[list[str]]) -> list[str]:
    """All lines, without those that stand at the top or bottom of most pages."""
    edges = Counter(line.strip() for page in pages for line in {*page[:1], *page[-1:]})
    running = {line for line, count in edges.items() if count >= max(3, len(pages) / 2)}
    return [
        line.strip()
        for page in pages
        for number, line in enumerate(page)
        if not (
            number in (0, len(page) - 1) and (line.strip() in running or _PAGE_NUMBER.fullmatch(line.strip()))
        )
    ]


def _paragraphs(lines: list[str]) -> list[str]:
    """Lines joined where a sentence runs on; chapter headings become Markdown headings."""
    paragraphs: list[str] = []
    open_line = False
    for line in lines:
        heading = _CHAPTER.fullmatch(line) and not line.endswith(_ENDS) and not open_line
        if not line:
            open_line = False
        elif heading:
            paragraphs.append(f"## {line}")
        elif open_line and not _STARTS.match(line):
            glue = "" if _CJK.match(paragraphs[-1][-1]) or _CJK.match(line[0]) else " "
            paragraphs[-1] += glue + line
            open_line = not line.endswith(_ENDS)
        else:
            paragraphs.append(_BULLET.sub("- ", line, count=1) if _BULLET.match(line) else line)
            open_line = not line.endswith(_ENDS)
    return paragraphs
