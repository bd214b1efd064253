import pytest

from bot.conversation import Choice, Form
from bot.credentials import credentials
from bot.forms import answered, asked_again, fill, is_dropped
from bot.shop.mentions import Mention
from tests.bot.understood import understood

CHOICES = (
    Choice(
        "118626", "118626 水洗棉四件套", ("水洗棉四件套", "Washed Cotton Bedding Set", "bedding", "备货中")
    ),
    Choice("118588", "118588 手摇磨豆机", ("手摇磨豆机", "Hand Coffee Grinder", "grinder", "派送中")),
    Choice("118457", "118457 日常帆布鞋", ("日常帆布鞋", "Everyday Canvas Sneakers", "sneakers", "运输中")),
)
WHICH = Form("order_status", "order_status", asking="order_number", choices=CHOICES)
NUMBER = Form("order_status", "order_status", asking="order_number", misses=1)
CONTACT = Form("order_status", "order_status", {"order_number": "118606"}, "contact")


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("第二个", "118588"),
        ("2", "118588"),
        ("②", "118588"),
        ("the last one", "118457"),
        ("最后一个", "118457"),
        ("倒数第二个", "118588"),
        ("118457", "118457"),
        ("the SNEAKERS please", "118457"),
        ("派送中的那个", "118588"),
        ("最近的那单", "118626"),
        ("my last order", "118626"),
    ],
)
def test_a_choice_is_made(text: str, chosen: str) -> None:
    form = answered(WHICH, understood(text))
    assert form is not None
    assert form.arguments == {"order_number": chosen}
    assert (form.asking, form.choices) == ("", ())


@pytest.mark.parametrize("text", ["第四个", "4", "苹果", "sneakers or the grinder", "118606", ""])
def test_no_choice_is_made(text: str) -> None:
    assert answered(WHICH, understood(text)) is None


def test_the_number_is_read_and_misses_are_forgotten() -> None:
    form = answered(NUMBER, understood("#１１８６０６"))
    assert form is not None
    assert (form.arguments, form.misses) == ({"order_number": "118606"}, 0)


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("emma@example.com", "emma@example.com"),
        ("138-0000-0002", "13800000002"),
        ("+86 13800000002", "+8613800000002"),
    ],
)
def test_the_contact_is_read_beside_the_number(text: str, contact: str) -> None:
    form = answered(CONTACT, understood(text, language="en"))
    assert form is not None
    assert (form.arguments["order_number"], form.arguments["contact"]) == ("118606", contact)
    assert form.arguments.get("email") == (contact if "@" in contact else None)


def test_the_contact_may_come_first() -> None:
    form = answered(NUMBER, understood("emma@example.com"))
    assert form is not None
    assert form.arguments == {"contact": "emma@example.com", "email": "emma@example.com"}


def test_a_new_number_replaces_the_old_and_keeps_the_contact() -> None:
    form = answered(fill(CONTACT, "emma@example.com"), understood("118626"))
    assert form is None, "nothing is asked any more"
    again = Form("order_status", "order_status", {"order_number": "1", "contact": "a@b.co"}, "contact")
    form = answered(again, understood("118626"))
    assert form is not None
    assert form.arguments == {"order_number": "118626", "contact": "a@b.co"}


def test_neither_is_no_answer() -> None:
    assert answered(CONTACT, understood("我忘了")) is None
    assert credentials(understood("我忘了")) == {}


def test_products_to_compare_are_named() -> None:
    form = Form("compare_products", "compare_products", asking="products")
    mentions = (Mention("跑鞋", ("P012",), 0), Mention("帆布鞋", ("P011",), 3))
    filled = answered(form, understood("跑鞋和帆布鞋", mentions=mentions))
    assert filled is not None
    assert filled.arguments == {"products": "P012,P011"}
    assert answered(form, understood("随便")) is None


@pytest.mark.parametrize("text", ["算了", "不用了", "never mind", "Forget it"])
def test_dropped(text: str) -> None:
    assert is_dropped(understood(text))


@pytest.mark.parametrize(
    "text",
    ["第二个", "我买的鞋算了一下价格不对,想问问这四十个字以外的事情到底应该怎么处理才行呢,请告诉我好吗"],
)
def test_not_dropped(text: str) -> None:
    assert not is_dropped(understood(text))


def test_a_question_is_put_three_times_at_most_and_twice_where_the_answers_are_not_understood() -> None:
    once = asked_again(WHICH, missed=False)
    assert once is not None
    twice = asked_again(once, missed=True)
    assert twice is not None
    assert asked_again(twice, missed=False) is None
    missed = asked_again(WHICH, missed=True)
    assert missed is not None
    assert asked_again(missed, missed=True) is None
