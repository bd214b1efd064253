"""Words that name what a part of a message is about: two topics around a comma are two requests."""

import re

_TOPIC_ZH = (
    ("ship", r"物流|快递|包裹|发货|到哪|到货|派送|配送|签收|没收到|还没到|几天到|多久到|什么时候[到发]"),
    ("fee", r"运费|邮费|包邮|快递费"),
    ("return", r"退货|退掉|[能想要可以]退|退换"),
    ("refund", r"退款|退钱|钱[^包]{0,4}(?:到账|退|没到)"),
    ("exchange", r"换货|换[个一成大小码掉]|想换|能换"),
    ("cancel", r"取消|不想要了|不要了"),
    ("change", r"[改换]一?下?(?:收货)?地址|地址[^,，]{0,4}[改错]|改电话|改收货人"),
    ("invoice", r"发票|开票"),
    ("price", r"优惠|[用领张]券|券|折扣|满减|便宜|保价|差价|降价|多少钱|价格"),
    ("stock", r"有货|现货|库存|补货|缺货|还有[吗没]|有没有|有[^,，]{1,10}[吗么]"),
    ("size", r"尺码|什么码|多大码|穿多[大少]|偏[大小]"),
    ("pay", r"付款|支付|扣款|付不了|花呗|微信|货到付款"),
    ("account", r"密码|登录|账号|会员|积分|注册"),
    ("trouble", r"少发|漏发|少了|发错|错了|坏了|破了|裂了|碎了|瑕疵|质量|投诉|差评"),
    ("service", r"人工|客服|门店|营业|几点|保修|质保|维修"),
    ("advice", r"推荐|哪个好|哪款|区别|对比|防水|材质|面料|怎么洗|怎么用|送礼"),
)  # fmt: skip
_TOPIC_EN = (
    ("ship", r"where(?:'?s| is| are)|track|shipp(?:ed|ing|ment)|deliver|arriv|parcel|package|haven'?t (?:got|received)|when will|order status"),
    ("fee", r"shipping (?:cost|fee|cost)|how much is (?:shipping|delivery)|free shipping"),
    ("return", r"\breturn"),
    ("refund", r"refund|money back"),
    ("exchange", r"exchang|swap"),
    ("cancel", r"cancel"),
    ("change", r"chang\w+ (?:the |my )?(?:\w+ )?address|address|wrong address"),
    ("invoice", r"invoice|receipt"),
    ("price", r"coupon|discount|promo|voucher|how much|price|cheaper"),
    ("stock", r"in stock|do you (?:have|sell|carry|stock)|available|restock|back in|got any|have any"),
    ("size", r"\bsiz(?:e|ing)|fit\b|fits\b"),
    ("pay", r"\bpay|payment|charged|paypal|alipay"),
    ("account", r"password|log ?in|sign in|account|points"),
    ("trouble", r"missing|wrong|broken|damaged|defect|cracked|faulty|complain"),
    ("service", r"human|agent|real person|open(?:ing)? (?:hours|time)|warranty|store\b"),
    ("advice", r"recommend|suggest|difference|compare|which (?:one|is)|waterproof|made of|machine wash|gift"),
)  # fmt: skip
TOPICS = {
    "zh": [(name, re.compile(words)) for name, words in _TOPIC_ZH],
    "en": [(name, re.compile(rf"(?:{words})", re.IGNORECASE)) for name, words in _TOPIC_EN],
}


def topics_of(text: str, topics: list[tuple[str, re.Pattern[str]]]) -> set[str]:
    return {name for name, pattern in topics if pattern.search(text)}
