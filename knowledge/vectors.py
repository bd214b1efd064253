"""The vectors of shelves in files beside the index, from which a row is read where it lies.

Chroma hands them out as Python's numbers: a tenth of a start for a demo shop, half of a search for a large one.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from knowledge.encoder import Vectors
from knowledge.generations import drafted


def save(folder: Path, generation: str, shelves: Mapping[str, tuple[Sequence[str], Vectors]]) -> None:
    """By name, ids and one row for each of them."""
    with drafted(folder, generation) as draft:
        for name, (ids, rows) in shelves.items():
            (draft / f"{name}.json").write_text(json.dumps(ids), encoding="utf-8")
            np.save(draft / f"{name}.npy", rows)


def load(folder: Path, generation: str, name: str) -> tuple[list[str], Vectors] | None:
    """What `save` wrote of one shelf; None when it is missing or damaged."""
    try:
        ids: list[str] = json.loads((folder / generation / f"{name}.json").read_text(encoding="utf-8"))
        rows: Vectors = np.load(folder / generation / f"{name}.npy", mmap_mode="r").view(np.ndarray)
    except (OSError, EOFError, ValueError):
        return None
    whole = isinstance(ids, list) and rows.shape[:1] == (len(ids),) and rows.dtype == np.float32
    return (ids, rows) if whole else None
