"""What a few words settle, whatever the classifier makes of them: "my orders", "and to Xinjiang?", "cheaper"."""

import re

_LONGEST = 60
"""Characters; in a longer message the words are about something else."""

_LISTS_ORDERS = re.compile(
    r"^\W*(?:我?想?(?:看看?|查看?|查一下|列出?|帮我看看?))?我的(?:全部|所有|历史)?订单(?:有哪些|列表|记录)?\W*$"
    r"|我(?:都|一共|总共)?有(?:哪些|几个|几单|多少)订单|(?:全部|所有|历史)(?:的)?订单|订单(?:列表|记录)|购买记录|买过的(?:东西|商品)"
    r"|我.{0,6}(?:买|下单|订)(?:过|了)(?:些|点)?(?:什么|哪些|啥)"
    r"|^\W*(?:(?:can|could|may) (?:i|you) |please |i(?:'d| would) like to |i want to |let me )*"
    r"(?:(?:show|see|list|view|give|check)(?: me)? )?(?:all )?(?:of )?my (?:recent |past |previous |last )?orders(?: please)?\W*$"
    r"|\b(?:what|which) orders (?:do|did|have) i\b"
    r"|\border history\b|\b(?:all|past|previous|recent) orders\b"
    r"|\bwhat (?:did|have|'ve) i (?:last |just )?(?:buy|bought|order|ordered|purchased?)\b",
    re.IGNORECASE,
)
_ACTS = re.compile(
    r"取消|退|换|改|发票|投诉|\b(?:cancel|return|refund|exchange|change|invoice|discount|coupon)",
    re.IGNORECASE,
)
_RETURN_PROGRESS = re.compile(
    r"退(?:货|款|钱).{0,8}(?:进度|到哪|怎么样|处理|审核|通过|批|被拒|拒了|拒绝|收到了?[吗没]|验货|状态)|退了[吗没]|退(?:款|钱)[了吗呢没到]"
    r"|\b(?:return|refund)\b.{0,20}\b(?:status|progress|approved|rejected|refused|processed|received|arrived|through)\b"
    r"|\bwhere(?:'s| is| are)? (?:my |the )?(?:refund|return|money)\b",
    re.IGNORECASE,
)
_GENERAL = re.compile(
    r"怎么(?:查|看|跟踪|追踪|申请|操作|才能)|如何|在哪(?:里|儿)?(?:可以|能)?(?:查|看)|哪(?:里|儿)(?:可以|能)?(?:查|看)|多久(?:能|可以|会)?(?:到|退)|几天(?:能|可以)?(?:到|退)"
    r"|(?:要|得|需要)(?:多久|多长时间|几天)|(?:什么时候|啥时候|几时|何时|几天|多久)(?:才?能|可以|会)?发(?:货|出)|\bwhen (?:will|do|does) (?:you|it|they) ship\b"
    r"|怎么办|万一|(?:已经)?发(?:了)?货(?:了|之?后).{0,3}(?:还能|还可以|能不能|可以|能)|\b(?:after|once|when) (?:it|they|the (?:order|parcel)|an order)(?:'s| is| are| has| have)? (?:been )?(?:ships?|shipped|left|leaves|sent|dispatched)\b|\bwhat (?:if|happens)\b"
    r"|\bhow (?:do|can|would|to|does|long)\b|\bwhere (?:can|do|would) i\b|\bwhen (?:do|will|does|are)\b.{0,20}\brefunds\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"^\W*(?:那么?|要是|如果是?|换成)(?![个样里边就好时天])|呢\W*$|^\W*(?:and|but)?\s*(?:what|how) about\b|^\W*and (?:in|for|to|if|the|with)\b"
    r"|^\W*(?:in|with) \w+(?: \w+)?\W*$",
    re.IGNORECASE,
)
_ONLY_POINTS = re.compile(
    r"\W*(?:那|就|我|想?要|选|买|拿|看看?)*(?:这|那)?(?:第[一二三四五六七八九\d]|最后一)[个款件双只]?(?:吧|呢|啊|了|好了)?\W*"
    r"|\W*(?:i'?ll (?:take|have|get)|i(?:'d)? (?:want|like|take|prefer)|let me have|(?:how|what) about|go (?:with|for)|and)?"
    r"\W*(?:the )?(?:first|second|third|fourth|last)(?: one)?(?:,? (?:please|pls|then|thanks))?\W*",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"(?:退|返|扣|补|付|收|给|花)(?:我|您|你)?多少|多少钱|(?:要|会|用|得)(?:另外|再|不要)?(?:扣|收|付|交)?(?:钱|费)[吗么]|扣钱|收费吗|金额"
    r"|\bhow much\b|\bwhat does (?:it|that) cost\b|\bany (?:fees?|charges?|cost)\b|\bis (?:it|that|this) free\b",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"(?:那|钱|退款|大概|一般)*(?:要|得)?(?:多久|什么时候|啥时候|几天|多长时间)(?:能|可以|会)?(?:到账?|退(?:给我|回来|款)?|收到|办好|好|弄好)?[呢啊呀吗]?[?？。]*"
    r"|(?:and )?(?:how long (?:does|will|would) (?:it|that|this) take|when (?:will|do|would) i (?:get|have|receive) (?:it|that|the money|my money|the refund|my refund)(?: back)?|how soon)\W*",
    re.IGNORECASE,
)
_ONLY_A_NUMBER = re.compile(
    r"^\W*(?:(?:那么?|还有|然后)\W*|(?:and|(?:and )?(?:what|how) about)\W+)?\d{4,}(?:\W*呢)?\W*$",
    re.IGNORECASE,
)
_LIKE = re.compile(
    r"类似|相似|差不多的|像.{0,4}(?:这|那|第)|和(?:这|那|第).{0,5}(?:一样|差不多)|搭配|配(?:什么|啥|点|个)"
    r"|\bsimilar\b|\blike (?:this|that|it|these|those|the (?:first|second|third|last|one))\b"
    r"|\bgoes? (?:well )?with\b|\bmatch(?:es|ing)?\b|\balternatives?\b",
    re.IGNORECASE,
)
_MATCHING = re.compile(r"搭配|配(?:什么|啥|点|个)|\bgoes? (?:well )?with\b|\bmatch", re.IGNORECASE)
_WHICH_OF = re.compile(
    r"哪(?:一|几)?[个個款件双雙只台种種]|哪些|\bwhich (?:one|ones|of|is|are|has|have|\w+ (?:is|are|has|have))\b",
    re.IGNORECASE,
)
_CHEAPEST = re.compile(
    r"最便宜|最贵|最实惠|价格最[高低]|\bcheapest\b|\bleast expensive\b|\bmost expensive\b|\b(?:lowest|highest) price",
    re.IGNORECASE,
)
_WHAT_NOW = re.compile(
    r"\W*(?:那|这样?|現在|现在|我|应?该|要)*(?:怎么办|咋办|咋整|怎么弄|怎麼辦)(?:呢|啊|呀|好)?\W*"
    r"|\W*(?:so|ok(?:ay)?|and|then|but|well)?\W*(?:what (?:now|then|next)|what (?:should|do|can) i do(?: now| then| next)?)\W*",
    re.IGNORECASE,
)
_CHEAPER = re.compile(
    r"便宜|实惠|太贵|贵了|\bcheaper\b|\bless expensive\b|\blower[- ]priced?\b|\btoo (?:expensive|much|pricey)\b"
    r"|\bmore affordable\b",
    re.IGNORECASE,
)
_TAKES_BACK = re.compile(
    r"\W*(?:取消|不等了|不用等了|算了|不转了|cancel|cancel (?:it|that|the request)|stop|i'?ll wait no longer)\W*",
    re.IGNORECASE,
)
_ASKS_THE_QUEUE = re.compile(
    r"^\W*(?:还要|还得|要)多(?:久|长时间)了?\W*$|(?:排|轮)(?:到)?(?:第几|我|多少)|前面还?有(?:多少|几)|(?:还?要?|得)等(?:多久|多长时间|几分钟)|多久(?:有人|能接|才有人)|有人(?:吗|在吗|没)|人呢|(?:还)?在吗|怎么(?:还)?没人"
    r"|\bhow (?:long|much longer)\W*$|\bhow long (?:do i|will i|until|before|is the (?:wait|queue))"
    r"|\b(?:any(?:one|body)|someone|are you) (?:still )?there\b|\bstill waiting\b",
    re.IGNORECASE,
)

