from pathlib import Path

import pytest

from intents.examples import Examples
from intents.fine_tuning import FineTuning, fine_tune, unseen_fold
from intents.report import report
from intents.training import train

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory, examples: Examples) -> Path:
    """An untrained sentence transformer of three layers that knows every character of the examples."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("tiny") / "bert"
    folder.mkdir()
    words = sorted(
        {word for row in examples.rows for word in (*row.text.lower().split(), *row.text.lower())} - {" "}
    )
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]
    BertTokenizerFast(vocab={name: n for n, name in enumerate(names)}).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(names),
        hidden_size=32,
        num_hidden_layers=3,
        num_attention_heads=2,
        intermediate_size=64,
    )
    BertModel(config).save_pretrained(folder)
    modules = [Transformer(str(folder), max_seq_length=32), Pooling(32, pooling_mode="mean"), Normalize()]
    whole = folder.with_name("sentence-bert")
    SentenceTransformer(modules=modules, device="cpu").save(str(whole))
    return whole


def test_the_transformer_learns_and_is_saved_whole(tiny: Path, tmp_path: Path, examples: Examples) -> None:
    from sentence_transformers import SentenceTransformer

    said: list[str] = []
    options = FineTuning(epochs=12, learning_rate=2e-3, batch=8)
    tuned = fine_tune(str(tiny), tmp_path / "tuned", examples, options, said.append)
    assert len(said) == len(tuned.losses) == 12
    assert tuned.losses[-1] < tuned.losses[0]
    assert tuned.accuracy > 0.5
    assert unseen_fold(tuned.folder, examples) == 0

    model = SentenceTransformer(str(tuned.folder), device="cpu")
    vectors = model.encode([row.text for row in examples.rows], normalize_embeddings=True)
    trained = train(examples, vectors, "tuned", unseen=unseen_fold(tuned.folder, examples))
    assert all(row.accuracy > 0.6 for row in report(examples, trained).languages)


def test_frozen_layers_and_the_word_table_stay(tiny: Path, tmp_path: Path, examples: Examples) -> None:
    from safetensors.numpy import load_file

    tuned = fine_tune(
        str(tiny), tmp_path / "top", examples, FineTuning(epochs=1, top_layers=1, learning_rate=1e-3)
    )
    before, after = load_file(tiny / "model.safetensors"), load_file(tuned.folder / "model.safetensors")
    moved = {name for name in before if (before[name] != after[name]).any()}
    assert moved
    assert all("layer.2." in name for name in moved), moved


def test_other_examples_have_no_unseen_fold(tmp_path: Path, examples: Examples) -> None:
    assert unseen_fold(tmp_path, examples) is None
    (tmp_path / "fine_tuned.json").write_text('{"examples": "other", "unseen": 0}')
    assert unseen_fold(tmp_path, examples) is None
