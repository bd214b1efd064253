"""Step 7: parts become one reply."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from bot.parts import Part
from connectors.base import Button, FloorName, Reply

_MOST_QUICK_REPLIES = 4


def compose(
    parts: Sequence[Part],
    *,
    conversation_id: str,
    in_reply_to: tuple[str, ...],
    language: str,
    floor: FloorName,
    now: datetime,
) -> Reply:
    """One reply out of the parts, in their order; `seq` is given by the store."""
    first = next((part.intent for part in parts if part.intent), None)
    return Reply(
        id=uuid4().hex,
        conversation_id=conversation_id,
        seq=0,
        in_reply_to=in_reply_to,
        text="\n\n".join(part.text for part in parts if part.text),
        language=language,
        created_at=now,
        floor=floor,
        intent=first,
        sources=tuple({source.passage_id: source for part in parts for source in part.sources}.values()),
        cards=tuple({(card.kind, card.id): card for part in parts for card in part.cards}.values()),
        quick_replies=_quick_replies(parts),
        tools=tuple(part.tool for part in parts if part.tool),
    )


def _quick_replies(parts: Sequence[Part]) -> tuple[Button, ...]:
    """At most four, the last part's first: that is the question on the table."""
    buttons: dict[str, Button] = {}
    for part in reversed(parts):
        for button in part.quick_replies:
            buttons.setdefault(button.label, button)
    return tuple(buttons.values())[:_MOST_QUICK_REPLIES]
