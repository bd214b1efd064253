"""What to buy: like what was asked for, bought together, popular; in stock, within the budget, with a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import fmean, pstdev

from bot import cues
from bot.shop.domain import EventKind, Product
from bot.shop.facts import in_stock, price_range
from bot.shop.recommend import Candidate, Reason, Recommendation, Sales, Wish, recommend
from bot.tools.base import (
    Budget,
    Exclude,
    Like,
    Named,
    Query,
    Tool,
    ToolContext,
    ToolResult,
    localized,
    named_category,
    product_card,
)
from connectors.base import Button
from intents.money import find_money

_SHOWN = 3
_NEAR = 60
_POPULAR_DAYS = 90
_INTEREST_DAYS = 14
_BESIDE_NAMED = 0.5
"""How much closeness counts for the others when a product was asked for by name."""
_USUAL_SPREAD = 0.045
"""Standard deviation of the products' cosines to words that describe one; to "a gift" all are equally far."""
_ABOUT_A_PRODUCT = ("similar_to", "bought_together", "same_category")

TEXTS = {
    "en": {
        "result": "I'd look at {first} first: {reason}.",
        "result_plain": "These would be my picks.",
        "nothing": "Nothing in stock fits that. With a little more room in the budget I could show you something.",
        "nothing_else": "That's everything in stock of that kind. Give me another price or kind and I'll look again.",
        "cheapest": "{name} at {price} is the cheapest of these; there's nothing lower in stock.",
        "similar_to": "close to {name}",
        "bought_together": "often bought with {name}",
        "popular": "one of our bestsellers, {count} sold lately",
        "looked_at": "you looked at it lately",
        "within_budget": "within your budget",
        "same_category": "same kind as {name}",
        "similar_to_yours": "closest to what you describe",
        "bought_together_yours": "often bought with what you have",
        "same_category_yours": "the same kind as something you bought",
        "in_stock": "in stock now",
        "and": ", ",
        "more": "Something else",
    },
    "zh": {
        "result": "先看{first}，{reason}。",
        "result_plain": "给您挑了这几样。",
        "nothing": "没有合适的现货。预算再放宽一点，我能多给您挑几样。",
        "nothing_else": "这类现货就这些了，换个价位或者品类，我再给您找。",
        "cheapest": "这里面{name}最便宜，{price}，再低的没有现货了。",
        "similar_to": "和{name}是一路的",
        "bought_together": "常和{name}一起买",
        "popular": "近期卖得最好的之一，卖出 {count} 件",
        "looked_at": "您最近看过",
        "within_budget": "在您的预算里",
        "same_category": "和{name}同类",
        "similar_to_yours": "最接近您说的",
        "bought_together_yours": "和您买过的常一起买",
        "same_category_yours": "和您买过的是一类",
        "in_stock": "有现货",
        "and": "，",
        "more": "换一批",
    },
}


@dataclass(frozen=True, slots=True)
class Arguments:
    like: Like | None
    named: Named
    query: Query
    budget: Budget
    exclude: Exclude


async def run(context: ToolContext, arguments: Arguments) -> ToolResult:
    catalogue = await context.shop.catalogue()
    interest = await _interest(context)
    like = await _like(context, arguments, interest)
    named = frozenset() if arguments.like else frozenset(arguments.named)
    budget = _budget(catalogue, arguments)
    wish = Wish(
        # What was asked for by name may be what they own already; it is wanted all the same.
        like=tuple(one for one in like if one not in named),
        similar_to=arguments.like,
        category=_category(context, catalogue, arguments, named),
        least=budget.least,
        most=budget.most,
        looked_at=frozenset(one for one, kind in interest.items() if kind != "bought"),
        exclude=frozenset(arguments.exclude),
    )
    sales = Sales(
        together=await context.shop.bought_together(like),
        units=await context.shop.popularity(since=context.now - timedelta(days=_POPULAR_DAYS)),
    )
    near = await (
        context.find_products.alike(arguments.like, limit=_NEAR)
        if arguments.like
        else context.find_products(limit=_NEAR, words=_without_money(arguments.query))
    )
    chosen = recommend(_candidates(catalogue, near, named), wish, sales, limit=_SHOWN)
    if not chosen:
        return _nothing(context, catalogue, arguments)
    names = {product.id: localized(context, product.name) for product in catalogue}
    notes = {one.product.id: _reason(context, one.reasons, names) for one in chosen}
    return ToolResult(
        "ok",
        _opening(context, chosen[0], notes),
        cards=tuple(product_card(context, one.product, note=notes[one.product.id]) for one in chosen),
        quick_replies=_buttons(context, chosen),
        product_ids=tuple(one.product.id for one in chosen),
    )


