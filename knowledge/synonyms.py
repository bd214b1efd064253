"""Groups of words that mean the same to a shopper, from `synonyms.yaml`."""

import re
from functools import cache
from pathlib import Path

import yaml

SYNONYMS = Path(__file__).parent / "synonyms.yaml"


def groups_in(text: str) -> list[str]:
    """A mark for every group with a word in `text`, which is lower case: `≈运费` for 邮费 and for postage."""
    pattern, group_of = _table()
    found = dict.fromkeys(mark for match in pattern.finditer(text) for mark in group_of[match[1] or match[2]])
    return list(found)


@cache
def _table() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    """One pattern for all words, the longest first, and the marks of each."""
    group_of: dict[str, tuple[str, ...]] = {}
    for group in yaml.load(SYNONYMS.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader):
        for word in group:
            group_of[word.lower()] = (*group_of.get(word.lower(), ()), f"≈{group[0]}")
    words = sorted(group_of, key=lambda word: (-len(word), word))
    latin = "|".join(re.escape(word) for word in words if word.isascii())
    other = "|".join(re.escape(word) for word in words if not word.isascii())
    return re.compile(rf"\b({latin})(?:s|es)?\b|({other})", re.ASCII), group_of
