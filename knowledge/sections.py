"""Markdown into sections: what stands under each heading, as slices of the text."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from markdown_it import MarkdownIt

from knowledge.asks import MOST_QUESTIONS, Asks

_QUESTION = re.compile(r"\s*(?:\*\*|__)?\s*(?:Q|问|问题|Question)\s*\d*\s*[:\uff1a.、]", re.I)
_BOLD_QUESTION = re.compile(r"\s*(?:\*\*|__)[^*\n]{2,120}[?\uff1f]\s*(?:\*\*|__)\s*(?:\n|$)")


@dataclass(frozen=True, slots=True)
class Block:
    start: int
    end: int
    kind: str
    """heading, list, table, code, question or text."""
    level: int = 0


@dataclass(frozen=True, slots=True)
class _Heading:
    level: int
    text: str
    questions: list[str] = field(default_factory=list)
    """Those that no section has taken yet."""


@dataclass(frozen=True, slots=True)
class Section:
    path: str
    blocks: list[Block]
    questions: tuple[str, ...]


def sections(text: str, title: str, asks: list[Asks]) -> Iterator[Section]:
    """Every section that holds text; a heading without any leaves its questions to the first below it."""
    path = [_Heading(0, "")]
    blocks: list[Block] = []
    waiting = deque(asks)
    for block in _blocks(text):
        if block.kind != "heading":
            blocks.append(block)
            continue
        _hand_out(waiting, path[-1], block.start)
        if blocks:
            yield _section(path, blocks)
        heading = _heading(text[block.start : block.end])
        path = [above for above in path if above.level < block.level]
        if heading and heading != title:
            path.append(_Heading(block.level, heading))
        blocks = []
    _hand_out(waiting, path[-1], len(text))
    if blocks:
        yield _section(path, blocks)


def _hand_out(waiting: deque[Asks], heading: _Heading, end: int) -> None:
    """Give a heading the questions that stand before `end`, where the next one begins."""
    while waiting and waiting[0].place <= end:
        heading.questions.extend(waiting.popleft().questions)


def _section(path: list[_Heading], blocks: list[Block]) -> Section:
    questions = [question for heading in reversed(path) for question in heading.questions]
    for heading in path:
        heading.questions.clear()
    name = " › ".join(heading.text for heading in path if heading.text)
    return Section(name, blocks, tuple(dict.fromkeys(questions))[:MOST_QUESTIONS])


def _heading(source: str) -> str:
    line = source.strip().split("\n")[0].strip()
    return re.sub(r"[*_`]{1,3}", "", line.strip("#").strip())[:200]


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    # Only the blocks' places are wanted, and indented code would swallow indented prose.
    return parser.disable(["inline", "code", "html_block", "reference"])


_MARKDOWN = _parser()
_KINDS = {"heading_open": "heading", "table_open": "table", "fence": "code", "blockquote_open": "text"}


def _blocks(text: str) -> list[Block]:
    """Top-level Markdown blocks as slices of `text`; lines that no block claims become text."""
    offsets = [0]
    for line in text.split("\n"):
        offsets.append(offsets[-1] + len(line) + 1)
    blocks: list[Block] = []
    done = 0
    for token in _MARKDOWN.parse(text):
        if token.level or token.map is None:
            continue
        first, last = max(token.map[0], done), max(token.map[1], done)
        blocks += _unclaimed(text, offsets[done], offsets[first])
        blocks.append(_block(text, offsets[first], min(offsets[last], len(text)), token.type, token.tag))
        done = last
    blocks += _unclaimed(text, offsets[done], len(text))
    return [block for block in blocks if text[block.start : block.end].strip()]


def _unclaimed(text: str, start: int, end: int) -> list[Block]:
    return [Block(start, end, "text")] if text[start:end].strip() else []


def _block(text: str, start: int, end: int, opening: str, tag: str) -> Block:
    if opening == "heading_open":
        return Block(start, end, "heading", int(tag[1]))
    kind = "list" if opening in ("bullet_list_open", "ordered_list_open") else _KINDS.get(opening, "text")
    source = text[start:end]
    if kind == "text" and (_QUESTION.match(source) or _BOLD_QUESTION.match(source)):
        kind = "question"
    return Block(start, end, kind)