_YES = re.compile(
    r"(?:👍|👌|✅|(?:嗯+|嗯*好的?|行|可以的?|确认|确认无误|确定|同意|要的?|请办|ok|okk?ay)[啊呀哦的呢]?|(?:是|对)[的啊呀呢]{0,2}"
    r"|没错|没问题的?|提交|麻烦了?|(?:就这样|就这么办|那就?这样)吧?|(?:好|行|办|确认|提交|ok)吧|(?:可以|确认|同意)了"
    r"|y|yes|yep|yeah|yup|sure|ok(?:ay)?|confirm(?:ed)?|go ahead|do it|please do|correct|that'?s (?:right|correct|fine|it)|perfect|sounds good|looks good|all good|fine|absolutely|definitely|of course|proceed)"
    r"(?:[\s,，。.!！、~～]*(?:(?:确认吧?|确定|可以|好的?|行|是的?|对|没错|没问题|办吧|就这样吧?|谢谢|麻烦了?)|yes|please(?: do)?|pls|plz|go ahead|do it|confirm|thanks?|thank you|that'?s (?:right|correct|fine)|sounds good|looks good|proceed|[👍👌🙏🏻🏼🏽😊]))*",
    re.IGNORECASE,
)
"""是吧 and 没问题吧 ask; 好了 and 行了 mean that it is enough."""
_NO = re.compile(
    r"(?:不|不要|不用|不用了|不对|不行|不是|不可以|不确认|先不|先别|别|等等|等一下|等下|再想想|我再想想|取消吧?|算了|不办了|不弄了|不[改换退]了|不取消了|别办了?|停"
    r"|no|nope|nah|don'?t|do not|stop|wait|hold on|not now|not yet|no thanks?|no thank you|cancel|never ?mind|nvm|forget it|let me think)"
    r"[\s,，。.!！~～了吧啊呢]*(?:谢谢|thanks?|thank you|算了|不用了?|先不|stop|wait)?",
    re.IGNORECASE,
)
_TAKES_NOTE = re.compile(
    r"(?:ok(?:ay)?|oh|ah|哦+|噢|嗯+|好的?)?[\s,，。.]*(?:got it|understood|i see|gotcha|noted|知道|明白|了解|懂)[了啦哈的]?"
    r"[\s,，。.!！]*(?:thanks?(?: you)?|thx|cheers|谢谢[您你]?|多谢)?",
    re.IGNORECASE,
)
_NOT_THERE = re.compile(
    r"(?:还|都|一直|怎么)没(?:有)?(?:收到|到货?|来|送到|影|动静)|没(?:收到|到货)|(?:到|发|来|送|寄)(?:了|货)?(?:没有?|吗)\W*$|到哪|几时到|(?:啥|什么)时候(?:能)?(?:到|来|送|发)"
    r"|\bwhere(?:'?s| is| are|'re)? (?:my|the)\b|\bnever (?:showed|turned|came|arrived|got|received)\b|\b(?:has|have|is|did)(?:n't| not)(?: yet)? (?:arrived?|come|shown|turned|here|moved|received)\b"
    r"|\bstill (?:not here|waiting|says?|processing|nothing)\b|\bwhen (?:will|does|is|do)\b.{0,24}\b(?:arriv|com(?:e|ing)|get here|deliver|ship)",
    re.IGNORECASE,
)
_CORRECTS = re.compile(
    r"^\W*(?:no|nope|actually|sorry|wait|oops|i mean(?:t)?|make (?:it|that)|rather|not (?:the|that|this|those))\b"
    r"|^\W*(?:不是|不对|错了|说错|搞错|应该是|换成|改成|改为|换为|要的是|我要的是|还是要?|不要|其实|噢不|等等)"
    r"|\binstead\b|\bi meant\b",
    re.IGNORECASE,
)
_INSTEAD = re.compile(
    r"\binstead\b|\bactually\b|\brather\b|\bchanged? my mind\b|\bon second thought|\blet'?s just\b|\bjust (?:cancel|return|refund)\b"
    r"|^\W*那(?:就|还是)?(?:直接)?(?:取消|退|换)了?(?:它|这单|掉)?吧|还是.{0,6}(?:吧|好了)|算了.{0,8}(?:退|换|取消|改)|直接(?:退|取消|换)|干脆|改主意|不换了|不退了|不改了|不取消了",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"[?？]\s*$|吗\W*$|(?:多久|多少|几天|什么|谁|哪[些个里儿]|怎么|如何|能不能|可不可以|是否|要不要|会不会|有没有|为什么|为啥|咋)"
    r"|^\W*(?:how|what|which|when|where|why|who|do|does|did|is|are|can|could|will|would|should|may)\b",
    re.IGNORECASE,
)
_UNDOES = re.compile(
    r"撤销|撤回|恢复(?:原样|回来|订单)|反悔|(?:改|换|退|取消)错了|刚才(?:那个|的)?.{0,4}不(?:算|要了|取消了|改了|退了|换了)"
    r"|\bundo\b|\brevert\b|\btake (?:that|it) back\b|\breverse (?:that|it)\b|\bput it back\b|\bchange it back\b",
    re.IGNORECASE,
)
_ANOTHER_ORDER = re.compile(
    r"(?:另外?一?|别的那?|其他那?)[个张笔]?(?:订)?单|\b(?:the|my)? ?other orders?\b|\banother order\b|\ba different order\b",
    re.IGNORECASE,
)
_DEFAULT_ADDRESS = re.compile(
    r"(?<!没)(?:改|换|设|更新).{0,8}(?:默认|常用|账[户号]里?的?地址|地址簿)|(?:默认|常用|账[户号]里?的?)(?:收货)?地址.{0,6}(?<!没)(?:改|换|设|更新)"
    r"|(?:是|说)的?是?默认地址"
    r"|\b(?:change|update|set|switch|edit|replace|make|mean|meant)\b.{0,40}\b(?:default|account) (?:delivery |shipping )?address"
    r"|\b(?:change|update|edit|replace)\b.{0,20}\baddress(?:es)? (?:(?:you have )?on file|(?:in|on) my (?:account|profile))"
    r"|\baddress\b.{0,20}\bmy default\b|\bdefault address\W*$",
    re.IGNORECASE,
)
_OWN_METHODS = re.compile(
    r"我(?:的|账[户号]里?的?)?.{0,4}(?:绑定?|存|保存)了?.{0,4}(?:卡|付款方式|支付方式)|我有哪些(?:付款|支付)方式|我的(?:付款|支付)方式(?!.{0,4}[改换])"
    r"|我?的?礼品卡.{0,4}(?:余额|还?[有剩].{0,3}(?:多少|几))|礼品卡里?还?[有剩]多少"
    r"|\bmy (?:saved |stored )?(?:payment methods|ways to pay|saved cards)\b|\b(?:which|what) (?:cards?|payment methods?) (?:do i have|have i|are saved|is saved)\b"
    r"|\bmy gift card(?:'s)? balance\b|\b(?:left|balance)\b.{0,20}\bmy gift card\b",
    re.IGNORECASE,
)
_OWN_COUPONS = re.compile(
    r"我(?:还|现在|一共|账[户号]里)?有(?:哪些|几张|什么|多少张?)(?:可用的?|能用的?)?(?:优惠)?券|我的(?:优惠)?券(?:有哪些|呢|在哪|去哪|还有|列表|\W*$)|(?:看看?|查看?|查一下)我的(?:优惠)?券"
    r"|\b(?:what|which|how many) (?:coupons|vouchers) (?:do i|have i|can i|are in my)\b|\b(?:show|list|see|check|view)(?: me)? my (?:coupons|vouchers)\b"
    r"|^\W*my (?:coupons|vouchers)\W*$|\bdo i have any (?:coupons|vouchers)\b",
    re.IGNORECASE,
)
_RETURN_OPTIONS = re.compile(
    r"(?:哪[些个件]|什么|有啥).{0,8}还(?:能|可以)退|还(?:能|可以)退的?.{0,4}(?:有哪些|有什么|是哪)"
    r"|我.{0,12}(?:还能退|还可以退|还来得及退).{0,4}[吗么]|我.{0,12}退(?:货)?(?:期|期限|截止).{0,6}(?:哪天|什么时候|几号)"
    r"|\b(?:what|which)\b.{0,30}\bcan i (?:still )?(?:return|send back)\b"
    r"|\b(?:until when|by when)\b.{0,24}\bcan i\b.{0,10}\b(?:return|send)\b.{0,16}\b(?:my|this|it|these)\b"
    r"|\bcan i still (?:return|send back)\b",
    re.IGNORECASE,
)
_SWAPS = re.compile(
    r"\b(?:can|could|may) i (?:get|have) (?:an? )?(?:size )?\d{2}\b|\b(?:can|could) (?:you|u) (?:please |still |also )?(?:cancel|change|return|refund|exchange|swap|update)\b|"
    r"\b(?:can|could|may) i (?:get|have|swap|exchange|change|return|send) (?:it|them|this|these|that|one|the|in|a (?:size|bigger|smaller|larger|different))\b"
    r"|(?:太|有点|偏)?[大小紧松长短]了.{0,12}[换退]|(?:能|可以)换(?:成|个|一?[件双条个])|(?:能|可以)(?:帮我)?改(?:成|到|送|寄)",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"(?:通知|提醒)(?:一?下)?我|能(?:告诉|叫|喊)我(?:一?[声下])?[吗么]"
    r"|\b(?:can|could|would|will) you (?:please )?(?:ping|tell|notify|text|message|let|e-?mail) me (?:know )?(?:when|as soon as|once|if)\b"
    r"|我的|我[买订收拍]|[这那][个件双单款条只]|它|这次|帮我|给我|我[想要](?:把|退|换|取消|改|开|申请)|请[帮把]|把|一下"
    r"|\b(?:my|mine|it|this|these|those|that one|the other one|please)\b"
    r"|\bi(?:'d| would)? (?:bought|ordered|got|received|want|need|like)\b|\bi'?d like\b|\bfor me\b",
    re.IGNORECASE,
)
_CAME = re.compile(
    r"收到|到手|到货了|拆开|打开|箱子里|包裹里|盒子里|里面|\b(?:arrived|came|got|received|delivered|in the (?:box|parcel|package))\b",
    re.IGNORECASE,
)


