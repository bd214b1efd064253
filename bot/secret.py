"""The secret that a start makes for itself when none is given, and keys for each use of it."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from tempfile import NamedTemporaryFile

from bot.errors import SettingsError
from bot.settings import Settings

_SHORTEST_SECRET = 32


def secret_of(settings: Settings) -> str:
    """The one given, else the data folder's; blocking.

    Raises:
        SettingsError: the data folder's file holds something else.
    """
    return settings.secret or load_secret(Path(settings.data) / "session.secret")


def key_for(use: str, secret: str) -> bytes:
    """A key of its own for every use: what one signs, no other accepts."""
    return hmac.digest(secret.encode(), use.encode(), hashlib.sha256)


def load_secret(path: Path) -> str:
    """The secret in a file that only we can read, made at the first start; blocking.

    Raises:
        SettingsError: the file holds something else.
    """
    if not path.exists():
        _make_secret(path)
    secret = path.read_text(encoding="ascii", errors="replace").strip()
    if len(secret) < _SHORTEST_SECRET:
        raise SettingsError(f"{path} holds no secret. Delete it; a new one is made at the next start.")
    return secret


def _make_secret(path: Path) -> None:
    """Whole or not at all: killed half-way, an empty file would sign sessions with an empty secret."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", encoding="ascii", dir=path.parent, delete=False) as draft:
        draft.write(secrets.token_urlsafe(48))
        draft.flush()
        os.fsync(draft.fileno())
    try:
        os.link(draft.name, path)
    except FileExistsError:
        pass  # Another process made it meanwhile: its secret counts.
    finally:
        os.unlink(draft.name)
