"""What is wrong, how many, and what should become of it, in shoppers' words."""

import pytest

from bot.tools.problem_words import said_count, said_problem, said_wish


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("箱子里少了一件", "missing"),
        ("漏发了一双袜子", "missing"),
        ("没给我装滤纸", "missing"),
        ("买了三双只收到两双", "missing"),
        ("there's a mug missing", "missing"),
        ("only two came", "missing"),
        ("you forgot to pack the lid", "missing"),
        ("颜色发错了", "wrong"),
        ("这不是我买的", "wrong"),
        ("尺码不对", "wrong"),
        ("you sent the wrong size", "wrong"),
        ("this isn't what I ordered", "wrong"),
        ("打开就碎了", "damaged"),
        ("咖啡机开不了机", "damaged"),
        ("漏水了", "damaged"),
        ("it arrived smashed", "damaged"),
        ("the zip doesn't work", "damaged"),
        ("没坏，是发错了", "wrong"),
        ("it's not broken, it's the wrong colour", "wrong"),
        ("少了一个，另一个还碎了", None),
        ("帮我看看订单", None),
        ("where is my parcel", None),
    ],
)
def test_the_problem(text: str, problem: str | None) -> None:
    assert said_problem((text,), None) == problem


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("给我补发", "replacement"),
        ("重新寄一个", "replacement"),
        ("换一台新的", "replacement"),
        ("退钱就行", "refund"),
        ("直接退款", "refund"),
        ("不要退款，补发吧", "replacement"),
        ("不用补发了，退钱", "refund"),
        ("please send another one", "replacement"),
        ("I want a replacement, not a refund", "replacement"),
        ("refund me", "refund"),
        ("I'd like my money back", "refund"),
        ("补发还是退款好", None),
        ("东西坏了", None),
    ],
)
def test_the_wish(text: str, wish: str | None) -> None:
    assert said_wish((text,), None) == wish


def test_newer_words_count_more_than_a_choice_and_a_choice_more_than_older_ones() -> None:
    assert said_wish(("退款", ""), "replacement") == "replacement"
    assert said_wish(("退款", "", "还是退钱吧"), "replacement") == "refund"
    assert said_wish(("退款", ""), None) == "refund"
    assert said_problem(("坏了", "", "其实是少了一个"), "damaged") == "missing"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("少了两双", 2),
        ("一共三双，只收到一双", 2),
        ("I only got two", 1),
        ("one pair is missing", 1),
        ("two pairs are missing", 2),
        ("the one I got", None),
        ("袜子少了", None),
        ("少了九双", 3),
    ],
)
def test_how_many_of_three(text: str, count: int | None) -> None:
    assert said_count((text,), 3, "missing") == count