def says_it_came(text: str) -> bool:
    """Speaks of what arrived."""
    return bool(_CAME.search(text))


def lists_orders(text: str) -> bool:
    """Asks for the orders themselves, not where one of them is."""
    return len(text) <= _LONGEST and bool(_LISTS_ORDERS.search(text)) and not _ACTS.search(text)


def asks_return_progress(text: str) -> bool:
    """About a return or refund that was begun."""
    return bool(_RETURN_PROGRESS.search(text)) and not _GENERAL.search(text)


def asks_generally(text: str) -> bool:
    """How something works, for anybody: "how do I track a parcel?"."""
    return bool(_GENERAL.search(text))


def asks_money(text: str) -> bool:
    """How much comes back or is to be paid: "退多少钱", "is there a fee?"."""
    return len(text) <= _LONGEST and bool(_MONEY.search(text))


def asks_when(text: str) -> bool:
    """When it comes, in few words that name nothing else: "多久到账", "when will I get it"."""
    return len(text) <= _LONGEST and bool(_WHEN.fullmatch(text.strip()))


def only_points(text: str) -> bool:
    """ "就第一个吧", "I'll take the second one": which one, and nothing more."""
    return len(text) <= _LONGEST and bool(_ONLY_POINTS.fullmatch(text))


def goes_on(text: str) -> bool:
    """Means something only after what was said before: "那新疆呢", "what about black?"."""
    return len(text) <= _LONGEST and bool(_GOES_ON.search(text))


