"""Text to vector, while serving: ONNX Runtime and a tokenizer, no torch."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Embeds texts; blocking, so the event loop calls it in an executor."""

    fingerprint: str
    """Names weights and export; an index or a classifier made with another one is refused."""
    dimension: int

    def warm_up(self) -> None:
        """Load the model; idempotent."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """What shoppers say: float32 (len(texts), dimension), L2-normalised."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """What documents say: float32 (len(texts), dimension), L2-normalised."""
        ...
