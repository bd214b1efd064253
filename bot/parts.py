"""What a step of a turn says: parts that step 7 joins into one reply."""

from dataclasses import dataclass

from bot.store.base import Attempt, Handover, HandoverChange, Outcome, Rating, Unanswered
from connectors.base import Button, Card, IntentScore, Source, ToolRun


@dataclass(frozen=True, slots=True)
class Part:
    text: str = ""
    intent: IntentScore | None = None
    cards: tuple[Card, ...] = ()
    sources: tuple[Source, ...] = ()
    quick_replies: tuple[Button, ...] = ()
    tool: ToolRun | None = None
    unanswered: Unanswered | None = None
    handover: Handover | None = None
    handover_change: HandoverChange | None = None
    closes_handover: Outcome | None = None
    rating: Rating | None = None
    stuck: str = ""
    """Why a person should go on from here: `failures`, `unsure`; the text is said only where none can be called."""
    quoted: str = ""
    """The stretch of `text` that claims to stand in a source."""
    documents_first: bool = False
    """Said only when the documents do not answer."""
    documents_too: bool = False
    """What the documents say follows this."""
    page: str | None = None
    """A document, by the stem of its file, that a button should lead to."""
    attempts: tuple[Attempt, ...] = ()
    """Changes that were tried, for the audit."""
    wrote: bool = False
    """Something was changed: the turn must not be made anew."""
    asks: bool = False
    """Ends with a question: nothing may follow it."""
