"""Question and passage read together, to say whether the one answers the other: a cross-encoder.

Embeddings are made apart, so they tell what a passage is about and not whether it answers. Here the lower layers
still read apart, and what they make of a passage is kept; only the question goes on, and in the upper layers looks at
the passage (after DeFormer, Cao et al., 2020). So reading costs less than embedding the question did, once a passage
has been read before, and search asks only about its first section, and only where it is unsure.
"""

import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge import manifest
from knowledge.encoder import LONGEST_TEXT, Encoder, OnnxEncoder, open_session
from knowledge.passages import Passage

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]

LEARNT = Path(__file__).with_name("cross_encoder.safetensors")
LONGEST = 112
"""Tokens read of a passage."""
PASSAGES_KEPT = 512
"""At most 86 kB each."""


class CrossEncoder(Protocol):
    """Blocking and thread-safe."""

    def warm_up(self) -> None:
        """Load the model; idempotent."""
        ...

    def score(self, question: str, passage: Passage) -> float:
        """A logit: above 0 where the passage rather answers the question than not."""
        ...


class OnnxCrossEncoder:
    """The export that lies beside the embedded encoder and goes on from its states."""

    def __init__(self, encoder: OnnxEncoder) -> None:
        self._encoder = encoder
        self._loading = threading.Lock()
        self._session: InferenceSession | None = None
        self._passage = lru_cache(PASSAGES_KEPT)(self._read)

    def warm_up(self) -> None:
        with self._loading:
            self._session = self._session or open_session(self._encoder.folder / manifest.CROSS)

    def score(self, question: str, passage: Passage) -> float:
        self.warm_up()
        assert self._session is not None
        asked, said = self._encoder.question_states(question), self._passage(read_of(passage))
        states = {"question": asked[None], "passage": said[None].astype(np.float32)}
        (logits,) = self._session.run(["logit"], states)
        return float(logits[0])

    def _read(self, text: str) -> NDArray[np.float16]:
        return self._encoder.passage_states(text, LONGEST).astype(np.float16)


def read_of(passage: Passage) -> str:
    """What is read of a passage: what it is about, then what it says."""
    heading = passage.section.rpartition(" › ")[2] or passage.title
    return f"{heading}\n{passage.text}"[:LONGEST_TEXT]


def learnt() -> str:
    """Twelve hex digits over what it has learnt."""
    return manifest.stamp(LEARNT).sha256[:12]


def open_cross_encoder(encoder: Encoder) -> CrossEncoder | None:
    """What belongs to an encoder, not yet loaded; None for one that has none."""
    if isinstance(encoder, OnnxEncoder) and encoder.has_cross:
        return OnnxCrossEncoder(encoder)
    return None
