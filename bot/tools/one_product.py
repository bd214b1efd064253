"""What is said of one product: the stock of the options asked for, an attribute, a size that fits, or its price."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.cues import only_points
from bot.shop.attribute_words import asked_attributes
from bot.shop.domain import Attribute, Option, OptionValue, Product, Variant
from bot.shop.facts import in_stock, nearest_variants, variant_matches
from bot.shop.images import image_url
from bot.shop.mentions import normalise
from bot.shop.options import asked_option, match_options, other_colour
from bot.shop.size_guide import NAME as SIZE_GUIDE
from bot.shop.size_guide import Body, Fit, fitting
from bot.tools.base import ToolContext, ToolResult, localized, page_link, price_text, product_card
from connectors.base import Button, Card

_LOW_STOCK = 5
_NEAREST = 4
"""Variants named instead of one that is sold out."""
_ASKS_PRICE_OR_STOCK = re.compile(
    r"多少钱|价格|价钱|怎么卖|几钱|贵吗|有货|现货|库存|还有[吗么没]|有[吗么没]|卖完|售罄|断货"
    r"|\bhow much\b(?! .{0,20}\b(?:hold|weigh|coffee|water))|\bprice|\bcosts?\b|\bin stock\b|\bavailab|\bsold out\b|\bleft\b",
    re.IGNORECASE,
)
_INTRODUCES = re.compile(
    r"^\W*\w?\W*$|介绍|说说|看看|看下|怎么样|好不好|好吗|好用|值得|是什么|详情|了解|参数|推荐|呢\W*$|就(?:要|买|选|它|这|那|第)|[要买选拿](?:它|这|那|第)|下单"
    r"|\b(?:tell me|about|details?|info(?:rmation)?|show|any good|specs?|describe|features?)\b"
    r"|\b(?:i'?ll (?:take|have|get)|i'?d (?:like|take)|i want|let me have|go (?:with|for)|take) (?:it|this|that|the|number)\b",
    re.IGNORECASE,
)
"""Nothing in particular is asked: the product itself is wanted."""
ASKS_WHETHER_SOLD = re.compile(
    r"^\W*(?:请问|你们|您们|店里|家里|这里|咱们|贵店)*(?:有没有|有|卖).{1,20}[吗嘛么？?]?\W*$"
    r"|\b(?:do you|d'you|you guys) (?:have|sell|carry|stock|do)\b|\b(?:is|are) there (?:any|an?)\b|\bgot any\b|\blooking for\b",
    re.IGNORECASE,
)


def facts_of(context: ToolContext, product: Product, query: str, *, earlier: str, body: Body) -> ToolResult:
    """Asked for options: their stock. Asked for an attribute: its value. Else price and stock."""
    wanted = _wanted(product, query, earlier)
    rest = without_names(product, query)
    asked = asked_attributes(product, rest)
    bought = _ASKS_PRICE_OR_STOCK.search(rest) or ASKS_WHETHER_SOLD.search(query)
    choices = _choices(context, product, rest, wanted)
    unknown = not (wanted or choices or asked or bought or _INTRODUCES.search(rest) or only_points(query))
    result = ToolResult(
        "ok",
        cards=(_detailed_card(context, product, wanted),),
        quick_replies=_buttons(context, product),
        product_ids=(product.id,),
        # What the shop's data does not say, a page may: about care for instance.
        documents_first=unknown,
    )
    if unknown:
        human = Button(context.say("button.human"), "human")
        text = context.say("no_detail", name=localized(context, product.name))
        return replace(result, text=text, quick_replies=(human, *result.quick_replies), offer="human")
    if choices:
        return replace(result, text=choices)
    if wanted:
        return replace(result, text=_stock_of(context, product, wanted))
    if advice := _size_advice(context, product, asked, body):
        return replace(result, text=advice)
    if asked:
        return replace(result, text=_attributes(context, asked[:3]))
    return replace(result, text=_availability(context, product))


def _choices(context: ToolContext, product: Product, question: str, wanted: Mapping[str, str]) -> str | None:
    """The values of an option that is asked about, or those instead of a colour that there is not."""
    facts = {"name": localized(context, product.name)}
    if found := other_colour(product, question, context.language):
        option, colour = found
        available = [value for value in option.values if _is_there(product, option, value)]
        others = context.listing([_label(context, value) for value in available or option.values])
        return context.say("no_such", options=colour, others=others, **facts)
    option_asked = asked_option(product, question)
    if option_asked is None or wanted:
        return None
    gone = [value for value in option_asked.values if not _is_there(product, option_asked, value)]
    values = context.listing([_label(context, value) for value in option_asked.values])
    if not gone:
        return context.say("choices", values=values, **facts)
    if len(gone) == len(option_asked.values):
        return context.say("sold_out_product", **facts)
    return context.say(
        "choices_gone",
        values=values,
        gone=context.listing([_label(context, value) for value in gone]),
        **facts,
    )


def _is_there(product: Product, option: Option, value: OptionValue) -> bool:
    return any(variant.stock for variant in variant_matches(product, {option.name: value.value}))


def _wanted(product: Product, query: str, earlier: str) -> dict[str, str]:
    """The options asked for; "and in XXL?" keeps the colour that was asked for before."""
    wanted = match_options(product, query)
    if not wanted or not earlier:
        return wanted
    return {**match_options(product, earlier), **wanted}


def _attributes(context: ToolContext, asked: Sequence[Attribute]) -> str:
    joint = "" if context.language == "zh" else " "
    return joint.join(
        context.say(
            "attribute",
            label=localized(context, attribute.label),
            value=localized(context, attribute.value).rstrip("。."),
        )
        for attribute in asked
    )


def _size_advice(
    context: ToolContext, product: Product, asked: Sequence[Attribute], body: Body
) -> str | None:
    """The size for this height and weight, where the product's guide tells it."""
    guide = next((one for one in asked if one.name == SIZE_GUIDE), None)
    fit = fitting(guide, body) if guide else None
    if guide is None or fit is None:
        return None
    said = [
        context.say(name, **{name: f"{value:g}"})
        for name, value in (("height", body.height), ("weight", body.weight))
        if value is not None
    ]
    build = ("、" if context.language == "zh" else " and ").join(said)
    if not (fit.both or (fit.by_height and fit.by_weight)):
        return context.say(
            "size_none",
            body=build,
            label=localized(context, guide.label),
            value=localized(context, guide.value),
        )
    size, text = _size_of(context, fit, build)
    if any(variant.stock for variant in _of_size(product, size)) or not _of_size(product, size):
        return text
    return f"{text}{'' if context.language == 'zh' else ' '}{context.say('size_gone', size=size)}"


