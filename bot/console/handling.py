"""What agents do in a conversation: each checks who has it, makes one turn, and leaves a line in the audit."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from bot.console import access
from bot.console.translating import Outgoing, Translating
from bot.console.unanswered import reworded
from bot.console.viewing import Viewing
from bot.desk import Desk
from bot.errors import Conflict, InvalidInput, NotFound, Stale
from bot.handover.turns import Turns
from bot.staff.agents import Agent
from bot.staff.base import Deed, InboxRow, StaffStore
from bot.store.base import (
    HandoverChange,
    OpenConversation,
    Store,
    StoredMessage,
    Turn,
    Unanswered,
)
from connectors.base import Reply

_LOOKED_BACK = 30
"""Lines in which the question is looked for that a reply answers."""

Make = Callable[[OpenConversation], Awaitable[Turn]]


@dataclass(frozen=True, slots=True)
class Said:
    """A reply as an agent sends it."""

    id: str
    """The client's; the same again is the same reply."""
    text: str
    attachments: tuple[str, ...] = ()
    suggestion: str = ""
    """What the bot proposed, where that was used."""
    translate: bool = True
    """Where a service is set up and the shopper's language is none of the agent's."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a reply became."""

    lines: Sequence[StoredMessage]
    translation: str
    """`ok`, `failed`, or empty where none was made now."""


