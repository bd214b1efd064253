"""Folders beside the index, one for each state that was published; each appears whole or not at all."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4


@contextmanager
def drafted(folder: Path, name: str) -> Iterator[Path]:
    """A folder to fill, which is then `folder / name` by one rename."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"draft-{uuid4().hex}"
    draft.mkdir()
    try:
        yield draft
        target = folder / name
        shutil.rmtree(target, ignore_errors=True)
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def prune(folder: Path, name: str) -> None:
    """Remove all others; who has their files open keeps reading them."""
    for old in folder.iterdir():
        if old.name != name:
            shutil.rmtree(old, ignore_errors=True)
