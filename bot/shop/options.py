"""Which option values of a product a shopper's words mean: 黑色 XL, "the black one in large, not navy"."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.shop.domain import Option, Product
from bot.shop.synonyms import COLOURS, NO_COLOURS, SYNONYMS

_SYNONYMS_OF = {word: row for row in SYNONYMS for word in row}
# What turns the value behind it down. 是不是 and 要不要 ask, they do not refuse.
_REFUSES_BEFORE = re.compile(
    r"(?:(?<!是)不是|(?<!要)不要|不想[要买换选]|不[买换选用]|不喜欢|别[要给]?我?|除了|讨厌"
    r"|\b(?:not|no|without|except|besides|but not|other than|anything but|instead of|rather than"
    r"|don'?t (?:want|like|need)|do not (?:want|like|need)|hate|isn'?t|is not))"
    r"(?:[\s、/或和]|的|那个|那件|这个|这件|任何|\b(?:the|a|an|any|it|this|in|one|or|and|nor)\b)*$"
)
_REFUSES_BEHIND = re.compile(
    r"^(?:色|的|款|那件|那个|这件|这个|我|就|也|都|可|真|了|\s)*"
    r"(?:(?<!要)不要(?!紧)|不想要|不喜欢|不行|不好看|除外|就算了|算了)"
)
_CHANGES_TO = re.compile(
    r"(?:换成|改成|换为|改为|换个|换件|换|改|变成|\b(?:to|into|for))(?:\s|个|件|一件|the|a|an)*$"
)
_MONEY_BEFORE = re.compile(r"[¥$€£]\s*$")
_MONEY_BEHIND = re.compile(r"^\s*(?:元|块|刀|yuan|rmb|usd|dollars?|\.\d)")

_LONGEST_TEXT = 2000
"""Characters looked at: nobody names an option after that many."""
_UNIT = re.compile(r"(?<=\d)\s+(?=(?:ml|cm|mm|kg|g|gb|tb|mah|w|inch)\b|毫升|升|厘米|毫米|英?寸|克|瓦)")


@dataclass(frozen=True, slots=True)
class OptionMention:
    """A stretch of the text, normalised, that names a value of an option."""

    option: str
    value: str
    start: int
    end: int
    refused: bool
    """Named to be turned down: "not the black one"."""
    new: bool
    """Named as what to change to: "change it to white"."""


_COLOUR = re.compile(r"颜色|色号|色系|[么些种个几]色|\bcolou?rs?\b|\bshades?\b", re.IGNORECASE)
_SIZE = re.compile(
    r"(?:有|出)(?:什么|哪些|哪几|几)个?(?:尺码|码数|码)|(?:尺码|码数|码)(?:有|都有)(?:什么|哪些|哪几)|几个码"
    r"|\b(?:what|which|any other|how many) sizes\b|\bsizes (?:are|do|does|is)\b",
    re.IGNORECASE,
)
"""Which sizes there are; which one fits is another question."""
_ASKS_FOR = {"color": _COLOUR, "colour": _COLOUR, "颜色": _COLOUR, "size": _SIZE, "尺码": _SIZE}


def asked_option(product: Product, question: str) -> Option | None:
    """The option whose values are asked for: "what colours?", 有什么规格."""
    text = _normalise(question[:_LONGEST_TEXT])
    return next((option for option in product.options if _is_asked(option, text)), None)


def _is_asked(option: Option, text: str) -> bool:
    pattern = _ASKS_FOR.get(_normalise(option.name))
    if pattern is not None:
        return bool(pattern.search(text))
    return any(len(label) > 1 and _normalise(label) in text for label in option.label.values())


def other_colour(product: Product, text: str, language: str) -> tuple[Option, str] | None:
    """A colour asked for that the product does not come in, in the shopper's language, with the option of its colours."""
    option = next((one for one in product.options if _ASKS_FOR.get(_normalise(one.name)) is _COLOUR), None)
    if option is None:
        return None
    text = _normalise(text[:_LONGEST_TEXT])
    own = {word for word, _, _ in _vocabulary(product)}
    rows = [(word, row) for row in COLOURS if own.isdisjoint(row) for word in row]
    taken = [place for word in (*own, *NO_COLOURS) for place in _places(text, word)]
    for word, row in sorted(rows, key=lambda pair: -len(pair[0])):
        for start, end in _places(text, word):
            # 粉 is powder, too, and 灰 dust; 粉的 is a colour.
            if len(word) == 1 and not text.startswith("的", end):
                continue
            if not any(start < other_end and other_start < end for other_start, other_end in taken):
                chinese = max((one for one in row if not one.isascii()), key=lambda one: one.endswith("色"))
                return option, chinese if language == "zh" else row[0]
    return None


