"""The real encoder, prepared once on a fresh machine (half a minute) and kept in the cache."""

import os
from pathlib import Path

import pytest

from knowledge.encoder import OnnxEncoder, open_encoder
from knowledge.prepare import prepare


@pytest.fixture(scope="session")
def cache() -> Path:
    folder = Path(os.environ.get("KEFU_CACHE", Path.home() / ".cache" / "kefu"))
    prepare(folder, None, print)
    return folder


@pytest.fixture(scope="session")
def encoder(cache: Path) -> OnnxEncoder:
    return open_encoder(cache)
