"""What a product is, costs and has in stock: "有黑色 XL 吗?", "how heavy is it?"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.conversation import Choice
from bot.shop.attribute_words import asked_attributes
from bot.shop.domain import Product, Variant
from bot.shop.facts import in_stock, nearest_variants, variant_matches
from bot.shop.mentions import normalise
from bot.shop.options import match_options
from bot.tools.base import (
    Ask,
    Exclude,
    ProductId,
    ProductIds,
    Query,
    Tool,
    ToolContext,
    ToolResult,
    image_url,
    localized,
    price_text,
    product_card,
)
from connectors.base import Button, Card

_MOST_SHOWN = 4
_LOW_STOCK = 5

TEXTS = {
    "en": {
        "in_stock": "Yes, {name} in {options} is in stock at {price}.",
        "last_few": "Yes, but only {count} left: {name} in {options}, {price}.",
        "sold_out_nearest": "{name} in {options} is sold out. In stock right now: {others}.",
        "sold_out_variant": "{name} in {options} is sold out, and so is everything close to it.",
        "no_such": "{name} doesn't come in {options}. There is: {others}.",
        "sold_out_product": "{name} is sold out at the moment.",
        "available": "{name} is {price}, in stock in {others}.",
        "available_plain": "{name} is {price} and in stock.",
        "attribute": "{label}: {value}.",
        "several": "{count} products fit:",
        "several_in": "In {options}, these are in stock:",
        "several_none": "None of these is in stock in {options} right now:",
        "which": "Which one do you mean?",
        "left": "only {count} left",
    },
    "zh": {
        "in_stock": "有的，{name} {options}现货，{price}。",
        "last_few": "有，不过只剩 {count} 件了：{name} {options}，{price}。",
        "sold_out_nearest": "{name} {options}卖完了，现在有货的是{others}。",
        "sold_out_variant": "{name} {options}卖完了，相近的也没有现货。",
        "no_such": "{name}没有{options}，有的是{others}。",
        "sold_out_product": "{name}暂时卖完了。",
        "available": "{name} {price}，有货的是{others}。",
        "available_plain": "{name} {price}，有现货。",
        "attribute": "{label}:{value}。",
        "several": "符合的有 {count} 款：",
        "several_in": "{options}有货的是这几款：",
        "several_none": "这几款的{options}现在都没货：",
        "which": "您说的是哪一款？",
        "left": "仅剩 {count} 件",
    },
}


@dataclass(frozen=True, slots=True)
class Arguments:
    product: ProductId | None
    products: ProductIds
    query: Query
    exclude: Exclude


async def run(context: ToolContext, arguments: Arguments) -> ToolResult:
    if arguments.product is not None:
        product = await context.shop.product(arguments.product)
        if product is not None and product.active:
            return _facts(context, product, arguments.query)
    named = [await context.shop.product(one) for one in arguments.products if one not in arguments.exclude]
    products = [one for one in named if one is not None and one.active]
    if products:
        return _several(context, products, arguments.query)
    return await _suggest(context)


def _facts(context: ToolContext, product: Product, query: str) -> ToolResult:
    """Asked for options: their stock. Asked for an attribute: its value. Else price and stock."""
    wanted = match_options(product, query)
    asked = asked_attributes(product, _without_names(product, query))
    joint = "" if context.language == "zh" else " "
    if wanted:
        text = _stock_of(context, product, wanted)
    elif asked:
        text = joint.join(
            context.say(
                "attribute",
                label=localized(context, attribute.label),
                value=localized(context, attribute.value).rstrip("。."),
            )
            for attribute in asked[:3]
        )
    else:
        text = _availability(context, product)
    return ToolResult(
        "ok",
        text,
        cards=(_detailed_card(context, product, wanted),),
        quick_replies=_buttons(context, product),
        product_ids=(product.id,),
        # Neither options nor attributes: a page may say more, about care or fit for instance.
        documents_first=not wanted and not asked,
    )


def _without_names(product: Product, query: str) -> str:
    """A name may hold an attribute's word: 保温杯 does not ask about 保温."""
    text = normalise(query)
    for name in sorted((*product.name.values(), *product.aliases), key=len, reverse=True):
        text = text.replace(normalise(name), " ")
    return text


