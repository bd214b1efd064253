"""The demo's customers, from `people.yaml`."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache

from pydantic import ConfigDict, TypeAdapter

from bot.shop.demo.clock import Clock, chance
from bot.shop.demo.data import load
from bot.shop.demo.prices import COUPONS
from bot.shop.domain import Address, Coupon, Customer, Order, PaymentKind, PaymentMethod


@dataclass(frozen=True, slots=True)
class Person:
    __pydantic_config__ = ConfigDict(extra="forbid")

    name: str
    email: str
    city: str
    district: str
    street: str
    en: tuple[str, str]
    """City and district, for tracking."""
    pays: tuple[PaymentKind, ...]
    zh: tuple[str, str] | None = None
    """The same where the address is in English."""
    province: str = ""
    postcode: str = ""
    country: str = "CN"
    language: str = "zh"
    phone: str = ""
    route: str = ""
    balance: int = 0
    office: str = ""


@lru_cache(maxsize=1)
def people() -> dict[str, Person]:
    """Customer id to person."""
    listed = TypeAdapter(tuple[Person, ...]).validate_python(load("people.yaml"))
    return {f"C{number:03}": person for number, person in enumerate(listed, start=1)}


def customers(clock: Clock, seed: int) -> dict[str, Customer]:
    """By id, without coupons: which are used is known when there are orders."""
    return {
        customer_id: _customer(customer_id, person, clock, seed) for customer_id, person in people().items()
    }


def with_coupons(customer: Customer, orders: list[Order], clock: Clock, seed: int) -> Customer:
    """The coupons that this customer's orders used, and some still to use."""
    used = {order.coupon_code: order.placed_at for order in orders if order.coupon_code}
    coupons = [
        replace(COUPONS[code], used=True, starts_at=at - timedelta(days=9), ends_at=at + timedelta(days=21))
        for code, at in used.items()
    ]
    random = chance(seed, "coupons", customer.id)
    unused = [code for code in COUPONS if code not in used]
    mine = unused[:2] if customer.id in ("C001", "C002") else random.sample(unused, random.randint(0, 2))
    coupons += [_open_coupon(COUPONS[code], clock, random.randint(3, 45)) for code in mine]
    if random.random() < 0.3 and "MEMBER5" not in (*used, *mine):
        coupons.append(_open_coupon(COUPONS["MEMBER5"], clock, -random.randint(2, 20)))
    return replace(customer, coupons=tuple(coupons))


def _open_coupon(coupon: Coupon, clock: Clock, days_left: int) -> Coupon:
    return replace(coupon, starts_at=clock.at(30 - days_left, 0), ends_at=clock.at(-days_left, 23, 59))


def _customer(customer_id: str, person: Person, clock: Clock, seed: int) -> Customer:
    random = chance(seed, "customer", customer_id)
    phone = person.phone or _phone(int(customer_id[1:]))
    home = Address(
        id=f"{customer_id}-A1",
        name=person.name,
        street=person.street,
        city=person.city,
        country=person.country,
        phone=phone,
        province=person.province,
        district=person.district,
        postcode=person.postcode,
    )
    addresses = (home, _office(home, person)) if person.office else (home,)
    return Customer(
        id=customer_id,
        name=person.name,
        emails=(f"{person.email}@example.com",),
        phones=(phone,),
        language=person.language,
        addresses=addresses,
        default_address_id=home.id,
        payment_methods=tuple(_method(customer_id, kind, person, phone) for kind in person.pays),
        consent={"marketing": random.random() < 0.6, "profiling": random.random() < 0.7},
        created_at=clock.at(random.randint(420, 1100), random.randint(8, 22), random.randint(0, 59)),
    )


def _phone(number: int) -> str:
    return f"138000000{number:02}" if number < 3 else f"138000010{number:02}"


def _office(home: Address, person: Person) -> Address:
    district, _, street = person.office.partition("区")
    return replace(home, id=home.id.replace("A1", "A2"), district=district + "区", street=street, postcode="")


def _method(customer_id: str, kind: PaymentKind, person: Person, phone: str) -> PaymentMethod:
    digits = "".join(character for character in phone if character.isdigit())
    label = {
        "alipay": f"{digits[:3]}****{digits[-4:]}",
        "card": f"{(int(customer_id[1:]) * 1117 + 4021) % 10000:04}",
        "gift_card": f"{(int(customer_id[1:]) * 733 + 8230) % 10000:04}",
    }.get(kind, "")
    balance = person.balance if kind == "gift_card" else None
    return PaymentMethod(f"{customer_id}-{kind}", kind, label, balance)
