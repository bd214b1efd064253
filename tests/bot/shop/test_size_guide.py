import pytest

from bot.shop.domain import Attribute
from bot.shop.size_guide import Body, fitting


def guide(text: str) -> Attribute:
    return Attribute("size_guide", {"en": "Size guide"}, {"en": text})


HOODIE = guide("S 155–163 cm / 45–53 kg; M 160–170 cm / 52–62 kg; L 168–176 cm / 60–72 kg")


@pytest.mark.parametrize(
    ("body", "both"),
    [
        (Body(157, 50), ("S",)),
        (Body(162, 52.5), ("S", "M")),
        (Body(169, 61), ("M", "L")),
        (Body(height=172), ("L",)),
        (Body(weight=48), ("S",)),
        (Body(150, 40), ()),
        (Body(172, 50), ()),
    ],
)
def test_sizes_that_fit_all_that_is_known(body: Body, both: tuple[str, ...]) -> None:
    fit = fitting(HOODIE, body)
    assert fit is not None
    assert fit.both == both


def test_height_and_weight_may_be_of_two_sizes() -> None:
    fit = fitting(HOODIE, Body(172, 50))
    assert fit is not None
    assert (fit.by_height, fit.by_weight) == (("L",), ("S",))
    assert fit.is_larger("L", "S")


@pytest.mark.parametrize(
    "text",
    [
        "S 155—163厘米 / 90~106斤；M 160—170厘米 / 104~124斤",
        "S: 155-163 cm, 45-53 kg\nM: 160-170 cm, 52-62 kg",
        "M 160–170 cm / 52–62 kg; S 155–163 cm / 45–53 kg",
    ],
)
def test_guides_as_others_write_them(text: str) -> None:
    fit = fitting(guide(text), Body(168, 58))
    assert fit is not None
    assert fit.both == ("M",)
    assert fit.sizes == ("S", "M")


@pytest.mark.parametrize(
    "text", ["Chest: S 98 cm; M 104 cm", "S chest 88–92 cm; M chest 93–98 cm", "True to size"]
)
def test_what_says_nothing_of_height_or_weight_advises_nothing(text: str) -> None:
    assert fitting(guide(text), Body(170, 60)) is None


def test_nothing_known_advises_nothing() -> None:
    assert fitting(HOODIE, Body()) is None