def _nothing(context: ToolContext, catalogue: Sequence[Product], arguments: Arguments) -> ToolResult:
    """Nothing more: say what is the cheapest of those shown, that these were all, or that nothing fits."""
    if not arguments.exclude:
        return ToolResult("not_found", context.say("nothing"))
    shown = [one for one in catalogue if one.id in arguments.exclude and in_stock(one)]
    if not shown or not cues.wants_cheaper(arguments.query):
        return ToolResult("not_found", context.say("nothing_else"))
    cheapest = min(shown, key=lambda product: price_range(product)[0])
    price = context.money(price_range(cheapest)[0])
    text = context.say("cheapest", name=localized(context, cheapest.name), price=price)
    return ToolResult("ok", text, cards=(product_card(context, cheapest),), product_ids=(cheapest.id,))


def _without_money(query: str) -> str | None:
    """What is looked for but for its price, if one is named: the 500 of a budget are not a headlamp's lumens."""
    money = find_money(query)
    for one in reversed(money):
        query = f"{query[: one.span.start]} {query[one.span.end :]}"
    return query.strip() if money else None


async def _interest(context: ToolContext) -> Mapping[str, EventKind]:
    """What the shop's own pages told of a signed-in shopper."""
    if context.identity.level != "signed_in" or context.identity.customer_id is None:
        return {}
    since = context.now - timedelta(days=_INTEREST_DAYS)
    return await context.shop.interest(context.identity.customer_id, since=since)


async def _like(
    context: ToolContext, arguments: Arguments, interest: Mapping[str, EventKind]
) -> tuple[str, ...]:
    """The product talked about; else what a signed-in shopper bought last."""
    if arguments.like:
        return (arguments.like,)
    if context.identity.level != "signed_in":
        return ()
    orders = list(await context.own_orders())[:3]
    bought = [one for one, kind in interest.items() if kind == "bought"]
    return tuple(dict.fromkeys([*bought, *(item.product_id for order in orders for item in order.items)]))


def _category(
    context: ToolContext, catalogue: Sequence[Product], arguments: Arguments, named: frozenset[str]
) -> str | None:
    """The category of what is named, by a product's name or its own; what is alike is of one category."""
    if arguments.like and not cues.wants_matching(arguments.query):
        return next((product.category for product in catalogue if product.id == arguments.like), None)
    categories = {product.category for product in catalogue if product.id in named}
    return categories.pop() if len(categories) == 1 else named_category(context, arguments.query)


def _budget(catalogue: Sequence[Product], arguments: Arguments) -> Budget:
    """As said; "cheaper" is less than anything shown."""
    budget = arguments.budget
    shown = [
        variant.price
        for product in catalogue
        if product.id in arguments.exclude
        for variant in product.variants
        if variant.stock
    ]
    if not shown or not cues.wants_cheaper(arguments.query):
        return budget
    below = min(shown) - 1
    return Budget(budget.least, below if budget.most is None else min(below, budget.most))


def _candidates(
    catalogue: Sequence[Product], near: Sequence[tuple[str, float]], named: frozenset[str]
) -> tuple[Candidate, ...]:
    """Closeness counts from the average product, since all products of a shop are close to each other."""
    cosines = dict(near)
    mean = fmean(cosines.values()) if cosines else 0.0
    spread = pstdev(cosines.values()) if len(cosines) > 1 else 0.0
    unnamed = _BESIDE_NAMED if named else 1.0
    return tuple(
        Candidate(
            product,
            similarity=1.0
            if product.id in named
            else unnamed * _scaled(cosines.get(product.id, mean), mean, spread),
        )
        for product in catalogue
    )


def _scaled(cosine: float, mean: float, spread: float) -> float:
    if spread <= 1e-6:
        return 0.0
    telling = min(spread / _USUAL_SPREAD, 1.0) ** 2
    return telling * min(max((cosine - mean) / (3 * spread), 0.0), 1.0)


def _reason(context: ToolContext, reasons: Sequence[Reason], names: dict[str, str]) -> str:
    """The strongest reason; one about no product in particular is about the shopper's words or purchases."""
    if not reasons:
        return context.say("in_stock")
    words = [_words(context, reason, names) for reason in reasons[:2]]
    return (context.say("and")).join(words)


def _words(context: ToolContext, reason: Reason, names: dict[str, str]) -> str:
    name = names.get(reason.product_id or "")
    key = f"{reason.kind}_yours" if name is None and reason.kind in _ABOUT_A_PRODUCT else reason.kind
    return context.say(key, name=name, count=reason.count)


def _opening(context: ToolContext, first: Recommendation, notes: dict[str, str]) -> str:
    name = localized(context, first.product.name)
    return context.say("result", first=name, reason=notes[first.product.id])


def _buttons(context: ToolContext, chosen: Sequence[Recommendation]) -> tuple[Button, ...]:
    ids = ",".join(one.product.id for one in chosen)
    compare = (Button(context.say("button.compare"), f"compare_products {ids}"),) if len(chosen) > 1 else ()
    return (*compare, Button(context.say("more")))


TOOL = Tool(
    name="recommend",
    description="Products to buy, with a reason for each.",
    arguments=Arguments,
    run=run,
    intents=("recommend",),
    texts=TEXTS,
)
