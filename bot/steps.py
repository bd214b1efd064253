"""What a turn can decide to do: one small value per kind of step."""

from dataclasses import dataclass, field

from bot.conversation import Form, Task


@dataclass(frozen=True, slots=True)
class RunTool:
    """Call a tool; `given` are arguments that are already certain, from a button or an open form."""

    tool: str
    intent: str
    text: str
    confidence: float = 1.0
    given: dict[str, str] = field(default_factory=dict)
    request: int | None = None
    """Which row of the message's vectors; None for words of an earlier message."""
    exclude: tuple[str, ...] = ()
    """Things shown before that the shopper turned down."""
    words: tuple[str, ...] = ()
    """What was said for the task after `text`, oldest first."""


@dataclass(frozen=True, slots=True)
class LookUp:
    """Answer from the documents."""

    intent: str
    text: str
    confidence: float = 1.0
    request: int | None = None
    """Which of the message's requests, for its vector; None for words of an earlier message."""
    in_scope: bool = True
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Say:
    """A courtesy that needs no facts."""

    key: str
    intent: str
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class HandOver:
    reason: str
    """`asked`, `complaint`, `failures`, `unsure`, `refused`, `policy`, `value`, `tool_failed`, `by_hand`, `unsettled`, or a topic's name."""
    intent: str
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class TakeBack:
    """The shopper no longer wants a person."""

    returned: bool = False
    """A person on the channel's own platform left the conversation to the bot: nothing is said of it."""


@dataclass(frozen=True, slots=True)
class LeaveContact:
    """Where the shopper wants to be reached: as typed, or what their account holds."""

    typed: str = ""
    kind: str = ""
    """`phone` or `email` of the account."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What the shopper thought of the person who helped."""

    stars: int | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Clarify:
    """Two intents are as likely as each other: ask."""

    intents: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Again:
    """The last question once more: narrowed by some words, or what was shown for it turned down."""

    words: str = ""
    turned_down: bool = True


@dataclass(frozen=True, slots=True)
class Resume:
    """Ask the open form's question again, after a digression."""

    missed: bool = False
    asked: str = ""
    """What is asked of the card that waits for a yes, where something is: its money, or when."""


@dataclass(frozen=True, slots=True)
class Continue:
    """The open form got what it asked for."""

    form: Form


@dataclass(frozen=True, slots=True)
class Confirm:
    """Do what the open card shows, or tell what became of a card that is open no more."""

    key: str


@dataclass(frozen=True, slots=True)
class Queue:
    """Another change was asked for meanwhile: it comes after the open one."""

    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Begin:
    """Turn to a request that was put off."""

    task: Task


@dataclass(frozen=True, slots=True)
class Abandon:
    """The shopper dropped the open form; silently when something else is answered instead."""

    silently: bool = False


@dataclass(frozen=True, slots=True)
class Show:
    """Quote the passage that a button names."""

    passage_id: str


@dataclass(frozen=True, slots=True)
class Stale:
    """A button of a question that is no longer open."""


Step = (
    RunTool
    | LookUp
    | Say
    | HandOver
    | TakeBack
    | LeaveContact
    | Rate
    | Clarify
    | Again
    | Resume
    | Continue
    | Confirm
    | Queue
    | Begin
    | Abandon
    | Show
    | Stale
)
