import re
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from knowledge.chunks import MOST, MOST_TOGETHER, document_version, split, tokens
from knowledge.passages import Document

DOCUMENT = Document(
    id="a.md@en",
    title="Returns",
    text="",
    language="en",
    kind="document",
    source="a.md",
    updated_at=datetime(2026, 1, 1, tzinfo=UTC),
)


def passages(text: str) -> list[tuple[str, str]]:
    return [(passage.section, passage.text) for passage in split(replace(DOCUMENT, text=text))]


def test_a_short_section_stays_whole() -> None:
    text = "# Returns\n\n## 谁出运费\n您出。\n\n- 上门 ¥12\n- 自寄\n\n## 多久\n三天。"
    assert passages(text) == [("谁出运费", "您出。\n\n- 上门 ¥12\n- 自寄"), ("多久", "三天。")]


def test_headings_form_a_path() -> None:
    assert passages("## A\n### B\ntext\n## C\nmore") == [("A › B", "text"), ("C", "more")]


def test_ids_count_from_zero() -> None:
    found = split(replace(DOCUMENT, text="one\n\n## B\ntwo"))
    assert [passage.id for passage in found] == ["a.md@en#0", "a.md@en#1"]


def test_a_long_section_is_cut_between_sentences() -> None:
    sentence = "这是一句讲退货规则的话，大约有三十来个字，用来把一节写得很长很长。"
    found = passages("## A\n" + sentence * 30)
    assert len(found) > 3
    assert all(text.endswith("。") and tokens(text) <= MOST for _, text in found)


def test_questions_keep_their_answers() -> None:
    found = passages("## 常见\n问：多久到？\n\n答：三天。\n\n问：运费呢？\n\n答：八块。\n\n满 99 免。")
    assert [text for _, text in found] == [
        "问：多久到？\n\n答：三天。",
        "问：运费呢？\n\n答：八块。\n\n满 99 免。",
    ]


def test_a_list_stays_with_its_lead_in() -> None:
    long = "A sentence that fills the section with words so that it cannot stay whole. " * 8
    items = "These are not taken back:\n\n" + "\n".join(f"- thing number {number}" for number in range(12))
    found = passages(f"## A\n{long}\n\n{items}")
    assert any(text == items for _, text in found)


def test_a_long_table_repeats_its_head() -> None:
    rows = "\n".join(f"| {size} | {size + 40} 厘米左右 | {size + 60} 厘米左右 |" for size in range(60))
    found = [text for _, text in passages("| 码 | 胸围 | 衣长 |\n|---|---|---|\n" + rows)]
    assert len(found) > 1
    assert all(text.startswith("| 码 | 胸围 | 衣长 |\n|---|---|---|\n") for text in found)
    assert sum(text.count("厘米左右") for text in found) == 120


def test_a_product_without_description_is_its_name() -> None:
    assert [passage.text for passage in split(replace(DOCUMENT, kind="product"))] == ["Returns"]
    assert passages("") == []


def test_version_follows_content_not_date() -> None:
    later = replace(DOCUMENT, updated_at=datetime(2027, 1, 1, tzinfo=UTC))
    assert document_version(later) == document_version(DOCUMENT)
    assert document_version(replace(DOCUMENT, url="/a")) != document_version(DOCUMENT)


LINES = st.sampled_from(
    [
        "",
        "## 标题",
        "### B",
        "- 一项",
        "1. step",
        "> quote",
        "问：几天？",
        "Text. More text here!",
        "    indented",
        "```",
        "退货运费由您承担，质量问题除外。" * 4,
        "x" * 400,
        "[a]: /b",
        "***",
        "Setext\n---",
        "\ttab",
        "a, b; c" * 60,
    ]
)


@given(st.lists(LINES, max_size=14).map("\n".join))
def test_everything_but_headings_is_in_one_passage(text: str) -> None:
    found = [passage for _, passage in passages(text)]
    position = 0
    left = ""
    for passage in found:  # in order, verbatim, not overlapping
        start = text.index(passage, position)
        left += text[position:start]
        position = start + len(passage)
    left += text[position:]
    # What no passage holds is headings and blank space.
    assert not re.sub(r"^(?:#{1,6} .*|Setext|---|标题)$", "", left, flags=re.M).strip() or _only_headings(
        left
    )
    assert all(tokens(passage) <= MOST_TOGETHER + 10 for passage in found)


def _only_headings(left: str) -> bool:
    """A paragraph straight above `---` is a heading too, however long."""
    return bool(re.search(r"\n---", left))
