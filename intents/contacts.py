"""E-mail addresses, telephone numbers and bank cards in a message."""

import re
from dataclasses import dataclass

from intents.text import Span

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}"
)
_LINK = re.compile(r"(?:https?://|www\.)[!-~]{1,500}")
_CARD = re.compile(r"(?<![\dA-Za-z])\d(?:[ -]?\d){14,18}(?![\dA-Za-z])")
_PHONES = (
    re.compile(r"(?<![\d+])(?:\+|00)\d{1,3}(?:[ ()-]{0,2}\d){6,12}(?!\d)"),
    re.compile(r"(?<![\dA-Za-z.#-])(?:86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![\dA-Za-z])"),
    re.compile(r"(?<![\dA-Za-z])(?:400|800)[ -]?\d{3,4}[ -]?\d{3,4}(?!\d)"),
    re.compile(r"(?<![\dA-Za-z])0\d{2,3}-\d{7,8}(?!\d)"),
    re.compile(r"(?<![\dA-Za-z])\(?\d{3}\)?[ -]\d{3}[ -]\d{4}(?!\d)"),
    re.compile(r"(?<![\dA-Za-z])[2-9]\d{3}[ -]\d{4}(?!\d)"),
)
# Eight digits alone may be an order number; after one of these words they are a telephone.
_NAMED_PHONE = re.compile(
    r"(?:电话|电話|手机号?码?|手機|联系方式|phone(?: number)?|mobile|tel|call me (?:at|on))\D{0,8}(\d{7,12})(?!\d)",
    re.IGNORECASE,
)
_ORDER_BEFORE = re.compile(
    r"(?:订单号?|单号|編號|编号|order(?: number| no\.?)?|#)[ :#是为]{0,4}$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Email:
    address: str
    span: Span


@dataclass(frozen=True, slots=True)
class Phone:
    number: str
    """Digits, with the leading + where a country code was typed."""
    span: Span


def find_emails(text: str) -> list[Email]:
    return [Email(match[0].lower(), Span(*match.span())) for match in _EMAIL.finditer(text)]


def find_links(text: str) -> list[Span]:
    return [Span(*match.span()) for match in _LINK.finditer(text)]


def find_cards(text: str) -> list[Span]:
    """Bank card numbers (with a valid check digit): never stored, never used."""
    return [Span(*match.span()) for match in _CARD.finditer(text) if _luhn(re.sub(r"\D", "", match[0]))]


def find_phones(text: str) -> list[Phone]:
    found: dict[Span, str] = {}
    for pattern in _PHONES:
        for match in pattern.finditer(text):
            span = Span(*match.span())
            if not any(span.start < other.end and other.start < span.end for other in found) and not _order(
                text, span
            ):
                found[span] = _digits(match[0])
    for match in _NAMED_PHONE.finditer(text):
        span = Span(*match.span(1))
        if not any(span.start < other.end and other.start < span.end for other in found):
            found[span] = match[1]
    return [Phone(number, span) for span, number in sorted(found.items())]


def _order(text: str, span: Span) -> bool:
    """An eleven-digit number called an order number is one."""
    return _ORDER_BEFORE.search(text[max(0, span.start - 20) : span.start]) is not None


def _digits(typed: str) -> str:
    plus = typed.lstrip().startswith(("+", "00"))
    digits = re.sub(r"\D", "", typed)
    return "+" + digits.removeprefix("00") if plus else digits


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (2 if index % 2 else 1) for index, digit in enumerate(reversed(digits)))
    return len(set(digits)) > 1 and sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
