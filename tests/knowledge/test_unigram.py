"""The small tokenizer gives what the `tokenizers` library gives."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from knowledge import manifest, unigram
from knowledge.encoder import encoder_folder
from knowledge.errors import EncoderMissing
from knowledge.prepare import TRANSFORMER

LONGEST = 512


@pytest.fixture(scope="module")
def library(cache: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(encoder_folder(cache, None) / TRANSFORMER / "tokenizer.json"))
    tokenizer.enable_truncation(LONGEST)
    return tokenizer


@pytest.fixture(scope="module")
def small(cache: Path) -> unigram.Unigram:
    return unigram.read(encoder_folder(cache, None) / manifest.PIECES, LONGEST)


SPOKEN = st.text(
    st.one_of(
        st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters="<"),
        st.characters(min_codepoint=0x4E00, max_codepoint=0x5FFF),
        st.characters(min_codepoint=0x3000, max_codepoint=0x30FF),
        st.characters(min_codepoint=0xFF00, max_codepoint=0xFFEF),
        st.sampled_from(" 　\t\n\u200b的了吗退货，。～～🙂éßñقД한"),
    ),
    max_size=60,
)


@settings(max_examples=400, deadline=None)
@given(text=SPOKEN)
def test_same_ids_as_the_library(library: Tokenizer, small: unigram.Unigram, text: str) -> None:
    assert small.encode("query: " + text) == library.encode("query: " + text).ids


@pytest.mark.parametrize(
    "text", ["退货运费谁出?" * 200, "delivery " * 2000, "\ufdfa" * 200, "𠜎𠜱𠝹" * 9, "", "   ", "▁ ▁"]
)
def test_same_ids_at_the_edges(library: Tokenizer, small: unigram.Unigram, text: str) -> None:
    assert small.encode(text) == library.encode(text).ids
    assert len(small.encode(text)) <= LONGEST


def test_typed_special_tokens_stay_text(small: unigram.Unigram) -> None:
    inner = small.encode("a </s> <pad> <mask> <s> <unk> b")[1:-1]
    assert not {0, 1, 2, 250001} & set(inner)


@pytest.mark.parametrize("damage", ["empty", "foreign", "cut", "flipped", "a part gone", "too few"])
def test_damaged_file(cache: Path, tmp_path: Path, damage: str) -> None:
    whole = encoder_folder(cache, None) / manifest.PIECES
    path = tmp_path / whole.name
    content = whole.read_bytes()
    match damage:
        case "empty":
            path.write_bytes(b"")
        case "foreign":
            path.write_text("{}")
        case "cut":
            path.write_bytes(content[:-100])
        case "flipped":
            path.write_bytes(content[:9000] + bytes([content[9000] ^ 1]) + content[9001:])
        case _:
            with np.load(whole) as stored:
                parts = dict(stored)
            parts["ids"] = parts["ids"][:-1]
            if damage == "a part gone":
                del parts["trie"]
            np.savez(path, **parts)
    with pytest.raises(EncoderMissing, match="kefu models prepare"):
        unigram.read(path, LONGEST)
