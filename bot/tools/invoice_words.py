"""What a shopper says about an invoice: for whom, the title, the tax number, the e-mail; several in one sentence."""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace

from intents.contacts import find_emails
from intents.text import plain


@dataclass(frozen=True, slots=True)
class InvoiceWords:
    """What was not said is empty."""

    buyer: str = ""
    """personal or company."""
    title: str = ""
    tax_number: str = ""
    email: str = ""


_COMPANY = re.compile(
    r"公司|单位|企业|学校|报销|对公|有限责任|\b(?:company|business|employer|corporate|firm|ltd|limited|inc|llc|gmbh|co\.)\b",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"个人|私人|\b(?:personal|private|individual)\b|\bfor (?:me|myself)\b|\bmy own name\b|^\W*(?:me|myself)\W*$",
    re.IGNORECASE,
)
_TAX_NUMBER = re.compile(
    r"(?:税号|税务登记号|纳税人识别号|信用代码|稅號|統一編號|\btax (?:id|number|no\.?|code)|\btin|\bvat (?:id|number|no\.?))"
    r"(?:错了|不对|打错了)?[ ,:是为改成应该is to]{0,10}(?P<named>[0-9A-Za-z](?:[ -]?[0-9A-Za-z]){3,30})(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z@.])(?P<bare>[0-9][0-9A-Z]{14}(?:[0-9A-Z]{3}|[0-9A-Z]{5})?)(?![0-9A-Za-z@.])",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"(?:发票抬头|抬头|公司(?:名称|名字|全称|名)|单位(?:名称|全称|名)|开票名称|名称|開給|開立)"
    r"(?:写?错了?|不对|打错了?|有误)?[ ,:;]{0,3}(?:应该|要|请|帮我)?(?:改成|改为|换成|写成|写|填|是|为|叫|用|开)?[ :]{0,2}"
    r"(?P<zh>[^\s,;。:]{2,100}?)(?=$|[\s,;。]|税号|税务|纳税人|邮箱|发到|发给|发至|\x00)"
    r"|\b(?:made? (?:it )?out to|issued? (?:it )?to|invoice to|bill(?:ed)? to|title(?: is|:| should be| to)?|company name(?: is|:| should be)?"
    r"|company(?: is|:)|name(?: is|:| should be)|in the name of)[ :]{1,2}(?P<en>[^,;\n\x00]{2,100}?)(?=$|[,;\n\x00]|\.(?:\s|$)| (?:and )?(?:tax|vat|tin|e-?mail|send)\b)",
    re.IGNORECASE,
)
_COMPANY_NAME = re.compile(
    r"(?P<zh>(?:(?!开|给|抬头|发票|帮我|公司|单位)[\u4e00-\u9fff（）()A-Za-z0-9]){2,200}?(?:有限责任公司|股份有限公司|有限公司|集团|事务所|研究院|大学|医院|工作室|商行|公司))"
    r"|(?P<en>(?:[A-Z][\w&.'-]*\s){1,6}(?:Ltd|Limited|Inc|LLC|GmbH|Corp|Co\.,? Ltd|Company|PLC)\.?)"
)
_NOT_A_TITLE = re.compile(
    r"^(?:就[行好]|即可|可以|抬头|公司|单位|个人|的|发票|怎么|什么|吗|一下|错|改|换|不对|给|请)|(?:错|错了|吗|发票)$|^(?:my|a|the|our) (?:company|employer|name|business)\b|^(?:me|wrong|is|it)\b",
    re.IGNORECASE,
)
_COMPANY_TITLE = re.compile(
    r"公司|集团|事务所|研究院|大学|学校|医院|工作室|商行|中心|厂$|\b(?:Ltd|Limited|Inc|LLC|GmbH|Corp|Company|PLC)\b",
    re.IGNORECASE,
)


def read_invoice(text: str) -> InvoiceWords:
    """What the text says of an invoice."""
    whole = plain(re.sub(r"[\r\n]", ",", text))
    emails = find_emails(whole)
    rest = whole
    for email in emails:
        rest = rest[: email.span.start] + "\x00" * len(email.address) + rest[email.span.end :]
    number = _TAX_NUMBER.search(rest)
    tax_number = ""
    if number:
        tax_number = tidy_tax_number(number["named"] or number["bare"])
        rest = rest[: number.start()] + "\x00" * len(number[0]) + rest[number.end() :]
    title = _title(rest, text)
    buyer = ""
    if title or tax_number:
        buyer = "company" if tax_number or _COMPANY_TITLE.search(title) else ""
    if title == "个人" or (not buyer and _PERSONAL.search(rest)):
        buyer = "personal"
    elif not buyer and _COMPANY.search(rest):
        buyer = "company"
    return InvoiceWords(buyer, title, tax_number, emails[-1].address if emails else "")


def _title(plain_text: str, text: str) -> str:
    """As it was typed: a company's own brackets may be wide ones."""
    for match in _TITLE.finditer(plain_text):
        title = tidy_title(text[slice(*match.span(match.lastgroup or 0))])
        if title and not _NOT_A_TITLE.search(title):
            return title
    name = _COMPANY_NAME.search(plain_text)
    title = tidy_title(text[slice(*name.span())]) if name else ""
    return "" if _NOT_A_TITLE.search(title) else title


def tidy_title(text: str) -> str:
    return text.strip(" \t,.;:，。；：\"'“”\x00")


def tidy_tax_number(text: str) -> str:
    """Letters and digits in capitals."""
    return re.sub(r"[\s-]", "", text).upper()


def added(before: InvoiceWords, said: InvoiceWords) -> InvoiceWords:
    """What is newer corrects what is older; another buyer makes title and tax number void."""
    if said.buyer and before.buyer and said.buyer != before.buyer:
        before = replace(before, title="", tax_number="")
    return replace(before, **{one.name: value for one in fields(said) if (value := getattr(said, one.name))})


def answer_to(slot: str, text: str) -> InvoiceWords:
    """What an answer to the question for `slot` says; more than was asked may be said."""
    said, own = read_invoice(text), plain(text)
    more = said.tax_number or said.email
    readers: dict[str, Callable[[], str]] = {
        "title": lambda: said.title if more or _TITLE.search(own) else tidy_title(_AROUND.sub("", text)),
        "tax_number": lambda: said.tax_number or tidy_tax_number(own.strip()),
        "email": lambda: said.email or own.strip(),
    }
    return replace(said, **{slot: readers[slot]()})


_AROUND = re.compile(r"^(?:就?(?:写|叫|是|填)|it'?s |make it )", re.IGNORECASE)
