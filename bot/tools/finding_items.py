"""Which items of an order the shopper means: "the jacket", "那个红色的", "everything except the bottle", "the second"."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.conversation import Choice
from bot.shop.domain import Order, OrderItem, Product
from bot.shop.mentions import MentionFinder, normalise
from bot.shop.options import option_mentions
from bot.tools.asking import choose
from bot.tools.base import ToolContext, ToolResult, localized, named_category
from bot.tools.sizes import complaint, stepped
from intents.positions import find_ordinals, says_all
from intents.quantities import find_quantities

_EXCEPT = re.compile(
    r"除了|除去|不包括|不含|留下|保留|别动|\bexcept(?: for)?\b|\bbut not\b|\bapart from\b|\bother than\b|\bkeep(?:ing)?\b"
    r"|\b(?:everything|all) but\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"都|全部|两[个件双条]|几[个件双条]|\b(?:both|all|two|three)\b", re.IGNORECASE)
_ADDS = re.compile(
    r"还有|还要|也|再加|加上|另外|以及|\b(?:also|as well|plus|add)\b|\btoo\b(?=\W*$|[.,!])", re.IGNORECASE
)
_NEAR = 8
"""Characters between a number and what it counts."""

Quantities = dict[str, int]
"""Order item id to how many."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one text says about an order's items."""

    items: Mapping[str, int | None] = field(default_factory=dict)
    """Item ids that are surely meant, and how many where that is said."""
    perhaps: tuple[str, ...] = ()
    """Several fit where one is meant."""


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
    return choose(context, "items", question, [item_choice(context, item, products) for item in perhaps])


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


def said_items(
    context: ToolContext, order: Order, products: Mapping[str, Product], text: str, *, wishes: bool = False
) -> Said:
    """What a text says about the items of an order, without asking."""
    whole, _, behind = _split(text)
    everything = tuple(item.id for item in order.items)
    if behind:
        kept = set(_meant(context, order, products, behind)[0])
        wanted = _meant(context, order, products, whole)[0] or everything
        return Said(dict.fromkeys(one for one in wanted if one not in kept) if kept else {})
    if says_all(whole) and not _named(order, products, whole):
        return Said(dict.fromkeys(everything))
    by_options = not wishes or _tells_apart(products, whole)
    sure, perhaps = _meant(context, order, products, whole, by_options=by_options)
    counts = _counts(order, products, whole)
    return Said({item_id: counts.get(item_id) for item_id in sure}, perhaps)


def _tells_apart(products: Mapping[str, Product], text: str) -> bool:
    """Whether a colour in it says which one is meant, because something else says what it should become."""
    new = any(one.new for product in products.values() for one in option_mentions(product, text))
    return new or bool(complaint(text) or stepped(text))


def _counts(order: Order, products: Mapping[str, Product], text: str) -> dict[str, int]:
    """Item id to the number that stands beside its name, or to the only number there is."""
    text = normalise(text)
    numbers = find_quantities(text)
    mentions = MentionFinder(list(products.values())).find(text)
    counts: dict[str, int] = {}
    for mention in mentions:
        start, end = mention.position, mention.position + len(mention.words)
        before = [one for one in numbers if one.span.end - len(one.unit) <= start <= one.span.end + _NEAR]
        behind = [one for one in numbers if end <= one.span.start <= end + _NEAR]
        if beside := before[-1:] or behind[:1]:
            ids = (item.id for item in order.items if item.product_id in mention.product_ids)
            counts |= dict.fromkeys(ids, beside[0].value)
    if len(mentions) < 2 and len(numbers) == 1 and not counts:
        return {item.id: numbers[0].value for item in order.items}
    return counts


def _counted(words: Sequence[str]) -> int | None:
    """The number said last, where it can only be about one item."""
    for text in reversed(words):
        if numbers := find_quantities(text):
            return numbers[0].value
    return None


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
    context: ToolContext,
    order: Order,
    products: Mapping[str, Product],
    text: str,
    *,
    places: bool = True,
    by_options: bool = True,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(Item ids surely meant, item ids of which one is meant).

    `places` lets "the second" count, `by_options` "the red one".
    """
    sure: list[str] = []
    perhaps: list[str] = []
    named = _named(order, products, text)
    groups = [ids for _, ids in named]
    plural = any(re.search(rf"\b{re.escape(name)}e?s\b", normalise(text)) for name, _ in named)
    if not groups and (category := named_category(context, text)):
        groups = [{item.id for item in order.items if _category(item, products) == category}]
    for ids in groups:
        fitting = _with_options(order, products, text, ids)
        if len(fitting) == 1 or plural or _SEVERAL.search(normalise(text)):
            sure += fitting
        else:
            perhaps += fitting
    if not groups:
        everything = {item.id for item in order.items}
        fitting = _with_options(order, products, text, everything, needed=True) if by_options else []
        (sure if len(fitting) == 1 else perhaps).extend(fitting)
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


def item_choice(context: ToolContext, item: OrderItem, products: Mapping[str, Product]) -> Choice:
    product = products.get(item.product_id)
    names = (*item.name.values(), *(product.aliases if product else ()))
    label = item_label(context, item, products)
    return Choice(item.id, label, tuple(dict.fromkeys((*names, options_text(context, item, products)))))
