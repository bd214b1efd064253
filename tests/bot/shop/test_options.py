"""Option values in shoppers' words."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.shop.domain import Product
from bot.shop.options import asked_option, match_options, option_mentions, other_colour, refused_options
from tests.bot.shop import sample


def product_with(**options: list[dict[str, object]]) -> Product:
    row = sample.product()
    row["options"] = [{"name": name, "label": name, "values": values} for name, values in options.items()]
    row["variants"] = row["variants"][:1]
    return TypeAdapter(Product).validate_python(row)


def value(key: str, zh: str, *aliases: str) -> dict[str, object]:
    return {"value": key, "label": {"zh": zh, "en": key}, "aliases": list(aliases)}


HOODIE = product_with(
    colour=[
        value("black", "黑色"),
        value("white", "白色"),
        value("navy", "藏青"),
        value("light blue", "浅蓝"),
        value("blue", "蓝色", "克莱因蓝"),
        value("red", "红色"),
    ],
    size=[value(size, size) for size in ("S", "M", "L", "XL", "XXL")],
)
SHOE = product_with(
    size=[value(size, size) for size in ("41", "42", "42.5", "43")],
    capacity=[value("500ml", "500毫升"), value("1L", "1升")],
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("有黑色 XL 吗?", {"colour": "black", "size": "XL"}),
        ("黑的有加大码吗", {"colour": "black", "size": "XL"}),
        ("do you have it in black, size XL?", {"colour": "black", "size": "XL"}),
        ("BLACK xl", {"colour": "black", "size": "XL"}),
        ("黑色ＸＬ", {"colour": "black", "size": "XL"}),
        ("要藏蓝的L码", {"colour": "navy", "size": "L"}),
        ("navy blue in medium please", {"colour": "navy", "size": "M"}),
        ("浅蓝色", {"colour": "light blue"}),
        ("sky blue", {"colour": "light blue"}),
        ("克莱因蓝 2XL", {"colour": "blue", "size": "XXL"}),
        ("有没有白色的", {"colour": "white"}),
        ("是不是只有白色了", {"colour": "white"}),
        ("是不是白色", {"colour": "white"}),
        ("要不要黑色", {"colour": "black"}),
        ("没有红色吗", {"colour": "red"}),
        ("large", {"size": "L"}),
        ("x-large", {"size": "XL"}),
    ],
)
def test_values_are_found_by_label_alias_and_common_word(text: str, wanted: dict[str, str]) -> None:
    assert match_options(HOODIE, text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted", "refused"),
    [
        ("not black", {}, {"black"}),
        ("I don't want the black one, white please", {"colour": "white"}, {"black"}),
        ("not black but white", {"colour": "white"}, {"black"}),
        ("not black or white", {}, {"black", "white"}),
        ("anything except navy", {}, {"navy"}),
        ("white, not black", {"colour": "white"}, {"black"}),
        ("instead of red I'd like navy", {"colour": "navy"}, {"red"}),
        ("不要黑色", {}, {"black"}),
        ("不是黑色,是白色", {"colour": "white"}, {"black"}),
        ("不要黑色、白色", {}, {"black", "white"}),
        ("黑色的不要,要白色", {"colour": "white"}, {"black"}),
        ("黑色的就不要了 换白色", {"colour": "white"}, {"black"}),
        ("除了黑色还有什么", {}, {"black"}),
        ("不想换红色", {}, {"red"}),
        ("黑色不要紧", {"colour": "black"}, set()),
        ("别给我黑的", {}, {"black"}),
    ],
)
def test_what_is_turned_down_is_not_wanted(text: str, wanted: dict[str, str], refused: set[str]) -> None:
    assert match_options(HOODIE, text) == wanted
    assert refused_options(HOODIE, text).get("colour", frozenset()) == refused


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("黑色换成白色", {"colour": "white"}),
        ("change it from black to white", {"colour": "white"}),
        ("M码改成L码", {"size": "L"}),
        ("黑色和白色都有吗", {}),
        ("black or white, in M", {"size": "M"}),
    ],
)
def test_of_two_values_the_one_to_change_to_is_meant_and_else_neither(
    text: str, wanted: dict[str, str]
) -> None:
    assert match_options(HOODIE, text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "支持蓝牙吗",
        "能用银行卡吗",
        "我明白了",
        "有红包吗",
        "I'm looking for it, what's in there?",
        "let's see",
        "blacklist",
        "shipped in an xlsx",
        "",
        "黑名单",
    ],
)
def test_words_that_only_hold_a_value_are_none(text: str) -> None:
    assert match_options(HOODIE, text) == {}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("42码有吗", {"size": "42"}),
        ("42.5 的", {"size": "42.5"}),
        ("订单 104233", {}),
        ("¥42 以内", {}),
        ("42元", {}),
        ("500 ML 的", {"capacity": "500ml"}),
        ("500毫升 43", {"capacity": "500ml", "size": "43"}),
    ],
)
def test_numbers(text: str, wanted: dict[str, str]) -> None:
    assert match_options(SHOE, text) == wanted


def test_what_the_shop_says_goes_before_what_is_common() -> None:
    paint = product_with(colour=[value("grey", "银灰", "银色"), value("silver", "亮银")])
    assert match_options(paint, "银色") == {"colour": "grey"}


def test_a_word_that_two_values_could_mean_is_neither() -> None:
    table = product_with(top=[value("oak", "橡木")], legs=[value("oak", "橡木"), value("steel", "钢")])
    assert match_options(table, "橡木的,钢脚") == {"legs": "steel"}


@given(st.text(alphabet="黑白色蓝不要的换成是 notblackwhiteXL,、,'", max_size=40))
def test_mentions_never_overlap_and_answers_are_declared(text: str) -> None:
    mentions = option_mentions(HOODIE, text)
    assert all(left.end <= right.start for left, right in pairwise(mentions))
    declared = {option.name: {value.value for value in option.values} for option in HOODIE.options}
    wanted = match_options(HOODIE, text)
    assert all(chosen in declared[name] for name, chosen in wanted.items())
    for name, chosen in wanted.items():
        positive = {m.value for m in mentions if m.option == name and not m.refused}
        assert chosen in positive


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("有什么颜色", "colour"),
        ("有几种颜色可选", "colour"),
        ("what colours does it come in", "colour"),
        ("which colors are there?", "colour"),
        ("有哪些尺码", "size"),
        ("尺码都有哪些", "size"),
        ("what sizes do you have", "size"),
        ("什么尺码适合我", None),
        ("what size should I take", None),
        ("多少钱", None),
        ("", None),
    ],
)
def test_an_option_is_asked_for_by_its_name(text: str, name: str | None) -> None:
    found = asked_option(HOODIE, text)
    assert (found.name if found else None) == name


def test_an_option_of_another_kind_is_asked_for_by_its_label() -> None:
    found = asked_option(SHOE, "what capacity is there")
    assert found is not None
    assert found.name == "capacity"


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("有绿色的吗", "绿色"),
        ("粉的有吗", "粉色"),
        ("墨绿呢", "深绿色"),
        ("用什么粉", None),
        ("会沾灰吗", None),
        ("红茶渍洗得掉吗", None),
        ("有红色吗", None),
        ("浅蓝有吗", None),
        ("支持蓝牙吗", None),
    ],
)
def test_a_colour_that_it_does_not_come_in(text: str, colour: str | None) -> None:
    found = other_colour(HOODIE, text, "zh")
    assert (found[1] if found else None) == colour


def test_it_is_named_in_the_language_of_who_asks() -> None:
    assert [found[1] for found in [other_colour(HOODIE, "do you have it in gray?", "en")] if found] == [
        "grey"
    ]
    assert other_colour(SHOE, "do you have it in gray?", "en") is None
