from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.sentences import sentence_spans, sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("满 ¥129.00 包邮。不满收 ¥8！真的？", ["满 ¥129.00 包邮。", "不满收 ¥8！", "真的？"]),
        ("签收后 7 天内可退；超过就不行。", ["签收后 7 天内可退；超过就不行。"]),
        ("偏远地区（新疆、西藏。）另算。完了", ["偏远地区（新疆、西藏。）另算。", "完了"]),
        ("他说：“先拍照。再寄回。”然后走了。", ["他说：“先拍照。再寄回。”", "然后走了。"]),
        ("嗯……好的。可以……", ["嗯……好的。", "可以……"]),
        ("支持 PayPal.我们不收手续费。", ["支持 PayPal.", "我们不收手续费。"]),
        ('He said "Really? Yes." Then left.', ['He said "Really? Yes."', "Then left."]),
        (
            "It costs $3.50. See https://a.b/c?d=e.f! Bye.",
            ["It costs $3.50.", "See https://a.b/c?d=e.f!", "Bye."],
        ),
        ("Dr. Smith paid, e.g. by card. No. 5 is it.", ["Dr. Smith paid, e.g. by card.", "No. 5 is it."]),
        ("Can I return it? No. Gift cards stay sold.", ["Can I return it?", "No.", "Gift cards stay sold."]),
        ("Open 9 a.m. to 9 p.m. daily.", ["Open 9 a.m. to 9 p.m. daily."]),
        ("Wait... what? Fine", ["Wait... what?", "Fine"]),
        ("Write to a.b@c.com. We answer.", ["Write to a.b@c.com.", "We answer."]),
        ("wrapped\nline. Next\nline.", ["wrapped\nline.", "Next\nline."]),
        ("1. Open the app. Tap it.\n2. Done", ["1. Open the app.", "Tap it.", "2. Done"]),
        ("- 一\n- 二", ["- 一", "- 二"]),
        ("| 地区 | 几天 |\n|---|---|\n| 大陆 | 1. |", ["| 地区 | 几天 |", "|---|---|", "| 大陆 | 1. |"]),
        ("问：多久到？\n答：1–3 天。", ["问：多久到？", "答：1–3 天。"]),
        ("  \n \n", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text(st.sampled_from("ab A1。！？；…“”\"'()（）.!?-|#\n \t*:：问答://www"), max_size=120))
def test_nothing_is_lost_or_doubled(text: str) -> None:
    spans = sentence_spans(text)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


def test_an_endless_line_is_no_trap() -> None:
    assert len(sentences("word. " * 50_000)) == 1
    assert len(sentences("Word. " * 50_000)) == 50_000
    assert sentences("a" * 500_000) == ["a" * 500_000]
