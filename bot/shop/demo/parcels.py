"""How parcels travel: a route by province, and the news the carrier gives on the way."""

import string
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from math import ceil
from random import Random
from typing import Literal

from pydantic import ConfigDict, TypeAdapter

from bot.shop.demo.clock import Clock
from bot.shop.demo.customers import people
from bot.shop.demo.data import load
from bot.shop.domain import Fulfilment, Localized, TrackingEvent, TrackingStatus

Outcome = Literal["in_transit", "out_for_delivery", "delayed", "exception", "delivered"]


@dataclass(frozen=True, slots=True)
class Route:
    __pydantic_config__ = ConfigDict(extra="forbid")

    warehouse: str
    days: int
    via: tuple[str, ...] = ()
    customs: bool = False


@dataclass(frozen=True, slots=True)
class Carrier:
    __pydantic_config__ = ConfigDict(extra="forbid")

    name: str
    prefix: str
    digits: int


@dataclass(frozen=True, slots=True)
class Roads:
    """`routes.yaml`."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    warehouses: dict[str, Localized]
    carriers: dict[str, Carrier]
    routes: dict[str, Route]
    cities: dict[str, str]
    news: dict[str, Localized]
    delivered: tuple[Localized, ...]
    exceptions: tuple[Localized, ...]
    couriers: tuple[Localized, ...]


@dataclass(frozen=True, slots=True)
class Shipment:
    """A parcel to make."""

    id: str
    customer_id: str
    items: dict[str, int]
    left: int
    """Days ago."""
    outcome: Outcome
    carrier: str
    days: int = field(default=0)
    """On the road; 0 is what the route usually takes."""


@lru_cache(maxsize=1)
def roads() -> Roads:
    return TypeAdapter(Roads).validate_python(load("routes.yaml"))


def route(customer_id: str) -> Route:
    person = people()[customer_id]
    return roads().routes[person.route or person.province]


def parcel(shipment: Shipment, clock: Clock, random: Random) -> Fulfilment:
    way = route(shipment.customer_id)
    days = shipment.days or way.days
    events = _cut(_news(shipment, way, days, clock, random), shipment.outcome, clock)
    delivered = events[-1].at if events[-1].status == "delivered" else None
    return Fulfilment(
        id=shipment.id,
        carrier=roads().carriers[shipment.carrier].name,
        tracking_number=_number(shipment.carrier, random),
        items=shipment.items,
        shipped_at=events[0].at,
        estimated_at=_estimate(shipment, days, clock),
        delivered_at=delivered,
        events=events,
    )


def _estimate(shipment: Shipment, days: int, clock: Clock) -> datetime:
    planned = clock.at(shipment.left - days, 18)
    late = shipment.outcome == "out_for_delivery" and planned <= clock.now
    return Clock(clock.now).at(-1, 12) if late else planned


def _number(carrier: str, random: Random) -> str:
    kind = roads().carriers[carrier]
    return kind.prefix + "".join(random.choice(string.digits) for _ in range(kind.digits))


def _news(
    shipment: Shipment, way: Route, days: int, clock: Clock, random: Random
) -> list[tuple[str, TrackingEvent]]:
    """Every event of the journey up to the one that ends it, with its key in `news`."""
    start, left = roads().warehouses[way.warehouse], shipment.left
    city, district = _destination(shipment.customer_id)
    last = left - days
    journey = [
        _event("picked_up", start, clock.at(left, 17, random.randint(40, 95))),
        _event("departed", start, clock.at(left, 21, random.randint(0, 110))),
    ]
    between = way.via[: days - 1]
    for index, name in enumerate(between):
        day = left - 1 - index * (days - 1) // len(between)
        place = {"zh": name, "en": roads().cities[name]}
        journey.append(_event("passing", place, clock.at(day, 10, random.randint(0, 300))))
        if way.customs:
            journey.append(_event("customs", place, clock.at(day, 19, random.randint(0, 150))))
    journey.append(_event("arrived", city, clock.at(last, 2, random.randint(0, 100))))
    journey.append(_event("station", district, clock.at(last, 6, random.randint(20, 70))))
    journey.append(_out(district, clock.at(last, 8, random.randint(0, 50)), random))
    journey.append(_ending(shipment, district, clock, last, random))
    return journey


def _destination(customer_id: str) -> tuple[dict[str, str], dict[str, str]]:
    """City and district."""
    person = people()[customer_id]
    city, district = person.zh or (person.city.removesuffix("市"), person.district)
    return {"zh": city, "en": person.en[0]}, {"zh": district, "en": person.en[1]}


def _ending(
    shipment: Shipment, place: dict[str, str], clock: Clock, last: int, random: Random
) -> tuple[str, TrackingEvent]:
    # Today's parcels come in the morning, so that the day is old enough for them.
    minutes = random.randint(20, 110) if last <= 0 else random.randint(20, 540)
    if shipment.outcome == "exception":
        text = random.choice(roads().exceptions)
        return "exception", _told("exception", text, place, clock.at(last, 12, random.randint(0, 200)))
    return "delivered", _told(
        "delivered", random.choice(roads().delivered), place, clock.at(last, 9, minutes)
    )


def _out(place: dict[str, str], at: datetime, random: Random) -> tuple[str, TrackingEvent]:
    courier, text = random.choice(roads().couriers), roads().news["out"]
    words = {language: text[language].format(courier=courier[language]) for language in text}
    return "out", TrackingEvent(at, "out_for_delivery", words, place)


def _event(key: str, place: dict[str, str], at: datetime) -> tuple[str, TrackingEvent]:
    status: TrackingStatus = "picked_up" if key == "picked_up" else "in_transit"
    return key, _told(status, roads().news[key], place, at)


def _told(status: TrackingStatus, text: dict[str, str], place: dict[str, str], at: datetime) -> TrackingEvent:
    words = {language: text[language].format(place=place[language]) for language in text}
    return TrackingEvent(at, status, words, place)


def _cut(
    journey: list[tuple[str, TrackingEvent]], outcome: Outcome, clock: Clock
) -> tuple[TrackingEvent, ...]:
    """The part of the journey that has happened."""
    keys = [key for key, _ in journey]
    events = [event for _, event in journey]
    if outcome == "in_transit":
        return tuple(event for event in events[:-2] if event.at <= clock.now) or (events[0],)
    if outcome == "delayed":
        return tuple(events[: ceil(len(events) / 3)])
    if outcome == "out_for_delivery":
        return tuple(events[: keys.index("out") + 1])
    return tuple(events)
