import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.asks import taken_out
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


def asked(text: str) -> list[tuple[str, str, tuple[str, ...]]]:
    found = split(replace(DOCUMENT, text=text))
    return [(passage.section, passage.text, passage.questions) for passage in found]


def test_questions_and_their_heading_belong_to_their_section_and_are_not_quoted() -> None:
    text = "## A\n<!-- asks: 谁出运费 | 邮费我掏吗\n | 谁出运费 -->\n您出。\n\n## B <!-- asks：几天｜多久 -->\n三天。"
    assert asked(text) == [
        ("A", "您出。", ("谁出运费", "邮费我掏吗", "A")),
        ("B", "三天。", ("几天", "多久", "B")),
    ]


def test_questions_stand_with_the_first_passage_of_a_section() -> None:
    sentence = "这是一句讲退货规则的话，大约有三十来个字，用来把一节写得很长很长。"
    found = asked(f"## A\n<!-- asks: a -->\n{sentence * 20}\n<!-- asks: b -->\n\n## C\nc")
    assert [questions for *_, questions in found] == [("a", "b", "A"), *[()] * (len(found) - 1)]
    assert all("<!--" not in text for _, text, _ in found)


def test_a_heading_without_text_leaves_its_questions_to_the_first_below_it() -> None:
    assert asked("## A\n<!-- asks: a -->\n### B\nb\n### C\nc") == [
        ("A › B", "b", ("a", "B")),
        ("A › C", "c", ()),
    ]
    assert asked("## A\n<!-- asks: a -->\n## B\nb") == [("B", "b", ())]
    assert asked("<!-- asks: a -->\n## B\nb\n## C\nc")[0] == ("B", "b", ("a", "B"))


def test_questions_are_few_and_short() -> None:
    listed = " | ".join(f"{number} {'?' * 300}" for number in range(20))
    (_, _, (*questions, heading)) = asked(f"## A\n<!-- asks: {listed} || -->\na")[0]
    assert heading == "A"
    assert len(questions) == 12
    assert {len(question) for question in questions} == {200}


def test_products_have_no_questions_and_show_none() -> None:
    (passage,) = split(replace(DOCUMENT, kind="product", text="Warm. <!-- asks: x --> Soft."))
    assert (passage.text, passage.questions) == ("Warm.  Soft.", ())


def test_other_questions_are_another_version() -> None:
    one, two = (replace(DOCUMENT, text=f"## A\n<!-- asks: {question} -->\na") for question in ("x", "y"))
    assert document_version(one) != document_version(two)


@pytest.mark.parametrize(
    "text", ["<!-- asks:" * 50_000, "<!-- asks: " + "a" * 500_000, " " * 500_000 + "<!--"]
)
def test_endless_lists_of_questions_take_no_time(text: str) -> None:
    assert taken_out(text) == (text, [])


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
        "<!-- asks: 几天 | 多久 -->",
    ]
)


@given(st.lists(LINES, max_size=14).map("\n".join))
def test_everything_but_headings_is_in_one_passage(text: str) -> None:
    found = [passage for _, passage in passages(text)]
    text, _ = taken_out(text)
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
