"""Where a sentence ends, in Chinese and in Latin script.

Answers quote whole sentences, so half a sentence is a mistake: `¥129.00`, `e.g.`, web addresses and
quoted speech do not end one. The sentences of a text, joined, are the text without the space between.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

Span = tuple[int, int]

_WIDE_END = "。！？"
_CLOSERS = "\"'”’」』】)》〉〕]）"
_NEAR = 24
"""Characters on either side that decide about a full stop; a bound keeps endless lines linear."""
_CLOSING = rf"[{re.escape(_CLOSERS)}*_]*"
_END = re.compile(rf"[{_WIDE_END}!?.]+(?:…+)?{_CLOSING}|…+[{_WIDE_END}!?]*{_CLOSING}")
_URL = re.compile(r"(?:https?://|www\.)[!-~]+|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}", re.ASCII)
_QUOTED = re.compile(
    r"“[^“”\n]{0,160}”|‘[^‘’\n]{0,160}’|「[^「」\n]{0,160}」|『[^『』\n]{0,160}』|《[^《》\n]{0,80}》"
    r"|（[^（）\n]{0,160}）|\([^()\n]{0,160}\)|【[^【】\n]{0,80}】|\"[^\"\n]{0,160}\"|`[^`\n]{0,160}`"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"“(])(?:Mr|Mrs|Ms|Dr|Prof|Sr|Jr|St|vs|e\.g|i\.e|cf|Inc|Ltd|Co|Corp|dept|[A-Z])\.$"
)
_BEFORE_NUMBERS = re.compile(
    r"(?:^|[\s(\"“(])(?:No|Nos|approx|Fig|Art|max|min|est|Tel|Ext|Mon|Tue|Wed|Thu|Fri|Sat|Sun"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.$"
)
_LIST_MARK = re.compile(r"[ \t]*(?:[-*+][ \t]|\d{1,3}[.)、]|[(\uff08]\d{1,3}[)\uff09])[ \t]*")
_ROW_START = re.compile(
    r"[ \t]*(?:[-*+][ \t]|[>|]|#{1,6}[ \t]|```|~~~|\d{1,3}[.)](?![\d])|\d{1,3}、|[(\uff08]\d{1,3}[)\uff09]"
    r"|(?:Q|A|问|答|问题|回答)\s*[:\uff1a.])"
)
_ROW = re.compile(r"[ \t]*(?:\||#{1,6}[ \t])")
_CJK = re.compile("[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")


def sentences(text: str) -> list[str]:
    """The sentences of `text`, verbatim and in order; list items and table rows are sentences of their own."""
    return [text[start:end] for start, end in sentence_spans(text)]


def sentence_spans(text: str) -> list[Span]:
    """(start, end) of each sentence in `text`, without the space around it."""
    spans = []
    for start, end in _lines(text):
        cuts = [start, *(start + cut for cut in _cuts(text[start:end])), end]
        spans += [_stripped(text, left, right) for left, right in pairwise(cuts)]
    return [(start, end) for start, end in spans if start < end]


def _stripped(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def _lines(text: str) -> Iterator[Span]:
    """Runs of lines that belong to one paragraph, list item or table row."""
    start = position = 0
    previous = ""
    for line in text.split("\n"):
        apart = not line.strip() or not previous.strip() or _ROW_START.match(line) or _ROW.match(previous)
        if apart and start < position:
            yield start, position
            start = position
        previous = line
        position += len(line) + 1
    if start < len(text):
        yield start, len(text)


def _cuts(line: str) -> Iterator[int]:
    """Positions in `line` right after the end of a sentence, its closing quotes included."""
    if line.lstrip().startswith("|"):
        return
    quoted = {match.span() for match in _QUOTED.finditer(line)}
    masks = sorted(
        quoted | {(match.start(), match.start() + _url_length(match[0])) for match in _URL.finditer(line)}
    )
    starts = [start for start, _ in masks]
    mark = _LIST_MARK.match(line)
    body = mark.end() if mark else 0
    for match in _END.finditer(line, body):
        before = bisect_right(starts, match.start()) - 1
        mask = masks[before] if before >= 0 else (0, 0)
        closes = mask in quoted and match.start() < mask[1] <= match.end()
        if match.start() < mask[1] and (not closes or _is_aside(line, mask)):
            continue
        if _ends(line, match):
            yield match.end()


def _is_aside(line: str, span: Span) -> bool:
    """Brackets that open in the middle of a sentence: it goes on behind them."""
    before = line[max(0, span[0] - _NEAR) : span[0]].rstrip()
    return (
        line[span[0]] in "(\uff08\u3010" and before != "" and before[-1] not in f"{_WIDE_END}!?.…{_CLOSERS}"
    )


def _url_length(url: str) -> int:
    return len(url.rstrip(".,!?;:'\")"))


def _ends(line: str, match: re.Match[str]) -> bool:
    """Whether the punctuation found at `match` ends a sentence, judged by what follows it."""
    rest = line[match.end() : match.end() + _NEAR]
    following = rest.lstrip()
    mark = match[0].rstrip(_CLOSERS + "*_")
    if not following:
        return True  # the end, or a gap as wide as a column
    if following[0] in ",、;:。!?)，；：！？）":
        return False
    if mark[-1] in _WIDE_END:
        return True
    spaced = rest[0].isspace()
    if mark[-1] in "!?":
        return bool(_CJK.match(following)) or (spaced and not following[0].islower())
    if mark[-1] == "…" or mark.endswith("..."):
        return spaced and not following[0].islower()
    so_far = line[max(0, match.start() - _NEAR) : match.start() + len(mark)]
    if _ABBREVIATION.search(so_far) or (following[0].isdigit() and _BEFORE_NUMBERS.search(so_far)):
        return False
    if spaced:
        return not following[0].islower()
    return bool(_CJK.match(following) and re.search(r"[^\W\d_]{2}\.$", so_far))
