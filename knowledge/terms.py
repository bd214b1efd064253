"""Words for keyword search, without a dictionary.

Chinese: single characters and bigrams. Latin: lower case, plural and verb endings folded, article
numbers whole and in parts. Numbers keep their unit, so that `7 天`, `7天` and `七天` are one term.
"""

import re
import unicodedata
from collections.abc import Iterator

from knowledge.synonyms import groups_in

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_OTHER = "\u3040-\u30ff\uac00-\ud7af\u0e00-\u0e7f"
_RUN = re.compile(rf"[{_HAN}{_OTHER}]+|[^\W_{_HAN}{_OTHER}]+(?:[-'’./_+#][^\W_{_HAN}{_OTHER}]+)*")
_CJK_RUN = re.compile(rf"[{_HAN}{_OTHER}]")
_PART = re.compile(r"[^\W_]+")
_MEASURE = re.compile(
    r"(\d+(?:\.\d+)?)\s*(天|日|年|个月|月|周|小时|分钟|元|块|件|次|折|码|寸|号|米|斤|公斤|克|升"
    r"|days?|hours?|weeks?|months?|years?|kg|g|ml|l|cm|mm|m|inch|w|v|mah|gb|yuan|pcs)(?![a-z])"
)
_NUMERAL = re.compile(r"([一二两三四五六七八九十]{1,3})(?=\s*(?:天|日|年|个月|周|小时|分钟|元|块|件|次|折))")
_DIGITS = dict(zip("一二两三四五六七八九", (1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))

# Words that carry no topic. Negations, question words of place and time and modal verbs stay.
_ENGLISH = """
a an the this that these those some any here there i you he she it we they me my your his her its our their
is are was were be been am do does did don doesn didn isn have has had get got s t ll re ve d m
to of in on at by for with from about into out up and or so as if then than too very really just
can could would should will shall may might want need like let know tell please hi hello hey
"""
_STOP_WORDS = frozenset(_ENGLISH.split())
_STOP_PHRASES = re.compile(
    "什么时候|为什么|怎么样|怎么办|怎么|什么|时候|如何|请问|可以|可不可以|能不能|是不是|有没有|会不会|要不要|一下|一个"
)
_STOP_CHARACTERS = frozenset(
    "的了吗呢吧啊呀嘛么哦噢哈呗我你您他她它们是在有就也都还和与或及请问想要会能可这那个些哪"
)


def terms(text: str) -> list[str]:
    """The terms of `text`, repeated as often as they occur."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = _NUMERAL.sub(lambda match: _number(match[1]), text)
    found = [f"{match[1]}{_stem(match[2])}" for match in _MEASURE.finditer(text)]
    for run in _RUN.findall(_STOP_PHRASES.sub(" ", text)):
        found.extend(_characters(run) if _CJK_RUN.match(run) else _words(run))
    found.extend(groups_in(text))
    return found


def _number(numeral: str) -> str:
    """Arabic digits of a Chinese numeral below 100."""
    if "十" not in numeral:
        return "".join(str(_DIGITS[digit]) for digit in numeral)
    tens, _, ones = numeral.partition("十")
    if "十" in ones:
        return numeral
    return str(10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0))


def _characters(run: str) -> Iterator[str]:
    for index, character in enumerate(run):
        if character not in _STOP_CHARACTERS:
            yield character
        pair = run[index : index + 2]
        if len(pair) == 2 and not (pair[0] in _STOP_CHARACTERS and pair[1] in _STOP_CHARACTERS):
            yield pair


def _words(run: str) -> Iterator[str]:
    parts = _PART.findall(run)
    if len(parts) > 1:
        joined = "-".join(parts)
        if not (len(parts) == 2 and parts[1] in _STOP_WORDS):  # don't, we'll
            yield joined[:64]
    for part in parts:
        if part not in _STOP_WORDS:
            yield _stem(part[:64])


def _doubled(base: str) -> bool:
    """Whether the ending doubled the last letter: shipp-ed, cancell-ed, but not press-ed or sell-ing."""
    return base[-1] == base[-2] and base[-1] != "s" and (base[-1] != "l" or len(base) > 5)


def _stem(word: str) -> str:
    """A light fold of English endings; words with digits and short words stay as they are."""
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    if word.endswith("ies"):
        return word[:-3] + "y" if len(word) > 4 else word
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        base = word.removesuffix(ending)
        if base != word and len(base) >= 3 and re.search(r"[aeiouy]", base):
            word = base[:-1] if _doubled(base) else base
            break
    return word[:-1] if len(word) > 4 and word.endswith("e") else word
