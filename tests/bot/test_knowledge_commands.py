"""kefu ingest and kefu search on pages of one's own."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import make_app
from bot.commands.demo import open_or_remake
from bot.commands.knowledge import with_progress
from bot.commands.options import out
from bot.prepared import index_location, open_index
from bot.settings import Settings, read_settings
from knowledge.errors import EncoderMismatch
from knowledge.index import Index
from tests.knowledge.hashed import HashedEncoder

PAGE = """---
title: 退货
language: zh
---
## 退货运费谁出
<!-- asks: 邮费我掏吗 | 寄回去要钱不 -->
不喜欢而退货，运费由您出。
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    page = tmp_path / "pages" / "returns.md"
    page.parent.mkdir()
    page.write_text(PAGE, encoding="utf-8")
    return page


@pytest.fixture
def own(demo_data: Path, tmp_path: Path) -> Settings:
    """A data folder of its own; `demo_data` has prepared the encoder."""
    return read_settings(data=tmp_path / "data")


def kefu(own: Settings, *arguments: object) -> Result:
    command, *rest = map(str, arguments)
    out.width = 300  # where no terminal says how wide it is
    return CliRunner().invoke(make_app(), [command, *rest, "--data", str(own.data)])


def test_the_questions_of_a_page_lead_to_it(own: Settings, page: Path) -> None:
    assert kefu(own, "ingest", page.parent).exit_code == 0
    found = kefu(own, "search", "邮费要我掏吗", "--language", "zh")
    assert found.exit_code == 0
    assert "不喜欢而退货，运费由您出。" in found.output
    assert "邮费我掏吗" not in found.output


def test_a_path_that_is_gone_takes_its_pages_along(own: Settings, page: Path) -> None:
    kefu(own, "ingest", page)
    page.unlink()
    assert kefu(own, "ingest", page).exit_code == 0
    assert open_index(own)[1].count() == 0
    never = kefu(own, "ingest", page.with_name("never.md"))
    assert (never.exit_code, "does not exist" in never.output) == (1, True)


def test_rebuild_makes_the_index_of_another_encoder_anew(own: Settings, page: Path) -> None:
    Index(own.data / "chroma", "another-encoder")
    refused = kefu(own, "ingest", page)
    assert refused.exit_code == 1
    assert "another-encoder" in str(refused.exception)
    assert kefu(own, "ingest", "--rebuild", page).exit_code == 0
    assert open_index(own)[1].count() == 1


def test_rebuild_does_not_empty_the_index_for_nothing(own: Settings, page: Path) -> None:
    kefu(own, "ingest", page)
    assert kefu(own, "ingest", "--rebuild", page.with_name("never.md")).exit_code == 2
    assert open_index(own)[1].count() == 1


def test_the_demo_makes_an_index_of_another_encoder_anew(own: Settings, page: Path) -> None:
    own.data.mkdir()
    former = Index(index_location(own), "another encoder", cache=own.data / "index")
    with_progress([page], former, HashedEncoder())
    with pytest.raises(EncoderMismatch):
        open_index(own)
    encoder, index = open_or_remake(own)
    assert index.fingerprint == encoder.fingerprint
    assert not index.shelves
    with_progress([page], index, encoder)
    _, again = open_or_remake(own)
    assert again.shelves, "the encoder's own index is left alone"
