"""Documents into Passages: by heading first, then by paragraph, list, table or question, last by sentence.

A section of up to about 150 tokens stays whole. Passages are slices of the document: what is not a
heading stands in exactly one of them, verbatim; only the head of a table too long for one passage
is repeated above each part.
"""

import hashlib
import json
import re
from collections.abc import Iterator

from knowledge.asks import taken_out
from knowledge.passages import Document, Passage
from knowledge.sections import Block, sections
from knowledge.sentences import Span, sentence_spans

FORMAT = "2"
"""Grows when documents are cut differently, so that they are cut again at the next ingest."""
MOST = 150
"""Tokens of a passage made of sentences."""
MOST_TOGETHER = 300
"""Tokens of a list, a table or a question with its answer, which lose their sense when cut."""
LEAST = 40
"""Tokens below which a piece joins its neighbour in the same section."""

_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_WORD = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_WEAK_BREAK = re.compile("[;\uff1b]\\s*|[,\uff0c、]\\s*|\\s+")
_FAR = 8 * MOST
"""Characters looked at to judge what remains of an endless sentence."""
_LEAD_IN = (":", "\uff1a")


def split(document: Document) -> list[Passage]:
    """The passages of a document, in order; headings without text under them leave none."""
    version = document_version(document)
    source, asks = taken_out(document.text)
    pieces = [
        (section.path, piece, () if number else _asked(section.path, section.questions))
        for section in sections(source, document.title, asks)
        for number, piece in enumerate(_pieces(source, section.blocks))
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
            questions=() if document.kind == "product" else questions,
        )
        for position, (section, text, questions) in enumerate(pieces or _bare(document))
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


def _asked(path: str, listed: tuple[str, ...]) -> tuple[str, ...]:
    """The listed questions and the heading, which many ask word for word and which the list leaves out."""
    heading = path.rpartition(" › ")[2]
    return (*listed, heading) if listed and heading and heading not in listed else listed


def _bare(document: Document) -> list[tuple[str, str, tuple[str, ...]]]:
    """A product without a description is still found by its name."""
    return [("", document.title, ())] if document.kind == "product" else []


def _pieces(text: str, blocks: list[Block]) -> list[str]:
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


def _units(text: str, blocks: list[Block]) -> list[Block]:
    """Blocks joined with what they cannot be read without: a list with its lead-in, an answer with its question."""
    units: list[Block] = []
    for block in blocks:
        last = units[-1] if units else None
        if last and last.kind == "question" and block.kind != "question":
            units[-1] = Block(last.start, block.end, "question")
        elif last and _leads_in(text, last, block):
            units[-1] = Block(last.start, block.end, block.kind)
        else:
            units.append(block)
    return units


def _packed(text: str, units: list[Block]) -> Iterator[Block]:
    """Neighbouring units joined while they fit into one passage; questions stay alone."""
    current: Block | None = None
    for unit in units:
        if current is None:
            current = unit
        elif _belong(text, current, unit):
            kind = unit.kind if unit.kind in ("list", "table") else current.kind
            current = Block(current.start, unit.end, kind)
        else:
            yield current
            current = unit
    if current:
        yield current


def _belong(text: str, left: Block, right: Block) -> bool:
    if "question" in (left.kind, right.kind):
        return False
    size = tokens(text[left.start : right.end])
    small = min(tokens(text[left.start : left.end]), tokens(text[right.start : right.end])) < LEAST
    return size <= (MOST + LEAST if small else MOST)


def _leads_in(text: str, left: Block, right: Block) -> bool:
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
        reach = start + len(near)
        while size > MOST:  # tokens do not lie evenly
            reach = start + max(1, (reach - start) * MOST // size)
            size = tokens(source[start:reach])
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
