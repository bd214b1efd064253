"""What an agent sees: the inbox, a conversation with all that belongs to it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from bot.console.access import can, identity_of
from bot.console.board import shown
from bot.console.noting import Noting
from bot.console.rows import Rows, handover, note, placed
from bot.console.team import own_language
from bot.console.translating import Translating
from bot.conversation import State
from bot.errors import NotFound
from bot.staff.agents import Agent
from bot.staff.base import InboxQuery, InboxRow, StaffStore
from bot.store.base import Store, StoredMessage

Json = dict[str, Any]
_MOST_LINES = 200


class Viewing:
    def __init__(
        self,
        staff: StaffStore,
        store: Store,
        rows: Rows,
        translating: Translating,
        noting: Noting,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._staff, self._store, self._rows, self._clock = staff, store, rows, clock
        self._translating, self._noting = translating, noting

    async def inbox(self, query: InboxQuery) -> Json:
        now = self._clock()
        page = await self._staff.inbox(query, now=now)
        return {
            "rows": await self._rows.rows(page.rows, now),
            "cursor": page.cursor,
            "counts": dict(await self._staff.counts(query.seer, now=now)),
        }

    async def row(self, agent: Agent, conversation_id: str) -> InboxRow:
        """
        Raises:
            NotFound: it is not there, or the agent may not see it.
        """
        row = await self._staff.row(conversation_id, agent)
        if row is None:
            raise NotFound("There is no such conversation.")
        return row

    async def look(self, agent: Agent, conversation_id: str) -> InboxRow:
        """The row, and a line in the audit: something of what was said in it is shown.

        Raises:
            NotFound: as `row`.
        """
        row = await self.row(agent, conversation_id)
        await self._noting.viewed("view_conversation", agent, conversation_id)
        return row

    async def conversation(self, agent: Agent, conversation_id: str) -> Json:
        """Everything about it, and a line in the audit; what names the agent counts as read."""
        row, now = await self.row(agent, conversation_id), self._clock()
        # What no longer holds is not shown as if it did.
        identity = identity_of(row, await self._store.state(conversation_id) or State(), now)
        lines = await self._staff.lines(conversation_id)
        handovers = await self._staff.handovers(conversation_id)
        translations = await self._staff.translations(conversation_id, own_language(agent))
        self._translating.catch_up(agent, conversation_id, lines)
        into, merged_from = await self._staff.merged(conversation_id)
        notes = await self._staff.notes(conversation_id)
        if any(agent.id in one.mentions for one in notes):
            await self._staff.read_mentions(conversation_id, agent.id, at=now)
        await self._noting.viewed("view_conversation", agent, conversation_id)
        return {
            "row": await self._rows.row(row, now),
            "lines": [shown(one, translations.get(one.id)) for one in lines],
            "notes": [note(one) for one in notes],
            "handovers": [handover(one) | {"packet": dict(one.packet)} for one in handovers],
            "packet": dict(handovers[0].packet) if handovers else None,
            "identity": {
                "level": identity.level,
                "customer_id": identity.customer_id,
                "order_number": identity.order_number,
            },
            "channels": [placed(one) for one in await self._staff.placed(conversation_id)],
            "merged": {"into": into, "from": list(merged_from)},
            "translations": dict(translations),
            "can": can(agent, row) | {"force": agent.is_at_least("lead")},
        }

    async def lines(self, agent: Agent, conversation_id: str, *, after: int) -> Json:
        """What came after line `after`, all of it: a console that was away loses nothing."""
        await self.look(agent, conversation_id)
        found: list[StoredMessage] = []
        while more := await self._store.history(conversation_id, after=after, limit=_MOST_LINES):
            found += more
            after = more[-1].seq
        return {"lines": await self.translated(agent, conversation_id, found)}

    async def translated(
        self, agent: Agent, conversation_id: str, lines: Sequence[StoredMessage]
    ) -> list[Json]:
        """As consoles see them, with what is known of them in the agent's language."""
        language = own_language(agent)
        translations = await self._staff.translations(conversation_id, language) if lines else {}
        return [shown(one, translations.get(one.id)) for one in lines]
