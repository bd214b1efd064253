"""Two to four products side by side: price, stock and every attribute that at least two of them have."""

from dataclasses import dataclass

from bot.shop.domain import Product
from bot.tools.base import (
    Ask,
    ProductIds,
    Query,
    Tool,
    ToolContext,
    ToolResult,
    localized,
    named_category,
    price_text,
    product_card,
)
from connectors.base import Button, Card

_MOST = 4

TEXTS = {
    "en": {
        "result": "{names}, side by side. {cheapest} is the cheapest at {price}.",
        "same_price": "{names}, side by side. They cost the same, {price}.",
        "too_few": "Which products shall I compare? Two names are enough.",
        "price": "Price",
        "stock": "In stock",
        "yes": "yes",
        "no": "sold out",
    },
    "zh": {
        "result": "{names}放一起看。最便宜的是{cheapest}，{price}。",
        "same_price": "{names}放一起看，价格一样，都是 {price}。",
        "too_few": "您想比哪几款？说两个名字就行。",
        "price": "价格",
        "stock": "有货",
        "yes": "有",
        "no": "售罄",
    },
}


@dataclass(frozen=True, slots=True)
class Arguments:
    products: ProductIds
    query: Query


async def run(context: ToolContext, arguments: Arguments) -> ToolResult:
    found = [await context.shop.product(one) for one in arguments.products]
    products = [one for one in found if one is not None and one.active][:_MOST]
    if len(products) == 1 or (not products and named_category(context, arguments.query)):
        products = await _by_meaning(context, products)
    if len(products) < 2:
        return ToolResult("not_found", context.say("too_few"), ask=Ask("products"))
    lowest = {product.id: min(variant.price for variant in product.variants) for product in products}
    cheapest = min(products, key=lambda product: lowest[product.id])
    facts = {
        "names": context.listing([localized(context, product.name) for product in products]),
        "cheapest": localized(context, cheapest.name),
        "price": context.money(lowest[cheapest.id]),
    }
    key = "same_price" if len(set(lowest.values())) == 1 else "result"
    return ToolResult(
        "ok",
        context.say(key, **facts),
        cards=(_comparison(context, products), *(product_card(context, product) for product in products)),
        quick_replies=tuple(
            Button(localized(context, product.name), f"product_facts {product.id}") for product in products
        ),
        product_ids=tuple(product.id for product in products),
    )


async def _by_meaning(context: ToolContext, named: list[Product]) -> list[Product]:
    """The best matches of the question join what was named, when they are of the same category."""
    products, wanted = list(named), 2
    for product_id, _ in await context.find_products(limit=6):
        product = await context.shop.product(product_id)
        if product is None or not product.active or product in products:
            continue
        if not products or product.category == products[0].category:
            products.append(product)
    return products[:wanted]


def _comparison(context: ToolContext, products: list[Product]) -> Card:
    rows = [
        (context.say("price"), [price_text(context, product) for product in products]),
        (
            context.say("stock"),
            [context.say("yes" if any(v.stock for v in product.variants) else "no") for product in products],
        ),
        *_attribute_rows(context, products),
    ]
    return Card(
        kind="comparison",
        id=",".join(product.id for product in products),
        title=context.listing([localized(context, product.name) for product in products]),
        columns=tuple(localized(context, product.name) for product in products),
        lines=tuple((label, " | ".join(values)) for label, values in rows),
    )


def _attribute_rows(context: ToolContext, products: list[Product]) -> list[tuple[str, list[str]]]:
    labels: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    for product in products:
        for attribute in product.attributes:
            labels.setdefault(attribute.name, localized(context, attribute.label))
            values.setdefault(attribute.name, {})[product.id] = localized(context, attribute.value)
    return [
        (labels[name], [by_product.get(product.id, "–").replace("|", "/") for product in products])
        for name, by_product in values.items()
        if len(by_product) > 1
    ]


TOOL = Tool(
    name="compare_products",
    description="Compare two to four products by price, stock and attributes.",
    arguments=Arguments,
    run=run,
    intents=("compare_products",),
    texts=TEXTS,
)
