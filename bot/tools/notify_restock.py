"""Tell the shopper when something that is sold out is back; it is said by `bot/restock.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.conversation import Choice
from bot.shop.changes.plan import Facts, Receipt, Refused
from bot.shop.changes.requests import NotifyRestock
from bot.shop.domain import Product, Variant
from bot.shop.mentions import MentionFinder
from bot.shop.notices import Notice
from bot.shop.options import match_options
from bot.tools import proposing
from bot.tools.asking import ask, choose
from bot.tools.base import (
    Chosen,
    ProductId,
    Tool,
    ToolContext,
    ToolResult,
    Words,
    localized,
    product_card,
)
from bot.tools.finding_items import options_label
from bot.tools.proposing import done, keeping, propose
from connectors.base import Button

TEXTS = {
    "en": {
        **proposing.TEXTS["en"],
        "which_product": "Which product are you waiting for?",
        "which_variant": "Several of {name} are sold out. Which one are you waiting for?",
        "in_stock": "Good news: {item} is in stock right now.",
        "propose_notice": "{item} is sold out at the moment. Shall I tell you here when it's back?",
        "title": "Back-in-stock notice",
        "label.item": "Product",
        "label.told": "You'll hear",
        "told": "here in the chat, the moment it's back",
        "told_days": "here in the chat, the moment it's back, or in {days} days if it isn't",
        "done": "Noted. I'll tell you here as soon as {item} is back.",
        "back": "{item} is back in stock, as you asked me to tell you.",
        "not_back": "{item} still isn't back, I'm afraid. Shall I find something like it?",
        "button.alike": "Something like it",
        "done_days": " If it isn't back in {days} days, I'll tell you that, too.",
    },
    "zh": {
        **proposing.TEXTS["zh"],
        "which_product": "您在等哪一款？",
        "which_variant": "{name}有几种都没货，您等的是哪一种？",
        "in_stock": "{item}现在就有货。",
        "propose_notice": "{item}暂时没货。到货了在这里告诉您，可以吗？",
        "title": "到货提醒",
        "label.item": "商品",
        "label.told": "提醒",
        "told": "一到货就在这里告诉您",
        "told_days": "一到货就在这里告诉您，{days} 天没到也会说",
        "done": "记下了，{item}一到货我就在这里告诉您。",
        "back": "您等的{item}到货了。",
        "not_back": "您等的{item}到现在还没补上货。要看看类似的吗？",
        "button.alike": "看看类似的",
        "done_days": "{days} 天还没到，也会跟您说一声。",
    },
}


@dataclass(frozen=True, slots=True)
class Arguments:
    product_id: ProductId | None
    sku: Chosen | None
    words: Words


async def run(context: ToolContext, arguments: Arguments) -> ToolResult:
    product = await _product(context, arguments)
    if isinstance(product, ToolResult):
        return product
    wanted = _wanted(product, arguments)
    missing = [one for one in wanted if not one.stock]
    if not missing:
        return _in_stock(context, product, wanted)
    if len(missing) > 1:
        # What never comes back needs no question which.
        await _refused_for_all(context, product, missing[0])
        options = [
            Choice(one.sku, options_label(context, product, one.options) or one.sku) for one in missing
        ]
        question = context.say("which_variant", name=localized(context, product.name))
        return keeping(choose(context, "sku", question, options), product_id=product.id)
    (variant,) = missing
    plan = await context.preview(NotifyRestock(product.id, variant.sku))
    days = plan.facts["days"]
    told = context.say("told_days", days=days) if days else context.say("told")
    rows = [
        (context.say("label.item"), _item(context, product, plan.facts)),
        (context.say("label.told"), told),
    ]
    text = context.say("propose_notice", item=_item(context, product, plan.facts))
    result = await propose(context, plan, title=context.say("title"), lines=rows, text=text)
    return keeping(result, product_id=product.id)


async def _product(context: ToolContext, arguments: Arguments) -> Product | ToolResult:
    """Named last, chosen since, or the one talked about."""
    finder = MentionFinder(await context.shop.catalogue())
    for text in reversed(arguments.words):
        if not text and arguments.product_id:
            break
        if mentions := finder.find(text):
            ids = mentions[0].product_ids
            if arguments.product_id in ids or len(ids) == 1:
                chosen = arguments.product_id if arguments.product_id in ids else ids[0]
                return await _known(context, chosen)
            return await _which(context, ids)
    return await _known(context, arguments.product_id)


async def _known(context: ToolContext, product_id: str | None) -> Product | ToolResult:
    product = await context.shop.product(product_id) if product_id else None
    return product or ask(context, "product_id", context.say("which_product"))


async def _which(context: ToolContext, ids: Sequence[str]) -> ToolResult:
    found = [await context.shop.product(one) for one in ids]
    options = [
        Choice(one.id, localized(context, one.name), tuple(one.name.values()))
        for one in found
        if one is not None
    ]
    return choose(context, "product_id", context.say("which_product"), options)


def _wanted(product: Product, arguments: Arguments) -> list[Variant]:
    """Those that the words or the choice leave; a combination that does not exist leaves what its newest words do."""
    values: dict[str, str] = {}
    for text in arguments.words:
        if not text and arguments.sku:
            values = _options_of(product, arguments.sku) or values
        else:
            values |= match_options(product, text)
    while values:
        fitting = [one for one in product.variants if values.items() <= one.options.items()]
        if fitting:
            return fitting
        del values[next(iter(values))]
    return list(product.variants)


def _options_of(product: Product, sku: str) -> dict[str, str]:
    return next((dict(one.options) for one in product.variants if one.sku == sku), {})


async def _refused_for_all(context: ToolContext, product: Product, variant: Variant) -> None:
    """
    Raises:
        Refused: the shop will not have any of them again, or the shopper waits for too many things.
    """
    try:
        await context.preview(NotifyRestock(product.id, variant.sku))
    except Refused as refused:
        if refused.rule != "restock.already":
            raise


def _in_stock(context: ToolContext, product: Product, wanted: Sequence[Variant]) -> ToolResult:
    facts = {"name": product.name, "options": wanted[0].options if len(wanted) == 1 else {}}
    text = context.say("in_stock", item=_item(context, product, facts))
    return ToolResult("ok", text, cards=(product_card(context, product),), product_ids=(product.id,))


def _item(context: ToolContext, product: Product | None, facts: Mapping[str, Facts]) -> str:
    name, options = localized(context, facts["name"]), options_label(context, product, facts["options"])
    return context.say("item", name=name, options=options) if options else name


async def tell(context: ToolContext, receipt: Receipt) -> ToolResult:
    facts = receipt.facts
    item = _item(context, await context.shop.product(facts["product_id"]), facts)
    text = context.say("done", item=item)
    if facts["days"]:
        text += context.say("done_days", days=facts["days"])
    return done(
        context, receipt, text=text, title=context.say("title"), lines=[(context.say("label.item"), item)]
    )


async def news(context: ToolContext, notice: Notice) -> ToolResult:
    """What was asked for is back, or is not after all the time that the shop promised; empty where it is gone."""
    product = await context.shop.product(notice.product_id)
    variant = next((one for one in product.variants if one.sku == notice.sku), None) if product else None
    if product is None or variant is None or not product.active:
        return ToolResult("not_found")
    item = _item(context, product, {"name": product.name, "options": variant.options})
    if not notice.back:
        alike = Button(context.say("button.alike"), f"recommend {product.id}")
        return ToolResult(
            "ok", context.say("not_back", item=item), quick_replies=(alike,), product_ids=(product.id,)
        )
    card = replace(product_card(context, product), price=context.money(variant.price))
    return ToolResult("ok", context.say("back", item=item), cards=(card,), product_ids=(product.id,))


TOOL = Tool(
    name="notify_restock",
    description="Tell the shopper when a variant that is sold out is back in stock.",
    arguments=Arguments,
    run=run,
    intents=("restock_notice",),
    identity="signed_in",
    texts=TEXTS,
    request=NotifyRestock,
    tell=tell,
)