def names_only_a_number(text: str) -> bool:
    """The same is wanted of another order: "那118457呢", "and 118457?"."""
    return len(text) <= _LONGEST and bool(_ONLY_A_NUMBER.search(text))


def wants_alike(text: str) -> bool:
    return bool(_LIKE.search(text))


def wants_matching(text: str) -> bool:
    """Something beside it, not instead of it."""
    return bool(_MATCHING.search(text))


def asks_which_of(text: str) -> bool:
    """Which of several has or is something: "which one is waterproof?"."""
    return len(text) <= _LONGEST and bool(_WHICH_OF.search(text))


def asks_for_cheapest(text: str) -> bool:
    """Or for the dearest: of those on the table."""
    return len(text) <= _LONGEST and bool(_CHEAPEST.search(text))


def asks_what_now(text: str) -> bool:
    """What the last answer did not settle: "那怎么办", "so what now?"."""
    return len(text) <= _LONGEST and bool(_WHAT_NOW.fullmatch(text))


def wants_cheaper(text: str) -> bool:
    return bool(_CHEAPER.search(text))


def takes_back(text: str) -> bool:
    """Said while waiting for a person: no longer needed."""
    return bool(_TAKES_BACK.fullmatch(text.strip()))


def asks_the_queue(text: str) -> bool:
    """Said while waiting for a person: how long, is anybody there?"""
    return len(text) <= _LONGEST and bool(_ASKS_THE_QUEUE.search(text))


