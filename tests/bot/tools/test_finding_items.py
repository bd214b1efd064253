"""Which items of an order are meant, on the demo shop's own orders."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest
import pytest_asyncio

from bot.conversation import Identity
from bot.shop.demo.build import build
from bot.shop.domain import Order, ShopData
from bot.shop.importer import read_folder
from bot.shop.sql import SqlShop
from bot.store.migrate import upgrade
from bot.store.opening import open_database
from bot.texts.catalogue import load_texts
from bot.tools import exchange_items
from bot.tools.base import ToolContext, ToolResult
from bot.tools.finding_items import find_items, kept
from bot.tools.registry import TOOLS
from tests.conftest import NOW

HOODIE, TEES, MUG = "I1", "I2", "I3"  # Of 118515: a sage hoodie M, two white tees M, an oat mug.
TEXTS = load_texts({tool.name: tool.texts for tool in TOOLS})


class NoProducts:
    async def __call__(self, *, limit: int, words: str | None = None) -> list[tuple[str, float]]:
        return []

    async def alike(self, product_id: str, *, limit: int) -> list[tuple[str, float]]:
        return []


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> ShopData:
    folder = tmp_path_factory.mktemp("demo")
    build(folder, now=NOW)
    return read_folder(folder)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('shop') / 'kefu.db'}"
    asyncio.run(upgrade(url))
    return url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(data: ShopData, url: str) -> AsyncIterator[SqlShop]:
    database = open_database(url)
    shop = SqlShop(database)
    await shop.replace(data)
    yield shop
    await database.close()


async def found(
    shop: SqlShop, words: tuple[str, ...], chosen: tuple[str, ...] = (), *, wishes: bool = False
) -> Mapping[str, int] | list[str]:
    """The items, or those that are asked about."""
    context = ToolContext(
        identity=Identity("signed_in", "C001"),
        shop=shop,
        profile=await shop.profile(),
        texts=TEXTS,
        tool=exchange_items.TOOL.name,
        language="zh",
        now=NOW,
        find_products=NoProducts(),
    )
    order: Order | None = await shop.order("118515", customer_id="C001")
    assert order is not None
    result = await find_items(
        context, order, words, chosen, fitting=lambda item: item.quantity, question="?", wishes=wishes
    )
    if isinstance(result, ToolResult):
        assert result.ask is not None
        return [choice.value for choice in result.ask.choices]
    return result


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("words", "items"),
    [
        (("退卫衣",), {HOODIE: 1}),
        (("return the hoodie and the mug",), {HOODIE: 1, MUG: 1}),
        (("T恤退一件",), {TEES: 1}),
        (("one of the tees please",), {TEES: 1}),
        (("一个杯子和两件T恤",), {MUG: 1, TEES: 2}),
        (("退两件T恤，还有杯子",), {TEES: 2, MUG: 1}),
        (("退三件T恤",), {TEES: 3}),
        (("除了杯子都退",), {HOODIE: 1, TEES: 2}),
        (("everything except the mug",), {HOODIE: 1, TEES: 2}),
        (("everything but the tees",), {HOODIE: 1, MUG: 1}),
        (("退卫衣，杯子留下",), {HOODIE: 1}),
        (("全部都退",), {HOODIE: 1, TEES: 2, MUG: 1}),
        (("那个白色的",), {TEES: 2}),
        (("the second one",), {TEES: 2}),
        (("最后一个",), {MUG: 1}),
        (("退卫衣", "不对，是杯子"), {MUG: 1}),
        (("退卫衣", "杯子也退"), {HOODIE: 1, MUG: 1}),
        (("return the hoodie", "and the mug too"), {HOODIE: 1, MUG: 1}),
        (("退卫衣", "不喜欢"), {HOODIE: 1}),
    ],
)
async def test_what_is_meant(shop: SqlShop, words: tuple[str, ...], items: dict[str, int]) -> None:
    assert await found(shop, words) == items


@pytest.mark.asyncio(loop_scope="module")
async def test_nothing_named_is_asked(shop: SqlShop) -> None:
    assert await found(shop, ("我要退货",)) == [HOODIE, TEES, MUG]


@pytest.mark.asyncio(loop_scope="module")
async def test_a_choice_counts_until_newer_words(shop: SqlShop) -> None:
    assert await found(shop, ("退卫衣", ""), (MUG,)) == {MUG: 1}
    assert await found(shop, ("退货", "", "不是，是卫衣"), (MUG,)) == {HOODIE: 1}


@pytest.mark.asyncio(loop_scope="module")
async def test_what_was_kept_keeps_its_number(shop: SqlShop) -> None:
    assert await found(shop, ("T恤退一件", ""), (kept({TEES: 1}),)) == {TEES: 1}


@pytest.mark.asyncio(loop_scope="module")
async def test_a_colour_may_be_what_is_wished_for(shop: SqlShop) -> None:
    assert await found(shop, ("换货", "白色的")) == {TEES: 2}
    assert await found(shop, ("换货", "白色的"), wishes=True) == [HOODIE, TEES, MUG]
    assert await found(shop, ("白色的小了，换L",), wishes=True) == {TEES: 2}
    assert await found(shop, ("卫衣换货", "要白色"), wishes=True) == {HOODIE: 1}
