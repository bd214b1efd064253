"""JSON pointers (RFC 6901), with `^` for the object around the one that is looked at."""

from collections.abc import Sequence
from typing import Any, Final

MISSING: Final = object()


def resolve(pointer: str, around: Sequence[Any]) -> Any:
    """`around`: the whole answer first, the object that is looked at last. MISSING: there is no such thing."""
    bare = pointer.lstrip("^")
    level = len(pointer) - len(bare) + 1
    if level > len(around):
        return MISSING
    found = around[-level]
    for part in bare.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict) and name in found:
            found = found[name]
        elif isinstance(found, list) and name.isascii() and name.isdecimal() and int(name[:9]) < len(found):
            found = found[int(name[:9])]
        else:
            return MISSING
    return found


def is_pointer(text: str) -> bool:
    bare = text.lstrip("^")
    return bare == "" or bare.startswith("/")
