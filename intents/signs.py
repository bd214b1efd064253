"""What the words of a piece of a message show: a question, a wish, a trouble, or only a circumstance."""

import re
from typing import Literal

Kind = Literal["question", "wish", "statement"]

_ASKS_ZH = r"[?？]|[吗呢么嘛]\W{0,3}$|[没不]有?\W{0,2}$|怎么|怎样|咋|什么|啥|多少|多[久大长高重]|几[天点时个号折年]|谁|哪|能不能|可不可以|可否|能[否退换用改修]|为何|为什么|(\w)[不没]\1|有没有|(?<=\w)还是(?![没不要想很])(?=\w)"
_WISHES_ZH = (
    r"帮|请|麻烦|(?<!不)(?<!不想)[想要](?!求|是|紧)|给我|需要|希望|取消|撤[了掉单]|退[了掉货款换]|退(?![的过])(?=.{1,6}$)|换[货成个一了大小掉]|[改查](?!革)|看看|看下|开[个张一下]{0,2}(?:发?票)|推荐|[重再]新?买|补[发寄差]|转人工|人工|投诉|催"
    r"|加[一个]|去掉|提醒|通知|说一?下|告诉"
)
_TROUBLE_ZH = r"少[了发给]|漏[发了水寄]|没(?:收到|到|寄|给|发|送)|没(?:有)?(?:声音|反应|亮)|[发寄送拿]错|不对|错了|[坏破裂碎断瘪漏](?:了|的|开|成|掉)|开胶|掉[色了]|瑕疵|划痕|污渍|失败|付不了|登不[上了]|忘了?|扣了|重复扣|降了?价|降了\d|买贵了|不要了|差评|垃圾|骗人|过分|失望|无语|气死|态度"
_ASKS_EN = (
    r"\?|\b(?:how (?:long|much|many|big|fast|do|does|can|quick\w*|soon|come)|what's|where's|when's|why|which (?:one|is|of))\b"
    r"|(?:^\W*(?:(?:and|but|also|plus|oh|then|so|or|hi|hey|ok|just|please) ){0,3}|\b(?:know|tell me|check|see|ask|wonder(?:ing)?|idea|sure|out|say) (?:me )?)"
    r"(?:how|what|when|where|which|who|whether|can|could|may|do|does|did|is|are|will|would|has|have|should|any|was)\b"
)
_WISHES_EN = (
    r"\b(?:please|pls|plz|want|need(?! not)|needs|wish|would like|i'd like|i'd love|like to|let me|looking for|help|can you|could you|can i|could i|should (?:be|go|come)|how about)\b"
    r"|^\W*(?:and |but |also |plus |oh |then |so |just |only |now |meanwhile |afterwards |maybe |kindly |instead |yes |hi |hello ){0,3}"
    r"(?:cancel|return|refund|exchange|swap|change|track|check|show|tell|send|give|get|find|add|remove|take|put|make|recommend|suggest|replace|reset|ship|deliver|update|correct|fix|"
    r"repair|combine|merge|apply|notify|remind|connect|transfer|email|invoice|call|switch|deliver|issue|resend|look)\b"
)
_TROUBLE_EN = (
    r"\b(?:wrong|broken?|damaged?|missing|cracked|torn|scratched|shattered|faulty|defective|leak\w*|bent|stained|dead|died|failed|fail(?:s|ing)|declined|charged|short|incomplete|"
    r"forgot(?:ten)?|lost|stuck|(?:has|have|did|do|does|was|were|is)(?: not|n'?t)|haven'?t|never|still|left out|stopped|locked|dropped|cheaper|lower|rip(?:ped)?|ridiculous|unacceptable|disappoint\w+|terrible|awful|worst)\b"
)
_ASKS = {"zh": re.compile(_ASKS_ZH), "en": re.compile(_ASKS_EN, re.I)}
_WISHES = {"zh": re.compile(_WISHES_ZH), "en": re.compile(_WISHES_EN, re.I)}
_TROUBLE = {"zh": re.compile(_TROUBLE_ZH), "en": re.compile(_TROUBLE_EN, re.I)}

