"""Why, in the shopper's words: by the names of the policy's reasons, and by words that mean the same."""

import re
from collections.abc import Mapping, Sequence

from bot.shop.policy import Reason, Reasons
from bot.tools.asking import named_choice, reason_names

_ALIKE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # Broken on its way
        r"破损|碎|摔|压[坏扁]|运输|\b(?:arrived|came) (?:broken|damaged|cracked|smashed)\b|\b(?:damaged|smashed|shattered|cracked)\b",
        # Another thing than was ordered
        r"[发寄送]错|不是我[买要订]|\bwrong (?:item|one|product|colou?r) (?:was )?sent\b|\bsent (?:me )?(?:the )?wrong\b|\bnot what i ordered\b",
        # Not as shown
        r"描述不[符一]|图片?不[符一]|不符|货不对板|色差|实物|\bas described\b|\bthe (?:photo|picture|page|description)s?\b",
        # Faulty
        r"质量|瑕疵|坏|开[线胶裂]|破洞|脱[线胶]|掉[色毛]|起球|不能用|用不了|没反应|失灵|故障|漏|开不了|充不[进上]"
        r"|\b(?:fault|faulty|defect|defective|broken?|broke|quality|leaks?|leaking|tore|torn|ripped|hole)\b"
        r"|\b(?:stopped|doesn'?t|does not|isn'?t|not|won'?t|no longer) (?:work|working|turn on|charge|charging|start)\b",
        # Does not fit
        r"[太偏]?[大小紧松长短]了|[太偏][大小紧松长短]|不合[适身]|尺[码寸]|穿不|勒|挤脚|[大小]一?[码号]"
        r"|\btoo (?:big|small|large|tight|loose|long|short|wide|narrow)\b|\bfit\b|\bruns (?:small|large)\b|\bwrong size\b"
        r"|\bsizes? (?:up|down)\b",
        # A change of mind
        r"不喜欢|不想要|后悔|[买拍]多|多[买拍]了|不需要|用不[上着]|不好看|无理由"
        r"|\b(?:changed my mind|don'?t (?:like|want|need)|no longer (?:need|want)|regret|too many|prefer|rather have)\b",
    )
)
"""Each finds words of one meaning; the more certain meaning first."""


def said_reason(words: Sequence[str], reasons: Reasons, chosen: str | None) -> str | None:
    """The reason given last; `chosen` counts more than what was said before it."""
    for text in reversed(words):
        if text and (found := _reason(text, reasons)):
            return found
        if not text and chosen:
            return chosen
    return chosen


def _reason(text: str, reasons: Mapping[str, Reason]) -> str | None:
    names = {code: reason_names(one) for code, one in reasons.items()}
    if named := named_choice([text], names, None):
        return named
    for pattern in _ALIKE:
        if pattern.search(text):
            for code, known in names.items():
                if any(pattern.search(name) for name in known):
                    return code
    return None
