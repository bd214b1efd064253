"""Why something could not be delivered, as it may be shown: what kind it is, and the platform's words without secrets."""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["refused", "later", "unconfirmed", "timeout", "broken"]

_SHAPE = re.compile(r"^(\w+)\((.*?)\)?$", re.DOTALL)
_KINDS: dict[str, Kind] = {
    "Undeliverable": "refused",
    "Refused": "refused",
    "RetryLater": "later",
    "Unconfirmed": "unconfirmed",
    "TimeoutError": "timeout",
}
_SAID = ("refused", "later", "unconfirmed")
"""Kinds whose text our connectors chose; another's may hold anything, like the address with a token in it."""
_OPAQUE = re.compile(r"https?://\S+|[A-Za-z0-9_+/=.~-]{24,}")
"""Addresses, and what may be a token that a platform repeats."""


@dataclass(frozen=True, slots=True)
class Trouble:
    kind: Kind
    text: str


def trouble(error: str) -> Trouble:
    """Out of the `repr` of an exception, as the outbox keeps it; its end may be cut off."""
    found = _SHAPE.match(error)
    if found is None:
        return Trouble("broken", "")
    kind = _KINDS.get(found[1], "broken")
    if kind not in _SAID:
        return Trouble(kind, found[1] if kind == "broken" else "")
    return Trouble(kind, _OPAQUE.sub("…", found[2].strip("'\",")))
