"""Text to vector, while serving: ONNX Runtime and a tokenizer, no torch."""

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge import manifest, unigram
from knowledge.errors import EncoderMissing
from knowledge.manifest import Manifest

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]

Vectors = NDArray[np.float32]
Tokenize = Callable[[str], list[int]]

DEFAULT = "multilingual-e5-small"
# More characters than 512 tokens ever need; a megabyte is cut before any work is done on it.
LONGEST_TEXT = 8192
REMEDY = "; run: kefu models prepare"
LONGEST_QUESTION = 48
"""Tokens kept of a question's states."""
QUESTIONS_KEPT = 64
_ENDS = "?？!！.。…~～ "
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


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


class OnnxEncoder:
    """The prepared export of a sentence transformer.

    Every text runs through the network alone, several of them at once on `threads` threads. The int8
    graph scales its activations by their largest value, so in a batch a text's vector would depend on
    its neighbours; alone it is always the same, nothing is spent on padding, and two single-threaded
    runs side by side are as fast as one two-threaded batch.
    """

    def __init__(self, folder: Path, *, threads: int = 2) -> None:
        found = manifest.read(folder)
        self.fingerprint = found.fingerprint
        self.dimension = found.dimension
        self._folder = folder
        self._manifest = found
        self._threads = threads
        self._loading = threading.Lock()
        self._loaded: tuple[Tokenize, InferenceSession, ThreadPoolExecutor] | None = None
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self._keeping = threading.Lock()

    def warm_up(self) -> None:
        """Load tokenizer and graph; raises EncoderMissing if either is damaged."""
        self._parts()

    @property
    def folder(self) -> Path:
        return self._folder

    @property
    def has_cross(self) -> bool:
        """Whether a cross-encoder lies beside it."""
        return manifest.CROSS in self._manifest.files

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self._embed([self._query(text) for text in texts], self._run_question)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        prefix = self._manifest.passage_prefix
        return self.embed([prefix + text[:LONGEST_TEXT] for text in texts])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Texts that carry their prefix already."""
        return self._embed(texts, lambda text: self._run(self.tokens(text), "embedding")[0])

    def question_states(self, text: str) -> Vectors:
        """float32 (tokens, dimension): what the lower layers make of a question.

        Of one embedded just now it is still there. Only where there is a cross-encoder, which goes on from it.
        """
        question = self._query(text)
        with self._keeping:
            kept = self._kept.get(question)
        if kept is not None:
            return kept
        return self._run(self.tokens(question), "states")[0][:LONGEST_QUESTION]

    def passage_states(self, text: str, longest: int) -> Vectors:
        """The same of the first tokens of a passage."""
        *tokens, end = self.tokens(self._manifest.passage_prefix + text[:LONGEST_TEXT])
        return self._run([*tokens[: longest - 1], end], "states")[0]

    def tokens(self, text: str) -> list[int]:
        """Of a text that carries its prefix, with those at its start and end."""
        return self._parts()[0](clean(text))

    def _query(self, text: str) -> str:
        return self._manifest.query_prefix + normalised(text[:LONGEST_TEXT])

    def _embed(self, texts: Sequence[str], run: Callable[[str], Vectors]) -> Vectors:
        found = np.empty((len(texts), self.dimension), np.float32)
        if len(texts) == 1:  # a message, nearly always: no hop to another thread
            found[0] = run(texts[0])
            return found
        # Longest first, so that no thread is left alone with a long text at the end.
        order = sorted(range(len(texts)), key=lambda number: -len(texts[number]))
        for number, vector in zip(order, self._parts()[2].map(run, [texts[n] for n in order]), strict=True):
            found[number] = vector
        return found

    def _run_question(self, question: str) -> Vectors:
        """Its vector; the states are kept for the cross-encoder, which may be asked about it next."""
        if not self.has_cross:
            return self._run(self.tokens(question), "embedding")[0]
        vector, states = self._run(self.tokens(question), "embedding", "states")
        with self._keeping:
            self._kept[question] = states[:LONGEST_QUESTION].copy()
            self._kept.move_to_end(question)
            if len(self._kept) > QUESTIONS_KEPT:
                self._kept.popitem(last=False)
        return vector

    def _run(self, tokens: list[int], *outputs: str) -> list[Vectors]:
        """Of one text, each without the batch that it is not."""
        ids = np.array([tokens], np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        return [found[0] for found in self._parts()[1].run(list(outputs), feed)]

    def _parts(self) -> "tuple[Tokenize, InferenceSession, ThreadPoolExecutor]":
        with self._loading:
            if self._loaded is None:
                pool = ThreadPoolExecutor(self._threads, thread_name_prefix="encoder")
                self._loaded = (
                    _tokenizer(self._folder, self._manifest),
                    open_session(self._folder / manifest.MODEL),
                    pool,
                )
            return self._loaded


def normalised(question: str) -> str:
    """A question in small letters, without the mark at its end: whether somebody types those says nothing of what is asked."""
    return question.strip().rstrip(_ENDS).lower() or question


def clean(text: str) -> str:
    """Bounded, without control characters, and encodable: half of a surrogate pair becomes U+FFFD."""
    text = CONTROLS.sub("", text[:LONGEST_TEXT])
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _tokenizer(folder: Path, found: Manifest) -> Tokenize:
    if manifest.PIECES in found.files:
        return unigram.read(folder / manifest.PIECES, found.longest).encode
    from tokenizers import Tokenizer  # only for encoders other than the embedded one

    path = folder / manifest.TOKENIZER
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises plain Exception
        raise EncoderMissing(f"{path} is damaged ({error}){REMEDY}") from error
    tokenizer.enable_truncation(found.longest)
    tokenizer.encode_special_tokens = True  # `[SEP]` typed by a shopper is text, not the end of one
    return lambda text: list(tokenizer.encode(text).ids)


def open_session(graph: Path) -> "InferenceSession":
    """One thread for each run; raises EncoderMissing if the graph is damaged."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # An arena never gives back what the longest text once took, and saves no time here.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the library's exceptions share no base class
        raise EncoderMissing(f"{graph} is damaged ({error}){REMEDY}") from error


def encoder_folder(cache: Path, encoder: str | None) -> Path:
    """Where `prepare` puts the export of a model; `None` is the embedded default."""
    if encoder is None:
        return cache / "encoders" / DEFAULT
    readable = re.sub(r"[^A-Za-z0-9.-]+", "-", Path(encoder).name).strip("-.")[:60]
    return cache / "encoders" / f"{readable}-{hashlib.sha256(encoder.encode()).hexdigest()[:8]}"


def open_encoder(cache: Path, encoder: str | None = None, *, threads: int = 2) -> OnnxEncoder:
    """The prepared encoder, not yet loaded; raises EncoderMissing, which names the remedy."""
    try:
        return OnnxEncoder(encoder_folder(cache, encoder), threads=threads)
    except EncoderMissing as error:
        raise EncoderMissing(f"{error}{REMEDY}") from error
