"""One message, several requests: where to cut, what is courtesy and what is said not to be wanted."""

import re
from dataclasses import dataclass
from itertools import islice

from intents.courtesies import Courtesy, closing_thanks, courtesy_of, leading_courtesy
from intents.negation import negation
from intents.text import MAX_CHARS, plain
from intents.topics import TOPICS, topics_of

MAX_CLAUSES = 6
# Commas are weighed one by one: so many of them, with so many characters on either side.
_MOST_COMMAS = 30
_NEAR = 120


@dataclass(frozen=True, slots=True)
class Clause:
    text: str
    negated: bool = False
    """Says what is not wanted: "not a return"."""
    courtesy: Courtesy | None = None
    core: str = ""
    """What a negated clause denies: 退货 of 不是退货."""

    @property
    def meaning(self) -> str:
        """The text to embed."""
        return self.core or self.text


_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*|[。！？!?；;\n]+")
_FULL_STOP = re.compile(r"(?<=[a-zà-ÿ0-9)'\"])\.{1,3}\s+(?=\S)")

_BEFORE_NEGATION = re.compile(
    r"(?:,|，|\s)(?=(?:而不是|而非)|(?:not (?:a|an|to|the)|instead of|rather than)\b)|(?<=.)(?=而不是|而非)|(?<=.)(?=不是(?:要|想)?(?:取消|退货|退款|换货))"
)
_AFTER_NEGATION = re.compile(
    r"[,，;；、]|\s(?=(?:but|just|only|i want|i'd)\b)|(?=但是|但我|只是|只要|只想|就是想|我要|我想)", re.I
)

_CONNECTOR_ZH = re.compile(
    r"[,，、\s]{0,3}(?=另外|还有(?![吗么嘛没货多几什哪])|顺便|以及(?=.{0,6}(?:怎|什|多少|吗|几))|对了|再问|再帮|还想|还要问|还问|同时(?:帮|想|我)|然后(?:再|帮|我想|想))"
)
_CONNECTOR_EN = re.compile(
    r",?\s+(?=(?:and |oh |but )?(?:also|btw|by the way|besides|another (?:thing|question)|one more thing|secondly)\b)"
    r"|,?\s+(?=(?:and|plus|&) (?:how|what|what's|when|when's|where|where's|why|which|who|can|could|do you|do i|does|is|are|will|would|please|i want|i'd like|i need|i have|change|cancel|track|check|exchange|tell)\b)",
    re.IGNORECASE,
)
_COMMA = re.compile(r"[,，]\s*|\s{2,}")
_GAP_ZH = re.compile(r"[,，\s]+")

_STATEMENT = re.compile(
    r"[?？]|[吗呢么嘛]\W{0,3}$|怎么|什么|多少|几|谁|哪|能不能|可以|可否|帮|请|想|要|查|麻烦|为什么|多久|没|顺便|另外|对了|"
    r"\b(?:how|what|what's|when|where|where's|why|which|who|can|could|do you|does|is there|are|will|would|please|pls|want|need|like to|tell|check|"
    r"also|btw|cancel|return|refund|exchange|change|track|show|give|send|help|haven't|hasn't|didn't|never|not|still|wrong|broken|damaged|missing)\b",
    re.IGNORECASE,
)
# 还没发货,我想取消: why it should still be possible, not a question.
_CIRCUMSTANCE = re.compile(
    r"\W*(?:订单|东西|货|反正|应该)?(?:还|都)?没有?(?:发货|发|出库|付款|拆封?|用过?)(?:呢|吧)?[\s,，。.]*|\W*(?:order |it(?:'?s| has) |has)?"
    r"(?:not|n't|hasn't)(?: been)?(?: yet)? (?:shipped|sent|paid)(?: yet)?[\s,.]*",
    re.IGNORECASE,
)


def clauses(text: str, language: str) -> tuple[Clause, ...]:
    """The message cut into requests and courtesies, in order; a message that is one thing is one clause."""
    whole = plain(text).strip()
    if not whole:
        return ()
    if alone := courtesy_of(whole):
        return (Clause(whole, courtesy=alone),)
    found: list[Clause] = []
    for sentence in _sentences(whole):
        found.extend(_sentence(sentence, language))
    return tuple(_joined(found, language))


def _sentences(text: str) -> list[str]:
    """Sentences with their marks, so that a question keeps looking like one."""
    parts = [part for match in _SENTENCE.finditer(text[:MAX_CHARS]) for part in _FULL_STOP.split(match[0])]
    return [part.strip() for part in parts if part.strip()]


