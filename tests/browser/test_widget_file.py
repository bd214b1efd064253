"""What holds for the widget's file without running it."""

import gzip
import re
from pathlib import Path

import pytest

from connectors.web.assets import DEMO, ELSEWHERE, STATUS, WIDGET


def test_the_widget_is_small() -> None:
    assert len(gzip.compress(WIDGET.read_bytes(), 9)) < 30_000


@pytest.mark.parametrize("file", [WIDGET, ELSEWHERE, DEMO / "demo.js"])
def test_nothing_becomes_html_or_code(file: Path) -> None:
    code = file.read_text(encoding="utf-8")
    assert not re.findall(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", code
    )


@pytest.mark.parametrize(("file", "least"), [(WIDGET, 40), (ELSEWHERE, 15)])
def test_both_languages_have_the_same_words(file: Path, least: int) -> None:
    code = file.read_text(encoding="utf-8")
    zh, en = (re.search(rf"\n +{name}: {{\n(.*?)\n +}},", code, re.DOTALL) for name in ("zh", "en"))
    assert zh is not None
    assert en is not None
    words = [set(re.findall(r'(\w+): "', found[1])) for found in (zh, en)]
    assert words[0] == words[1]
    assert len(words[0]) > least


@pytest.mark.parametrize("page", [DEMO / "index.html", STATUS])
def test_pages_need_no_inline_script(page: Path) -> None:
    assert not re.findall(r"<script(?![^>]*\bsrc=)|\son\w+=", page.read_text(encoding="utf-8"))
