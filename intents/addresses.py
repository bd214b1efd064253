"""The parts of a postal address that somebody typed, in whatever order, in Chinese or English."""

import re
from dataclasses import fields, replace

from intents import chinese_addresses, english_addresses
from intents.address_parts import AddressParts
from intents.contacts import find_emails, find_phones
from intents.text import Span, plain, without

__all__ = ["AddressParts", "only_keeps", "parse_address"]

_HAN = re.compile(r"[\u4e00-\u9fff]")
_BREAK = "\n"
# Telephone numbers that are sure to be some within an address.
_MORE_PHONES = re.compile(
    r"(?<![\d+-])(?:09\d{2}[ -]?\d{3}[ -]?\d{3}|0[127]\d{2,3} ?\d{3} ?\d{3,4}|[569]\d{3} ?\d{4})(?!\d)"
)
_POSTCODE = re.compile(
    r"(?:邮编|邮政编码|郵遞區號|\bzip(?: ?code)?|\bpost(?:al )?code)[ :是为is]{0,5}(?P<named>[A-Z0-9]{2,5}[ -]?[A-Z0-9]{1,4})\b"
    r"|(?<![\dA-Za-z.-])(?P<bare>\d{6})(?!\d|[ ]?[号弄室幢栋座楼层]|-)",
    re.IGNORECASE,
)
_TURNED_DOWN = re.compile(r"[,，]?\s*(?:而?不是|不要|别寄)[^,;。\n]{1,12}|,? \bnot (?:to )?[A-Z][\w']+")
_ORDER = re.compile(r"(?:订单号?|单号|\border(?: number| no\.?)?)[ :#]{0,3}$|#$|[把给]$", re.IGNORECASE)


def parse_address(text: str) -> AddressParts:
    """What the text says of an address; empty where it says nothing. Nothing is made up.

    Names of Chinese provinces and cities come out in full (广东 is 广东省), and a city brings its province.
    """
    whole = plain(re.sub(r"[\r\n]", ",", text))
    phones = find_phones(whole)
    whole = without(whole, (one.span for one in phones))
    more = list(_MORE_PHONES.finditer(whole))
    whole = without(whole, (Span(*match.span()) for match in more))
    whole = without(whole, (one.span for one in find_emails(whole)))
    numbers = [(one.span.start, one.span.of(text).strip()) for one in phones]
    numbers += [(match.start(), match[0].strip()) for match in more]
    postcode, whole = _postcode(whole)
    whole = _TURNED_DOWN.sub(_BREAK, re.sub(r"\x00+", _BREAK, whole))
    parse = chinese_addresses.parse if _HAN.search(whole) else english_addresses.parse
    parts = parse(whole)
    phone = max(numbers)[1] if numbers else ""
    parts = replace(parts, phone=phone, postcode=parts.postcode or postcode)
    return parts if any(getattr(parts, one.name) for one in fields(parts)) else AddressParts()


def only_keeps(text: str) -> bool:
    """Says no more than that something stays as it is: 收件人不变, "same phone"."""
    kept = chinese_addresses.KEPT if _HAN.search(text) else english_addresses.KEPT
    left, found = kept.subn("", plain(text))
    return found > 0 and not any(character.isalnum() for character in left)


def _may_be_an_order(text: str, match: re.Match[str]) -> bool:
    before = text[: match.start()].rstrip()
    return not before or bool(_ORDER.search(before)) or bool(_HAN.match(text[match.end() :]))


def _postcode(text: str) -> tuple[str, str]:
    """The postcode, and the text without it; an order's number is none."""
    for match in _POSTCODE.finditer(text):
        if match["named"] is None and _may_be_an_order(text, match):
            continue
        found = (match["named"] or match["bare"]).strip().upper()
        return found, without(text, [Span(*match.span())])
    return "", text
