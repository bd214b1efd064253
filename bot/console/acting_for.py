"""An agent runs the shopper's own tools for them: the same rules, the same card, confirmed once, told in the chat."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from bot.console import access
from bot.console.handling import Handling
from bot.console.viewing import Viewing
from bot.conversation import Confirmation, Identity, State
from bot.errors import Conflict
from bot.handover.turns import Turns
from bot.identification import SIGNED_IN_FOR
from bot.shop.changes.plan import Plan, Receipt
from bot.staff.agents import Agent
from bot.staff.base import Deed, StaffStore
from bot.store.base import OpenConversation, Store, StoredMessage, Turn
from bot.tool_calls import Behalf, ToolCalls
from bot.tools.base import ToolResult


class ActingFor:
    def __init__(
        self,
        *,
        viewing: Viewing,
        handling: Handling,
        turns: Turns,
        calls: ToolCalls,
        store: Store,
        staff: StaffStore,
        clock: Callable[[], datetime],
    ) -> None:
        self._viewing, self._handling, self._turns = viewing, handling, turns
        self._calls, self._store, self._staff, self._clock = calls, store, staff, clock

    async def identity(self, agent: Agent, conversation_id: str) -> Identity:
        """Whose tools they are: who was proved in the conversation, and nobody else.

        Raises:
            NotFound: the agent may not see it.
        """
        row = await self._viewing.row(agent, conversation_id)
        return access.identity_of(row, await self._store.state(conversation_id) or State(), self._clock())

    async def read(
        self, agent: Agent, conversation_id: str, name: str, arguments: Mapping[str, Any], *, language: str
    ) -> ToolResult:
        """What a tool that only reads says, in the agent's language; the shopper is told nothing."""
        identity = await self.identity(agent, conversation_id)
        result = await self._calls.read(name, arguments, identity, language=language, now=self._clock())
        await self._record(agent, conversation_id, name, identity, "read")
        return result

    async def propose(
        self, agent: Agent, conversation_id: str, name: str, arguments: Mapping[str, Any], *, language: str
    ) -> tuple[Confirmation, Plan, ToolResult]:
        """What confirms the change, what it comes to, and its card.

        Raises:
            Conflict: a colleague has the conversation.
            Refused: the shop's policy forbids it.
        """
        access.check(agent, await self._viewing.row(agent, conversation_id), "run_tools")
        identity, now = await self.identity(agent, conversation_id), self._clock()
        behalf = _behalf(agent, conversation_id)
        confirmation, plan = await self._calls.propose(name, arguments, identity, now=now, behalf=behalf)
        card = await self._calls.shown(confirmation, plan, identity, language=language, now=now)
        return confirmation, plan, card

    async def refusal(
        self, agent: Agent, conversation_id: str, name: str, refused: Any, *, language: str
    ) -> ToolResult:
        identity = await self.identity(agent, conversation_id)
        return await self._calls.refusal(name, refused, identity, language=language, now=self._clock())

    async def confirm(
        self, agent: Agent, conversation_id: str, confirmation: Confirmation
    ) -> tuple[Receipt, ToolResult, list[StoredMessage]]:
        """Do it once and tell the shopper, once; the same again gives the same receipt and the same line.

        Raises:
            Conflict: a colleague has the conversation; nothing was done.
            Refused, Outdated: it is no longer what was shown; nothing was done.
        """
        row = await self._viewing.row(agent, conversation_id)
        identity = await self.identity(agent, conversation_id)
        line_id = uuid5(NAMESPACE_URL, f"kefu:receipt:{confirmation.key}").hex
        if await self._store.message(line_id) is None:
            access.check(agent, row, "run_tools")
            # The floor first: what is changed is told by who changed it.
            await self._handling.act(conversation_id, lambda one: self._turns.take(one, agent, self._clock()))
        behalf = _behalf(agent, conversation_id)
        receipt = await self._calls.confirm(confirmation, identity, now=self._clock(), behalf=behalf)
        state = await self._store.state(conversation_id) or State()
        told = await self._calls.told(receipt, identity, language=state.language or "en", now=self._clock())
        telling = self._telling(agent, told, line_id)
        # Of several at once one tells it.
        if await self._store.message(line_id) is None and await self._handling.act(conversation_id, telling):
            await self._record(agent, conversation_id, confirmation.tool, identity, receipt.number)
        lines = await self._handling.lines_with(conversation_id, line_id)
        return receipt, told, list(lines)

    async def vouch(self, agent: Agent, conversation_id: str, customer_id: str, how: str) -> None:
        """The agent says who the shopper is, for as long as a sign-in in the chat holds.

        Raises:
            Conflict: it is another customer's by a token (`other_customer`), or a colleague has it.
        """
        row = await self._viewing.row(agent, conversation_id)
        access.check(agent, row, "identify")
        if row.owner not in (None, customer_id):
            raise Conflict("The shop says that this is another customer.", code="other_customer")

        async def make(conversation: OpenConversation) -> Turn:
            until = self._clock() + SIGNED_IN_FOR
            identity = Identity("signed_in", customer_id, until=until)
            turn = await self._turns.take(conversation, agent, self._clock())
            return replace(turn, state=replace(turn.state, identity=identity))

        await self._handling.act(conversation_id, make)
        deed = Deed(self._clock(), agent.id, "identify", conversation_id, customer_id, how)
        await self._staff.record(deed)

    def _telling(self, agent: Agent, told: ToolResult, line_id: str) -> Callable[[OpenConversation], Any]:
        async def make(conversation: OpenConversation) -> Turn:
            now, cards = self._clock(), told.cards
            try:
                return await self._turns.say(conversation, agent, told.text, line_id, now=now, cards=cards)
            except Conflict:
                # Taken from them at this very moment: what they did is told, and the colleague keeps the floor.
                turn = await self._turns.say(
                    conversation, agent, told.text, line_id, now=now, cards=cards, force=True
                )
                return replace(
                    turn,
                    state=replace(conversation.state, turns=conversation.state.turns + 1),
                    replies=turn.replies[-1:],
                    handover=None,
                    handover_change=None,
                )

        return make

    async def _record(
        self, agent: Agent, conversation_id: str, tool: str, identity: Identity, detail: str
    ) -> None:
        deed = Deed(
            self._clock(),
            agent.id,
            "run_tool",
            conversation_id,
            identity.customer_id or "",
            f"{tool} {detail}",
        )
        await self._staff.record(deed)


def _behalf(agent: Agent, conversation_id: str) -> Behalf:
    return Behalf(f"agent:{agent.login}", conversation_id)