def is_wordless(text: str) -> bool:
    """Holds one letter or digit at most: punctuation or pictures only."""
    return sum(character.isalnum() for character in text) < 2


def says_yes(text: str) -> bool:
    """Nothing but a yes: "yes please", "好的，确认". "Yes, but in blue" is none."""
    return len(text) <= _LONGEST and bool(_YES.fullmatch(text.strip(" \n\t,，。.!！~～")))


def says_no(text: str) -> bool:
    """Nothing but a no."""
    return len(text) <= _LONGEST and bool(_NO.fullmatch(text.strip(" \n\t,，。.!！~～")))


def takes_note(text: str) -> bool:
    """Has heard it, and wants nothing: "got it, thanks", 知道了."""
    return bool(_TAKES_NOTE.fullmatch(text.strip(" \n\t,，。.!！~～")))


def waits_for(text: str) -> bool:
    """Something that was ordered has not come: "where's my kettle", 杯子到了没."""
    return len(text) <= _LONGEST and bool(_NOT_THERE.search(text))


def corrects(text: str) -> bool:
    """Begins by taking something back: "no, the blue one", "换成黑色的"."""
    return bool(_CORRECTS.search(text))


def says_instead(text: str) -> bool:
    """Wants one thing in place of another: "just return it instead", "还是退了吧"."""
    return bool(_INSTEAD.search(text))


