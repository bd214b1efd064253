"""Conversations and hand-overs as JSON-ready values."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.console.presence import Presence
from bot.shop.base import Shop
from bot.staff.base import HandoverRow, InboxRow, Note
from bot.store.linked import Placed

_MOST_NAMES = 5_000

Json = dict[str, Any]


class Rows:
    def __init__(self, shop: Shop, presence: Presence) -> None:
        self._shop, self._presence = shop, presence
        self._names: dict[str, str] = {}

    async def rows(self, found: Sequence[InboxRow], now: datetime) -> list[Json]:
        return [await self.row(row, now) for row in found]

    async def row(self, row: InboxRow, now: datetime) -> Json:
        return {
            "conversation_id": row.conversation_id,
            "channel": row.channel,
            "floor": row.floor,
            "floor_since": _iso(row.floor_since),
            "updated_at": _iso(row.updated_at),
            "language": row.language,
            "customer": await self.customer(row.customer_id),
            "last": {
                "author": row.last_author,
                "text": row.last_text,
                "at": _iso(row.last_at),
                "seq": row.last_seq,
            },
            "tags": list(row.tags),
            "handover": handover(row.handover) if row.handover else None,
            "breached": breached(row.handover, now) if row.handover else "",
            "viewers": list(self._presence.viewers(row.conversation_id)),
        }

    async def customer(self, customer_id: str | None) -> Json | None:
        """Id and name; the shop is asked once for each."""
        if customer_id is None:
            return None
        if customer_id not in self._names:
            customer = await self._shop.customer(customer_id)
            if len(self._names) >= _MOST_NAMES:
                self._names.clear()
            self._names[customer_id] = customer.name if customer else customer_id
        return {"id": customer_id, "name": self._names[customer_id]}


def handover(one: HandoverRow) -> Json:
    return {
        "id": one.id,
        "reason": one.reason,
        "opened_at": _iso(one.opened_at),
        "closed_at": _iso(one.closed_at),
        "outcome": one.outcome,
        "agent_id": one.agent_id,
        "assigned_at": _iso(one.assigned_at),
        "first_reply_at": _iso(one.first_reply_at),
        "language": one.language,
        "priority": one.priority,
        "respond_by": _iso(one.respond_by),
        "resolve_by": _iso(one.resolve_by),
        "snoozed_until": _iso(one.snoozed_until),
        "contact": one.contact,
        "rating": one.rating,
        "rating_comment": one.rating_comment,
        "problem": one.packet.get("problem", ""),
    }


def breached(one: HandoverRow, now: datetime) -> str:
    """Which promise was not kept: `response`, `resolution`, or none of them."""
    settled = one.closed_at or now
    if one.resolve_by is not None and settled > one.resolve_by:
        return "resolution"
    answered = one.first_reply_at or settled
    if one.respond_by is not None and answered > one.respond_by:
        return "response"
    return ""


def note(one: Note) -> Json:
    return {
        "id": one.id,
        "agent_id": one.agent_id,
        "text": one.text,
        "after_seq": one.after_seq,
        "at": _iso(one.at),
        "mentions": list(one.mentions),
    }


def placed(one: Placed) -> Json:
    """Nobody has to know under which name they are known there."""
    return {"channel": one.address[0], "joined_at": _iso(one.joined_at)}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
