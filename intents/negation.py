"""What a clause says is not wanted: 退货 of 不是退货, and nothing of 为什么不退款."""

import re

from intents.text import Span

_ACTION_EN = (
    r"(?:cancel(?:l?ing|lation|led)?|return(?:ing|ed)?|refund(?:ing|ed)?|exchang(?:e|ing|ed)|swap(?:ping)?|replac(?:e|ing|ement)|"
    r"chang(?:e|ing)|complain(?:ing|t)?|invoice|receipt|coupon|discount|"
    r"(?:talk|speak)(?:ing)? to|human|agent|bot|track(?:ing)?|recommend(?:ing)?(?: me)?|repair|keep)"
)
_ACTION_ZH = (
    r"(?:取消|退货|退款|退掉|退换|退|换货|换掉|换|改地址|改|修改|投诉|转人工|人工|发票|优惠券|维修|补发|推荐)"
)
_NOT_EN = re.compile(
    r"(?:\b(?:do not|don'?t|did ?n'?t|did not|no longer|never|not)(?: really)? (?:want(?:ed)?|need(?:ed)?|wish|mean|plan|ask(?:ing|ed)?|try(?:ing)?|look(?:ing)?|like)"
    r"(?: you)?(?: (?:to|for|about|an?|any|the|my|it|talk about))*"
    # "You don't refund" complains, "don't refund" asks.
    r"|(?<!you )(?<!they )(?<!we )(?<!why )\b(?:do not|don'?t)(?: you)?"
    # "I did not cancel" tells, "not a cancellation" asks.
    r"|(?:(?:^|[,;.(] ?)|\b(?:but|and|so|i'?m|am|it'?s|this is|that'?s) )not(?: about)?(?: an?| the| to| for| my)?"
    r"|\b(?:stop|instead of|rather than|no need (?:to|for)(?: an?)?|forget about (?:the|my)))"
    rf" (?P<core>(?:the |a |an |my |to )?{_ACTION_EN}\b[^,;]{{0,80}})",
    re.IGNORECASE,
)
_NOT_ZH = re.compile(
    r"(?:(?<![要是])(?:不是|并不是|并非|而非|不想|不要|不用|不需要|不打算|没想|没要|没说|没让|无需|无须|先别|别|先不要?|暂时不|暂不|不必|取消不)"
    r"(?:[我你您]|再|要|想|来|去|问|说|帮|给|让|申请|办理|需要|是|急着|着急|现在){0,4}"
    r"|(?:^|(?<=[我先就那时次在,，]))不"
    # 外套不退了 says what is not wanted, 你们不退了 complains.
    r"|(?<=[\u4e00-\u9fff])(?<![们家店商服说讲还都也是能可会么以要])不(?=(?:退货?|换货?|取消|改)了))"
    rf"(?P<core>(?:把.{{0,12}})?{_ACTION_ZH}[^,，;；]{{0,40}})"
)
# "Why don't you refund?" and 为什么不退款 demand it.
_DEMAND = re.compile(
    r"为什么|为啥|为何|怎么|凭什么|难道|能不能|可不可以|是不是|\bwhy\b|\bhow come\b|\bcan'?t (?:i|you)\b|\bcould ?n'?t\b",
    re.I,
)
_ASKS = re.compile(r"[?？]|[吗么嘛]\W{0,3}$|\bif (?:i|you)\b|如果|要是", re.I)


def negation(text: str) -> Span | None:
    """Where the denied thing stands."""
    if _DEMAND.search(text):
        return None
    match = _NOT_EN.search(text) or _NOT_ZH.search(text)
    if match is None or _ASKS.search(text):
        return None
    return Span(*match.span("core"))
