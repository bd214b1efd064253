"""Question and passage read together, to say whether the one answers the other: a cross-encoder.

Embeddings are made apart, so they tell what a passage is about and not whether it answers. Reading both
takes as long as embedding the passage, so search asks only about its first section, and only where it is unsure.
"""

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from knowledge import manifest
from knowledge.encoder import LONGEST_TEXT, Encoder, OnnxEncoder, clean, open_session, plain
from knowledge.passages import Passage

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]

LEARNT = Path(__file__).with_name("cross_encoder.safetensors")
LONGEST_QUESTION, LONGEST = 48, 112
"""Tokens kept of a question, and of both together."""


class CrossEncoder(Protocol):
    """Blocking and thread-safe."""

    def warm_up(self) -> None:
        """Load the model; idempotent."""
        ...

    def score(self, question: str, passage: Passage) -> float:
        """A logit: above 0 where the passage rather answers the question than not."""
        ...


class OnnxCrossEncoder:
    """The export that lies beside the embedded encoder, whose tokenizer and word table it shares."""

    def __init__(self, encoder: OnnxEncoder) -> None:
        self._encoder = encoder
        self._loading = threading.Lock()
        self._session: InferenceSession | None = None

    def warm_up(self) -> None:
        with self._loading:
            self._session = self._session or open_session(self._encoder.folder / manifest.CROSS)

    def score(self, question: str, passage: Passage) -> float:
        self.warm_up()
        assert self._session is not None
        ids = np.array([self.tokens(question, passage)], np.int64)
        (logits,) = self._session.run(["logit"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        return float(logits[0])

    def tokens(self, question: str, passage: Passage) -> list[int]:
        """`<s> question </s></s> passage </s>`, as transformers joins a pair."""
        prefixes = self._encoder.prefixes
        start, *asked, end = self._encoder.tokens(prefixes[0] + clean(plain(question)))
        _, *said, _ = self._encoder.tokens(prefixes[1] + clean(read_of(passage)))
        asked = asked[:LONGEST_QUESTION]
        return [start, *asked, end, end, *said[: LONGEST - len(asked) - 4], end]


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
