import pytest

from knowledge.terms import terms


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("七天无理由", "7 天"),
        ("十二个月", "12个月"),
        ("returned", "returns"),
        ("shipping", "shipped"),
        ("cancelled", "cancel"),
        ("deliveries", "Delivery"),
        ("ＢＬＡＣＫ", "black"),
        ("邮费", "postage"),
        ("500 ml", "500ml"),
    ],
)
def test_share_a_term(left: str, right: str) -> None:
    assert set(terms(left)) & set(terms(right))


def test_chinese_is_characters_and_bigrams() -> None:
    assert terms("货仓") == ["货", "货仓", "仓"]


def test_particles_say_nothing() -> None:
    assert terms("的吗呢") == []
    assert terms("what is the") == ["what"]


def test_article_numbers_are_found_whole_and_in_parts() -> None:
    assert {"p001-blk-xl", "p001", "blk", "xl"} <= set(terms("有 P001-BLK-XL 吗"))


def test_measure_is_more_than_its_number() -> None:
    assert not {term for term in terms("7 天") if term != "7"} & set(terms("7 kg"))