def _size_of(context: ToolContext, fit: Fit, build: str) -> tuple[str, str]:
    """The size, and why."""
    if len(fit.both) > 1:
        smaller, larger = fit.both[0], fit.both[-1]
        return smaller, context.say("sizes", body=build, smaller=smaller, larger=larger)
    if fit.both:
        return fit.both[0], context.say("size", body=build, size=fit.both[0])
    tall, heavy = fit.by_height[-1], fit.by_weight[-1]
    if fit.is_larger(heavy, tall):
        return heavy, context.say("size_by_weight", size=heavy, other=tall)
    return tall, context.say("size_by_height", size=tall, other=heavy)


def _of_size(product: Product, size: str) -> list[Variant]:
    return [one for one in product.variants if size.lower() in map(str.lower, one.options.values())]


def without_names(product: Product, query: str) -> str:
    """A name may hold an attribute's word: 保温杯 does not ask about 保温."""
    text = normalise(query)
    for name in sorted((*product.name.values(), *product.aliases), key=len, reverse=True):
        text = text.replace(normalise(name), " ")
    return text


def _stock_of(context: ToolContext, product: Product, wanted: Mapping[str, str]) -> str:
    facts = {"name": localized(context, product.name), "options": option_words(context, product, wanted)}
    exact = variant_matches(product, wanted)
    available = [variant for variant in exact if variant.stock]
    others = _listed(context, product, nearest_variants(product, wanted)[:_NEAREST])
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
        labels = [_label(context, value) for value in option.values if value.value in there]
        if labels:
            lists.append(context.listing(labels))
    return ("\uff1b" if context.language == "zh" else "; ").join(lists)


def _listed(context: ToolContext, product: Product, variants: Sequence[Variant]) -> str:
    return context.listing([option_words(context, product, variant.options) for variant in variants])


def option_words(context: ToolContext, product: Product, options: Mapping[str, str]) -> str:
    """Option values as people say them: 黑色 XL; black XL."""
    labels = {
        (option.name, value.value): _label(context, value)
        for option in product.options
        for value in option.values
    }
    return " ".join(labels.get((name, value), value) for name, value in options.items())


def _label(context: ToolContext, value: OptionValue) -> str:
    """Within a sentence: black, not Black; XL and 500ml stay as they are."""
    label = localized(context, value.label)
    plain = context.language == "en" and label[1:].islower()
    return label[:1].lower() + label[1:] if plain else label


def _detailed_card(context: ToolContext, product: Product, wanted: Mapping[str, str]) -> Card:
    card = product_card(context, product)
    picture = next((variant.image for variant in variant_matches(product, wanted) if variant.image), None)
    rows = tuple(
        (localized(context, attribute.label), localized(context, attribute.value))
        for attribute in product.attributes[:6]
    )
    pictured = replace(
        card,
        lines=rows,
        subtitle=localized(context, product.description),
        buttons=page_link(context, product),
    )
    return replace(pictured, image=image_url(picture)) if wanted and picture else pictured


def _buttons(context: ToolContext, product: Product) -> tuple[Button, ...]:
    return (Button(context.say("button.similar"), f"recommend {product.id}"),)
