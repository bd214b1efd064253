"""Keys of integrators, and what each may do."""

import hmac
from collections.abc import Sequence
from typing import Literal, get_args

from bot.errors import SettingsError

Scope = Literal["messages", "tools", "webhooks", "events", "ingest", "read"]
"""Speak for people; call tools; set webhooks up and see what they were sent; list what they were told; tell what
shoppers did elsewhere; read what was said."""
SCOPES: frozenset[Scope] = frozenset(get_args(Scope))
_SHORTEST = 24


class ApiKeys:
    def __init__(self, entries: Sequence[str]) -> None:
        """Each is a key, or a key and its scopes: `key:scope+scope`.

        Raises:
            SettingsError: a key is too short, or a scope is none; the text tells no key.
        """
        self._keys = tuple(_parsed(entry) for entry in entries)

    def scopes(self, token: str) -> frozenset[Scope] | None:
        """None: it is no key. Compared with every key in constant time."""
        given = token.encode()
        fits = [scopes for key, scopes in self._keys if hmac.compare_digest(given, key)]
        return fits[0] if fits else None


def _parsed(entry: str) -> tuple[bytes, frozenset[Scope]]:
    key, colon, named = entry.partition(":")
    if len(key) < _SHORTEST or not key.isascii():
        raise SettingsError(f"Setting KEFU_API_KEYS: a key is not {_SHORTEST} ASCII characters or more.")
    if not colon:
        return key.encode(), SCOPES
    scopes = frozenset(scope for scope in SCOPES if scope in named.split("+"))
    if len(scopes) != len(named.split("+")):
        known = ", ".join(get_args(Scope))
        raise SettingsError(f"Setting KEFU_API_KEYS: a key's scopes are not some of {known}, joined by +.")
    return key.encode(), scopes
