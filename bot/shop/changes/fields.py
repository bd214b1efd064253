"""What people type into a change: of sensible length, readable, and an address that can be delivered to."""

import re
import unicodedata
from dataclasses import fields, replace

from bot.shop.changes.plan import Facts
from bot.shop.changes.rules import refuse
from bot.shop.domain import Address
from bot.shop.keys import contact_key
from bot.shop.policy import Policy

LONGEST = 200
"""Characters of one field."""
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def clean(field: str, value: str, *, most: int = LONGEST) -> str:
    """The value without space around it; raises Refused where it is too long or holds what cannot be seen."""
    value = value.strip()
    if len(value) > most:
        refuse("text.too_long", field=field, most=most)
    if any(unicodedata.category(character) in _INVISIBLE for character in value):
        refuse("text.unreadable", field=field)
    return value


def clean_email(value: str) -> str:
    value = clean("email", value)
    if value.count("@") != 1 or contact_key(value) is None or "." not in value.partition("@")[2].strip("."):
        refuse("text.email")
    return value


def clean_address(address: Address, policy: Policy) -> Address:
    """The address as it is kept; raises Refused where something is missing, unreadable, or out of reach."""
    cleaned = {one.name: clean(one.name, getattr(address, one.name)) for one in fields(address)}
    for field in policy.change_address.required:
        if not cleaned[field]:
            refuse("text.missing", policy.change_address.document, field=field)
    if not cleaned["id"] or len(cleaned["id"]) > 64:
        refuse("text.missing", policy.change_address.document, field="id")
    phone = contact_key(cleaned["phone"]) if cleaned["phone"] else ""
    if phone is None or "@" in phone or len(phone) > 15:
        refuse("text.phone")
    allowed = policy.delivery.countries
    country = cleaned["country"]
    if not re.fullmatch("[A-Z]{2}", country) or (allowed is not None and country not in allowed):
        refuse("address.country", policy.delivery.document)
    return replace(address, **cleaned)


def address_facts(address: Address) -> Facts:
    return {one.name: getattr(address, one.name) for one in fields(address)}