def _sentence(text: str, language: str) -> list[Clause]:
    if alone := courtesy_of(text):
        return [Clause(text, courtesy=alone)]
    found: list[Clause] = []
    for _ in range(3):
        lead = leading_courtesy(text)
        if lead is None:
            break
        name, end = lead
        found.append(Clause(text[:end].strip(" ,，.。!！~"), courtesy=name))
        text = text[end:].strip()
        if alone := courtesy_of(text):
            return [*found, Clause(text, courtesy=alone)]
    thanks = closing_thanks(text)
    body = text if thanks is None else text[:thanks].strip(" ,，")
    if alone := courtesy_of(body):
        found.append(Clause(body, courtesy=alone))
    else:
        found += [_clause(part) for part in _parts(body, language) if part]
    if thanks is not None:
        found.append(Clause(text[thanks:].strip(" ,，.。!！~"), courtesy="thanks"))
    return found


def _parts(text: str, language: str) -> list[str]:
    """Cut at negations, then at words that begin another request, then at commas between two topics."""
    parts = [text]
    parts = [piece for part in parts for piece in _aroundnegation(part)]
    connector = _CONNECTOR_ZH if language == "zh" else _CONNECTOR_EN
    parts = [piece for part in parts for piece in _cut(connector, part)]
    return [piece for part in parts for piece in _at_commas(part, language)]


def _cut(pattern: re.Pattern[str], text: str) -> list[str]:
    pieces, start = [], 0
    for match in pattern.finditer(text):
        if match.start() - start >= 2 and len(text) - match.end() >= 2:
            pieces.append(text[start : match.start()].strip(" ,，、"))
            start = match.end()
    return [*pieces, text[start:].strip(" ,，、")]


def _aroundnegation(text: str) -> list[str]:
    """不是退货,是换货 and "an exchange instead of a return" are a wish and its opposite."""
    if not negation(text):
        return [text]
    pieces = _cut(_BEFORE_NEGATION, text)
    return [
        part for piece in pieces for part in (_cut(_AFTER_NEGATION, piece) if negation(piece) else [piece])
    ]


def _clause(text: str) -> Clause:
    span = negation(text)
    return (
        Clause(text) if span is None else Clause(text, negated=True, core=span.of(text).strip(" ,，.。!！"))
    )


def _at_commas(text: str, language: str) -> list[str]:
    """A comma separates two requests only when each side names a topic that the other does not."""
    topics = TOPICS.get(language)
    if topics is None:
        return [text]
    pieces: list[str] = []
    start = 0
    for match in islice((_GAP_ZH if language == "zh" else _COMMA).finditer(text), _MOST_COMMAS):
        left = text[max(start, match.start() - _NEAR) : match.start()]
        right = text[match.end() : match.end() + _NEAR]
        named, then = topics_of(left, topics), topics_of(_COMMA.split(right, maxsplit=1)[0], topics)
        if named and (then or topics_of(right, topics)) - named and _wishes(left) and _wishes(right):
            pieces.append(text[start : match.start()].strip())
            start = match.end()
    return [*pieces, text[start:].strip()]


def _wishes(text: str) -> bool:
    """Whether it asks or wants something, rather than telling a circumstance."""
    return _STATEMENT.search(text) is not None and not _CIRCUMSTANCE.fullmatch(text)


def _joined(found: list[Clause], language: str) -> list[Clause]:
    """What tells only a circumstance belongs to the request beside it."""
    joined: list[Clause] = []
    waiting = ""
    for clause in found:
        if clause.courtesy is not None or clause.negated:
            joined.append(clause)
        elif language in TOPICS and not _wishes(clause.text):
            waiting = _together(waiting, clause.text)
        else:
            joined.append(Clause(_together(waiting, clause.text)))
            waiting = ""
    if waiting:
        plain_ones = [
            index for index, clause in enumerate(joined) if clause.courtesy is None and not clause.negated
        ]
        if plain_ones:
            last = joined[plain_ones[-1]]
            joined[plain_ones[-1]] = Clause(_together(last.text, waiting))
        else:
            joined.append(Clause(waiting))
    return _bounded(joined)


def _together(left: str, right: str) -> str:
    return f"{left} {right}".strip() if left else right


def _bounded(found: list[Clause]) -> list[Clause]:
    """A pasted essay is not twenty requests: what is beyond the limit is read as one."""
    if len(found) <= MAX_CLAUSES:
        return found
    rest = " ".join(clause.text for clause in found[MAX_CLAUSES - 1 :])
    return [*found[: MAX_CLAUSES - 1], Clause(rest)]
