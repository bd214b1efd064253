"""Emptying an index, whatever encoder it was made with and whatever state it is in."""

import re
import shutil
from pathlib import Path

from knowledge.chroma import is_server, open_client, translated
from knowledge.errors import IndexBroken
from knowledge.index import LEDGER
from knowledge.rows import shelf_named

_FOLDER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|keywords|vectors")


def clear(location: str | Path) -> None:
    """Delete every passage and the ledger; of a folder that cannot be opened, the index's own files."""
    try:
        client = open_client(location)
        with translated(location):
            for collection in client.list_collections():
                if collection.name == LEDGER or shelf_named(collection.name):
                    client.delete_collection(collection.name)
    except IndexBroken:
        if is_server(location):
            raise
        _remove_files(Path(location))


def _remove_files(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and _FOLDER.fullmatch(path.name):
            shutil.rmtree(path)
        elif path.name.startswith("chroma.sqlite3"):
            path.unlink()
