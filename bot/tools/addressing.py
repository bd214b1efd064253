"""A new address out of what a shopper says: one of their own, a typed one, or a correction of either."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace

from bot.conversation import Choice
from bot.shop.changes.plan import Facts
from bot.shop.domain import Address, Order
from bot.tools.asking import ask, choose
from bot.tools.base import Answer, ToolContext, ToolResult, Words
from intents.addresses import AddressParts, parse_address
from intents.places import CITIES, ENGLISH_CITIES, MUNICIPALITIES

TEXTS = {
    "en": {
        "label.recipient": "Recipient",
        "label.address": "New address",
        "label.before": "Until now",
        "which_address": "Where should it go? Pick one of your addresses, or type a new one.",
        "ask.address": "Where should it go? Street, city, name and phone in one message is fine.",
        "ask.name": "Who shall it go to?",
        "ask.phone": "Which phone number can the courier call?",
        "ask.street": "And the street, with the house and flat number?",
        "ask.city": "Which city is that in?",
        "ask.province": "Which province is {city} in?",
        "ask.district": "Which district is that?",
        "ask.postcode": "And the postcode?",
        "same_city": "{city}, as before",
    },
    "zh": {
        "label.recipient": "收件人",
        "label.address": "新地址",
        "label.before": "原地址",
        "which_address": "要改到哪个地址？可以点您存过的，也可以直接发新地址。",
        "ask.address": "新地址发我一下，收件人和电话有变也一起写上。",
        "ask.name": "收件人是哪位？",
        "ask.phone": "收件人的电话是？",
        "ask.street": "街道和门牌号是？",
        "ask.city": "是哪个城市的？",
        "ask.province": "{city}在哪个省？",
        "ask.district": "是哪个区县？",
        "ask.postcode": "邮编是多少？",
        "same_city": "还是{city}",
    },
}
_PLACE = ("country", "province", "city", "district", "street", "postcode")
_KINDS = (
    re.compile(r"公司|单位|办公|\b(?:office|work)\b", re.IGNORECASE),
    re.compile(r"家里|我家|住处|\bhome\b", re.IGNORECASE),
    re.compile(r"学校|宿舍|\b(?:school|dorm|campus)\b", re.IGNORECASE),
)
"""What people call their addresses, where the shop's ids do too."""
_ROAD = re.compile(
    r"^[\u4e00-\u9fff]{2,8}?(?:路|街|大道|道|巷|弄|园)|[A-Z]\w+(?: \w+)? (?:Road|Street|Avenue)"
)


@dataclass(frozen=True, slots=True)
class Arguments:
    """`address` is the id of one of their addresses, or a typed one."""

    words: Words
    address: Answer | None
    name: Answer | None
    phone: Answer | None
    street: Answer | None
    city: Answer | None
    province: Answer | None
    district: Answer | None
    postcode: Answer | None


@dataclass(frozen=True, slots=True)
class Wish:
    """What was said of the new address; `saved` is one of their own, which the parts correct."""

    saved: Address | None
    parts: AddressParts

    @property
    def empty(self) -> bool:
        return self.saved is None and not any(getattr(self.parts, one.name) for one in fields(self.parts))


def wish(arguments: Arguments, saved: Sequence[Address]) -> Wish:
    """What is said after an answer corrects it; an answer corrects what was said before."""
    words = list(arguments.words)
    last = max((place for place, text in enumerate(words) if not text), default=-1)
    found = Wish(None, AddressParts())
    for text in words[: last + 1]:
        found = _add(found, text, saved)
    found = _add(found, arguments.address or "", saved)
    found = replace(found, parts=_answered(found.parts, arguments))
    for text in words[last + 1 :]:
        found = _add(found, text, saved)
    return found


def _add(before: Wish, text: str, saved: Sequence[Address]) -> Wish:
    if not text:
        return before
    own = _own(text, saved)
    if own is not None:
        return Wish(own, AddressParts(name=before.parts.name, phone=before.parts.phone))
    said = parse_address(text)
    return Wish(None if said.street or said.unit else before.saved, _corrected(before.parts, said))


def _own(text: str, saved: Sequence[Address]) -> Address | None:
    """The one that the words name: by its id, by its street, or as the shopper calls it."""
    by_id = [one for one in saved if text.strip() == one.id]
    if by_id:
        return by_id[0]
    typed = parse_address(text)
    if typed.street or typed.unit:
        said = re.sub(r"\W", "", text)
        same = [one for one in saved if re.sub(r"\W", "", one.street) in said]
        return same[0] if len(same) == 1 and typed.city in ("", same[0].city) else None
    named = [one for one in saved if any(kind.search(text) and kind.search(one.id) for kind in _KINDS)]
    named = named or [one for one in saved if (road := _ROAD.search(one.street)) and road[0] in text]
    return named[0] if len(named) == 1 else None


