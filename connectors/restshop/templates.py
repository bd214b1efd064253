"""What the description says a row, or the body of a request, is made of: pointers, constants, lists, objects.

Values are put in as JSON, never into text. A template is compiled when the description is read, so that what is wrong
with it is said then, by its place in the file.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from connectors.restshop.fields import Fields
from connectors.restshop.pointers import MISSING, is_pointer, resolve
from connectors.restshop.values import Odd

Convert = Callable[[str, str, Any], Any]
"""Of (name of the field, last name in the pointer, value as it came)."""
Around = Sequence[Any]


class Unclear(ValueError):
    """A template cannot be understood; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Is:
    value: Any

    def fill(self, around: Around, name: str, convert: Convert) -> Any:
        return self.value


@dataclass(frozen=True, slots=True)
class At:
    pointer: str
    words: Mapping[str, Any] | None = None
    """What it says to what is written; `*` for everything else."""
    otherwise: Any = MISSING

    def fill(self, around: Around, name: str, convert: Convert) -> Any:
        found = resolve(self.pointer, around)
        if found is MISSING or found is None:
            return self.otherwise
        if self.words is not None:
            said = str(found).casefold() if isinstance(found, bool) else str(found)
            return self.words.get(said, self.words.get("*", self.otherwise))
        return convert(name, self.pointer.rpartition("/")[2], found)


@dataclass(frozen=True, slots=True)
class Join:
    parts: tuple[At, ...]
    between: str

    def fill(self, around: Around, name: str, convert: Convert) -> Any:
        found = (part.fill(around, name, convert) for part in self.parts)
        return self.between.join(text for one in found if one is not MISSING and (text := str(one).strip()))


@dataclass(frozen=True, slots=True)
class Each:
    pointer: str
    row: "Node"
    key: "Node | None" = None
    """Given: an object is made of the list."""

    def fill(self, around: Around, name: str, convert: Convert) -> Any:
        found = resolve(self.pointer, around)
        given = found if isinstance(found, list) else []
        rows = [(one, self.row.fill((*around, one), name, convert)) for one in given]
        if self.key is None:
            return [row for _, row in rows if row is not MISSING]
        keys = [self.key.fill((*around, one), "id", convert) for one, _ in rows]
        return {str(key): row for key, (_, row) in zip(keys, rows, strict=True) if MISSING not in (key, row)}


@dataclass(frozen=True, slots=True)
class Object:
    fields: Mapping[str, "Node"]

    def fill(self, around: Around, name: str, convert: Convert) -> Any:
        found = {}
        for field, node in self.fields.items():
            try:
                value = node.fill(around, field, convert)
            except Odd as odd:
                raise Odd(f"{name}.{odd}" if name and str(odd) == field else str(odd)) from odd
            if value is not MISSING:
                found[field] = value
        return found


@dataclass(frozen=True, slots=True)
class Several:
    nodes: tuple["Node", ...]

    def fill(self, around: Around, name: str, convert: Convert) -> Any:
        found = (node.fill(around, name, convert) for node in self.nodes)
        return [one for one in found if one is not MISSING]


Node = Is | At | Join | Each | Object | Several

_WORDS = {
    frozenset({"$is"}),
    *(frozenset({"$at", *more}) for more in ((), ("$map",), ("$else",), ("$map", "$else"))),
    frozenset({"$each", "$row"}),
    frozenset({"$each", "$key", "$row"}),
    *(frozenset({"$join", *more}) for more in ((), ("$with",))),
}


def compile_template(given: Any, where: str, fields: Fields | None = None) -> Node:
    """`fields`: those that there may be; None: any.

    Raises:
        Unclear: as it says.
    """
    if isinstance(given, dict):
        words = frozenset(key for key in given if str(key).startswith("$"))
        if words:
            return _directive(given, words, where, fields)
        return Object(
            {_field(key, where, fields): _below(value, key, where, fields) for key, value in given.items()}
        )
    if isinstance(given, list):
        nodes = (compile_template(one, f"{where}[{index}]", fields) for index, one in enumerate(given))
        return Several(tuple(nodes))
    if isinstance(given, str):
        if not is_pointer(given):
            raise Unclear(
                f"{where}: {given!r} is no pointer; write '/{given}', or {{$is: {given}}} for the word itself"
            )
        return At(given)
    if given is None:
        raise Unclear(f"{where}: nothing is said; leave the field out")
    return Is(given)


def _directive(given: Mapping[str, Any], words: frozenset[str], where: str, fields: Fields | None) -> Node:
    if words != given.keys() or words not in _WORDS:
        raise Unclear(f"{where}: {', '.join(map(str, given))} do not go together")
    if "$is" in given:
        return Is(given["$is"])
    if "$join" in given:
        parts = given["$join"]
        if not isinstance(parts, list) or not all(isinstance(one, str) and is_pointer(one) for one in parts):
            raise Unclear(f"{where}.$join: is no list of pointers")
        return Join(tuple(map(At, parts)), str(given.get("$with", " ")))
    pointer = given.get("$at", given.get("$each"))
    if not isinstance(pointer, str) or not is_pointer(pointer):
        raise Unclear(f"{where}: {pointer!r} is no pointer")
    if "$each" in given:
        key = compile_template(given["$key"], f"{where}.$key") if "$key" in given else None
        return Each(pointer, compile_template(given["$row"], f"{where}.$row", None if key else fields), key)
    mapped = given.get("$map")
    if mapped is not None and not isinstance(mapped, dict):
        raise Unclear(f"{where}.$map: is no object")
    table = None if mapped is None else {_word(key): value for key, value in mapped.items()}
    return At(pointer, table, given.get("$else", MISSING))


def _word(key: Any) -> str:
    """YAML reads yes, no and numbers; answers say them as text."""
    return str(key).casefold() if isinstance(key, bool) else str(key)


def _field(key: Any, where: str, fields: Fields | None) -> str:
    name = str(key)
    if fields is not None and name not in fields:
        near = get_close_matches(name, fields, 1)
        meant = f"; is {near[0]} meant?" if near else ""
        raise Unclear(f"{where}.{name}: is no field of the import format{meant}")
    return name


def _below(value: Any, key: Any, where: str, fields: Fields | None) -> Node:
    inner = fields.get(str(key)) if fields is not None else None
    return compile_template(value, f"{where}.{key}", inner)
