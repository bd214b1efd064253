"""Products by their names, as people shorten them."""

import pytest
from pydantic import TypeAdapter

from bot.shop.domain import Product
from bot.shop.mentions import MentionFinder
from tests.bot.shop import sample


def named(id_: str, en: str, zh: str, *aliases: str) -> Product:
    row = sample.product() | {"id": id_, "name": {"en": en, "zh": zh}, "aliases": list(aliases)}
    return TypeAdapter(Product).validate_python(row)


FINDER = MentionFinder(
    [
        named("P1", "Light Day Backpack 18L", "轻日双肩包 18L", "backpack", "双肩包"),
        named("P2", "Roll-Top Backpack 22L", "卷口双肩包 22L", "backpack", "双肩包"),
        named("P3", "Santoku Knife 18 cm", "三德刀 18 厘米"),
        named("P4", "Pour-Over Set (dripper + server)", "手冲套装（滤杯 + 分享壶）"),
        named("P5", "42", "42"),
    ]
)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("is the light day backpack 18l grey?", ("P1",)),
        ("is the light day backpack grey?", ("P1",)),
        ("轻日双肩包有灰色吗", ("P1",)),
        ("any backpacks?", ("P1", "P2")),
        ("the santoku knife", ("P3",)),
        ("pour-over set, how heavy", ("P4",)),
        ("手冲套装多重", ("P4",)),
        ("a knife of 18 cm", None),
        ("24l", None),
    ],
)
def test_a_name_is_known_without_its_size_and_its_brackets(text: str, ids: tuple[str, ...] | None) -> None:
    found = FINDER.find(text)
    assert (found[0].product_ids if found else None) == ids


def test_a_name_may_be_anything() -> None:
    odd = ["1 " * 5000 + "1", " " * 5000 + "1", "(" * 5000, "(1)" * 5000, "1" * 5000]
    assert MentionFinder([named(f"P{place}", f"x{name}x {name}", "杯") for place, name in enumerate(odd)])
