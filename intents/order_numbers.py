"""Order numbers, parcel numbers and product codes."""

import re
from dataclasses import dataclass

from intents.text import Span

_CODE = re.compile(
    r"(?<![A-Za-z0-9])#? ?(?P<value>[A-Za-z]{1,4}-?\d{1,20}(?:-[A-Za-z0-9]{1,12}){0,3}|\d{4,8}-\d{3,12}|\d{4,20})(?![A-Za-z0-9]|\.\d)"
)
_CALLED = re.compile(
    r"(?:订单(?:编号|号码?)?|單號|单号|訂單|编号|\border(?: (?:number|no\.?|num|id|code|ref(?:erence)?))?|注文(?:番号)?|주문(?:번호)?"
    r"|pedido|commande|bestellung|заказ\w{0,2}|ordine|طلب\w{0,2})[ :#是为nNoº°№.]{0,5}$",
    re.IGNORECASE,
)
# A six-digit number after one of these words is something else.
_NOT_AN_ORDER = re.compile(
    r"(?:验证码|密码|邮编|邮政编码|\bzip(?: ?code)?|\bpostcode|\bpostal code|\bverification code|\botp|\bpin|门牌|房号|商品编?号|货号)"
    r"[ :是为is]{0,5}$",
    re.IGNORECASE,
)
_PARCEL_CALLED = re.compile(
    r"(?:快递单?号|运单号?|物流单?号|tracking(?: (?:number|no\.?|code|id))?|parcel|waybill|包裹)[ :#是为]{0,5}$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class OrderNumber:
    value: str
    """Upper case, as the shop prints it, without the #."""
    span: Span
    called: bool = False
    """Whether the message calls it an order number."""


@dataclass(frozen=True, slots=True)
class Code:
    """A parcel number or a product code."""

    value: str
    span: Span


def find_codes(text: str) -> tuple[list[OrderNumber], list[Code], list[Code]]:
    """Order numbers, parcel numbers, product codes."""
    orders: list[OrderNumber] = []
    parcels: list[Code] = []
    products: list[Code] = []
    for match in _CODE.finditer(text):
        value, span = match["value"].upper(), Span(*match.span())
        before = text[max(0, span.start - 30) : span.start]
        digits = sum(character.isdigit() for character in value)
        called = match[0].startswith("#") or _CALLED.search(before) is not None
        if _NOT_AN_ORDER.search(before):
            continue
        if _PARCEL_CALLED.search(before) or (digits > 12 if value.isdigit() else digits >= 10):
            parcels.append(Code(value, span))
        elif _is_order(value, digits, called):
            orders.append(OrderNumber(value, span, called))
        elif value[0].isalpha() and 3 <= digits <= 4 and "-" not in value and not value[1].isalpha():
            products.append(Code(value, span))
    return orders, parcels, products


def _is_order(value: str, digits: int, called: bool) -> bool:
    if value[0].isalpha():
        return digits >= (3 if called else 5)
    return digits >= (4 if called else 6)
