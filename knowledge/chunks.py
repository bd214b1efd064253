"""Documents into Passages: by heading first, then by paragraph, list, table or question, last by sentence.

A section of up to about 150 tokens stays whole. Passages are slices of the document: what is not a
heading stands in exactly one of them, verbatim; only the head of a table too long for one passage
is repeated above each part.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt

from knowledge.passages import Document, Passage
from knowledge.sentences import Span, sentence_spans

FORMAT = "1"
"""Grows when documents are cut differently, so that they are cut again at the next ingest."""
MOST = 150
"""Tokens of a passage made of sentences."""
MOST_TOGETHER = 300
"""Tokens of a list, a table or a question with its answer, which lose their sense when cut."""
LEAST = 40
"""Tokens below which a piece joins its neighbour in the same section."""

_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_WORD = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_QUESTION = re.compile(r"\s*(?:\*\*|__)?\s*(?:Q|问|问题|Question)\s*\d*\s*[:\uff1a.、]", re.I)
_BOLD_QUESTION = re.compile(r"\s*(?:\*\*|__)[^*\n]{2,120}[?\uff1f]\s*(?:\*\*|__)\s*(?:\n|$)")
_WEAK_BREAK = re.compile("[;\uff1b]\\s*|[,\uff0c、]\\s*|\\s+")
_FAR = 8 * MOST
"""Characters looked at to judge what remains of an endless sentence."""
_LEAD_IN = (":", "\uff1a")


@dataclass(frozen=True, slots=True)
class _Block:
    start: int
    end: int
    kind: str
    """heading, list, table, code, question or text."""
    level: int = 0


def split(document: Document) -> list[Passage]:
    """The passages of a document, in order; headings without text under them leave none."""
    version = document_version(document)
    pieces = [
        (section, piece)
        for section, blocks in _sections(document.text, document.title)
        for piece in _pieces(document.text, blocks)
    ]
    return [
        Passage(
            id=f"{document.id}#{position}",
            document_id=document.id,
            position=position,
            title=document.title,
            section=section,
            text=text,
            language=document.language,
            kind=document.kind,
            source=document.source,
            version=version,
            updated_at=document.updated_at,
            url=document.url,
            metadata=document.metadata,
        )
        for position, (section, text) in enumerate(pieces or _bare(document))
    ]


def document_version(document: Document) -> str:
    """Hash of all that a passage takes from its document, the file's date excepted."""
    parts = (
        FORMAT,
        document.title,
        document.text,
        document.language,
        document.kind,
        document.source,
        document.url,
    )
    content = json.dumps([*parts, sorted(document.metadata.items())], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:24]


def tokens(text: str) -> int:
    """About as many tokens as the encoder will see, without asking it."""
    cjk = len(_CJK.findall(text))
    return round(0.7 * cjk + 1.3 * len(_WORD.findall(_CJK.sub(" ", text))))


def _bare(document: Document) -> list[tuple[str, str]]:
    """A product without a description is still found by its name."""
    return [("", document.title)] if document.kind == "product" else []


def _sections(text: str, title: str) -> Iterator[tuple[str, list[_Block]]]:
    """(heading path, blocks under it) of every section that holds text."""
    path: list[tuple[int, str]] = []
    blocks: list[_Block] = []
    for block in _blocks(text):
        if block.kind != "heading":
            blocks.append(block)
            continue
        if blocks:
            yield _path(path), blocks
        heading = _heading(text[block.start : block.end])
        path = [above for above in path if above[0] < block.level]
        if heading and heading != title:
            path.append((block.level, heading))
        blocks = []
    if blocks:
        yield _path(path), blocks


def _path(path: list[tuple[int, str]]) -> str:
    return " › ".join(heading for _, heading in path)


def _heading(source: str) -> str:
    line = source.strip().split("\n")[0].strip()
    return re.sub(r"[*_`]{1,3}", "", line.strip("#").strip())[:200]


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    # Only the blocks' places are wanted, and indented code would swallow indented prose.
    return parser.disable(["inline", "code", "html_block", "reference"])


_MARKDOWN = _parser()
_KINDS = {"heading_open": "heading", "table_open": "table", "fence": "code", "blockquote_open": "text"}


def _blocks(text: str) -> list[_Block]:
    """Top-level Markdown blocks as slices of `text`; lines that no block claims become text."""
    offsets = [0]
    for line in text.split("\n"):
        offsets.append(offsets[-1] + len(line) + 1)
    blocks: list[_Block] = []
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


def _unclaimed(text: str, start: int, end: int) -> list[_Block]:
    return [_Block(start, end, "text")] if text[start:end].strip() else []


