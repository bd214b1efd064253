"""The way to Chroma: importing it, opening it, embedded or on a server, and saying what went wrong with it."""

import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from knowledge.errors import DiskFull, IndexBroken, KnowledgeError
from knowledge.lean import deferred, unchecked

_SENDER = "opentelemetry.exporter.otlp.proto.grpc.trace_exporter"
"""What sends telemetry, with gRPC: for whoever asks for it."""

with unchecked(), deferred(_SENDER, "OTLPSpanExporter"):
    import chromadb
    import chromadb.api.rust  # what opens a folder, else imported by its name
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection as Collection
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings
    from chromadb.errors import InternalError as InternalError
    from chromadb.errors import NotFoundError as NotFoundError

REMEDY = "Make the index anew with: kefu ingest --rebuild PATH…"

_OPENING = threading.Lock()
_HEADER = struct.Struct("<iQQQQ")
# SQLite reports a full disk as 13 and one that takes no more for a file or a user as 778.
_FULL = (
    "disk is full",
    "no space left",
    "(code: 13)",
    "(code: 778)",
    "file too large",
    "os error 28",
    "os error 27",
    # What is left of it when the disk fills up while Chroma tidies its log.
    "failed to apply logs to the metadata segment",
)


def is_server(location: str | Path) -> bool:
    return str(location).startswith(("http://", "https://"))


def open_client(location: str | Path) -> ClientAPI:
    """A client of its own for a folder (created where missing) or a server's URL.

    Chroma shares one engine per folder and process. That engine keeps vectors in memory and does not see
    what another process has written since; only a new one does, so nothing is shared here.
    """
    with _OPENING, translated(location):
        if is_server(location):
            return _server_client(str(location))
        Path(location).mkdir(parents=True, exist_ok=True)
        _check_vectors(Path(location))
        client = chromadb.PersistentClient(str(location), settings=_settings())
        SharedSystemClient.clear_system_cache()
        return client


def _check_vectors(folder: Path) -> None:
    """Chroma reads its vector files unchecked, and one that is cut short or another's kills the process.

    Each `header.bin` says how many elements of which size its `data_level0.bin` holds; behind them may be
    room for more.
    """
    for header in folder.glob("*/header.bin"):
        found = header.read_bytes()[: _HEADER.size]
        data = header.with_name("data_level0.bin")
        if len(found) < _HEADER.size or not data.is_file():
            raise ValueError(f"{header} is damaged")
        _version, _offset, most, count, size = _HEADER.unpack(found)
        held, rest = divmod(data.stat().st_size, size) if size else (0, 1)
        if rest or not count <= held <= most:
            raise ValueError(f"{data} is damaged")


def _settings() -> Settings:
    # Chroma reports usage and reads .env of the working directory unless told not to.
    return Settings(_env_file=None, anonymized_telemetry=False)


def _server_client(url: str) -> ClientAPI:
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 8000)
    return chromadb.HttpClient(parts.hostname or "localhost", port, ssl=secure, settings=_settings())


@contextmanager
def translated(location: str | Path) -> Iterator[None]:
    """Chroma's failures as ours; its native part reports some as a panic, which is no Exception."""
    try:
        yield
    except (KnowledgeError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        text = str(error).strip() or type(error).__name__
        if any(sign in text.lower() for sign in _FULL):
            raise DiskFull(f"No room to write the index at {location}: {text}") from error
        if is_server(location):
            raise IndexBroken(f"The Chroma server at {location} fails: {text}") from error
        raise IndexBroken(f"The index at {location} cannot be used: {text}. {REMEDY}") from error
