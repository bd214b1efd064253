"""What a message names: orders, people's contacts, days, money, sizes, positions, quantities."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from intents.contacts import Email, Phone, find_cards, find_emails, find_links, find_phones
from intents.dates import Day, find_dates
from intents.money import Money, find_money
from intents.order_numbers import Code, OrderNumber, find_codes
from intents.positions import Ordinal, bare_number, find_ordinals, says_all, says_latest
from intents.quantities import Quantity, find_quantities
from intents.sizes import Measure, Size, find_measures, find_sizes
from intents.text import Span, mask, plain, without


class _Found(Protocol):
    @property
    def span(self) -> Span: ...


@dataclass(frozen=True, slots=True)
class Entities:
    order_numbers: tuple[OrderNumber, ...] = ()
    parcel_numbers: tuple[Code, ...] = ()
    product_codes: tuple[Code, ...] = ()
    emails: tuple[Email, ...] = ()
    phones: tuple[Phone, ...] = ()
    cards: tuple[Span, ...] = ()
    """Where bank card numbers stand; their digits are not kept."""
    money: tuple[Money, ...] = ()
    dates: tuple[Day, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    ordinals: tuple[Ordinal, ...] = ()
    sizes: tuple[Size, ...] = ()
    measures: tuple[Measure, ...] = ()
    everything: bool = False
    """"All of them", 全部."""
    latest_order: bool = False
    """"My last order", 刚下的单."""
    bare_number: int | None = None
    """The number that is the whole message: an answer to whatever was asked."""

    def private(self) -> tuple[Span, ...]:
        """What must not reach a log: contacts, cards, order and parcel numbers."""
        found: tuple[_Found, ...] = (*self.emails, *self.phones, *self.order_numbers, *self.parcel_numbers)
        return tuple(sorted([*self.cards, *(one.span for one in found)]))


def extract(text: str, language: str, *, today: date) -> Entities:
    """Spans index the text as given; only its first `MAX_CHARS` characters are read."""
    whole = plain(text)
    emails = find_emails(whole)
    rest = _less(whole, emails)
    rest = without(rest, find_links(rest))
    cards = find_cards(rest)
    rest = without(rest, cards)
    dates = find_dates(rest, language, today)
    rest = _less(rest, dates)
    phones = find_phones(rest)
    rest = _less(rest, phones)
    measures = find_measures(rest)
    rest = _less(rest, measures)
    sizes = find_sizes(rest)
    rest = _less(rest, sizes)
    money = find_money(rest)
    rest = _less(rest, money)
    orders, parcels, products = find_codes(rest)
    rest = _less(rest, [*orders, *parcels, *products])
    ordinals = find_ordinals(rest)
    rest = _less(rest, ordinals)
    return Entities(
        order_numbers=tuple(orders),
        parcel_numbers=tuple(parcels),
        product_codes=tuple(products),
        emails=tuple(emails),
        phones=tuple(phones),
        cards=tuple(cards),
        money=tuple(money),
        dates=tuple(dates),
        quantities=tuple(find_quantities(rest)),
        ordinals=tuple(ordinals),
        sizes=tuple(sizes),
        measures=tuple(measures),
        everything=says_all(whole),
        latest_order=says_latest(whole),
        bare_number=bare_number(whole),
    )


def masked(text: str, entities: Entities) -> str:
    """The text without the letters and digits of what is private."""
    return mask(text, entities.private())


def _less(text: str, found: Sequence[_Found]) -> str:
    return without(text, (one.span for one in found))