def match_options(product: Product, text: str) -> dict[str, str]:
    """Option name to the value asked for; an option of which two values are asked for is left out."""
    wanted: dict[str, str] = {}
    mentions = [mention for mention in option_mentions(product, text) if not mention.refused]
    for option in product.options:
        own = [mention for mention in mentions if mention.option == option.name]
        changes = {mention.value for mention in own if mention.new}
        values = changes or {mention.value for mention in own}
        if len(values) == 1:
            wanted[option.name] = values.pop()
    return wanted


def refused_options(product: Product, text: str) -> dict[str, frozenset[str]]:
    """Option name to the values turned down."""
    refused: dict[str, set[str]] = {}
    for mention in option_mentions(product, text):
        if mention.refused:
            refused.setdefault(mention.option, set()).add(mention.value)
    return {name: frozenset(values) for name, values in refused.items()}


def option_mentions(product: Product, text: str) -> tuple[OptionMention, ...]:
    """Every value named, in the order of the text; the longest name wins where names overlap."""
    text = _normalise(text[:_LONGEST_TEXT])
    found: list[OptionMention] = []
    taken = [False] * len(text)
    for words, option, value in _vocabulary(product):
        for start, end in _places(text, words):
            if any(taken[start:end]):
                continue
            taken[start:end] = [True] * (end - start)
            if option:
                found.append(OptionMention(option, value, start, end, refused=False, new=False))
    found.sort(key=lambda mention: mention.start)
    return tuple(_in_context(text, found))


def _in_context(text: str, found: list[OptionMention]) -> Iterator[OptionMention]:
    """Mark what is refused; "not black or white" refuses both, "not black, white" only the first."""
    covered = 0
    refused_before = False
    starts = [mention.start for mention in found]
    for mention, following in zip(found, [*starts[1:], len(text)], strict=False):
        between = text[covered : mention.start]
        joined = (
            refused_before and re.fullmatch(r"(?:\s|、|/|或者?|和|跟|or|nor|and|的)*", between) is not None
        )
        refused = joined or bool(_REFUSES_BEFORE.search(between))
        refused = refused or bool(_REFUSES_BEHIND.search(text[mention.end : following]))
        yield OptionMention(
            mention.option,
            mention.value,
            mention.start,
            mention.end,
            refused=refused,
            new=bool(_CHANGES_TO.search(between)),
        )
        covered, refused_before = mention.end, refused


@lru_cache(4096)
def _vocabulary_of(options: tuple[tuple[str, str, tuple[str, ...]], ...]) -> tuple[tuple[str, str, str], ...]:
    """(Words, option, value), longest words first; a word that two values could mean is left to neither.

    Words without an option only keep what is inside them from being found: 蓝牙 is not blue.
    """
    own: dict[str, set[tuple[str, str]]] = {}
    common: dict[str, set[tuple[str, str]]] = {}
    for option, value, names in options:
        for name in names:
            own.setdefault(name, set()).add((option, value))
            for synonym in _SYNONYMS_OF.get(name, ()):
                common.setdefault(synonym, set()).add((option, value))
    # What the shop says goes before what is common.
    meanings = {**{words: {("", "")} for words in NO_COLOURS}, **common, **own}
    single = [(words, *next(iter(values))) for words, values in meanings.items() if len(values) == 1]
    return tuple(sorted(single, key=lambda entry: (-len(entry[0]), entry)))


def _vocabulary(product: Product) -> tuple[tuple[str, str, str], ...]:
    return _vocabulary_of(tuple(_named_values(product.options)))


def _named_values(options: tuple[Option, ...]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for option in options:
        for value in option.values:
            names = {_normalise(name).strip() for name in (value.value, *_texts(value.label), *value.aliases)}
            yield option.name, value.value, tuple(sorted(names - {""}))


def _texts(text: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(text.values())


def _places(text: str, words: str) -> Iterator[tuple[int, int]]:
    start = text.find(words)
    while start >= 0:
        end = start + len(words)
        if _stands_alone(text, start, end):
            yield start, end
        start = text.find(words, start + 1)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Latin words and numbers end where others begin; Chinese has no borders. An amount is no size."""
    before, behind = text[max(start - 3, 0) : start], text[end : end + 8]
    if _is_latin(text[start]) and before and (_is_latin(before[-1]) or before[-1] in "'’-."):
        return False
    if _is_latin(text[end - 1]) and behind and (_is_latin(behind[0]) or behind[0] in "'’-"):
        return False
    if not text[start:end].isdigit():
        return True
    return not _MONEY_BEFORE.search(before) and not _MONEY_BEHIND.search(behind)


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _normalise(text: str) -> str:
    """Width, case, and the space before a unit: 500 ML is 500ml."""
    return _UNIT.sub("", unicodedata.normalize("NFKC", text).casefold())
