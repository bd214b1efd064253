"""When a person should go on: what was asked for, and what went wrong."""

import re

from bot.conversation import State
from bot.handover.mood import mood_of
from bot.parts import Part
from bot.shop.changes.rules import FOR_A_PERSON
from bot.shop.policy import ToAPerson

_ASKS = re.compile(
    r"真人|活人|(?:人工){2}|^\W*人工(?:客服|服务)?\W*$|转(?:接|到|给)?(?:一?下|个)?人工|(?:要|找|叫|换|联系|转)(?:个|一个|你们|你们的|一下|下)?(?:的)?(?:店长|经理|领导|主管|负责人|老板(?!娘)|组长|人来|人工客服|人工)"
    r"|(?:不要|不想|别|不跟|不和|谁要)(?:再)?(?:跟|和|用|让|给我)?.{0,4}机器人|机器人.{0,8}(?:听不懂|没用|解决不了|滚|一边)|人工智障|(?:能不能|可以|想|要)(?:跟|和).{0,3}人(?:说话|聊|谈|讲)"
    r"|\b(?:speak|talk|chat|connect(?:ed)?|put (?:me )?through|transfer(?:red)?)(?: me)? (?:to|with) (?:(?:a|an|the|your|some|any|one of your|somebody|someone) )*(?:real |live |actual |human |senior )*(?:human|person|people|agent|manager|supervisor|representative|rep|operator|staff|colleague|somebody|someone|boss|being)\b"
    r"|\b(?:a|any|an) (?:real|live|actual|human) (?:person|human|agent|being)\b"
    r"|\b(?:get|give|fetch|find|bring) me (?:(?:a|an|your|the|one of your) )?(?:real |live |actual |human )*(?:human|person|agent|manager|supervisor|boss|colleague|operator|somebody|someone)\b"
    r"|\b(?:where(?:'s| is)|i want|i need|let me see|call) (?:a|the|your) (?:manager|supervisor|boss|human|real person)\b"
    r"|\bis (?:any(?:one|body)|some(?:one|body)) (?:actually|really|even|human|real)(?: \w+)? ?(?:there|here)\b|\bis there (?:a (?:real )?(?:human|person)|any(?:one|body) (?:real|human|i can))"
    r"|\b(?:sick of|tired of|hate|fed up with|enough of|don'?t want) (?:\w+ ){0,4}(?:chat)?(?:bots?|robots?|machines?)\b",
    re.IGNORECASE,
)
_CALLS = re.compile(
    r"(?:还|到底)?有(?:真)?人(?:在)?(?:吗|么|没有?|不)[?？!！\s]*$|(?:人呢|没人(?:管|理|吗))|\bis any(?:one|body) there\b",
    re.I,
)
"""A greeting to begin with; later it means that nobody helped."""
_WHO_ARE_YOU = re.compile(
    r"是不?是?(?:真人|活人|人工|机器人)|\b(?:are|r) (?:you|u) (?:a |an )?(?:real |live |actual |human )*\w+(?: or (?:a |an )?(?:real |live |actual |human )*\w+)?|\bam i (?:talking|speaking|chatting) (?:to|with) (?:a |an )?(?:real |live |actual |human )*\w+",
    re.IGNORECASE,
)
"""Asks what the bot is; it says so."""
_ABOUT_HOURS = re.compile(
    r"几点|什么时候|时间|电话(?:号码|是)?多少|多少号|上班|下班|\b(?:when|what time|hours|until when|phone number)\b",
    re.I,
)
_NO_BOTS = re.compile(
    r"\b(?:robot|bot|machine)s? (?:vacuum|hoover|cleaner|toy)|(?:coffee|espresso|washing|sewing|bread) machine|咖啡机|扫地机器人|玩具",
    re.I,
)
_COMPLAINS = re.compile(r"投诉|举报|差评|\bcomplain(?:ts?|ing)?\b", re.IGNORECASE)
_LONGEST = 200
_MEASURED = ("cancel_order", "return_items", "exchange_items")
"""Changes whose worth decides who may refuse them."""
_SLIPS = ("text.", "item.", "variant.", "method.", "order.", "receipt.", "customer.")
"""Rules about what was said, not about what the shop allows."""


def asks_for_person(text: str, *, begun: bool) -> bool:
    """In so many words, or in anger; `begun`: something was said before, so a call for anybody is no greeting."""
    if len(text) > _LONGEST or _ABOUT_HOURS.search(text) or _NO_BOTS.search(text):
        return False
    text = _WHO_ARE_YOU.sub("", text)
    return bool(_ASKS.search(text)) or (begun and bool(_CALLS.search(text)))


def asks_how_to_reach(text: str) -> bool:
    """When people answer, and under which number."""
    return bool(_ABOUT_HOURS.search(text))


def asks_who_it_is(text: str) -> bool:
    """Whether this is a person or a bot, and nothing else."""
    return not _WHO_ARE_YOU.sub("", text).strip(" \n?？!！。.，,~吗呢啊吧你")


def is_grave(text: str) -> bool:
    """A complaint that a person should hear at once: it says so, or it is angry."""
    return bool(_COMPLAINS.search(text)) or mood_of([text]) == "angry"


def refused(part: Part) -> tuple[str, str] | None:
    """The change that was refused, by its tool's name, and the shop's rule that did."""
    for attempt in part.attempts:
        if attempt.outcome == "refused" and not attempt.reason.startswith(_SLIPS):
            return attempt.tool, attempt.reason
    return None


def counted(part: Part, state: State) -> tuple[str, int]:
    """The change refused last and how often in a row, with this part."""
    said_no = refused(part)
    if said_no is None:
        done = part.wrote or (part.tool is not None and part.tool.outcome == "proposed")
        return ("", 0) if done else (state.refused, state.refusals)
    tool = said_no[0]
    return tool, state.refusals + 1 if state.refused == tool else 1


def reason_after(part: Part, times: int, rules: ToAPerson, *, worth: int | None) -> str | None:
    """Why a person should go on after what was just said; `times` the change was refused in a row.

    `worth` is the order's total in cents.
    """
    if part.stuck:
        return part.stuck
    if part.tool is not None and part.tool.outcome == "failed":
        return "tool_failed"
    said_no = refused(part)
    if said_no is None:
        return None
    tool, rule = said_no
    if rule in FOR_A_PERSON:
        return "by_hand"
    if rule in rules.rules:
        return "policy"
    if tool in _MEASURED and worth is not None and is_high(worth, rules):
        return "value"
    return "refused" if times >= rules.refusals else None


def is_high(worth: int, rules: ToAPerson) -> bool:
    return rules.value_cents is not None and worth > rules.value_cents
