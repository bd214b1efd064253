"""The card of a product leads to its page in the shop, where there is one that any browser can open."""

from dataclasses import replace

import pytest

from bot.conversation import Identity
from bot.factory import Kefu
from bot.tools.base import ToolContext, product_card
from tests.conftest import NOW


async def _context(kefu: Kefu, language: str) -> ToolContext:
    return ToolContext(
        identity=Identity("visitor"),
        shop=kefu.shop,
        profile=await kefu.shop.profile(),
        texts=kefu.texts,
        tool="product_search",
        language=language,
        now=NOW,
        find_products=None,  # type: ignore[arg-type]  # no card looks for others
    )


@pytest.mark.parametrize(("language", "label"), [("zh", "去商品页"), ("en", "View in the shop")])
async def test_it_leads_to_the_page(kefu: Kefu, language: str, label: str) -> None:
    product = (await kefu.shop.catalogue())[0]
    context = await _context(kefu, language)
    for url in ("https://shop.example/p/1", "https://shop.example/p/1?lang=zh&x=%22"):
        buttons = product_card(context, replace(product, url=url)).buttons
        assert [(one.label, one.url) for one in buttons if one.url] == [(label, url)]
    for url in (None, "", "/p/1", "http://shop.example/p/1", "javascript:alert(1)", "//shop.example/p/1"):
        assert not [one for one in product_card(context, replace(product, url=url)).buttons if one.url]