# 还没发货,我想取消: why it should still be possible, not a question.
_CIRCUMSTANCE = re.compile(
    r"\W*(?:订单|东西|货|反正|应该|现在)?(?:还|都|也)?没有?(?:发货|发|出库|付款|拆封?|拆过|穿过|洗过|用过?)(?:呢|吧|的话|过)*[\s,，。.]*"
    r"|\W*(?:the |my )?(?:and |but )?(?:order |it(?:'?s| has|'?s still| is still)? ?|has |they )?"
    r"(?:has ?|have ?)?(?:not|n't|hasn'?t|haven'?t|still|is still)(?: been)?(?: yet)? ?(?:shipped|sent|paid|left|processing|opened|worn|used)(?: yet| out)?[\s,.]*"
    r"(?:(?:and|so)? ?i(?:'ve)? (?:have )?changed my mind)?[\s,.]*",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\W*(?:(?:and |but )?if (?:so|not|yes|possible|it|that|there|i|you)\b.{0,40}|(?:如果|要是|假如).{1,20}|.{1,12}的话)\W*",
    re.IGNORECASE,
)
# 怎么弄, "what can I do": asks about what was said before.
_LEANING = re.compile(
    r"\W*(?:那|现在|这|这个|请问|你们|我)?(?:怎么[办弄操搞处退换改写申看]?[作理请]?|咋[办弄整]|如何处理|什么情况|怎么回事|为什么|多久|要自己寄吗"
    r"|(?:运费|邮费|快递费)?(?:谁|[你您]们|商家|(?:我|要|是|得){0,2}自己)?[来要]?[出付承]担?(?:运费|邮费|快递费)?[吗嗎么]?|(?:还|還|能不|是否)?[能可][以否不]?(?:给我?|帮我?)?(?:退|换|換|改|修|用|补发?)[一个下]{0,2}[吗嗎么嘛不没]?|(?:还)?来得及[吗么不]?|[可行好][以不]?[行好可]?[以]?[吗么]?"
    r"|(?:给|帮)我?(?:退|换|改)[一个下]{1,2})[啊呢呀了吧]?\W*"
    r"|\W*(?:and |so |but |or )?(?:how(?: much| long| many)?|why|what (?:can|should|do) (?:i|you|we) do(?: about (?:it|this))?|what now|how come|any ideas?|who pays(?: for (?:that|shipping))?|(?:who pays|do i (?:have to )?pay)(?: for)? (?:the |that |return )*(?:shipping|postage)|(?:get|have|be|receive) (?:a |my |the )?(?:full )?(?:refund(?:ed)?|money back)"
    r"|(?:is|can|could|would|will) (?:it|that|this|they|you|u|i) (?:still )?(?:be )?\w+(?: (?:it|that|this|them))?|how (?:do i do (?:that|it)|does (?:it|that|this) work)|what happened|what'?s (?:going on|happening|up)"
    r"|do i get (?:that|it) back)\W*",
    re.IGNORECASE,
)


# "can you fix it": about what was told just before.
_OF_IT = re.compile(
    r"\W*(?:and |so |but )?(?:is|has|can|could|will|would|does|did|do|are|am)(?:n't)? (?:(?:it|they|that|this)\b|(?:you|i|we) .{0,30}\b(?:it|them|that|this)\b)",
    re.IGNORECASE,
)


def kind_of(text: str, language: str) -> Kind:
    if _found(_ASKS, text, language):
        return "question"
    return "wish" if _found(_WISHES, text, language) else "statement"


def speaks(text: str, language: str) -> bool:
    """Whether it could stand alone, rather than tell a circumstance or a condition of something else."""
    if _CIRCUMSTANCE.fullmatch(text) or _CONDITION.fullmatch(text):
        return False
    return kind_of(text, language) != "statement" or _found(_TROUBLE, text, language)


def leans(text: str, on: str | None = None, language: str = "") -> bool:
    """Whether it asks about what was said before: how, may I; after a statement also "can you fix it"."""
    if on is not None and not names(text) and kind_of(on, language) == "statement" and _OF_IT.match(text):
        return True
    return _LEANING.fullmatch(text) is not None


def _found(patterns: dict[str, re.Pattern[str]], text: str, language: str) -> bool:
    pattern = patterns.get(language)
    return pattern is None or pattern.search(text) is not None


_REASON = re.compile(
    r"太|有点|不喜欢|不满意|不合|不好看|不想要|用不[上着了]|[大小短长紧松肥瘦厚薄]了|搬家|拍错|买错|等不|^\W*\d+\s*(?:cm|kg|斤|公斤|厘米)?\W*$"
    r"|\btoo\b|don'?t like|doesn'?t (?:fit|suit|work)|didn'?t like|changed my mind|not what|\btight\b|because|\bsince\b",
    re.IGNORECASE,
)
# "the mug", 杯子要退: says itself what it is about.
_NAMED = re.compile(
    r"\b(?:the|my|another|other|both|these|those)\s+(?!wrong|same|order|parcel|package|lower|limit|new|money|refund|size|colou?r|price|difference|whole|right|bigger|smaller|thing|next|new one|one\b)\w+"
    r"|(?<![成换改])另[一外]|^(?:给我|帮我)?把?(?![我你您请帮想要能可就也还都直怎咋退换取给现什多有没不是那先再钱货运])[一-鿿]{1,5}?(?:那单|这单|那个|我?也?(?:想|要|换|退|取消|帮|不要|给))",
    re.IGNORECASE,
)


def gives_reason(text: str) -> bool:
    """Whether it tells why, and so points at what comes next."""
    return _REASON.search(text) is not None or _CONDITION.fullmatch(text) is not None


def names(text: str) -> bool:
    """Whether it says itself which thing is meant, so that it is no remedy for what was said before."""
    return _NAMED.search(text) is not None
