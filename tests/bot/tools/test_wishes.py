"""Which variant is wanted instead, from the shopper's words."""

import pytest

from bot.shop.domain import Option, OptionValue, Product, Variant
from bot.tools.variants import Match, find_variant
from bot.tools.wishes import Wish, read_wish

COLOURS = {"black": ("黑色", "Black"), "white": ("白色", "White"), "sage": ("鼠尾草绿", "Sage")}
SIZES = ("S", "M", "L", "XL")
SOLD_OUT = {"black-XL", "white-L", "white-XL"}


def option(name: str, chinese: str, values: dict[str, tuple[str, str]]) -> Option:
    labelled = tuple(OptionValue(v, {"zh": zh, "en": en}) for v, (zh, en) in values.items())
    return Option(name, {"zh": chinese, "en": name.capitalize()}, labelled)


HOODIE = Product(
    "P1",
    {"zh": "卫衣", "en": "Hoodie"},
    "clothing",
    tuple(
        Variant(f"{c}-{s}", 26900, 0 if f"{c}-{s}" in SOLD_OUT else 5, {"colour": c, "size": s})
        for c in COLOURS
        for s in SIZES
    ),
    options=(option("colour", "颜色", COLOURS), option("size", "尺码", {s: (s, s) for s in SIZES})),
)
KEYBOARD = Product(
    "P2",
    {"zh": "键盘", "en": "Keyboard"},
    "electronics",
    (
        Variant("RED-LIT", 39900, 0, {"switch": "red", "light": "lit"}),
        Variant("RED-DARK", 29900, 5, {"switch": "red", "light": "dark"}),
        Variant("BLUE-LIT", 39900, 5, {"switch": "blue", "light": "lit"}),
        Variant("BLUE-DARK", 29900, 5, {"switch": "blue", "light": "dark"}),
    ),
    options=(
        option("switch", "轴体", {"red": ("红轴", "red switches"), "blue": ("青轴", "blue switches")}),
        option("light", "背光", {"lit": ("有背光", "backlight"), "dark": ("无背光", "plain")}),
    ),
)
NOTEBOOK = Product(
    "P3",
    {"zh": "笔记本", "en": "Notebook"},
    "stationery",
    tuple(Variant(size, 5900, 5, {"size": size}) for size in ("A5", "A6")),
    options=(option("size", "尺寸", {"A5": ("A5", "A5"), "A6": ("A6", "A6")}),),
)


def wanted(product: Product, sku: str, *texts: str, same: bool = False, quantity: int = 1) -> Match:
    current = next(one for one in product.variants if one.sku == sku)
    return find_variant(product, current, read_wish(product, current.options, texts), quantity, same=same)


@pytest.mark.parametrize(
    ("texts", "sku"),
    [
        (["外套小了换L"], "sage-L"),
        (["the jacket is too small, can I get it in L?"], "sage-L"),
        (["换成黑色"], "black-M"),
        (["swap it for the white one"], "white-M"),
        (["换黑色 XL 的", "不，要L"], "black-L"),
        (["in black please", "no, the white one"], "white-M"),
        (["换黑色的", "尺码大一号"], "black-L"),
        (["大一码"], "sage-L"),
        (["can I have it one size down"], "sage-S"),
        (["two sizes up please"], "sage-XL"),
        (["小一号的有吗"], "sage-S"),
        (["a bigger one"], "sage-L"),
        (["大一码", "再大一码"], "sage-XL"),
        (["大一码", "还是小一码吧"], "sage-S"),
        (["the sage one is too small, L in black"], "black-L"),
        (["从绿色换成黑色"], "black-M"),
        (["not black, white"], "white-M"),
        (["换个颜色，黑的"], "black-M"),
    ],
)
def test_one_variant_is_meant(texts: list[str], sku: str) -> None:
    match = wanted(HOODIE, "sage-M", *texts)
    assert match.variant is not None, match
    assert match.variant.sku == sku


