"""Which variant of a product is wanted instead: "in L", "大一码", "黑色的，没有就白色", "not the blue one"."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.shop.domain import Option, OptionValue, Product
from bot.shop.mentions import normalise
from bot.shop.options import OptionMention, option_mentions
from bot.shop.synonyms import SYNONYMS
from bot.tools.sizes import ascending, complaint, sized, step_from, stepped

_OTHERWISE = re.compile(
    r"(?:如果|要是)?(?:没有|没货|没了|不行|缺货)(?:了|的话)?[，,]?\s*(?:就|那就|再|换|要)"
    r"|(?:要?不然|否则|要不|实在(?:不行|没有))(?:的话)?(?:就)?"
    r"|\botherwise\b|\bor else\b|\bfailing that\b"
    r"|\bif (?:not|(?:there|you|it|that)\b[^,.;]{0,24}?\b(?:not|no|none|n't|out|gone|unavailable))\b[^,.;]{0,16}",
    re.IGNORECASE,
)
_PREFERS = re.compile(r"最好|首选|优先|尽量|\b(?:preferably|ideally|if possible)\b", re.IGNORECASE)
_WITHOUT = re.compile(r"不带|不要|没有的|\bwithout\b|\bnone\b", re.IGNORECASE)
_OTHER_ZH = r"(?:另外?一?[个种款]?|别的|其[他它]的?|换一?[个种]|不同的?){}"
_OTHER_EN = r"\b(?:an?other|the other|a different|some other) {}\b"
_OTHER_ONE = re.compile(r"另外?一?[个种款](?!人|单|件)|\bthe other (?:one|kind|version)\b", re.IGNORECASE)
_KNOWN = Option(
    "*", {"*": "*"}, tuple(OptionValue(row[0], {"*": row[0]}, tuple(row[1:])) for row in SYNONYMS)
)

Values = Mapping[str, tuple[str, ...]]
"""Option name to the values that will do; none of them where what was named does not exist."""


@dataclass(frozen=True, slots=True)
class Wish:
    first: Values = field(default_factory=dict)
    """What was asked for; other options stay as they are."""
    second: Values | None = None
    """What will do where the first is not to be had: "otherwise white"."""
    refused: Mapping[str, frozenset[str]] = field(default_factory=dict)
    towards: int = 0
    """1: it is too small, -1: too large, where no size was named."""
    unknown: str = ""
    """A colour or size that was asked for and that the product does not come in."""

    @property
    def is_said(self) -> bool:
        return bool(self.first)


def read_wish(
    product: Product, current: Mapping[str, str], texts: Sequence[str], start: Mapping[str, str] | None = None
) -> Wish:
    """What the texts, oldest first, ask for; newer words correct older ones.

    `current` are the options of what the shopper has, `start` those chosen before the texts.
    """
    wish = Wish({name: (value,) for name, value in (start or {}).items()})
    for text in texts:
        wish = _then(product, current, wish, text)
    return wish


def _then(product: Product, current: Mapping[str, str], wish: Wish, text: str) -> Wish:
    first, second = _split(product, text)
    wanted, refused = _named(product, current, wish, first)
    turned_down = {**wish.refused}
    for name, values in refused.items():
        turned_down[name] = turned_down.get(name, frozenset()) | values
    for name, kept in wanted.items():
        turned_down[name] = turned_down.get(name, frozenset()) - set(kept)
    merged = {**wish.first, **wanted}
    for name, values in refused.items():
        if name not in wanted and (merged.get(name) is None or set(merged[name]) & values):
            merged[name] = tuple(one for one in _values(product, name) if one not in turned_down[name])
    unknown = _unknown(product, first) if not wanted else ""
    fallback = _fallback(product, current, wish, (first, second), merged) if second is not None else None
    if unknown and second is not None and fallback:
        merged = {**merged, **dict.fromkeys(set(fallback) - set(merged), ())}
    changed = bool(wanted or refused)
    return replace(
        wish,
        first=merged,
        second=fallback if changed or second is not None else wish.second,
        refused={name: values for name, values in turned_down.items() if values},
        towards=0 if sized(product) in wanted else complaint(text) or wish.towards,
        unknown=unknown or ("" if changed else wish.unknown),
    )


def _split(product: Product, text: str) -> tuple[str, str | None]:
    """What is wanted first, and what otherwise."""
    if match := _OTHERWISE.search(text):
        before, behind = text[: match.start()], text[match.end() :]
        if option_mentions(product, before) or _unknown(product, before):
            return before, behind
    if match := _PREFERS.search(text):
        named = [one for one in option_mentions(product, text) if not one.refused]
        alike = [one for one in named[1:] if one.option == named[0].option and one.value != named[0].value]
        if alike:
            plain = normalise(text)
            return plain[: alike[0].start], plain[alike[0].start :]
    return text, None


def _fallback(
    product: Product, current: Mapping[str, str], wish: Wish, texts: tuple[str, str], first: Values
) -> Values | None:
    """What will do instead, of (what was wanted, what otherwise); None where nothing will."""
    second, refused = _named(product, current, wish, texts[1])
    if second:
        return {**first, **second}
    named = option_mentions(product, texts[0])
    if _WITHOUT.search(texts[1]) and not refused and named:
        name = named[-1].option
        return {**first, name: tuple(one for one in _values(product, name) if one not in first[name])}
    return None


def _named(
    product: Product, current: Mapping[str, str], wish: Wish, text: str
) -> tuple[dict[str, tuple[str, ...]], dict[str, frozenset[str]]]:
    """(What a text asks for, what it turns down)."""
    mentions = option_mentions(product, text)
    wanted: dict[str, tuple[str, ...]] = {}
    refused: dict[str, frozenset[str]] = {}
    for option in product.options:
        own = [one for one in mentions if one.option == option.name]
        if values := _wanted(own, current.get(option.name)):
            wanted[option.name] = values
        elif down := frozenset(one.value for one in own if one.refused):
            refused[option.name] = down
        elif _wants_another(product, option, text):
            wanted[option.name] = tuple(
                one.value for one in option.values if one.value != current.get(option.name)
            )
    size = sized(product)
    if size is not None and size not in wanted and (steps := stepped(text)):
        before = wish.first.get(size, ())
        base = before[0] if len(before) == 1 and step_from(text) == "wish" else current.get(size)
        wanted[size] = _step(product, size, base, steps)
    return wanted, refused


def _wanted(own: Sequence[OptionMention], now: str | None) -> tuple[str, ...]:
    """The new values where some are marked so; what it is now may only say which one is meant."""
    named = [one for one in own if not one.refused]
    new = tuple(dict.fromkeys(one.value for one in named if one.new))
    other = tuple(dict.fromkeys(one.value for one in named if one.value != now))
    return new or other or tuple(dict.fromkeys(one.value for one in named))


def _wants_another(product: Product, option: Option, text: str) -> bool:
    labels = {normalise(label) for label in (option.name, *option.label.values())}
    for label in labels | ({"color"} if "colour" in labels else set()):
        pattern = _OTHER_EN if label.isascii() else _OTHER_ZH
        if re.search(pattern.format(re.escape(label)), normalise(text)):
            return True
    return len(product.options) == 1 and bool(_OTHER_ONE.search(text))


def _step(product: Product, size: str, base: str | None, steps: int) -> tuple[str, ...]:
    from_small = ascending(_values(product, size))
    place = from_small.index(base) + steps if base in from_small else -1
    return (from_small[place],) if 0 <= place < len(from_small) else ()


def _values(product: Product, name: str) -> tuple[str, ...]:
    return next(tuple(v.value for v in one.values) for one in product.options if one.name == name)


def _unknown(product: Product, text: str) -> str:
    """A common colour or size that is named and that none of the product's values means."""
    own = option_mentions(product, text)
    for one in option_mentions(replace(product, options=(_KNOWN,)), text):
        if not one.refused and not any(one.start < other.end and other.start < one.end for other in own):
            return normalise(text)[one.start : one.end]
    return ""
