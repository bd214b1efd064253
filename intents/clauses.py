"""One message, several requests: where to cut, what is courtesy and what is said not to be wanted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from intents.courtesies import Courtesy, closing_thanks, courtesy_of, leading_courtesy
from intents.cuts import EDGE, Gap, parts, sentences
from intents.negation import negation
from intents.signs import Kind, gives_reason, kind_of, leans, names, speaks
from intents.text import Span, plain

MAX_CLAUSES = 6
_MARKS = " ,，.。!！~"


@dataclass(frozen=True, slots=True)
class Clause:
    text: str
    negated: bool = False
    """Says what is not wanted: "not a return"."""
    courtesy: Courtesy | None = None
    core: str = ""
    """What a negated clause denies: 退货 of 不是退货."""
    announced: bool = False
    """Begins with a word for something more: 另外, also."""
    kind: Kind = "question"
    """A statement may be the reason for what is asked beside it."""
    named: bool = False
    """Says itself which thing it is about."""

    @property
    def meaning(self) -> str:
        """The text to embed."""
        return self.core or self.text


@dataclass(frozen=True, slots=True)
class _Atom:
    span: Span
    gap: Gap
    courtesy: Courtesy | None = None


def clauses(text: str, language: str) -> tuple[Clause, ...]:
    """The message cut into requests and courtesies, in order; a message that is one thing is one clause."""
    whole = plain(text).strip()
    if not whole:
        return ()
    if alone := courtesy_of(whole):
        return (Clause(whole, courtesy=alone),)
    return tuple(_bounded(_joined(list(_atoms(whole, language)), whole, language)))


def _atoms(whole: str, language: str) -> Iterator[_Atom]:
    """The smallest parts, where they stand in the whole."""
    end = 0
    for sentence in sentences(whole):
        for text, gap, courtesy in _sentence(sentence, language):
            start = whole.index(text, end)
            end = start + len(text)
            yield _Atom(Span(start, end), gap, courtesy)


def _sentence(text: str, language: str) -> Iterator[tuple[str, Gap, Courtesy | None]]:
    for _ in range(3):
        lead = leading_courtesy(text)
        if lead is None or courtesy_of(text):
            break
        name, end = lead
        yield text[:end].strip(_MARKS), "start", name
        text = text[end:].strip()
    thanks = None if courtesy_of(text) else closing_thanks(text)
    body = text if thanks is None else text[:thanks].strip(EDGE)
    if alone := courtesy_of(body):
        yield body, "start", alone
    else:
        for part, gap in parts(body, language):
            yield part, gap, None
    if thanks is not None:
        yield text[thanks:].strip(_MARKS), "start", "thanks"


def _joined(atoms: Sequence[_Atom], whole: str, language: str) -> list[Clause]:
    """What tells only a circumstance belongs to the request beside it: a reason to the next, a detail to the last."""
    groups: list[list[_Atom]] = []
    current: list[_Atom] = []
    waiting: list[_Atom] = []
    for atom in atoms:
        text = atom.span.of(whole)
        if atom.courtesy or negation(text):
            groups.append([atom])
            continue
        if atom.gap == "announced" and current:
            current += waiting
            waiting = []
        before = whole[current[0].span.start : current[-1].span.end] if current else None
        if current and (leans(text, before, language) or (_is_detail(atom, text, language) and not waiting)):
            current += [*waiting, atom]
            waiting = []
        elif speaks(text, language):
            current = [*waiting, atom]
            groups.append(current)
            waiting = []
        else:
            waiting.append(atom)
    if current:
        current += waiting
    elif waiting:
        groups.append(waiting)
    return [_clause(group, whole, language) for group in groups]


def _is_detail(atom: _Atom, text: str, language: str) -> bool:
    return atom.gap != "start" and not speaks(text, language) and not gives_reason(text)


def _clause(atoms: Sequence[_Atom], whole: str, language: str) -> Clause:
    text = " ".join(_runs(atoms, whole))
    if atoms[0].courtesy:
        return Clause(text, courtesy=atoms[0].courtesy)
    if span := negation(text) if len(atoms) == 1 else None:
        return Clause(text, negated=True, core=span.of(text).strip(_MARKS))
    return Clause(
        text,
        announced=atoms[0].gap == "announced",
        kind=_kind(kind_of(atom.span.of(whole), language) for atom in atoms),
        named=names(text),
    )


def _kind(kinds: Iterable[Kind]) -> Kind:
    found = set(kinds)
    return "question" if "question" in found else "wish" if "wish" in found else "statement"


def _runs(atoms: Sequence[_Atom], whole: str) -> Iterator[str]:
    """The text of neighbours in one piece, with the commas between them."""
    start, end = atoms[0].span.start, atoms[0].span.end
    for atom in atoms[1:]:
        if any(character.isalnum() for character in whole[end : atom.span.start]):
            yield whole[start:end]
            start = atom.span.start
        end = atom.span.end
    yield whole[start:end]


def _bounded(found: list[Clause]) -> list[Clause]:
    """A pasted essay is not twenty requests: what is beyond the limit is read as one."""
    if len(found) <= MAX_CLAUSES:
        return found
    rest = " ".join(clause.text for clause in found[MAX_CLAUSES - 1 :])
    return [*found[: MAX_CLAUSES - 1], Clause(rest)]
