"""What a product is, costs and has in stock: "有黑色 XL 吗?", "how heavy is it?"."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.conversation import Choice
from bot.cues import asks_which_of, only_points
from bot.shop.attribute_words import asked_attributes
from bot.shop.domain import Attribute, Option, OptionValue, Product, Variant
from bot.shop.facts import in_stock, nearest_variants, variant_matches
from bot.shop.images import image_url
from bot.shop.mentions import normalise
from bot.shop.options import asked_option, match_options, other_colour
from bot.shop.size_guide import NAME as SIZE_GUIDE
from bot.shop.size_guide import Body, Fit, fitting
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
    page_link,
    price_text,
    product_card,
)
from connectors.base import Button, Card
from intents.positions import find_ordinals

_MOST_SHOWN = 4
_NEAR = 40
"""Products by meaning that are looked at when none was named."""
_LOW_STOCK = 5
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
_POINTS_OUT = re.compile(
    r"^(?:那|那个|这个)?(?P<zh>[\u4e00-\u9fff]{2,6}?)(?:的|那[个款种只双件]|款)|\bthe (?P<en>[a-z-]{4,})(?: \w+)? ones?\b"
)
_ASKS_WHETHER_SOLD = re.compile(
    r"^\W*(?:请问|你们|您们|店里|家里|这里|咱们|贵店)*(?:有没有|有|卖).{1,20}[吗嘛么？?]?\W*$"
    r"|\b(?:do you|d'you|you guys) (?:have|sell|carry|stock|do)\b|\b(?:is|are) there (?:any|an?)\b|\bgot any\b|\blooking for\b",
    re.IGNORECASE,
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
        return _facts(context, described, arguments)
    if arguments.product is not None:
        product = await context.shop.product(arguments.product)
        if product is not None and product.active:
            return _facts(context, product, arguments)
    products = await _active(context, [one for one in arguments.products if one not in arguments.exclude])
    if products:
        return _several(context, products, arguments)
    return await _suggest(context, arguments)


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
    asked = {one.id: asked_attributes(one, _without_names(one, arguments.query)) for one in products}
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


def _facts(context: ToolContext, product: Product, arguments: Arguments) -> ToolResult:
    """Asked for options: their stock. Asked for an attribute: its value. Else price and stock."""
    query = arguments.query
    wanted = _wanted(product, arguments)
    rest = _without_names(product, query)
    asked = asked_attributes(product, rest)
    bought = _ASKS_PRICE_OR_STOCK.search(rest) or _ASKS_WHETHER_SOLD.search(query)
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
    if advice := _size_advice(context, product, asked, arguments.body):
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


def _wanted(product: Product, arguments: Arguments) -> dict[str, str]:
    """The options asked for; "and in XXL?" keeps the colour that was asked for before."""
    wanted = match_options(product, arguments.query)
    if not wanted or not arguments.earlier:
        return wanted
    return {**match_options(product, arguments.earlier), **wanted}


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
        labels = [_label(context, value) for value in option.values if value.value in there]
        if labels:
            lists.append(context.listing(labels))
    return ("\uff1b" if context.language == "zh" else "; ").join(lists)


def _list_variants(context: ToolContext, product: Product, variants: Sequence[Variant]) -> str:
    return context.listing([_words(context, product, variant.options) for variant in variants])


def _words(context: ToolContext, product: Product, options: Mapping[str, str]) -> str:
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


def _several(context: ToolContext, products: Sequence[Product], arguments: Arguments) -> ToolResult:
    """A word that names several products: those that have the options asked for, or all, and which one?"""
    wanted, fitting = _with_options(products, arguments.query)
    if not wanted:
        shown = [product for product in products if in_stock(product)] or list(products)
        if len(shown) == 1:
            return _facts(context, shown[0], arguments)
        shown = shown[:_MOST_SHOWN]
        return _shown(context, shown, context.say("several", count=len(shown)), ask=True)
    if len(fitting) == 1:
        return _facts(context, fitting[0], arguments)
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
    return _words(context, known, wanted)


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
    sold = bool(_ASKS_WHETHER_SOLD.search(arguments.query))
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


TOOL = Tool(
    name="product_facts",
    description="Price, options, stock and attributes of a product.",
    arguments=Arguments,
    run=run,
    intents=("stock", "product_question", "size_advice"),
    texts=TEXTS,
)
