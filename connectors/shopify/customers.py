"""A Shopify customer, or a guest of an order, as a row of customers.jsonl; addresses both ways."""

import re
from collections.abc import Mapping
from typing import Any

from connectors.channel import Payload
from connectors.shopify.ids import guest_id, number_of
from connectors.shopify.words import clean

Input = dict[str, str]
"""Shopify's MailingAddressInput."""


def customer_row(customer: Mapping[str, Any]) -> Payload:
    email = customer["defaultEmailAddress"]
    phone = customer["defaultPhoneNumber"]
    known = [one for one in customer["addressesV2"]["nodes"] if one["countryCodeV2"]]
    row: Payload = {
        "id": number_of(customer["id"]),
        "name": clean(customer["displayName"] or "") or "?",
        "emails": _emails(email and email["emailAddress"]),
        "phones": _phones(phone and phone["phoneNumber"]),
        "addresses": [address_row(one) for one in known],
        "created_at": customer["createdAt"],
    }
    if re.match(r"[a-z]{2}(-|$)", customer["locale"] or ""):
        row["language"] = customer["locale"][:2]
    default = customer["defaultAddress"]
    if default and any(one["id"] == number_of(default["id"]) for one in row["addresses"]):
        row["default_address_id"] = number_of(default["id"])
    if email:
        row["consent"] = {"marketing": email["marketingState"] == "SUBSCRIBED"}
    return row


def guest_row(order: Mapping[str, Any]) -> Payload:
    """Who ordered without an account, as far as the order says.

    Reached by what their id is made of alone: the next to order types what they like, and a phone of their own must
    not open the orders of somebody else's e-mail address.
    """
    address = order["shippingAddress"] or order["billingAddress"] or {}
    return {
        "id": guest_id(order),
        "name": clean(address.get("name") or order["email"] or order["phone"] or "") or "?",
        "emails": _emails(order["email"]),
        "phones": [] if order["email"] else _phones(order["phone"]),
    }


def address_row(address: Mapping[str, Any], country: str = "") -> Payload:
    """`country` stands in where Shopify has none."""
    lines = [clean(address[key] or "") for key in ("address1", "address2")]
    row = {
        "id": number_of(address["id"]),
        "name": clean(address["name"] or address["company"] or ""),
        "street": ", ".join(line for line in lines if line),
        "city": clean(address["city"] or ""),
        "country": address["countryCodeV2"] or country,
        "province": clean(address["province"] or ""),
        "postcode": clean(address["zip"] or ""),
        "phone": clean(address["phone"] or ""),
    }
    return {key: value for key, value in row.items() if value or key in ("name", "street", "city")}


def address_input(address: Mapping[str, Any]) -> Input:
    """An address of ours as Shopify takes it: the family name alone where the name has no space."""
    name = str(address["name"]).strip()
    first, _, last = name.rpartition(" ")
    return {
        "firstName": first,
        "lastName": last,
        "address1": str(address["street"]),
        "address2": str(address.get("district") or ""),
        "city": str(address["city"]),
        "province": str(address.get("province") or ""),
        "countryCode": str(address["country"]),
        "zip": str(address.get("postcode") or ""),
        "phone": str(address.get("phone") or ""),
    }


def is_address(there: Mapping[str, Any] | None, wanted: Input) -> bool:
    """Whether Shopify has it so already."""
    if there is None:
        return False
    street = ", ".join(part for part in (wanted["address1"], wanted["address2"]) if part)
    name = f"{wanted['firstName']} {wanted['lastName']}"
    row = address_row(there)
    return all(
        _same(given, row.get(key, ""))
        for key, given in {
            "name": name,
            "street": street,
            "city": wanted["city"],
            "province": wanted["province"],
            "postcode": wanted["zip"],
            "country": wanted["countryCode"],
            "phone": wanted["phone"],
        }.items()
    )


def _same(one: str, two: str) -> bool:
    """But for the spaces and signs that Shopify puts into phone numbers and postcodes."""
    return re.sub(r"[\s()+-]", "", one).lower() == re.sub(r"[\s()+-]", "", two).lower()


def _emails(email: str | None) -> list[str]:
    email = clean(email or "")
    return [email] if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email) else []


def _phones(phone: str | None) -> list[str]:
    phone = clean(phone or "")
    return [phone] if len(re.sub(r"\D", "", phone)) >= 5 and "@" not in phone else []