def _corrected(before: AddressParts, said: AddressParts) -> AddressParts:
    """Another street or city makes the rest of the place void; a name or a number does not."""
    moved = bool(said.street or said.unit or (said.city and said.city != before.city))
    kept = replace(before, **dict.fromkeys(_PLACE, ""), unit="") if moved else before
    return replace(kept, **_said(said))


def _said(parts: AddressParts) -> dict[str, str]:
    return {one.name: value for one in fields(parts) if (value := getattr(parts, one.name))}


def _answered(parts: AddressParts, arguments: Arguments) -> AddressParts:
    if arguments.street:
        typed = parse_address(arguments.street)
        whole = typed if typed.street else AddressParts(street=arguments.street.strip())
        parts = replace(parts, unit="", **_said(whole))
    for name in ("name", "phone", "city", "province", "district", "postcode"):
        answer = getattr(arguments, name)
        if not answer:
            continue
        typed = parse_address(answer)
        parts = replace(parts, **{name: getattr(typed, name) or answer.strip()})
        if name == "city":
            parts = replace(
                parts, province=parts.province or typed.province, country=parts.country or typed.country
            )
    return parts


def completed(found: Wish, base: Address) -> Address:
    """The address with what was not said taken from `base` where that is sensible: the person; the place when
    only the person is another; province and country of the same city.
    """
    parts, own = found.parts, found.saved
    if own is not None or not (parts.street or parts.city or parts.unit):
        base = own or base
        said = {name: value for name, value in _said(parts).items() if name != "unit"}
        return replace(base, **said)
    same_city = bool(parts.city) and parts.city == base.city
    return Address(
        id="",
        name=parts.name or base.name,
        phone=parts.phone or base.phone,
        street=parts.street,
        city=parts.city,
        country=parts.country or base.country,
        province=parts.province or (base.province if same_city else ""),
        district=parts.district,
        postcode=parts.postcode,
    )


def missing(
    context: ToolContext, address: Address, required: Collection[str], base: Address, *, order: Order | None
) -> ToolResult | None:
    """The question for the next part that the policy requires, or that the delivery fee depends on."""
    for field in ("street", "city", "district", "postcode", "name", "phone"):
        if field not in required or getattr(address, field):
            continue
        if field == "city" and base.city:
            same = Choice(base.city, context.say("same_city", city=base.city), (base.city,))
            return choose(context, "city", context.say("ask.city"), [same], order=order)
        return ask(context, field, context.say(f"ask.{field}"), order=order)
    if _lacks_province(address):
        return ask(context, "province", context.say("ask.province", city=address.city), order=order)
    return None


def _lacks_province(address: Address) -> bool:
    known = address.city.casefold() in ENGLISH_CITIES or address.city in MUNICIPALITIES
    known = known or any(address.city.startswith(city) for city in CITIES)
    return address.country == "CN" and not address.province and not known


def ask_where(context: ToolContext, others: Sequence[Address], *, order: Order | None) -> ToolResult:
    """Their other addresses to choose from; a new one may be typed."""
    if not others:
        return ask(context, "address", context.say("ask.address"), order=order)
    choices = [Choice(one.id, short_text(one), (one.street,)) for one in others]
    return choose(context, "address", context.say("which_address"), choices, order=order)


def others(saved: Sequence[Address], than: Address) -> list[Address]:
    return [one for one in saved if replace(one, id=than.id) != than]


def short_text(address: Address) -> str:
    """林小满 五常大道 175 号 B 座 9 楼 / Emma Clarke, 418 Yuyuan Road."""
    if _is_chinese(address):
        return f"{address.name} {address.city}{address.street}"
    return ", ".join(part for part in (address.name, address.street, address.city) if part)


def rows(context: ToolContext, facts: Facts) -> list[tuple[str, str]]:
    """The whole address, readable: its owner must be able to check it."""
    address, before = facts["address"], facts["address_before"]
    shown = [
        (context.say("label.recipient"), _person(address)),
        (context.say("label.address"), place_text(address)),
    ]
    if before:
        other_person = _person(before) != _person(address)
        was = place_text(before) if place_text(before) != place_text(address) else ""
        parts = [was, _person(before) if other_person else ""]
        shown.append((context.say("label.before"), " ".join(part for part in parts if part)))
    return shown


def _person(address: Facts) -> str:
    return " ".join(part for part in (address["name"], address["phone"]) if part)


def place_text(address: Facts) -> str:
    """Largest first in Chinese, smallest first elsewhere."""
    if re.search(r"[\u4e00-\u9fff]", address["street"] + address["city"]):
        province = "" if address["province"] == address["city"] else address["province"]
        place = "".join((province, address["city"], address["district"], address["street"]))
        return f"{place} {address['postcode']}".strip()
    city = f"{address['city']} {address['postcode']}".strip()
    province = "" if address["province"] == address["city"] else address["province"]
    return ", ".join(part for part in (address["street"], address["district"], city, province) if part)


def _is_chinese(address: Address) -> bool:
    return bool(re.search(r"[\u4e00-\u9fff]", address.street))
