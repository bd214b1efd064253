"""Plain text: its first line is the title when a blank line sets it off."""

import re
from pathlib import Path

from knowledge.loaders.base import Draft, read_text

_TITLE = re.compile(r"\s*([^\n]{1,80})\n\s*\n")


def load(path: Path) -> list[Draft]:
    text = read_text(path)
    match = _TITLE.match(text)
    if match and not match[1].rstrip().endswith(tuple("。.!?;,！？；，")):
        return [Draft(text[match.end() :], title=match[1].strip())]
    return [Draft(text)]
