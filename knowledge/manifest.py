"""`kefu.json`: what lies in an encoder's folder, and whether it still does."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from knowledge.errors import EncoderMissing

NAME = "kefu.json"
FORMAT = 5
QUERIES = "plain"
"""How queries are written before they are embedded (`encoder.normalised`): a part of what names an encoder."""
MODEL, TABLE = "model.onnx", "model.onnx.data"
CROSS = "cross.onnx"
"""The cross-encoder, which goes on from the states that the encoder tells."""
PIECES, TOKENIZER = "pieces.npz", "tokenizer.json"
# What serving reads; whatever else lies in the folder is for training.
SERVING = (MODEL, TABLE, CROSS, PIECES, TOKENIZER)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A file's size in bytes and its SHA-256."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What serving must know before it loads anything."""

    source: str
    origin: str
    """What it was made from, so that a model trained anew in the same folder is exported anew."""
    fingerprint: str
    dimension: int
    longest: int
    """Tokens kept of a text, special tokens included."""
    query_prefix: str
    passage_prefix: str
    files: dict[str, Stamp]
    """By path below the folder."""


def stamp(path: Path) -> Stamp:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return Stamp(path.stat().st_size, digest.hexdigest())


def fingerprint(parts: Iterable[str]) -> str:
    """Twelve hex digits over whatever changes a vector."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def write(folder: Path, manifest: Manifest) -> None:
    text = json.dumps({"format": FORMAT, **asdict(manifest)}, indent=2, ensure_ascii=False)
    (folder / NAME).write_text(text + "\n", encoding="utf-8")


def read(folder: Path) -> Manifest:
    """Cheap: parses the manifest and compares the sizes of what serving reads; raises EncoderMissing."""
    try:
        raw = json.loads((folder / NAME).read_text(encoding="utf-8"))
        if raw.pop("format") != FORMAT:
            raise EncoderMissing(f"{folder} was prepared by another version of Kefu")
        files = {name: Stamp(**entry) for name, entry in raw.pop("files").items()}
        manifest = Manifest(files=files, **raw)
    except FileNotFoundError as error:
        raise EncoderMissing(f"no encoder in {folder}") from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise EncoderMissing(f"{folder / NAME} cannot be read ({error})") from error
    for name in files.keys() & SERVING:
        path = folder / name
        if not path.is_file() or path.stat().st_size != files[name].bytes:
            raise EncoderMissing(f"{path} is missing or cut short")
    return manifest


def verify(folder: Path) -> Manifest:
    """Thorough: reads every file and compares its SHA-256; raises EncoderMissing."""
    manifest = read(folder)
    for name, expected in manifest.files.items():
        if not (folder / name).is_file() or stamp(folder / name) != expected:
            raise EncoderMissing(f"{folder / name} is damaged")
    return manifest
