"""The ways shoppers ask for a section, which its page lists in a comment under the heading.

    <!-- asks: 谁出运费 | 邮费我掏吗 | do i pay for sending it back -->

They lead to the section and are never part of what is quoted.
"""

import re
from dataclasses import dataclass

MOST_QUESTIONS = 12
"""Questions kept of one section."""
LONGEST_QUESTION = 200
"""Characters."""

# Chinese keyboards type the full-width colon and bar.
_START = re.compile(r"<!--\s*asks\s*[:\uff1a]", re.IGNORECASE)
# No other comment and no heading within: one left open must not swallow what follows.
_COMMENT = re.compile(
    r"(?:^[ \t]*)?<!--\s*asks\s*[:\uff1a]((?:(?!-->|<!--|\n#{1,6}[ \t]).){0,8000})-->(?:[ \t]*$\n?)?",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
_BETWEEN = re.compile("[|\uff5c]")


@dataclass(frozen=True, slots=True)
class Asks:
    """Questions found at a place of the text that is left without them."""

    place: int
    questions: tuple[str, ...]


def is_asks(comment: str) -> bool:
    """Whether an HTML comment lists questions."""
    return bool(_START.match(comment))


def is_left_open(text: str) -> bool:
    """Whether a list of questions has no end, or only that of another comment further down."""
    return bool(_START.search(_COMMENT.sub("", text)))


def taken_out(text: str) -> tuple[str, list[Asks]]:
    """`text` without its lists of questions, and the lists; a blank line stays where one had lines of its own."""
    kept: list[str] = []
    asks: list[Asks] = []
    length = done = 0
    for match in _COMMENT.finditer(text):
        kept.append(text[done : match.start()])
        length += len(kept[-1])
        asks.append(Asks(length, questions_in(match[1])))
        if match[0].endswith("\n"):
            kept.append("\n")
            length += 1
        done = match.end()
    return "".join([*kept, text[done:]]), asks


def listing(comment: str) -> str:
    """An HTML page's comment as `taken_out` finds it again, whatever stands in it."""
    listed = _START.sub("", comment).removesuffix("-->").replace("<!--", " ")
    return f"<!-- asks: {' | '.join(questions_in(listed))} -->"


def questions_in(listed: str) -> tuple[str, ...]:
    """The questions of one list, each once, cut to size."""
    found = (" ".join(question.split())[:LONGEST_QUESTION].strip() for question in _BETWEEN.split(listed))
    return tuple(dict.fromkeys(question for question in found if question))[:MOST_QUESTIONS]
