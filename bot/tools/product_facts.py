"""What a product is, costs and has in stock: "有黑色 XL 吗?", "how heavy is it?"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.conversation import Choice
from bot.cues import asks_which_of
from bot.shop.attribute_words import asked_attributes
from bot.shop.domain import Product
from bot.shop.facts import in_stock, variant_matches
from bot.shop.mentions import normalise
from bot.shop.options import match_options
from bot.shop.size_guide import Body
from bot.tools.base import (
    Ask,
    Earlier,
    Exclude,
    Listed,
    ProductId,
    ProductIds,
    Query,
    Tool,
    ToolContext,
    ToolResult,
    localized,
    named_category,
    product_card,
)
from bot.tools.one_product import ASKS_WHETHER_SOLD, facts_of, option_words, without_names
from connectors.base import Button
from intents.positions import find_ordinals

_MOST_SHOWN = 4
_NEAR = 40
"""Products by meaning that are looked at when none was named."""
_POINTS_OUT = re.compile(
    r"^(?:那|那个|这个)?(?P<zh>[\u4e00-\u9fff]{2,6}?)(?:的|那[个款种只双件]|款)|\bthe (?P<en>[a-z-]{4,})(?: \w+)? ones?\b"
)

TEXTS = {
    "en": {
        "in_stock": "Yes, {name} in {options} is in stock at {price}.",
        "last_few": "Yes, but only {count} left: {name} in {options}, {price}.",
        "sold_out_nearest": "{name} in {options} is sold out. In stock right now: {others}.",
        "sold_out_variant": "{name} in {options} is sold out, and so is everything close to it.",
        "no_such": "{name} doesn't come in {options}. There is: {others}.",
        "choices": "{name} comes in {values}.",
        "choices_gone": "{name} comes in {values}. Sold out right now: {gone}.",
        "sold_out_product": "{name} is sold out at the moment.",
        "available": "{name} is {price}, in stock in {others}.",
        "available_plain": "{name} is {price} and in stock.",
        "attribute": "{label}: {value}.",
        "each": "• {name}: {value}",
        "each_unknown": "• {name}: not stated",
        "height": "{height} cm",
        "weight": "{weight} kg",
        "size": "For {body} I'd take {size}.",
        "sizes": "For {body}, {smaller} and {larger} both fit: {smaller} sits closer, {larger} looser.",
        "size_by_weight": "By height it's {other}, by weight {size}: {size} is the safer choice.",
        "size_by_height": "By weight {other} fits; if things tend to be short on you, take {size}.",
        "size_none": "Nothing in this one's size guide is made for {body}. {label}: {value}.",
        "size_gone": "{size} is sold out right now, though.",
        "several": "{count} products fit. Which one do you mean?",
        "several_in": "In {options}, these are in stock:",
        "several_none": "None of these is in stock in {options} right now:",
        "which": "Which one do you mean?",
        "nearest": "These come closest; do you mean one of them?",
        "no_detail": "I don't have that detail for {name}. A colleague can find out for you.",
    },
    "zh": {
        "in_stock": "有的，{name} {options}有现货，{price}。",
        "last_few": "有，不过只剩 {count} 件了：{name} {options}，{price}。",
        "sold_out_nearest": "{name} {options}卖完了，现在有货的是{others}。",
        "sold_out_variant": "{name} {options}卖完了，相近的也没有现货。",
        "no_such": "{name}没有{options}，有的是{others}。",
        "choices": "{name}有{values}。",
        "choices_gone": "{name}有{values}，其中{gone}暂时没货。",
        "sold_out_product": "{name}暂时卖完了。",
        "available": "{name} {price}，有货的是{others}。",
        "available_plain": "{name} {price}，有现货。",
        "attribute": "{label}：{value}。",
        "each": "• {name}：{value}",
        "each_unknown": "• {name}：没写",
        "height": "身高 {height} cm",
        "weight": "体重 {weight} kg",
        "size": "{body}，建议选 {size}。",
        "sizes": "{body}，{smaller} 和 {larger} 都能穿：想合身选 {smaller}，想宽松选 {larger}。",
        "size_by_weight": "按身高是 {other}，按体重是 {size}，选 {size} 更稳妥。",
        "size_by_height": "按体重选 {other} 合身；怕短的话选 {size}。",
        "size_none": "这款的尺码里没有适合{body}的。{label}：{value}。",
        "size_gone": "不过 {size} 现在卖完了。",
        "several": "符合的有 {count} 款，您说的是哪一款？",
        "several_in": "{options}有货的是这几款：",
        "several_none": "这几款的{options}现在都没货：",
        "which": "您说的是哪一款？",
        "nearest": "最接近的是这几款，有您要的吗？",
        "no_detail": "{name}的资料里没写这一项，可以请同事帮您确认。",
    },
}


@dataclass(frozen=True, slots=True)
class Arguments:
    product: ProductId | None
    products: ProductIds
    listed: Listed
    query: Query
    earlier: Earlier
    exclude: Exclude
    body: Body


async def run(context: ToolContext, arguments: Arguments) -> ToolResult:
    # A place, or a product named, is one and not which of several.
    which = asks_which_of(arguments.query) and not find_ordinals(arguments.query)
    if (
        which
        and (arguments.listed or arguments.product is None)
        and (result := await _each(context, arguments))
    ):
        return result
    if described := _described(await _active(context, arguments.listed), arguments.query):
        return _of_one(context, described, arguments)
    if arguments.product is not None:
        product = await context.shop.product(arguments.product)
        if product is not None and product.active:
            return _of_one(context, product, arguments)
    products = await _active(context, [one for one in arguments.products if one not in arguments.exclude])
    if products:
        return _several(context, products, arguments)
    return await _suggest(context, arguments)


def _of_one(context: ToolContext, product: Product, arguments: Arguments) -> ToolResult:
    return facts_of(context, product, arguments.query, earlier=arguments.earlier, body=arguments.body)


async def _active(context: ToolContext, product_ids: Sequence[str]) -> list[Product]:
    found = [await context.shop.product(one) for one in product_ids]
    return [one for one in found if one is not None and one.active]


def _described(products: Sequence[Product], query: str) -> Product | None:
    """The one of several that a word of its name points out: 卷口的那个, "the commuter one"."""
    match = _POINTS_OUT.search(normalise(query))
    word = (match["zh"] or match["en"]) if match else ""
    fitting = [one for one in products if word and any(word in normalise(name) for name in one.name.values())]
    return fitting[0] if len(fitting) == 1 < len(products) else None


async def _each(context: ToolContext, arguments: Arguments) -> ToolResult | None:
    """What is asked about, of each of several products; None where they are not several, or none of them tells it."""
    wanted = [one for one in arguments.products if one not in arguments.exclude]
    products = (await _active(context, wanted))[:_MOST_SHOWN]
    asked = {one.id: asked_attributes(one, without_names(one, arguments.query)) for one in products}
    if len(products) < 2 or not any(asked.values()):
        return None
    lines = []
    for product in products:
        name = localized(context, product.name)
        values = [localized(context, one.value).rstrip("。.") for one in asked[product.id]]
        value = context.listing(values)
        lines.append(
            context.say("each", name=name, value=value) if values else context.say("each_unknown", name=name)
        )
    return _shown(context, products, "\n".join(lines), ask=False)


def _several(context: ToolContext, products: Sequence[Product], arguments: Arguments) -> ToolResult:
    """A word that names several products: those that have the options asked for, or all, and which one?"""
    wanted, fitting = _with_options(products, arguments.query)
    if not wanted:
        shown = [product for product in products if in_stock(product)] or list(products)
        if len(shown) == 1:
            return _of_one(context, shown[0], arguments)
        shown = shown[:_MOST_SHOWN]
        return _shown(context, shown, context.say("several", count=len(shown)), ask=True)
    if len(fitting) == 1:
        return _of_one(context, fitting[0], arguments)
    key = "several_in" if fitting else "several_none"
    return _shown(
        context, fitting or products, context.say(key, options=_said(context, products, wanted)), ask=False
    )


def _with_options(products: Sequence[Product], query: str) -> tuple[dict[str, str], list[Product]]:
    """The options that the words ask for, and the products that have all of them in stock."""
    wanted = {product.id: match_options(product, query) for product in products}
    most = max(wanted.values(), key=len, default={})
    fitting = [
        product
        for product in products
        if most
        and len(wanted[product.id]) == len(most)
        and any(variant.stock for variant in variant_matches(product, wanted[product.id]))
    ]
    return most, fitting


def _said(context: ToolContext, products: Sequence[Product], wanted: dict[str, str]) -> str:
    """The options in the words of a product that has them."""
    known = next(
        product
        for product in products
        if all(
            any(
                option.name == name and any(one.value == value for one in option.values)
                for option in product.options
            )
            for name, value in wanted.items()
        )
    )
    return option_words(context, known, wanted)


def _shown(context: ToolContext, products: Sequence[Product], text: str, *, ask: bool) -> ToolResult:
    shown = products[:_MOST_SHOWN]
    return ToolResult(
        "ok",
        text,
        cards=tuple(product_card(context, product) for product in shown),
        ask=_ask(context, shown) if ask and len(shown) > 1 else None,
        product_ids=tuple(product.id for product in shown),
        quick_replies=(_compare(context, shown),) if not ask and len(shown) > 1 else (),
    )


async def _suggest(context: ToolContext, arguments: Arguments) -> ToolResult:
    """No product was named: those that have the options asked for; else a page may answer, or the nearest are shown."""
    near = [await context.shop.product(one) for one, _ in await context.find_products(limit=_NEAR)]
    products = [one for one in near if one is not None and one.active and one.id not in arguments.exclude]
    products = _of_category(context, products, arguments.query)
    if not products:
        return ToolResult("not_found")
    wanted, fitting = _with_options(products, arguments.query)
    if wanted and fitting:
        text = context.say("several_in", options=_said(context, fitting, wanted))
        return _shown(context, fitting, text, ask=False)
    sold = bool(ASKS_WHETHER_SOLD.search(arguments.query))
    products = ([product for product in products if in_stock(product)] if sold else products) or products
    result = _shown(context, products[:_MOST_SHOWN], context.say("nearest" if sold else "which"), ask=True)
    return replace(result, outcome="not_found", documents_first=not sold)


def _of_category(context: ToolContext, products: list[Product], query: str) -> list[Product]:
    """Those of the category that the words name; all of them when they name none."""
    slug = named_category(context, query)
    return [product for product in products if product.category == slug] if slug else products


def _ask(context: ToolContext, products: Sequence[Product]) -> Ask:
    return Ask(
        "product_id",
        tuple(
            Choice(product.id, localized(context, product.name), (*product.name.values(), *product.aliases))
            for product in products
        ),
    )


def _compare(context: ToolContext, products: Sequence[Product]) -> Button:
    return Button(
        context.say("button.compare"), "compare_products " + ",".join(product.id for product in products)
    )


TOOL = Tool(
    name="product_facts",
    description="Price, options, stock and attributes of a product.",
    arguments=Arguments,
    run=run,
    intents=("stock", "product_question", "size_advice"),
    texts=TEXTS,
)
