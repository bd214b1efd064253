"""What agents put beside a conversation: private notes that call colleagues, tags, and that two are one."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from bot import floor
from bot.console import access
from bot.console.board import Board
from bot.console.handling import Handling
from bot.console.viewing import Viewing
from bot.errors import InvalidInput
from bot.staff.agents import Agent
from bot.staff.base import Deed, Note, StaffStore
from bot.store.base import HandoverChange, OpenConversation, Turn

_MENTION = re.compile(r"(?<![\w@])@([a-z0-9][a-z0-9._-]*)", re.IGNORECASE)


class Adding:
    def __init__(
        self,
        viewing: Viewing,
        staff: StaffStore,
        handling: Handling,
        board: Board,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._viewing, self._staff, self._handling, self._board = viewing, staff, handling, board
        self._clock = clock

    async def note(self, agent: Agent, conversation_id: str, text: str) -> Note:
        """The shopper never sees it; who is named with @login is told and may see the conversation from now on.

        Raises:
            InvalidInput: there is nothing in it.
        """
        if not text.strip():
            raise InvalidInput("The note is empty.", code="empty")
        await self._viewing.row(agent, conversation_id)
        named = {login.lower().rstrip(".-_") for login in _MENTION.findall(text)}
        called = [
            one.id
            for one in await self._staff.agents()
            if one.login in named and one.disabled_at is None and one.id != agent.id
        ]
        note = await self._staff.add_note(
            conversation_id, agent.id, text.strip(), mentions=called, at=self._clock()
        )
        await self._record("note", agent, conversation_id, ",".join(called))
        self._board.changed(conversation_id)
        for colleague in called:
            self._board.tell(colleague, type="mention", conversation_id=conversation_id, note_id=note.id)
        return note

    async def set_tags(self, agent: Agent, conversation_id: str, tags: Sequence[str]) -> None:
        await self._viewing.row(agent, conversation_id)
        await self._staff.set_tags(conversation_id, tags)
        await self._record("tags", agent, conversation_id, ",".join(tags))
        self._board.changed(conversation_id)

    async def merge(self, agent: Agent, conversation_id: str, into_id: str) -> None:
        """The first is settled: it goes on in the other, where both are shown.

        Raises:
            InvalidInput: it is the same conversation.
            Conflict: it would go in a circle, or was merged before.
        """
        if conversation_id == into_id:
            raise InvalidInput("into: another conversation", code="invalid_field")
        access.check(agent, await self._viewing.row(agent, conversation_id), "merge")
        await self._viewing.row(agent, into_id)
        merged_into, _ = await self._staff.merged(conversation_id)
        if merged_into != into_id:  # A crash may have come between this and what follows.
            await self._staff.merge(conversation_id, into_id, agent.id, at=self._clock())

        async def make(conversation: OpenConversation) -> Turn:
            state = floor.close(conversation.state, now=self._clock())
            turn = Turn(id=uuid4().hex, state=state, answered=(), replies=())
            # Theirs from now on, so that they can look it up.
            change = HandoverChange(agent_id=agent.id)
            return replace(turn, handover_change=change, closes_handover="merged")

        await self._handling.act(conversation_id, make)
        await self._record("merge", agent, conversation_id, into_id)
        self._board.changed(into_id)

    async def _record(self, action: str, agent: Agent, conversation_id: str, subject: str) -> None:
        await self._staff.record(Deed(self._clock(), agent.id, action, conversation_id, subject))
