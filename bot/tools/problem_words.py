"""What is wrong with what arrived, and what the shopper would like instead, in their words."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal, TypeVar

from intents.numerals import number
from intents.quantities import find_quantities

Problem = Literal["missing", "wrong", "damaged"]
Wish = Literal["replacement", "refund"]
Name = TypeVar("Name", bound=str)

_DENIED = re.compile(
    r"(?:没有?|不是|并没有?)(?:坏|碎|破|裂|损坏|破损|少|漏|缺|发错)"
    r"|\b(?:not|isn't|aren't|wasn't|nothing(?:'s| is| was)?) (?:actually |really )?(?:broken|damaged|missing|wrong)\b",
    re.IGNORECASE,
)
_PROBLEMS: Mapping[Problem, re.Pattern[str]] = {
    "missing": re.compile(
        r"少(?:了|发|寄|装|给|一[件个双只条袋包盒瓶罐])|漏(?:发|寄|装|放|了一)|缺(?:了|一|件|少)|不全|没(?:有)?(?:给我)?(?:装|放|发|寄)(?:进|过?来|给我|全)?"
        r"|(?:里面?|箱子里|包裹里|盒子里).{0,6}没有|(?:只|就)(?:收到|来了|有|发了?)了?(?:其中)?[一二两三四五1-9]"
        r"|\bmissing\b|\bleft out\b|\bincomplete\b|\b(?:wasn't|weren't|isn't|is not|was not|not) in (?:the|my) (?:box|parcel|package)\b"
        r"|\bonly (?:got|received|sent me|\w+ (?:came|arrived))\b|\b(?:forgot|didn't (?:send|include|pack|get|receive))\b|\bno \w+ in the (?:box|parcel)\b",
        re.IGNORECASE,
    ),
    "wrong": re.compile(
        r"(?:发|寄|拿|配|装|给)错|错(?:发|货|款|码|色|件|的(?:颜色|尺码|东西|商品|货))|不是我(?:买|订|要|拍|选|下单)的|别人的(?:东西|货|商品)"
        r"|(?:颜色|尺码|型号|款式?|东西|货|商品|口味|规格).{0,4}(?:不对|错了|不一样|不符)|跟?我?(?:订|买|拍|选)的不一样"
        r"|\bwrong (?!address|card)\w+|\bnot (?:what|the (?:one|colou?r|size|item)s?) i (?:ordered|bought|chose)|\bisn't what i (?:ordered|bought)"
        r"|\bsomeone else's\b|\bordered \w+(?: \w+)?,? (?:but )?(?:got|received)\b(?! only)|\b(?:incorrect|different) (?:item|colou?r|size|one)\b",
        re.IGNORECASE,
    ),
    "damaged": re.compile(
        r"坏|碎|[摔压磕挤撞]?破(?!例)|裂|损|瘪|变形|划痕|磕|断了|掉漆|漏[水液油电]|脏|污渍|开不了机|不能用|用不了|没法用|开线|脱胶"
        r"|\b(?:broken?|damaged?|smashed|shattered|cracked|cracks?|dented|dents?|torn|ripped|rips?|scratched|leak(?:s|ing|ed)?|bent|crushed|chipped|stain(?:s|ed)?|defective|faulty)\b"
        r"|\bdead on arrival\b|\b(?:doesn't|does not|won't|not) (?:work(?:ing)?|turn on|switch on)\b",
        re.IGNORECASE,
    ),
}
_FAULTS = re.compile(
    r"不出水|出水[小慢]|没(?:有)?(?:声音?|反应|电)|不[响亮转热]了?|[充开连]不[上进了]|连不上|不工作|失灵|死机|断断续续|杂音"
    r"|\bno (?:sound|power|water)\b|\bstopped working\b|\b(?:just|only) drips\b|\b(?:won't|doesn't|does not|not|wont|doesnt) (?:charg(?:e|ing)|connect(?:ing)?|pair(?:ing)?|turn(?:ing)? on|switch(?:ing)? on|heat(?:ing)?|work(?:ing)?|start(?:ing)?)\b",
    re.IGNORECASE,
)
"""Of a device: the shop's pages may know how to mend it."""
_NOT_WANTED = re.compile(
    r"(?:不要|不用|不想|别|不需要|不必)(?:再)?(?:给我)?(?:要)?(?:补发|重发|补寄|换货?|退款|退钱|退)"
    r"|\b(?:don't|do not|no|rather than|instead of|not) (?:want |need |send )?(?:a |an |the |another |any )?(?:refund|replacement|money back|new one|one)\b",
    re.IGNORECASE,
)
_WISHES: Mapping[Wish, re.Pattern[str]] = {
    "replacement": re.compile(
        r"补发|补寄|补[一给上个件]|重新?[发寄]|再[发寄送补](?:一|个|件|我|过)|换[一个件台只双新货]|给我换|换(?:了|掉|吧)"
        r"|\breplac(?:e|ed|ement)\b|\bsend (?:me )?(?:it|them|another|a new|the (?:right|correct|missing|other))|\bre-?send\b|\b(?:another|new) one\b"
        r"|\bexchange\b|\bthe (?:right|correct) (?:one|colou?r|size|item)s?\b(?=.{0,12}\bplease\b)|\bswap\b",
        re.IGNORECASE,
    ),
    "refund": re.compile(
        r"退款|退钱|退[我给](?:钱)?|把?钱退|(?:直接|就|全)退|赔(?:钱|我|付|偿)"
        r"|\brefund(?:ed)?\b|\bmoney back\b|\breimburse|\bpay me back\b",
        re.IGNORECASE,
    ),
}