def _block(text: str, start: int, end: int, opening: str, tag: str) -> _Block:
    if opening == "heading_open":
        return _Block(start, end, "heading", int(tag[1]))
    kind = "list" if opening in ("bullet_list_open", "ordered_list_open") else _KINDS.get(opening, "text")
    source = text[start:end]
    if kind == "text" and (_QUESTION.match(source) or _BOLD_QUESTION.match(source)):
        kind = "question"
    return _Block(start, end, kind)


def _pieces(text: str, blocks: list[_Block]) -> list[str]:
    """The texts of one section's passages."""
    if not any(block.kind == "question" for block in blocks):
        whole = text[blocks[0].start : blocks[-1].end].strip()
        if tokens(whole) <= MOST:
            return [whole]
    pieces: list[str] = []
    for unit in _packed(text, _units(text, blocks)):
        source = text[unit.start : unit.end]
        if unit.kind == "table" and tokens(source) > MOST_TOGETHER:
            pieces += _table_parts(source)
        else:
            pieces += [source[start:end] for start, end in _parts(source, unit.kind)]
    return [piece.strip() for piece in pieces if piece.strip()]


def _units(text: str, blocks: list[_Block]) -> list[_Block]:
    """Blocks joined with what they cannot be read without: a list with its lead-in, an answer with its question."""
    units: list[_Block] = []
    for block in blocks:
        last = units[-1] if units else None
        if last and last.kind == "question" and block.kind != "question":
            units[-1] = _Block(last.start, block.end, "question")
        elif last and _leads_in(text, last, block):
            units[-1] = _Block(last.start, block.end, block.kind)
        else:
            units.append(block)
    return units


def _packed(text: str, units: list[_Block]) -> Iterator[_Block]:
    """Neighbouring units joined while they fit into one passage; questions stay alone."""
    current: _Block | None = None
    for unit in units:
        if current is None:
            current = unit
        elif _belong(text, current, unit):
            kind = unit.kind if unit.kind in ("list", "table") else current.kind
            current = _Block(current.start, unit.end, kind)
        else:
            yield current
            current = unit
    if current:
        yield current


def _belong(text: str, left: _Block, right: _Block) -> bool:
    if "question" in (left.kind, right.kind):
        return False
    size = tokens(text[left.start : right.end])
    small = min(tokens(text[left.start : left.end]), tokens(text[right.start : right.end])) < LEAST
    return size <= (MOST + LEAST if small else MOST)


def _leads_in(text: str, left: _Block, right: _Block) -> bool:
    """Whether a list or table is announced by the text before it, and both fit into one passage."""
    if right.kind not in ("list", "table") or not text[left.start : left.end].rstrip().endswith(_LEAD_IN):
        return False
    return tokens(text[left.start : right.end]) <= MOST_TOGETHER


def _parts(source: str, kind: str) -> list[Span]:
    """Slices of one unit, each of a passage's size."""
    limit = MOST if kind in ("text", "code") else MOST_TOGETHER
    if tokens(source) <= (limit + LEAST if kind == "text" else limit):
        return [(0, len(source))]
    atoms = [atom for span in sentence_spans(source) for atom in _short(source, span)]
    parts: list[Span] = []
    for start, end in atoms:
        if parts and tokens(source[parts[-1][0] : end]) <= MOST:
            parts[-1] = (parts[-1][0], end)
        else:
            parts.append((start, end))
    if len(parts) > 1 and tokens(source[slice(*parts[-1])]) < LEAST:
        start, end = parts[-2][0], parts[-1][1]
        if tokens(source[start:end]) <= MOST + LEAST:
            parts[-2:] = [(start, end)]
    return parts


def _short(source: str, span: Span) -> Iterator[Span]:
    """A sentence longer than a passage, cut where it breathes, else where it must."""
    start, end = span
    while (size := tokens(near := source[start : min(end, start + _FAR)])) > MOST or start + _FAR < end:
        reach = start + max(1, min(len(near), len(near) * MOST // max(size, 1)))
        breaks = [match.end() for match in _WEAK_BREAK.finditer(source, (start + reach) // 2, reach)]
        cut = breaks[-1] if breaks else reach
        yield start, cut
        start = cut
    yield start, end


def _table_parts(source: str) -> list[str]:
    """A long table cut between rows, its head above each part; prose before or after it stays with its rows."""
    lines = source.strip("\n").split("\n")
    rule = next(
        (number for number, line in enumerate(lines) if re.fullmatch(r"[\s|:\-]+", line) and "-" in line), 0
    )
    head, rows = lines[: rule + 1], lines[rule + 1 :]
    parts: list[list[str]] = [[]]
    room = max(MOST, MOST_TOGETHER - tokens("\n".join(head)))
    for row in rows:
        if parts[-1] and tokens("\n".join([*parts[-1], row])) > room:
            parts.append([])
        parts[-1].append(row)
    return ["\n".join([*head, *part]) for part in parts]
