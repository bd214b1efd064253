"""What goes wrong on a real machine: one clear line that names the remedy, no traceback, an honest exit code."""

import shutil
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from bot.commands.doctor import CHECKS, finding
from bot.settings import read_settings
from tests.conftest import CACHE
from tests.hardening.cli import Ended, kefu
from tests.hardening.conftest import Type

Break = Callable[[Path], object]


@pytest.fixture
def data(demo_data: Path, tmp_path: Path) -> Path:
    shutil.copytree(demo_data, tmp_path / "data")
    return tmp_path / "data"


def is_refused(ended: Ended, *words: str, code: int = 1) -> None:
    assert ended.code == code, ended
    assert "Traceback" not in ended.said, ended.err
    assert len(ended.err.strip().splitlines()) <= 2, ended.err
    for word in words:
        assert word in ended.said, ended.said


def test_port_in_use(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        is_refused(kefu("serve", "--data", data, "--port", str(port)), f"Port {port} is in use", "--port")


def test_address_that_is_not_ours(kefu_here: Type, data: Path) -> None:
    is_refused(
        kefu_here("serve", "--data", data, "--host", "192.0.2.1", "--port", "0"), "192.0.2.1", "--host"
    )


def test_host_that_is_none(kefu_here: Type, data: Path) -> None:
    is_refused(kefu_here("serve", "--data", data, "--host", "no such host", "--port", "0"), "--host")


def test_missing_model(data: Path, tmp_path: Path) -> None:
    is_refused(kefu("serve", "--data", data, "--port", "0", cache=tmp_path / "empty"), "kefu models prepare")


def a_letter(path: Path) -> None:
    path.write_bytes(b"Dear shop, this is a letter. " * 1000)


def newer_database(data: Path) -> None:
    with sqlite3.connect(data / "kefu.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'r9999'")
    connection.close()


def no_shop(data: Path) -> None:
    (data / "kefu.db").unlink()


BROKEN: dict[str, tuple[Break, str, str]] = {
    "index": (lambda data: a_letter(data / "chroma" / "chroma.sqlite3"), "kefu ingest", "index"),
    "vectors": (
        lambda data: [a_letter(path) for path in (data / "chroma").rglob("data_level0.bin")],
        "kefu ingest",
        "index",
    ),
    "classifier": (lambda data: a_letter(data / "intents.npz"), "kefu train", "intent classifier"),
    "no classifier": (lambda data: (data / "intents.npz").unlink(), "kefu train", "intent classifier"),
    "half a classifier": (
        lambda data: (data / "intents.npz").write_bytes((data / "intents.npz").read_bytes()[:5000]),
        "kefu train",
        "intent classifier",
    ),
    "database": (lambda data: a_letter(data / "kefu.db"), "not a database", "database"),
    "newer database": (newer_database, "pip install -U kefu", "database"),
    "no shop": (no_shop, "kefu shop import", "shop"),
}


@pytest.mark.parametrize(("damage", "remedy", "_what"), BROKEN.values(), ids=BROKEN)
def test_what_is_broken_names_its_remedy(
    kefu_here: Type, data: Path, damage: Break, remedy: str, _what: str
) -> None:
    damage(data)
    is_refused(kefu_here("serve", "--data", data, "--port", "0"), remedy)


@pytest.mark.parametrize(("damage", "remedy", "what"), BROKEN.values(), ids=BROKEN)
def test_the_doctor_finds_it(data: Path, damage: Break, remedy: str, what: str) -> None:
    damage(data)
    check, mended_by = CHECKS[what]
    found = finding(what, partial(check, read_settings(data=data, cache=CACHE)), mended_by)
    assert found.problem
    assert remedy in f"{found.problem} {found.remedy}"


def test_the_doctor_has_no_complaint(data: Path) -> None:
    ended = kefu("doctor", "--data", data)
    assert (ended.code, ended.err) == (0, "")
    assert "wrong" not in ended.out


@pytest.mark.parametrize(
    ("what", "setting", "text", "place"),
    [
        ("shop file", "shop", "system: woocomerce\nprofile: profile.json\n", "woocomerce"),
        ("shop file", "shop", "system: woocommerce\nprofile: profile.json\n", "url"),
        ("channels", "channels", "telegramm: {}\n", "telegramm"),
        ("channels", "channels", "telegram: {token: 1:a}\n", "telegram: token"),
    ],
)
def test_the_doctor_reads_the_operators_files(
    data: Path, what: str, setting: str, text: str, place: str
) -> None:
    file = data / "demo" / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    check, remedy = CHECKS[what]
    found = finding(what, partial(check, read_settings(data=data, cache=CACHE, **{setting: file})), remedy)
    assert place in (found.problem or "")


def test_the_doctor_names_the_command(kefu_here: Type, data: Path, tmp_path: Path) -> None:
    ended = kefu_here("doctor", "--data", data, cache=tmp_path / "empty")
    is_refused(ended, "wrong", "kefu models prepare")


@pytest.mark.parametrize("command", ["serve", "doctor", "search", "ingest"])
def test_data_folder_that_is_none(kefu_here: Type, tmp_path: Path, command: str) -> None:
    a_letter(tmp_path / "letter")
    more = {"search": ["退货"], "ingest": [tmp_path / "letter"]}.get(command, [])
    is_refused(kefu_here(command, *more, "--data", tmp_path / "letter" / "data"), "letter")


def test_full_disk_on_ingest(data: Path, tmp_path: Path) -> None:
    for number in range(6):
        text = "".join(
            f"# {number}.{part}\n\n{f'Thing {number}.{part} is a thing. ' * 40}\n\n" for part in range(4)
        )
        (tmp_path / "docs" / f"{number}.md").parent.mkdir(exist_ok=True)
        (tmp_path / "docs" / f"{number}.md").write_text(text)
    with closing(sqlite3.connect(data / "chroma" / "chroma.sqlite3")) as database:
        database.execute("VACUUM")  # or what Chroma has cleared leaves room
    largest = max(path.stat().st_size for path in (data / "chroma").rglob("*") if path.is_file())
    ended = kefu("ingest", tmp_path / "docs", "--data", data, largest_file=largest)
    assert ended.code == 1
    assert "Traceback" not in ended.err
    assert "No room to write the index" in ended.said
    found = kefu("search", "退货运费谁出？", "--data", data)
    assert found.code == 0
    assert "退货运费" in found.out, "what was there before still is"


def test_a_document_that_cannot_be_read(kefu_here: Type, data: Path, tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text("# Opening hours\n\nWe are open from nine to nine, every day.")
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    ended = kefu_here("ingest", tmp_path / "good.md", tmp_path / "bad.pdf", "--data", data)
    assert ended.code == 1
    assert "bad.pdf" in ended.said
    assert "1 added" in ended.said, "the rest is read"
    assert "Traceback" not in ended.said


def test_a_shop_that_breaks_its_schema(kefu_here: Type, data: Path, tmp_path: Path) -> None:
    shutil.copytree(data / "demo", tmp_path / "shop")
    products = (tmp_path / "shop" / "products.jsonl").read_text().splitlines()
    (tmp_path / "shop" / "products.jsonl").write_text(
        "\n".join([products[0], '{"id": 5}', "{", *products[3:]])
    )
    ended = kefu_here("shop", "import", tmp_path / "shop", "--data", data)
    assert ended.code == 1
    assert "Traceback" not in ended.err
    assert "products.jsonl" in ended.err
    assert kefu_here("doctor", "--data", data).code == 0, "nothing was written"
