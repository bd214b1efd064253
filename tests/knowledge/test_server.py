"""The same index on a real Chroma server."""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.clearing import clear
from knowledge.errors import IndexBroken
from knowledge.index import Index
from knowledge.ingest import ingest
from knowledge.search import REFRESH_SECONDS, Search
from tests.knowledge.hashed import HashedEncoder

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    command = [str(Path(sys.executable).parent / "chroma"), "run", "--path", str(tmp_path / "server")]
    process = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/api/v2/heartbeat")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def wait_for(url: str) -> None:
    for _ in range(100):
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(url)


def test_ingest_and_search(server: str, documents: Path, tmp_path: Path, encoder: HashedEncoder) -> None:
    index = Index(server, encoder.fingerprint, cache=tmp_path / "cache")
    reader = Search(Index(server, encoder.fingerprint, cache=tmp_path / "other machine"))
    assert ingest([documents], index, encoder).added == 2
    reader.warm_up()
    vector = encoder.embed_queries(["退货运费"])[0]
    assert reader.find(vector, "退货运费", language="zh")[0].passage.section == "退货运费谁出"
    (documents / "zh/returns.md").unlink()
    assert ingest([documents], index, encoder).removed == 1
    # Whether an ingest finished is looked at now and then.
    time.sleep(REFRESH_SECONDS)
    assert {hit.passage.language for hit in reader.find(vector, "退货运费", language="zh")} == {"en"}
    clear(server)
    reader.warm_up()
    assert reader.find(vector, "退货运费", language="zh") == []


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(IndexBroken, match=url):
        Index(url, "hashed-1", cache=tmp_path)


def test_a_server_needs_a_folder_on_this_machine() -> None:
    with pytest.raises(ValueError, match="cache folder"):
        Index("http://127.0.0.1:1", "hashed-1")
