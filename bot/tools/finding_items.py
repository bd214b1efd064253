"""Which items of an order the shopper means: "the jacket", "那个红色的", "everything except the bottle", "the second"."""

import re
from collections.abc import Callable, Mapping, Sequence

from bot.conversation import Choice
from bot.shop.domain import Order, OrderItem, Product
from bot.tools.asking import choose
from bot.tools.base import ToolContext, ToolResult, localized
from bot.tools.item_words import Said, said_items
from intents.quantities import find_quantities

_ADDS = re.compile(
    r"还有|还要|也|再加|加上|另外|以及|\b(?:also|as well|plus|add)\b|\btoo\b(?=\W*$|[.,!])", re.IGNORECASE
)

Quantities = dict[str, int]
"""Order item id to how many."""


async def find_items(
    context: ToolContext,
    order: Order,
    words: Sequence[str],
    chosen: Sequence[str],
    *,
    fitting: Callable[[OrderItem], int],
    question: str,
    wishes: bool = False,
) -> Quantities | ToolResult:
    """The items meant and how many of each, or the question which.

    `fitting` tells how many of an item the change can be about (0: it cannot). The only fitting item
    needs no question. Items that do not fit but were named are returned: the policy says why not.
    `wishes`: the words may also say what an item should become.
    """
    products = await products_of(context, order)
    candidates = [item for item in order.items if fitting(item)] or list(order.items)
    said = _newest(context, order, products, words, chosen, wishes=wishes)
    if said.items:
        named = [item for item in order.items if item.id in said.items]
        return {item.id: _how_many(item, said.items[item.id], fitting(item)) for item in named}
    perhaps = [item for item in candidates if item.id in said.perhaps] or candidates
    if len(perhaps) == 1:
        return {perhaps[0].id: _how_many(perhaps[0], _counted(words), fitting(perhaps[0]))}
    choices = [item_choice(context, item, products) for item in perhaps]
    return choose(context, "items", question, choices, order=order)


def kept(items: Quantities) -> str:
    """As `chosen`, so that a later answer does not lose what was found out."""
    return ",".join(f"{item_id}*{quantity}" for item_id, quantity in items.items())


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
    *,
    wishes: bool,
) -> Said:
    """What was said last counts, with what it adds to; a choice counts more than what was said before it."""
    own = Said(_chosen(order, chosen))
    items: dict[str, int | None] = {}
    perhaps: tuple[str, ...] = ()
    for text in reversed(words):
        said = said_items(context, order, products, text, wishes=wishes) if text else own
        items = {**said.items, **items}
        if said.items and not (text and _ADDS.search(text)):
            break
        perhaps = perhaps or said.perhaps
    return Said(items or own.items, perhaps)


def _chosen(order: Order, chosen: Sequence[str]) -> dict[str, int | None]:
    """`I2` or `I2*1`."""
    found: dict[str, int | None] = {}
    for one in chosen:
        item_id, _, count = one.rpartition("*") if one.rpartition("*")[2].isdigit() else (one, "", "")
        if any(item.id == item_id for item in order.items):
            found[item_id] = int(count) if count else None
    return found


def _counted(words: Sequence[str]) -> int | None:
    """The number said last, where it can only be about one item."""
    for text in reversed(words):
        if numbers := find_quantities(text):
            return numbers[0].value
    return None


def _how_many(item: OrderItem, said: int | None, most: int) -> int:
    """As many as were said, though there may be fewer; else all that can be."""
    return said or most or item.quantity


def item_choice(context: ToolContext, item: OrderItem, products: Mapping[str, Product]) -> Choice:
    product = products.get(item.product_id)
    names = (*item.name.values(), *(product.aliases if product else ()))
    label = item_label(context, item, products)
    return Choice(item.id, label, tuple(dict.fromkeys((*names, options_text(context, item, products)))))