class Handling:
    def __init__(
        self,
        *,
        viewing: Viewing,
        staff: StaffStore,
        store: Store,
        desk: Desk,
        turns: Turns,
        translating: Translating,
        clock: Callable[[], datetime],
    ) -> None:
        self._viewing, self._staff, self._store, self._desk = viewing, staff, store, desk
        self._turns, self._translating, self._clock = turns, translating, clock

    async def take(
        self, agent: Agent, conversation_id: str, *, force: bool = False, only_from: str | None = None
    ) -> None:
        """
        Raises:
            Conflict: a colleague has it (`taken`); a lead may `force`, where named `only_from` that one.
        """
        row = await self._row(agent, conversation_id)
        has = access.holder(row)
        force = force and agent.is_at_least("lead") and only_from in (None, has)
        if has not in (None, agent.id) and not force:
            raise access.taken(has)
        await self.act(conversation_id, lambda one: self._turns.take(one, agent, self._clock(), force=force))
        await self._note("take", agent, conversation_id, subject=has or "")

    async def reply(self, agent: Agent, conversation_id: str, said: Said) -> Sent:
        """Say it once, taking the floor; sent again, the same lines come back.

        Raises:
            Conflict: a colleague has it (`taken`), or the shopper goes on elsewhere (`moved`, `into`).
            InvalidInput: there is nothing in it, or a photo in it is not the agent's.
        """
        if not said.text.strip() and not said.attachments:
            raise InvalidInput("The reply is empty.", code="empty")
        reply_id, sent = reply_id_of(agent, conversation_id, said.id), Outgoing(said.text)
        before = await self._store.message(reply_id)
        if before is None:
            await self._check_somebody_is_there(conversation_id)
        row = await self._row(agent, conversation_id)
        if before is None:
            access.check(agent, row, "reply")
            unanswered = await self._edited(conversation_id, said)
            if said.translate:
                sent = await self._translating.outgoing(agent, said.text, row)

            async def make(conversation: OpenConversation) -> Turn:
                turn = await self._turns.say(
                    conversation,
                    agent,
                    sent.text,
                    reply_id,
                    now=self._clock(),
                    attachments=said.attachments,
                )
                return replace(turn, unanswered=unanswered) if turn.replies else turn

            await self.act(conversation_id, make)
            await self._note("reply", agent, conversation_id, subject=reply_id)
        said_before = before[1].text if before else sent.text
        if self._translating.is_on and said_before != said.text:
            await self._translating.keep(reply_id, agent, said.text)
        return Sent(await self.lines_with(conversation_id, reply_id), sent.translation)

    async def hand_back(self, agent: Agent, conversation_id: str) -> None:
        """The bot speaks again."""
        speaker = await self._speaker(agent, conversation_id, "hand_back")
        await self.act(conversation_id, lambda one: self._turns.hand_back(one, speaker, self._clock()))
        await self._note("hand_back", agent, conversation_id)

    async def close(self, agent: Agent, conversation_id: str) -> None:
        """Settled; the shopper is asked how it was."""
        if (await self._row(agent, conversation_id)).floor == "closed":
            return
        speaker = await self._speaker(agent, conversation_id, "close")
        await self.act(conversation_id, lambda one: self._turns.close(one, speaker, self._clock()))
        await self._note("close", agent, conversation_id)

    async def transfer(self, agent: Agent, conversation_id: str, to_id: str | None) -> None:
        """To a colleague, or with None back to the queue.

        Raises:
            NotFound: there is no such colleague.
        """
        speaker = await self._speaker(agent, conversation_id, "transfer")
        to = None if to_id is None else await self.colleague(to_id)
        await self.act(conversation_id, lambda one: self._turns.pass_on(one, speaker, to, self._clock()))
        await self._note("transfer", agent, conversation_id, subject=to_id or "")

    async def snooze(self, agent: Agent, conversation_id: str, until: datetime | None) -> None:
        await self._change(agent, conversation_id, "snooze", HandoverChange(snoozed_until=until))

    async def prioritise(self, agent: Agent, conversation_id: str, priority: int) -> None:
        await self._change(agent, conversation_id, "priority", HandoverChange(priority=priority))

    async def reserve(self, conversation_id: str, to_id: str) -> bool:
        """Keep a waiting conversation for an agent; False when it waits no more."""

        async def make(conversation: OpenConversation) -> Turn:
            if conversation.state.floor.name != "waiting":
                raise Conflict("It waits no more.", code="not_now")
            change = HandoverChange(agent_id=to_id, assigned_at=self._clock())
            return self._turns.change(conversation, change)

        try:
            await self.act(conversation_id, make)
        except (Conflict, Stale):
            return False
        return True

    async def lines_with(self, conversation_id: str, reply_id: str) -> Sequence[StoredMessage]:
        """The line of that reply, and what was said beside it: that an agent joined."""
        found = await self._store.message(reply_id)
        if found is None or found[0] != conversation_id:
            raise NotFound("There is no such reply.")
        said = found[1]
        before = await self._store.history(conversation_id, after=max(0, said.seq - 2), limit=1)
        joined = [one for one in before if one.author == "system" and one.at == said.at]
        return (*joined, said) if said not in joined else joined

    async def colleague(self, agent_id: str) -> Agent:
        found = await self._staff.agent(agent_id)
        if found is None or found.disabled_at is not None:
            raise NotFound("There is no such colleague.")
        return found

    async def _row(self, agent: Agent, conversation_id: str) -> InboxRow:
        """
        Raises:
            Conflict: it is on the agent's screen still, but a colleague took it and they may no longer see it.
            NotFound: it is not there, or was never theirs to see.
        """
        try:
            return await self._viewing.row(agent, conversation_id)
        except NotFound:
            for one in await self._staff.handovers(conversation_id):
                if one.closed_at is None and one.agent_id is not None:
                    raise access.taken(one.agent_id) from None
            raise

    async def act(self, conversation_id: str, make: Make) -> Sequence[Reply]:
        """A turn of a person; a refusal says who has the floor, or where the shopper goes on."""
        has: str | None = None

        await self._check_somebody_is_there(conversation_id)

        async def watched(conversation: OpenConversation) -> Turn:
            nonlocal has
            has = conversation.state.floor.agent_id
            return await make(conversation)

        try:
            return await self._desk.act(conversation_id, watched)
        except Conflict as error:
            if error.code == "taken":
                raise access.taken(has) from error
            raise

    async def _check_somebody_is_there(self, conversation_id: str) -> None:
        into = await self._store.goes_on_in(conversation_id)
        if into is not None:
            raise Conflict("The customer goes on in another conversation.", code="moved", into=into)

    async def _speaker(self, agent: Agent, conversation_id: str, action: access.Action) -> Agent:
        """Who says goodbye: a lead speaks for the colleague who has it."""
        row = await self._row(agent, conversation_id)
        access.check(agent, row, action)
        has = access.holder(row)
        if row.floor != "agent" or has is None or has == agent.id:
            return agent
        return await self._staff.agent(has) or agent

    async def _change(
        self, agent: Agent, conversation_id: str, action: access.Action, change: HandoverChange
    ) -> None:
        access.check(agent, await self._row(agent, conversation_id), action)

        async def make(conversation: OpenConversation) -> Turn:
            return self._turns.change(conversation, change)

        await self.act(conversation_id, make)
        detail = ", ".join(f"{name}={value}" for name, value in change.items())
        await self._note(action, agent, conversation_id, detail=detail)

    async def _edited(self, conversation_id: str, said: Said) -> tuple[Unanswered, ...]:
        """A suggestion that was not sent as it was: for the list of what the bot should know."""
        if not reworded(said.suggestion, said.text):
            return ()
        lines = await self._store.history(conversation_id, after=0, before=_LAST_SEQ, limit=_LOOKED_BACK)
        asked = [one.text for one in lines if one.author == "shopper" and one.text.strip()]
        if not asked:
            return ()
        state = await self._store.state(conversation_id)
        language = (state.language if state else None) or ""
        return (Unanswered(asked[-1], language, suggested=said.suggestion, given=said.text),)

    async def _note(
        self, action: str, agent: Agent, conversation_id: str, *, subject: str = "", detail: str = ""
    ) -> None:
        await self._staff.record(Deed(self._clock(), agent.id, action, conversation_id, subject, detail))


def reply_id_of(agent: Agent, conversation_id: str, client_id: str) -> str:
    """Nobody but this agent, in this conversation, can name the same."""
    return uuid5(NAMESPACE_URL, f"kefu:reply:{conversation_id}:{agent.id}:{client_id}").hex


_LAST_SEQ = 2**31 - 1
