from dataclasses import dataclass

import pytest

from bot.conversation import Focus, State
from bot.shop.mentions import Mention
from bot.slots import arguments
from bot.steps import RunTool
from bot.tools.base import (
    Budget,
    Earlier,
    Exclude,
    Like,
    Listed,
    Named,
    OrderNumber,
    ProductId,
    ProductIds,
    Query,
    Tool,
    ToolContext,
    ToolResult,
)
from bot.understanding import Understanding
from tests.bot.understood import understood


@dataclass(frozen=True)
class Everything:
    order: OrderNumber | None
    product: ProductId | None
    products: ProductIds
    listed: Listed
    like: Like | None
    named: Named
    query: Query
    earlier: Earlier
    exclude: Exclude
    budget: Budget


async def nothing(_context: ToolContext, _arguments: Everything) -> ToolResult:
    return ToolResult("ok")


TOOL = Tool("everything", "", Everything, nothing, ())
SHOWN = State(focus=Focus("118626", ("P001", "P002", "P003"), topic="everything", question="有黑色吗"))


def read(understanding: Understanding, state: State = State(), **step: object) -> Everything:  # noqa: B008
    values = arguments(TOOL, understanding, state, RunTool("everything", "x", understanding.text, **step))  # type: ignore[arg-type]
    assert isinstance(values, Everything)
    return values


def named(text: str, *product_ids: str) -> Understanding:
    return understood(text, mentions=(Mention(text, product_ids, 0),))


def test_nothing_said_is_nothing_known() -> None:
    values = read(understood("嗯"))
    assert (values.order, values.product, values.products) == (None, None, ())
    assert (values.like, values.named, values.earlier, values.exclude) == (None, (), "", ())
    assert values.budget == Budget()


@pytest.mark.parametrize(
    ("text", "step", "number"),
    [
        ("118588到哪了", {}, "118588"),
        ("到哪了", {}, "118626"),
        ("118588到哪了", {"given": {"target": "118457"}}, "118457"),
        ("到哪了", {"given": {"order_number": "118457"}}, "118457"),
        ("118588到哪了", {"exclude": ("118588",)}, None),
        ("到哪了", {"exclude": ("118626",)}, None),
        ("我最近的那单到哪了", {}, None),
    ],
    ids=["named", "focus", "button", "form", "named but turned down", "turned down", "the latest"],
)
def test_order_number(text: str, step: dict[str, object], number: str | None) -> None:
    assert read(understood(text), SHOWN, **step).order == number


def test_a_product_named_goes_before_what_was_shown() -> None:
    assert read(named("跑鞋", "P012"), SHOWN).product == "P012"


def test_a_word_for_several_products_means_the_one_on_the_table() -> None:
    assert read(named("卫衣", "P009", "P002"), SHOWN).product == "P002"
    assert read(named("卫衣", "P009", "P008"), SHOWN).product is None


@pytest.mark.parametrize(
    ("text", "product"),
    [("第二个多少钱", "P002"), ("最后一个", "P003"), ("多少钱", "P001"), ("第九个", "P001")],
)
def test_a_place_in_what_was_shown(text: str, product: str) -> None:
    assert read(understood(text), SHOWN).product == product


def test_a_product_turned_down_is_not_meant() -> None:
    assert read(understood("多少钱"), SHOWN, exclude=("P001",)).product == "P002"
    assert read(named("卫衣", "P001"), SHOWN, exclude=("P001",)).product == "P002"


def test_products_to_compare() -> None:
    two = understood(
        "跑鞋和帆布鞋", mentions=(Mention("跑鞋", ("P012",), 0), Mention("帆布鞋", ("P011",), 3))
    )
    assert read(two, SHOWN).products == ("P012", "P011")
    assert read(named("跑鞋", "P012"), SHOWN).products == ("P001", "P012")
    assert read(understood("比较一下前两个"), SHOWN).products == ("P001", "P002")
    assert read(understood("比一比"), SHOWN).products == ("P001", "P002", "P003")
    assert read(understood("比一比"), given={"target": "P005,P006,"}).products == ("P005", "P006")


def test_like_only_where_the_words_say_so() -> None:
    assert read(understood("推荐个礼物"), SHOWN).like is None
    assert read(understood("类似的还有吗"), SHOWN).like == "P001"
    assert read(understood("anything like the second one", language="en"), SHOWN).like == "P002"
    assert read(understood("x"), SHOWN, given={"target": "P033"}).like == "P033"


def test_listed_is_what_was_shown_together() -> None:
    assert read(understood("卷口的那个"), SHOWN).listed == ("P001", "P002", "P003")
    assert read(named("耳机", "P053"), SHOWN).listed == ()
    assert read(understood("x"), SHOWN, given={"target": "P033"}).listed == ()


def test_named_forgets_what_was_shown() -> None:
    assert read(named("耳机", "P053"), SHOWN).named == ("P053",)
    assert read(understood("推荐个礼物"), SHOWN).named == ()


def test_earlier_words_count_for_the_same_tool_only() -> None:
    assert read(understood("XL呢"), SHOWN).earlier == "有黑色吗"
    elsewhere = State(focus=Focus(topic="recommend", question="有黑色吗"))
    assert read(understood("XL呢"), elsewhere).earlier == ""


@pytest.mark.parametrize(
    ("text", "budget"),
    [
        ("200元以内", Budget(None, 20000)),
        ("100元以上", Budget(10000, None)),
        ("100到200元", Budget(10000, 20000)),
        ("300元左右", Budget(24000, 36000)),
        ("300元", Budget(24000, 36000)),
    ],
)
def test_budget(text: str, budget: Budget) -> None:
    assert read(understood(text)).budget == budget


def test_the_first_amount_counts() -> None:
    assert read(understood("300元以内 推荐一个100元以内的包")).budget == Budget(None, 30000)
