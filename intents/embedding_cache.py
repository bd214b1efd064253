"""Vectors of the training examples on disk, so that training again costs no encoder pass."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from intents.classifier import Vector

Embed = Callable[[Sequence[str]], Vector]
"""Texts to float32 (n, D), L2-normalised; the encoder's `embed_queries`."""


class EmbeddingCache:
    """One file per encoder; what is not needed any more is dropped when it is written."""

    def __init__(self, folder: Path, encoder: str) -> None:
        self._path = folder / f"examples-{hashlib.sha256(encoder.encode()).hexdigest()[:16]}.npz"

    def embed(self, texts: Sequence[str], embed: Embed) -> Vector:
        """(len(texts), D); asks `embed` only for texts it has not seen."""
        known = self._read()
        keys = [_key(text) for text in texts]
        fresh = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if fresh:
            known.update(zip(fresh, embed(list(fresh.values())), strict=True))
            self._write({key: known[key] for key in keys})
        return np.stack([known[key] for key in keys]).astype(np.float32)

    def _read(self) -> dict[str, Vector]:
        """Empty when the file is missing or damaged: it is only a saving."""
        try:
            with self._path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                keys, vectors = stored["keys"], stored["vectors"]
            return dict(zip((str(key) for key in keys), vectors, strict=True))
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return {}

    def _write(self, vectors: dict[str, Vector]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        half = self._path.with_suffix(".part")
        with half.open("wb") as file:
            np.savez(file, keys=np.array(list(vectors)), vectors=np.stack(list(vectors.values())))
        half.replace(self._path)


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
