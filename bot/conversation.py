"""What the bot remembers of a conversation between two messages: one frozen value, saved as JSON."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from pydantic import TypeAdapter

from connectors.base import FloorName


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is speaking, as far as it was proved: by a signed token, or by what was said (`bot/identification.py`)."""

    level: Literal["anonymous", "order", "signed_in"] = "anonymous"
    customer_id: str | None = None
    order_number: str | None = None
    """At level `order`: the only order that may be shown."""
    until: datetime | None = None
    """Signed in by what was said: it holds until then. None: the token of each message says so."""


@dataclass(frozen=True, slots=True)
class Floor:
    """Who speaks."""

    name: FloorName = "bot"
    since: datetime | None = None
    reason: str = ""
    agent_id: str | None = None
    """Who has it, while an agent has it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the things the bot just offered; `words` is what a person may call it."""

    value: str
    label: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A task that waits for one more thing from the shopper."""

    tool: str
    intent: str
    arguments: dict[str, str] = field(default_factory=dict)
    asking: str = ""
    """The slot the last question was about."""
    choices: tuple[Choice, ...] = ()
    text: str = ""
    """The words that began the task."""
    misses: int = 0
    """How often in a row the question was put again."""
    unanswered: int = 0
    """How often in a row an answer to it was not understood."""
    words: tuple[str, ...] = ()
    """What was said for it after those, oldest first; newer words correct older ones. An empty one stands
    for an answer that went into `arguments`."""
    writes: bool = False
    """The task changes something."""
    free: bool = False
    """Any words answer the question: a name, a street."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A change that was shown and waits for a yes; it is bound to exactly that change."""

    key: str
    """One-time, and what makes the change happen at most once."""
    tool: str
    request: dict[str, Any]
    digest: str
    """Of the plan that was shown."""
    customer_id: str
    expires_at: datetime
    turn: int
    """The bot's turn that showed it: a typed yes counts only right after."""


@dataclass(frozen=True, slots=True)
class Task:
    """A request that was understood and waits its turn."""

    intent: str
    text: str
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Focus:
    """What "it", "the second" and "the other one" can mean."""

    order_number: str | None = None
    product_ids: tuple[str, ...] = ()
    """Shown last, in the order shown."""
    listed: tuple[str, ...] = ()
    """The last several that were shown together: one of them on the table, "the second" is still of these."""
    topic: str = ""
    """The tool that answered last, or empty when a document did."""
    question: str = ""
    """The shopper's words that were answered last."""
    shown: tuple[str, ...] = ()
    """Orders, products or passages already given for that question; "another one" is none of these."""
    photos: tuple[str, ...] = ()
    """Attachments that came before anybody knew what they show."""

    @property
    def places(self) -> tuple[str, ...]:
        """The products that a first, a second, a last are of."""
        return self.listed or self.product_ids

    def with_products(self, product_ids: tuple[str, ...]) -> "Focus":
        """With what was shown now, if anything was."""
        if not product_ids:
            return self
        one_of_them = len(product_ids) == 1 and product_ids[0] in self.listed
        return replace(self, product_ids=product_ids, listed=self.listed if one_of_them else product_ids)


@dataclass(frozen=True, slots=True)
class Deed:
    """A change that was made for the shopper, by its tool's name."""

    tool: str
    order_number: str | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What a person did for the shopper before the conversation was closed; told once, to who comes back."""

    agent: str
    deeds: tuple[Deed, ...] = ()


@dataclass(frozen=True, slots=True)
class JoinQuestion:
    """Whether to go on together with another channel, asked by the bot's turn `turn`: a typed yes counts right after."""

    link: str
    turn: int
    unasked: bool = False
    """Nobody had just written: a yes on its way may be for something else."""


@dataclass(frozen=True, slots=True)
class State:
    language: str | None = None
    floor: Floor = field(default_factory=Floor)
    identity: Identity = field(default_factory=Identity)
    form: Form | None = None
    confirmation: Confirmation | None = None
    """Open while the form asks to confirm."""
    agenda: tuple[Task, ...] = ()
    offer: str | None = None
    """The action that the bot just proposed and that a bare "yes" takes up; never a write."""
    focus: Focus = field(default_factory=Focus)
    failures: int = 0
    """Questions in a row that found no answer."""
    doubtful: bool = False
    """The last question was which of two things is meant, one of them a change."""
    refused: str = ""
    """The change that was refused last, by its tool's name, and how often in a row."""
    refusals: int = 0
    turns: int = 0
    past: Past | None = None
    joining: JoinQuestion | None = None
    rating: Literal["", "asked", "comment"] = ""
    """Asked for: the stars, or what went wrong. What is said right after may be the answer."""

    def to_json(self) -> str:
        return _STATE.dump_json(self, exclude_defaults=True).decode()

    @staticmethod
    def from_json(text: str) -> "State":
        return _STATE.validate_json(text)


_STATE = TypeAdapter(State)
