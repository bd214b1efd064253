"""Greetings, thanks, goodbyes, yes and no: told by their words, alone or around a request."""

import re
from typing import Literal

Courtesy = Literal["greet", "thanks", "bye", "affirm", "deny"]

_WORDS: tuple[tuple[Courtesy, str], ...] = (
    (
        "thanks",
        r"(?:非常|太|多|真的?)?[谢謝]{2}[你您啦了哦呀哈]{0,3}|多[谢謝]|(?:非常|十分)?感[谢謝]|辛苦了?|麻烦[你您]?了"
        r"|(?:many )?thanks?(?: you)?(?: (?:so|very) much| a lot| again| in advance| for (?:your|the) help)?|thanx|thx|tks|ty|cheers|much appreciated"
        r"|(?:muchas )?gracias|merci(?: beaucoup)?|(?:vielen )?danke(?: schön)?|ありがとう(?:ございま[すした]{1,2})?|감사합니다|고마워요?"
        r"|(?:большое )?спасибо|شكرا|grazie(?: mille)?|obrigad[oa]",
    ),
    (
        "greet",
        r"[你您]好[啊呀哦哈]?|哈[喽啰罗]|嗨|在吗|在么|在不在|在嘛|亲亲?|早上好|上午好|中午好|下午好|晚上好|早安?"
        r"|(?:hi|hello|hey|heya|hiya)(?: there| again| team| guys| everyone)?|good (?:morning|afternoon|evening|day)|greetings"
        r"|hola|buen[oa]s (?:días|tardes|noches)|bonjour|bonsoir|salut|hallo|guten (?:tag|morgen|abend)|moin|こんにちは|こんばんは|もしもし"
        r"|안녕하세요|안녕|здравствуйте|привет|добрый день|مرحبا|السلام عليكم|ciao|buongiorno|salve|olá|oi",
    ),
    (
        "bye",
        r"再见|拜拜了?|88|先这样(?:吧)?|bye(?:[ -]?bye)?|good ?bye|see (?:you|ya)(?: later)?|have a (?:good|nice) (?:day|one|evening)"
        r"|adiós|au revoir|tschüss|auf wiedersehen|さようなら|до свидания|arrivederci|tchau",
    ),
    (
        "affirm",
        r"好的?[呀啊吧嘞哒呢]?|好[好滴]|行[的吧啊]?|可以[的啊呀]?|对[的呀啊对]?|是的?|是[啊呀滴]|嗯{1,4}|没错|确认|确定|同意|要的|当然|没问题|(?:好的?)?(?:知道|明白|了解|懂)了?[啦哈]?"
        r"|yes+(?: please)?|yeah|yea|yep|yup|ye|sure(?: thing)?|ok(?:ay|ey)?|okk|alright|all right|correct|right|exactly|of course|absolutely"
        r"|(?:yes,? )?(?:please do|do it|go ahead)|confirm(?:ed)?|sounds good|(?:ok(?:ay)?,? |oh,? )?(?:great|perfect|fine|cool|nice|got it|understood|i see|gotcha|noted)|sí|oui|d'accord|ja|genau|はい|네|예|да|نعم|sì|sim",
    ),
    (
        "deny",
        r"不[了用要是对行必]?[了啦吧哦]?|不需要|不是的|不用谢|算了吧?|没有(?:别的|其他的?)?了?|先不[了要用]?|别|no+|nope|nah|no,? (?:thanks|thank you)|not (?:really|now|yet|that)"
        r"|never ?mind|don'?t|forget it|nothing(?: else)?|non|nein|いいえ|아니요|아니오?|нет|لا|não",
    ),
)
_EDGE = r"[\s,，.。!！~～、;；:：…\"'“”()（）\U0001F300-\U0001FAFF\u2600-\u27BF\uFE0F\u200D]"
_MARK = r"[,，.。!！~～、;；:：…]"
_ALONE = tuple(
    (name, re.compile(rf"{_EDGE}{{0,20}}(?:{words}){_EDGE}{{0,20}}[?？]{{0,2}}", re.I))
    for name, words in _WORDS
)
# "No, cancel it" but not "no refund yet": a yes or a no needs its comma, a hello does not.
_GAP = {"affirm": rf"\s?{_MARK}{_EDGE}{{0,10}}", "deny": rf"\s?{_MARK}{_EDGE}{{0,10}}"}
_FIRST = tuple(
    (name, re.compile(rf"{_EDGE}{{0,10}}(?:{words})(?:{_GAP.get(name, _EDGE + '{1,10}')})", re.I))
    for name, words in _WORDS
)
# Chinese runs on: 你好我想退货, 不行 我要投诉. 不要 改 is no no.
_SPACED = re.compile(
    r"(?:(?P<no>不行|不对|不是|不用了|不了|算了吧?)|(?P<yes>好的?|行|可以|对的?|嗯{1,4}|是的))\s{1,3}(?=[\u4e00-\u9fff\d]{2})"
)
_RUN_ON = re.compile(r"\s{0,5}(?:[你您]好[啊呀哈]?|哈喽|嗨|亲亲?(?=[,，请这你我有能可]))(?=[\u4e00-\u9fff])")
_YES_OR_NO_I = re.compile(
    r"(?P<no>no)|(?P<yes>yes|yeah|ok|okay)(?= (?:i|i'm|i'd|it|but|the|that|please|cancel)\b)", re.I
)
_LAST = re.compile(
    rf"(?<![^\W_\u4e00-\u9fff]){_EDGE}{{0,10}}(?<![a-z])(?:{_WORDS[0][1]}){_EDGE}{{0,10}}$", re.I
)


def courtesy_of(text: str) -> Courtesy | None:
    """What the whole text is, when it is nothing but a courtesy."""
    if len(text) > 60:
        return None
    return next((name for name, pattern in _ALONE if pattern.fullmatch(text)), None)


def leading_courtesy(text: str) -> tuple[Courtesy, int] | None:
    """The courtesy before a request, and where the request begins."""
    if run_on := _RUN_ON.match(text):
        return "greet", run_on.end()
    for name, pattern in _FIRST:
        if (match := pattern.match(text[:80])) and match.end() < len(text):
            return name, match.end()
    if match := _SPACED.match(text):
        return ("deny" if match["no"] else "affirm"), match.end()
    if (match := _YES_OR_NO_I.match(text)) and re.match(
        r" (?:i|i'm|i'd|it|but)\b", text[match.end() :], re.I
    ):
        return ("deny" if match["no"] else "affirm"), match.end()
    return None


def closing_thanks(text: str) -> int | None:
    """Where the thanks at the end begin; none when there are none or nothing stands before them."""
    match = _LAST.search(text, max(0, len(text) - 60))
    return match.start() if match and match.start() > 0 else None
