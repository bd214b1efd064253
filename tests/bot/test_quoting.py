from datetime import UTC, datetime

import pytest

from bot.quoting import quote
from knowledge.passages import Passage

TABLE = "| Where to | Days |\n|---|---|\n| Shanghai | 1 |\n| Lhasa | 6 |"


def passage(text: str, language: str = "en") -> Passage:
    return Passage(
        id="p#0",
        document_id="p",
        position=0,
        title="Delivery",
        section="How long it takes",
        text=text,
        language=language,
        kind="document",
        source="p.md",
        version="1",
        updated_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_of_a_table_beside_prose_only_the_rows_that_fit_are_said() -> None:
    text = f"It depends on the place.\n\n{TABLE}\n\nHolidays take longer."
    said = "It depends on the place.\n\nHolidays take longer."
    assert quote(passage(text), "how long to Lhasa") == f"{said}\nLhasa · 6"
    assert quote(passage(text), "how long does it take") == said


def test_a_short_table_that_is_announced_is_said_whole_where_it_stands() -> None:
    text = f"We post every day.\nAllow this many **days**:\n\n{TABLE}\n\nHolidays take longer."
    assert quote(passage(text), "how long to Lhasa") == (
        "We post every day.\nAllow this many days:\n"
        "Where to · Days\nShanghai · 1\nLhasa · 6\nHolidays take longer."
    )


@pytest.mark.parametrize(("question", "rows"), [("size XL", "XL · 4"), ("what size", "Size · No.")])
def test_of_a_long_one_only_the_rows_that_fit(question: str, rows: str) -> None:
    sizes = ["XS", "S", "M", "L", "XL", "XXL", "XXXL"]
    table = "\n".join(["| Size | No. |", "|---|---|", *(f"| {one} | {n} |" for n, one in enumerate(sizes))])
    said = quote(passage(f"Read off your size:\n\n{table}\n\nIn between, take the larger."), question)
    assert said.startswith(f"Read off your size:\n{rows}\n")
    assert said.endswith("\nIn between, take the larger.")
    assert ("XXXL" in said) == (question == "what size")


def test_a_line_that_announces_a_list_announces_no_table() -> None:
    text = f"We post to:\n\n- China\n- Japan\n\n{TABLE}"
    assert quote(passage(text), "to Lhasa") == "We post to:\n\n• China\n• Japan\nLhasa · 6"


def test_a_table_alone_is_said_whole() -> None:
    assert quote(passage(TABLE), "anything") == "Where to · Days\nShanghai · 1\nLhasa · 6"


def test_of_a_long_text_the_sentences_that_say_most_are_said() -> None:
    text = (
        "门店不退。"
        + "其他的话，" * 50
        + "就这样。退货从签收那天算起，七天以内都可以。"
        + "再说一句别的。" * 40
    )
    said = quote(passage(text, "zh"), "退货几天以内")
    assert "七天以内" in said
    assert len(said) <= 220
