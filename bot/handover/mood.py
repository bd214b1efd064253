"""How the shopper feels, from words, marks and capitals: coarse, for the order of the queue and for whoever reads it."""

import re
from collections.abc import Sequence
from typing import Literal

Mood = Literal["calm", "unhappy", "angry"]

_ANGRY = re.compile(
    r"太过分|欺人太甚|骗子|骗人|坑人|黑店|垃圾|滚|他妈|妈的|[操草艹]你|傻[逼Xx叉]|神经病|有病吧|恶心|无耻|不要脸|忍无可忍|气死|火大|要投诉|投诉你|什么破|什么玩意|耍我"
    r"|什么态度|店大欺客|智障|脑残|受够"
    r"|\b(?:unacceptable|outrag\w*|disgust\w*|ridiculous|scam\w*|fraud|liars?|thie(?:f|ves)|rip-?off|furious|livid|fuming|wtf|bullshit|crap|damn|hell|f+u+c+k\w*|shit\w*|idiots?|stupid|useless|pathetic|worst|sick of|fed up|had enough|how dare|disgrace\w*|incompetent)\b",
    re.IGNORECASE,
)
_UNHAPPY = re.compile(
    r"失望|不满|差劲|差评|太差|太慢|等了.{0,6}(?:天|周|星期|小时|半天)|还没.{0,6}(?:到|发|收|退|解决|处理)|一直没|都没人|没人管|没人理|第[二三四五]次|又(?:坏|错|是|没)|怎么(?:还|又)|投诉|不合理|郁闷|着急|急死|生气|无语|不像话"
    r"|\b(?:disappoint\w*|annoy\w*|frustrat\w*|upset|unhappy|angry|complain\w*|terrible|awful|horrible|poor service|still (?:not|hasn'?t|haven'?t|waiting)|waited|waiting for (?:days|weeks)|again and again|third time|second time|nobody (?:answers|cares|replies)|no ?one (?:answers|cares|replies)|not happy|bad experience)\b",
    re.IGNORECASE,
)
_SHOUTING = re.compile(r"[!！]{2,}|[?？!！]{3,}")
_LETTERS = re.compile(r"[A-Za-z]")
_ENOUGH_CAPITALS = 12
"""Letters of a line that is shouted; SG1043 and XL are not."""


def mood_of(lines: Sequence[str]) -> Mood:
    """The strongest of the lines given; what marks and capitals add makes unhappy words angry ones."""
    text = "\n".join(lines)
    shouted = bool(_SHOUTING.search(text)) or any(_in_capitals(line) for line in lines)
    if _ANGRY.search(text):
        return "angry"
    if _UNHAPPY.search(text):
        return "angry" if shouted else "unhappy"
    return "unhappy" if shouted else "calm"


def _in_capitals(line: str) -> bool:
    letters = _LETTERS.findall(line)
    return len(letters) >= _ENOUGH_CAPITALS and sum(one.isupper() for one in letters) > 0.8 * len(letters)
