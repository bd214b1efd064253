"""Preparing an encoder: any model, once, verified, and whole or not at all."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from knowledge import export, manifest, prepare, quantise
from knowledge.encoder import OnnxEncoder, encoder_folder, open_encoder
from knowledge.errors import EncoderMissing, KnowledgeError

WORDS = [*"退货运费谁出?.", "the", "order", "is", "late", "where", "my", "parcel", "refund", "please"]
TEXTS = ["where is my order", "退 货 运 费 谁 出 ?", "refund please . " * 30]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence transformer of two layers with CLS pooling, as a hub would hold it."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("tiny") / "bert"
    folder.mkdir()
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *(f"word{n}" for n in range(1200))]
    BertTokenizerFast(vocab={name: n for n, name in enumerate(names)}).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(names),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=128,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder)
    base = Transformer(str(folder), max_seq_length=32)
    whole = folder.with_name("sentence-bert")
    model = SentenceTransformer(modules=[base, Pooling(64, pooling_mode="cls")], device="cpu")
    model.save(str(whole))
    return whole


@pytest.fixture(scope="module")
def tiny_cache(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    cache = tmp_path_factory.mktemp("cache")
    prepare.prepare(cache, str(tiny), print)
    return cache


def test_any_model_is_exported_as_it_embeds(tiny: Path, tiny_cache: Path) -> None:
    encoder = open_encoder(tiny_cache, str(tiny))
    expected = export.load(str(tiny)).embed(TEXTS)
    assert encoder.dimension == 64
    assert np.all(np.sum(encoder.embed_queries(TEXTS) * expected, axis=1) > 0.99)


def test_attention_is_one_operation(tiny: Path, tiny_cache: Path) -> None:
    import onnx

    graph = onnx.load(encoder_folder(tiny_cache, str(tiny)) / manifest.MODEL, load_external_data=False).graph
    operations = [node.op_type for node in graph.node]
    assert operations.count("QAttention") == 2
    assert "Softmax" not in operations


def test_prepared_again_is_left_alone(tiny: Path, tiny_cache: Path) -> None:
    graph = encoder_folder(tiny_cache, str(tiny)) / manifest.MODEL
    before = graph.stat().st_mtime_ns
    said: list[str] = []
    prepare.prepare(tiny_cache, str(tiny), said.append)
    assert graph.stat().st_mtime_ns == before
    assert len(said) == 1


@pytest.mark.parametrize("damage", ["cut", "flipped", "no manifest", "bad manifest", "gone"])
def test_damage_is_found_and_mended(tiny: Path, tiny_cache: Path, damage: str) -> None:
    folder = encoder_folder(tiny_cache, str(tiny))
    fingerprint = open_encoder(tiny_cache, str(tiny)).fingerprint
    graph = folder / manifest.MODEL
    whole = graph.read_bytes()
    match damage:
        case "cut":
            graph.write_bytes(whole[:-100])
        case "flipped":
            graph.write_bytes(whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:])
        case "no manifest":
            (folder / manifest.NAME).unlink()
        case "bad manifest":
            (folder / manifest.NAME).write_text(f'{{"format": {manifest.FORMAT}, "files": 3}}')
        case "gone":
            graph.unlink()
    with pytest.raises(EncoderMissing):
        prepare.check(folder, str(tiny))
    if damage != "flipped":  # sizes are compared at every start, contents only when preparing
        with pytest.raises(EncoderMissing, match="kefu models prepare"):
            open_encoder(tiny_cache, str(tiny))
    prepare.prepare(tiny_cache, str(tiny), print)
    assert open_encoder(tiny_cache, str(tiny)).fingerprint == fingerprint


def test_a_model_trained_anew_is_exported_anew(tiny: Path, tiny_cache: Path) -> None:
    (tiny / "README.md").write_text("trained on more examples")
    with pytest.raises(EncoderMissing, match="has changed"):
        prepare.check(encoder_folder(tiny_cache, str(tiny)), str(tiny))
    prepare.prepare(tiny_cache, str(tiny), print)
    prepare.check(encoder_folder(tiny_cache, str(tiny)), str(tiny))


def test_damage_within_a_right_size_is_found_on_loading(tiny: Path, tiny_cache: Path) -> None:
    graph = encoder_folder(tiny_cache, str(tiny)) / manifest.MODEL
    whole = graph.read_bytes()
    graph.write_bytes(bytes(len(whole)))
    try:
        with pytest.raises(EncoderMissing, match="kefu models prepare"):
            open_encoder(tiny_cache, str(tiny)).warm_up()
    finally:
        graph.write_bytes(whole)


def test_what_a_killed_run_left_is_cleared(tiny: Path, tiny_cache: Path) -> None:
    folder = encoder_folder(tiny_cache, str(tiny))
    left = folder.with_name(f".{folder.name}.building-abc")
    left.mkdir()
    (left / manifest.MODEL).write_bytes(b"half")
    (folder / manifest.NAME).unlink()
    prepare.prepare(tiny_cache, str(tiny), print)
    assert not left.exists()
    OnnxEncoder(folder).warm_up()


def test_two_processes_at_once(tiny: Path, tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from knowledge.prepare import prepare\n"
        "prepare(Path(sys.argv[1]), sys.argv[2], print)"
    )
    command = [sys.executable, "-c", program, str(tmp_path), str(tiny)]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [run.communicate()[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert sum("exporting" in text for text in said) == 1
    open_encoder(tmp_path, str(tiny)).warm_up()


def test_unloadable_model_is_named(tmp_path: Path) -> None:
    nothing = str(tmp_path / "nothing")
    with pytest.raises(KnowledgeError, match="nothing cannot be loaded"):
        prepare.prepare(tmp_path, nothing, print)
    assert not encoder_folder(tmp_path, nothing).exists()


@pytest.mark.parametrize(
    ("source", "prompts", "expected"),
    [
        ("intfloat/multilingual-e5-base", {}, ("query: ", "passage: ")),
        ("/models/e5-small-shop", {}, ("query: ", "passage: ")),
        ("intfloat/multilingual-e5-large-instruct", {}, ("", "")),
        ("BAAI/bge-m3", {}, ("", "")),
        ("someone/model", {"query": "q> ", "document": "d> "}, ("q> ", "d> ")),
        ("someone/model", {"query": "q> ", "passage": "p> "}, ("q> ", "p> ")),
        ("someone/model", {"query": "", "document": ""}, ("", "")),
    ],
)
def test_prefixes(source: str, prompts: dict[str, str], expected: tuple[str, str]) -> None:
    assert export.prefixes(source, prompts) == expected


@pytest.mark.parametrize("bits", [4, 8])
def test_blocks_keep_what_fits_them(bits: int) -> None:
    steps = np.random.default_rng(0).integers(-(1 << bits - 1), 1 << bits - 1, (40, 64))
    steps[:, ::32] = -(1 << bits - 1)
    assert quantise.loses_nothing((steps * 0.25).astype(np.float32), bits)
    assert not quantise.loses_nothing((steps * 0.25 + 0.1).astype(np.float32), bits)


def test_embedded_model_passes_its_check(cache: Path) -> None:
    prepare.check(encoder_folder(cache, None), None)


def test_embedded_model_notices_wrong_vectors(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = json.loads(prepare.REFERENCE.read_text())
    pairs[0]["text"] = "query: something else entirely"
    changed = tmp_path / "reference.json"
    changed.write_text(json.dumps(pairs))
    monkeypatch.setattr(prepare, "REFERENCE", changed)
    with pytest.raises(EncoderMissing, match="vectors are wrong"):
        prepare.check(encoder_folder(cache, None), None)


def test_embedded_model_is_an_ordinary_folder(cache: Path) -> None:
    """transformers and sentence-transformers load it and agree with the reference vectors."""
    from transformers import AutoModel, AutoTokenizer

    folder = prepare.transformer_source(cache, None)
    texts, vectors = prepare.reference()
    loaded = export.load(folder)
    assert (loaded.query_prefix, loaded.passage_prefix) == ("query: ", "passage: ")
    assert np.all(np.sum(loaded.embed(texts) * vectors, axis=1) > 0.9999)
    tokens = AutoTokenizer.from_pretrained(folder)(texts[0], return_tensors="pt")
    states = AutoModel.from_pretrained(folder)(**tokens).last_hidden_state[0].detach().numpy()
    mean = states.mean(axis=0)
    assert mean @ vectors[0] / np.linalg.norm(mean) > 0.9999