def _stock_of(context: ToolContext, product: Product, wanted: Mapping[str, str]) -> str:
    facts = {"name": localized(context, product.name), "options": _words(context, product, wanted)}
    exact = variant_matches(product, wanted)
    available = [variant for variant in exact if variant.stock]
    others = _list_variants(context, product, nearest_variants(product, wanted)[:_MOST_SHOWN])
    if available:
        cheapest = min(available, key=lambda variant: variant.price)
        left = sum(variant.stock for variant in available)
        key = "last_few" if left <= _LOW_STOCK else "in_stock"
        return context.say(key, price=context.money(cheapest.price), count=left, **facts)
    if not others:
        return context.say("sold_out_variant", **facts)
    return context.say("sold_out_nearest" if exact else "no_such", others=others, **facts)


def _availability(context: ToolContext, product: Product) -> str:
    facts = {"name": localized(context, product.name), "price": price_text(context, product)}
    if not in_stock(product):
        return context.say("sold_out_product", **facts)
    available = [variant for variant in product.variants if variant.stock]
    if not product.options:
        return context.say("available_plain", **facts)
    return context.say("available", others=_ranges(context, product, available), **facts)


def _ranges(context: ToolContext, product: Product, variants: Sequence[Variant]) -> str:
    """Every option's values that can be bought: black and grey, S, M and L."""
    lists = []
    for option in product.options:
        there = {variant.options.get(option.name) for variant in variants}
        labels = [localized(context, value.label) for value in option.values if value.value in there]
        if labels:
            lists.append(context.listing(labels))
    return ("\uff1b" if context.language == "zh" else "; ").join(lists)


def _list_variants(context: ToolContext, product: Product, variants: Sequence[Variant]) -> str:
    return context.listing([_words(context, product, variant.options) for variant in variants])


def _words(context: ToolContext, product: Product, options: Mapping[str, str]) -> str:
    """Option values as people say them: 黑色 XL; black, XL."""
    labels = {
        (option.name, value.value): localized(context, value.label)
        for option in product.options
        for value in option.values
    }
    words = [labels.get((name, value), value) for name, value in options.items()]
    return (" " if context.language == "zh" else ", ").join(words)


def _several(context: ToolContext, products: Sequence[Product], query: str) -> ToolResult:
    """A word that names several products: those that have the options asked for, or all, and which one?"""
    wanted = {product.id: match_options(product, query) for product in products}
    options = max(wanted.values(), key=len, default={})
    if not options:
        shown = [product for product in products if in_stock(product)] or list(products)
        return _shown(context, shown, context.say("several", count=len(shown)), ask=True)
    example = next(product for product in products if wanted[product.id] == options)
    words = _words(context, example, options)
    fitting = [
        product
        for product in products
        if len(wanted[product.id]) == len(options)
        and any(variant.stock for variant in variant_matches(product, wanted[product.id]))
    ]
    if not fitting:
        return _shown(context, products, context.say("several_none", options=words), ask=False)
    return _shown(context, fitting, context.say("several_in", options=words), ask=False)


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


async def _suggest(context: ToolContext) -> ToolResult:
    """No product was named: a page may answer; else the nearest products are offered."""
    near = [await context.shop.product(one) for one, _ in await context.find_products(limit=_MOST_SHOWN)]
    products = [product for product in near if product is not None and product.active]
    if not products:
        return ToolResult("not_found")
    result = _shown(context, products, context.say("which"), ask=True)
    return replace(result, outcome="not_found", documents_first=True)


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


def _detailed_card(context: ToolContext, product: Product, wanted: Mapping[str, str]) -> Card:
    card = product_card(context, product)
    picture = next((variant.image for variant in variant_matches(product, wanted) if variant.image), None)
    rows = tuple(
        (localized(context, attribute.label), localized(context, attribute.value))
        for attribute in product.attributes[:6]
    )
    pictured = replace(card, lines=rows, subtitle=localized(context, product.description), buttons=())
    return replace(pictured, image=image_url(picture)) if wanted and picture else pictured


def _buttons(context: ToolContext, product: Product) -> tuple[Button, ...]:
    return (Button(context.say("button.similar"), f"recommend {product.id}"),)


TOOL = Tool(
    name="product_facts",
    description="Price, options, stock and attributes of a product.",
    arguments=Arguments,
    run=run,
    intents=("stock", "product_question"),
    texts=TEXTS,
)