def means_another_order(text: str) -> bool:
    return bool(_ANOTHER_ORDER.search(text))


def means_default_address(text: str) -> bool:
    """Another address for all orders to come, not for one of them."""
    return bool(_DEFAULT_ADDRESS.search(text))


def asks_own_methods(text: str) -> bool:
    """About the ways to pay that are saved in the account, or what is left on a gift card of their own."""
    return len(text) <= _LONGEST and bool(_OWN_METHODS.search(text)) and not _GENERAL.search(text)


def asks_own_coupons(text: str) -> bool:
    """Which coupons do I have? Not how coupons work."""
    return len(text) <= _LONGEST and bool(_OWN_COUPONS.search(text)) and not _GENERAL.search(text)


def undoes(text: str) -> bool:
    """Wants the last change taken back."""
    return len(text) <= _LONGEST and bool(_UNDOES.search(text)) and not _GENERAL.search(text)


def is_question(text: str) -> bool:
    return bool(_QUESTION.search(text))


def is_own(text: str) -> bool:
    """Speaks of something of one's own: "my order", 这件."""
    return bool(_OWN.search(text))


def wants_done(text: str) -> bool:
    """Asks to do something, not how it is done: "cancel my order", not "can orders be cancelled?"."""
    own = _OWN.search(text) or _SWAPS.search(text)
    return not _GENERAL.search(text) and (not _QUESTION.search(text) or bool(own))


def asks_what_returns(text: str) -> bool:
    """Which things can still go back, and until when: about one's own orders."""
    return len(text) <= _LONGEST and bool(_RETURN_OPTIONS.search(text))