_CAME = re.compile(
    r"(?:只|就)(?:收到|来了|有|发了?|给了?)了?(?P<zh>[一二两三四五六七八九1-9])"
    r"|\bonly (?:got|received|sent me|sent) (?P<en>one|two|three|four|five|[1-9])\b|\bonly (?P<en2>one|two|three|four|five|[1-9]) (?:came|arrived|was|were)\b",
    re.IGNORECASE,
)
_ONE = re.compile(
    r"(?<!the )(?<!this )(?<!that )(?<!another )(?<!new )(?<!right )(?<!wrong )(?<!correct )\bone\b(?! i\b)",
    re.IGNORECASE,
)


def said_problem(words: Sequence[str], chosen: str | None) -> Problem | None:
    """The kind that was said last; None where it was not said, or several are in one breath."""
    return _newest(words, _PROBLEMS, _DENIED, chosen)


def says_fault(text: str) -> bool:
    """A device does not do what it should."""
    return bool(_FAULTS.search(text))


def said_wish(words: Sequence[str], chosen: str | None) -> Wish | None:
    return _newest(words, _WISHES, _NOT_WANTED, chosen)


def said_count(words: Sequence[str], quantity: int, problem: Problem) -> int | None:
    """How many of an item of which there should be `quantity`, since the newest answer to a choice."""
    for text in reversed(words):
        if not text:
            return None
        came = _CAME.search(text) if problem == "missing" else None
        if came is not None:
            arrived = number(came["zh"] or came["en"] or came["en2"])
            return quantity - int(arrived) if arrived and arrived < quantity else None
        if counts := find_quantities(text):
            return min(counts[0].value, quantity)
        if _ONE.search(text):
            return 1
    return None


def _newest(
    words: Sequence[str],
    patterns: Mapping[Name, re.Pattern[str]],
    denied: re.Pattern[str],
    chosen: str | None,
) -> Name | None:
    """The newest text that speaks of it decides; `chosen` counts from the newest answer to a choice ("")."""
    for text in reversed(words):
        if not text and chosen in patterns:
            break
        left = denied.sub(" ", text)
        found = [name for name, pattern in patterns.items() if pattern.search(left)]
        if found:
            return found[0] if len(found) == 1 else None
    return next((name for name in patterns if name == chosen), None)