@pytest.mark.parametrize(
    ("text", "sku", "fell_back"),
    [
        ("有黑色就黑色，没有就白色", "black-M", False),
        ("要XL的黑色，没货就换白色S", "white-S", True),
        ("black XL if you have it, otherwise L", "black-L", True),
        ("preferably black, or white", "black-M", False),
        ("换红色，没有的话就黑色", "black-M", True),
    ],
)
def test_otherwise(text: str, sku: str, fell_back: bool) -> None:
    match = wanted(HOODIE, "sage-M", text)
    assert match.variant is not None, match
    assert (match.variant.sku, match.fell_back) == (sku, fell_back)


@pytest.mark.parametrize(
    ("sku", "text", "found"),
    [
        ("BLUE-DARK", "with backlight if there is one, otherwise without", "BLUE-LIT"),
        ("RED-DARK", "blue switches with backlight if you have it, otherwise without", "BLUE-LIT"),
    ],
)
def test_with_it_where_there_is_one(sku: str, text: str, found: str) -> None:
    match = wanted(KEYBOARD, sku, text)
    assert match.variant is not None
    assert match.variant.sku == found


def test_without_it_where_there_is_none() -> None:
    match = wanted(KEYBOARD, "BLUE-LIT", "red switches, with backlight if there is one, otherwise without")
    assert match.variant is not None
    assert (match.variant.sku, match.fell_back) == ("RED-DARK", True)


@pytest.mark.parametrize(
    ("texts", "why", "first"),
    [
        (["我想换货"], "not_said", "black-M"),
        (["太小了，想换"], "not_said", "sage-L"),
        (["it's too big"], "not_said", "sage-S"),
        (["换白色L"], "sold_out", "sage-L"),
        (["换成M"], "same", "sage-S"),
        (["有红色的吗"], "not_said", "black-M"),
        (["black or white"], "several", "black-M"),
        (["another colour"], "several", "black-M"),
        (["三码"], "not_said", "black-M"),
        (["大三码"], "gone", "sage-S"),
    ],
)
def test_otherwise_the_nearest_are_offered(texts: list[str], why: str, first: str) -> None:
    match = wanted(HOODIE, "sage-M", *texts)
    assert match.variant is None
    assert match.why == why
    assert first in [one.sku for one in match.near]
    assert all(one.stock for one in match.near)


def test_too_small_offers_only_larger_ones() -> None:
    match = wanted(HOODIE, "sage-M", "有点小")
    assert match.near[0].sku == "sage-L"
    assert {one.options["size"] for one in match.near} <= {"L", "XL"}


def test_more_than_are_left_is_sold_out() -> None:
    assert wanted(HOODIE, "sage-M", "换L", quantity=6).why == "sold_out"


def test_the_same_again_for_a_fault() -> None:
    match = wanted(HOODIE, "sage-M", "拉链坏了", same=True)
    assert match.variant is not None
    assert match.variant.sku == "sage-M"


def test_what_was_turned_down_is_not_offered() -> None:
    match = wanted(HOODIE, "sage-M", "换个颜色", "不要黑色")
    assert match.variant is not None, "white is the only other colour"
    assert match.variant.sku == "white-M"


def test_larger_paper_has_the_smaller_number() -> None:
    match = wanted(NOTEBOOK, "A6", "想换大一点的")
    assert match.variant is not None
    assert match.variant.sku == "A5"


def test_a_choice_counts_until_newer_words() -> None:
    current = {"colour": "sage", "size": "M"}
    chosen = {"colour": "black", "size": "L"}
    assert read_wish(HOODIE, current, [], chosen).first == {"colour": ("black",), "size": ("L",)}
    assert read_wish(HOODIE, current, ["白色的"], chosen).first == {"colour": ("white",), "size": ("L",)}


def test_an_unknown_colour_is_named() -> None:
    assert read_wish(HOODIE, {"colour": "sage", "size": "M"}, ["有红色的吗"]).unknown == "红色"
    assert read_wish(HOODIE, {"colour": "sage", "size": "M"}, ["换黑色"]) == Wish({"colour": ("black",)})
