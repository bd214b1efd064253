"""A report as values: every figure with the query of the conversations behind it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Number:
    value: float | None
    """None: nothing to measure it on."""
    query: str
    """Of the conversations behind it."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Seconds; None without any."""

    count: int
    median: int | None
    p90: int | None
    """Nine of ten are no longer."""
    query: str


@dataclass(frozen=True, slots=True)
class InTime:
    """Of the hand-overs with a deadline that is met or over."""

    value: float | None
    """Share that met it, 0 to 1."""
    met: int
    missed: int
    query: str
    """Of those that missed it."""


@dataclass(frozen=True, slots=True)
class RatingShare:
    rating: int
    value: int
    query: str


@dataclass(frozen=True, slots=True)
class Ratings:
    count: int
    average: float | None
    satisfied: float | None
    """Share of 4 and 5, 0 to 1."""
    query: str
    distribution: tuple[RatingShare, ...]


@dataclass(frozen=True, slots=True)
class Named:
    name: str
    value: int
    query: str


@dataclass(frozen=True, slots=True)
class Change:
    """Changes to orders that were tried with one tool, by what came of them."""

    name: str
    outcomes: dict[str, Number]


@dataclass(frozen=True, slots=True)
class Group:
    """A day, a channel or a language."""

    name: str
    conversations: Number
    messages: Number | None
    """Of shoppers; None by language, which is the shop's."""
    handovers: Number
    unanswered: Number | None = None


@dataclass(frozen=True, slots=True)
class OfAgent:
    id: str
    name: str
    taken: Number
    closed: Number
    replies: Number
    first_response: Spread
    rating: Ratings


@dataclass(frozen=True, slots=True)
class Totals:
    """bot, person, open and missed add up to conversations.

    bot: no hand-over touched the days; open: one is open still; person: one was settled by a person;
    missed: nobody came, or it was taken back.
    """

    conversations: Number
    bot: Number
    person: Number
    open: Number
    missed: Number
    messages: Number
    handovers: Number
    handover_rate: Number
    first_response: Spread
    resolution: Spread
    response_in_time: InTime
    resolution_in_time: InTime
    rating: Ratings
    helpful: Number
    unhelpful: Number
    unanswered: Number
    edited: Number


@dataclass(frozen=True, slots=True)
class Report:
    first: date
    last: date
    timezone: str
    totals: Totals
    reasons: tuple[Named, ...]
    intents: tuple[Named, ...]
    tool_failures: tuple[Named, ...]
    changes: tuple[Change, ...]
    days: tuple[Group, ...]
    channels: tuple[Group, ...]
    languages: tuple[Group, ...]
    agents: tuple[OfAgent, ...]
    asked: frozenset[int]
    """Ids of the unanswered rows in it."""
