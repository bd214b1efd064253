"""Which items of an order the shopper means: "the jacket", "那个红色的", "everything except the bottle", "the second"."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.conversation import Choice
from bot.shop.domain import Order, OrderItem, Product
from bot.shop.mentions import MentionFinder, normalise
from bot.shop.options import option_mentions
from bot.tools.asking import choose
from bot.tools.base import ToolContext, ToolResult, localized, named_category
from intents.positions import find_ordinals, says_all
from intents.quantities import find_quantities

_EXCEPT = re.compile(
    r"除了|除去|不包括|不含|留下|保留|别动|\bexcept(?: for)?\b|\bbut not\b|\bapart from\b|\bother than\b|\bkeep\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"都|全部|两[个件双条]|几[个件双条]|\b(?:both|all|two|three)\b|\b\w{3,}s\b", re.IGNORECASE
)

Quantities = dict[str, int]
"""Order item id to how many."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one text says about an order's items."""

    items: tuple[str, ...] = ()
    """Item ids that are surely meant."""
    perhaps: tuple[str, ...] = ()
    """Several fit where one is meant."""
    quantity: int | None = None


async def find_items(
    context: ToolContext,
    order: Order,
    words: Sequence[str],
    chosen: Sequence[str],
    *,
    fitting: Callable[[OrderItem], int],
    question: str,
) -> Quantities | ToolResult:
    """The items meant and how many of each, or the question which.

    `fitting` tells how many of an item the change can be about (0: it cannot). The only fitting item
    needs no question. Items that do not fit but were named are returned: the policy says why not.
    """
    products = await products_of(context, order)
    candidates = [item for item in order.items if fitting(item)] or list(order.items)
    said = _newest(context, order, products, words, chosen)
    if said.items:
        named = [item for item in order.items if item.id in said.items]
        return {item.id: _how_many(item, said.quantity, fitting(item)) for item in named}
    perhaps = [item for item in candidates if item.id in said.perhaps] or candidates
    if len(perhaps) == 1:
        return {perhaps[0].id: _how_many(perhaps[0], said.quantity, fitting(perhaps[0]))}
    return choose(context, "items", question, [_choice(context, item, products) for item in perhaps])


async def products_of(context: ToolContext, order: Order) -> Mapping[str, Product]:
    found = [await context.shop.product(item.product_id) for item in order.items]
    return {product.id: product for product in found if product is not None}


def item_label(context: ToolContext, item: OrderItem, products: Mapping[str, Product]) -> str:
    """外套（黑色，M）; an option's own label where the product still has it."""
    name, options = localized(context, item.name), options_text(context, item, products)
    return context.say("item", name=name, options=options) if options else name


def options_text(context: ToolContext, item: OrderItem, products: Mapping[str, Product]) -> str:
    return options_label(context, products.get(item.product_id), item.options)


def options_label(context: ToolContext, product: Product | None, options: Mapping[str, str]) -> str:
    labels = {
        (option.name, value.value): localized(context, value.label)
        for option in (product.options if product else ())
        for value in option.values
    }
    joint = "，" if context.language == "zh" else ", "
    return joint.join(labels.get((name, value), value) for name, value in options.items())


def _newest(
    context: ToolContext,
    order: Order,
    products: Mapping[str, Product],
    words: Sequence[str],
    chosen: Sequence[str],
) -> Said:
    """What was said last counts; a choice counts more than what was said before it."""
    own = tuple(one for one in chosen if any(item.id == one for item in order.items))
    perhaps: tuple[str, ...] = ()
    for text in reversed(words):
        said = said_items(context, order, products, text) if text else Said(own)
        if said.items:
            return said
        perhaps = perhaps or said.perhaps
    return Said(own, perhaps)


def said_items(context: ToolContext, order: Order, products: Mapping[str, Product], text: str) -> Said:
    """What a text says about the items of an order, without asking."""
    whole, _, behind = _split(text)
    quantity = next((one.value for one in find_quantities(text)), None)
    if behind:
        kept = set(_meant(context, order, products, behind)[0])
        return Said(tuple(item.id for item in order.items if item.id not in kept) if kept else ())
    if says_all(whole) and not _named(order, products, whole):
        return Said(tuple(item.id for item in order.items))
    sure, perhaps = _meant(context, order, products, whole)
    return Said(sure, perhaps, quantity)


def names_products(context: ToolContext, order: Order, products: Mapping[str, Product], text: str) -> bool:
    """Whether the text names something that is in the order."""
    sure, perhaps = _meant(context, order, products, text, places=False)
    return bool(sure or perhaps)


def _split(text: str) -> tuple[str, str, str]:
    """(What is wanted, the word between, what is not): "everything except the bottle"."""
    match = _EXCEPT.search(text)
    if match is None:
        return text, "", ""
    return text[: match.start()], match[0], text[match.end() :]


def _named(order: Order, products: Mapping[str, Product], text: str) -> list[tuple[str, set[str]]]:
    """(Words, item ids) for each product that the text names."""
    mentions = MentionFinder(list(products.values())).find(text)
    return [
        (mention.words, {item.id for item in order.items if item.product_id in mention.product_ids})
        for mention in mentions
    ]


def _meant(
    context: ToolContext, order: Order, products: Mapping[str, Product], text: str, *, places: bool = True
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(Item ids surely meant, item ids of which one is meant); `places` lets "the second" count."""
    sure: list[str] = []
    perhaps: list[str] = []
    groups = [ids for _, ids in _named(order, products, text)]
    if not groups and (category := named_category(context, text)):
        groups = [{item.id for item in order.items if _category(item, products) == category}]
    for ids in groups:
        fitting = _with_options(order, products, text, ids)
        if len(fitting) == 1 or _SEVERAL.search(normalise(text)):
            sure += fitting
        else:
            perhaps += fitting
    if not groups:
        by_options = _with_options(order, products, text, {item.id for item in order.items}, needed=True)
        (sure if len(by_options) == 1 else perhaps).extend(by_options)
        for ordinal in find_ordinals(text) if places else ():
            place = ordinal.index - 1 if ordinal.index > 0 else ordinal.index
            if -len(order.items) <= place < len(order.items):
                sure.append(order.items[place].id)
    return tuple(dict.fromkeys(sure)), tuple(dict.fromkeys(perhaps))


def _category(item: OrderItem, products: Mapping[str, Product]) -> str | None:
    product = products.get(item.product_id)
    return product.category if product else None


def _with_options(
    order: Order, products: Mapping[str, Product], text: str, ids: set[str], *, needed: bool = False
) -> list[str]:
    """Of the items those whose options are named, as they are now: not what they should become."""
    named, fitting = False, []
    for item in order.items:
        product = products.get(item.product_id)
        if item.id not in ids or product is None:
            continue
        mentions = [one for one in option_mentions(product, text) if not one.new]
        own = [one for one in mentions if item.options.get(one.option) == one.value]
        if own:
            named = True
            fitting.append(item.id)
    if named:
        return fitting
    return [] if needed else [item.id for item in order.items if item.id in ids]


def _how_many(item: OrderItem, said: int | None, most: int) -> int:
    """As many as were said, else all that can be."""
    return min(said, item.quantity) if said else most or item.quantity


def _choice(context: ToolContext, item: OrderItem, products: Mapping[str, Product]) -> Choice:
    product = products.get(item.product_id)
    names = (*item.name.values(), *(product.aliases if product else ()))
    label = item_label(context, item, products)
    return Choice(item.id, label, tuple(dict.fromkeys((*names, options_text(context, item, products)))))
