"""What of a passage is said: its own words without markup, no longer than a phone shows, rows only where they answer."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import takewhile

from knowledge.passages import Passage
from knowledge.sentences import sentences
from knowledge.terms import terms

_LONGEST = 220
"""Characters of Chinese; Latin text may be three times as long."""
_MOST_ROWS = 6
_LONGEST_TABLE = 12
_FEW_ROWS = 8
"""Head and rule included, of a table that is announced: one of its rows alone would look like all there is."""

_RULE = re.compile(r"^\|?[\s:|-]+\|?$")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_EMPHASIS = re.compile(r"(\*\*|__|`)(?=\S)(.+?)(?<=\S)\1")
_BLANKS = re.compile(r"\n{3,}")
_LEADS_TO = (":", "：")
"""Ends the line that announces a table: without rows after it, there is nothing to read."""
_BULLET = re.compile(r"^(\s*)[-*+] ", re.MULTILINE)


def quote(passage: Passage, question: str) -> str:
    """The passage, or the run of its sentences that says most about the question; of a table the rows that fit it.

    The words are the document's, word for word; Markdown's signs are left out.
    """
    lines = passage.text.strip().splitlines()
    rows = [line for line in lines if line.lstrip().startswith("|")]
    prose = "\n".join(line for line in lines if line not in rows).strip()
    limit = _LONGEST if passage.language in ("zh", "ja", "ko") else 3 * _LONGEST
    said = _run(plain(_BLANKS.sub("\n\n", prose)), question, limit)
    table = _fitting_rows(rows, question, all_of_them=not prose)
    lead = _lead(lines)
    if not lead or lead not in said:
        return "\n".join(filter(None, (said, *table)))
    if not table or len(rows) <= _FEW_ROWS:
        table = _fitting_rows(rows, question, all_of_them=True)
    before, _, after = said.partition(lead)
    return "\n".join(filter(None, (f"{before}{lead}", *table, after.strip())))


def _lead(lines: Sequence[str]) -> str | None:
    """The line that announces the first table, as it is said."""
    above = takewhile(lambda line: not line.lstrip().startswith("|"), lines)
    *_, last = (None, *filter(None, map(str.strip, above)))
    return plain(last) if last and last.endswith(_LEADS_TO) else None


def plain(markdown: str) -> str:
    """Without links, emphasis and list signs; what stands between them is kept."""
    text = _LINK.sub(r"\1", markdown)
    text = _EMPHASIS.sub(r"\2", text)
    return _BULLET.sub(r"\1• ", text)


def _fitting_rows(rows: Sequence[str], question: str, *, all_of_them: bool) -> list[str]:
    """Rows of a table as lines; beside prose only those that share a word with the question."""
    table = _table(tuple(rows))
    if all_of_them:
        return [row for row, _ in table[:_LONGEST_TABLE]]
    common = {word for _, words in table[:1] for word in words}
    asked = set(terms(question)) - common
    return [row for row, words in table[1:] if asked & words][:_MOST_ROWS]


def _run(text: str, question: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    parts = _sentences(text)
    asked = set(terms(question))
    weights = [len(asked & words) / (1 + len(asked)) for _, words in parts]
    runs = _runs([len(part) for part, _ in parts], limit)
    start, end = max(runs, key=lambda run: (sum(weights[run[0] : run[1]]), -run[0]))
    first = text.index(parts[start][0])
    last = text.index(parts[end - 1][0], first) + len(parts[end - 1][0])
    return text[first:last].strip()


@lru_cache(maxsize=512)  # a few passages answer most questions
def _table(rows: tuple[str, ...]) -> Sequence[tuple[str, frozenset[str]]]:
    """Each row as a line, with its terms; the first is the head."""
    cells = [
        [plain(cell).strip() for cell in row.strip().strip("|").split("|")]
        for row in rows
        if not _RULE.match(row.strip())
    ]
    return [(" · ".join(filter(None, row)), frozenset(terms(" ".join(row)))) for row in cells]


@lru_cache(maxsize=512)
def _sentences(text: str) -> Sequence[tuple[str, frozenset[str]]]:
    """Each with its terms."""
    return [(part, frozenset(terms(part))) for part in sentences(text)]


def _runs(lengths: Sequence[int], limit: int) -> list[tuple[int, int]]:
    """From every start, the longest run of sentences within `limit` characters; at least one sentence."""
    runs = []
    for start in range(len(lengths)):
        end, total = start + 1, lengths[start]
        while end < len(lengths) and total + lengths[end] <= limit:
            total += lengths[end]
            end += 1
        runs.append((start, end))
    return runs
