"""What a person of the shop does in a conversation, as turns for `Desk.act`; nothing is saved here.

Messages that wait for the bot stay pending: it finds the floor taken and is silent (`bot/dialogue.py`).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol
from uuid import uuid4

from bot import floor
from bot.conversation import Deed, Past, State
from bot.errors import Conflict
from bot.handover.deadlines import Deadlines
from bot.handover.deeds import deeds_since, told
from bot.handover.packet import last_lines, packet
from bot.shop.base import Shop
from bot.shop.changes.requests import KINDS
from bot.shop.hours import next_opening
from bot.store.base import Handover, HandoverChange, OpenConversation, Store, Timer, Turn
from bot.texts.catalogue import FALLBACK, Texts
from connectors.base import Author, Button, Card, Reply

_STARS = (5, 4, 3, 2, 1)


class Person(Protocol):
    """An agent, as far as a conversation needs to know."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str:
        """As the shopper may know it."""
        ...


class Turns:
    """Each method is called with the conversation locked; `Conflict` with code `taken`: another agent has the floor."""

    def __init__(
        self, shop: Shop, texts: Texts, store: Store, *, deadlines: Deadlines, handover_minutes: int
    ) -> None:
        self._shop, self._texts, self._store = shop, texts, store
        self._deadlines, self._handover_minutes = deadlines, handover_minutes

    async def take(
        self, conversation: OpenConversation, agent: Person, now: datetime, *, force: bool = False
    ) -> Turn:
        """The agent has the floor. Nothing happens when they have it; `force` takes it from another agent."""
        state = conversation.state
        if state.floor.name == "agent" and state.floor.agent_id == agent.id:
            return _turn(state)
        self._check_free(state, agent, force=force)
        after = floor.take(state, agent.id, now=now)
        change = HandoverChange(agent_id=agent.id, assigned_at=now, snoozed_until=None)
        joined = self._line(conversation, after, now, "agent_joined", agent=agent.name)
        opened = await self._opened(conversation, now)
        return replace(_turn(after, joined), handover=opened, handover_change=change)

    async def say(
        self,
        conversation: OpenConversation,
        agent: Person,
        text: str,
        reply_id: str,
        *,
        now: datetime,
        attachments: Sequence[str] = (),
        cards: Sequence[Card] = (),
        force: bool = False,
    ) -> Turn:
        """The agent's words, who takes the floor with them. A turn without replies: `reply_id` was said before."""
        if await self._store.message(reply_id) is not None:
            return _turn(conversation.state)
        taken = await self.take(conversation, agent, now, force=force)
        # A yes after this is no yes to a card shown before it.
        state = replace(taken.state, turns=taken.state.turns + 1)
        line = replace(
            self._reply(conversation, state, now, text, author="agent"),
            id=reply_id,
            agent=agent.name,
            attachments=tuple(attachments),
            cards=tuple(cards),
        )
        change = HandoverChange(first_reply_at=now)
        change.update(taken.handover_change or {})
        return replace(
            taken, state=state, replies=(*taken.replies, line), handover_change=change, agent_id=agent.id
        )

    async def hand_back(self, conversation: OpenConversation, agent: Person, now: datetime) -> Turn:
        """The bot speaks again and knows what was done; said in one line.

        Raises:
            Conflict: `not_taken`, the bot has the floor already.
        """
        state = conversation.state
        if state.floor.name in ("bot", "closed"):
            raise Conflict("The bot has the floor already.", code="not_taken")
        self._check_free(state, agent)
        deeds = await self._deeds(conversation)
        after = floor.take_back(state, now=now)
        if deeds:
            last = deeds[-1]
            number = last.order_number or after.focus.order_number
            topic = last.tool if last.tool in KINDS else after.focus.topic
            after = replace(after, focus=replace(after.focus, order_number=number, topic=topic))
        key = "handed_back_done" if deeds else "handed_back"
        language = _language(after)
        text = self._texts.say(
            key, language, agent=agent.name, **({"what": told(deeds, self._texts, language)} if deeds else {})
        )
        after = replace(after, turns=after.turns + 1)
        line = self._reply(conversation, after, now, text, author="bot")
        return replace(_turn(after, line), closes_handover="returned")

    async def close(self, conversation: OpenConversation, agent: Person, now: datetime) -> Turn:
        """Nobody speaks. Who was helped by a person is asked how it was; what was done is remembered."""
        state = conversation.state
        if state.floor.name == "closed":
            return _turn(state)
        self._check_free(state, agent)
        handover = await self._store.open_handover(conversation.id)
        helped = handover is not None and handover.first_reply_at is not None
        after = floor.close(state, now=now)
        if not helped:
            alone = self._line(conversation, after, now, "closed_alone")
            return replace(_turn(after, alone), closes_handover="resolved")
        deeds = await self._deeds(conversation)
        after = replace(after, past=Past(agent.name, deeds), rating="asked")
        asked = replace(
            self._line(conversation, after, now, "closed", agent=agent.name),
            quick_replies=self._stars(_language(after)),
        )
        return replace(_turn(after, asked), closes_handover="resolved")

    async def pass_on(
        self, conversation: OpenConversation, agent: Person, to: Person | None, now: datetime
    ) -> Turn:
        """To a colleague, or back to the queue with None."""
        state = conversation.state
        self._check_free(state, agent)
        if to is None:
            return await self._queue_again(conversation, now, "agent_passed_on", agent=agent.name)
        after = floor.take(state, to.id, now=now)
        line = self._line(conversation, after, now, "agent_handed_on", agent=agent.name, other=to.name)
        change = HandoverChange(agent_id=to.id, assigned_at=now, snoozed_until=None)
        opened = await self._opened(conversation, now)
        return replace(_turn(after, line), handover=opened, handover_change=change)

    async def leave(self, conversation: OpenConversation, now: datetime) -> Turn:
        """The agent who has it, or was to have it, is gone: the shopper waits for the next one."""
        if conversation.state.floor.name == "agent":
            return await self._queue_again(conversation, now, "agent_gone")
        return self.change(conversation, HandoverChange(agent_id=None, assigned_at=None))

    def change(self, conversation: OpenConversation, change: HandoverChange) -> Turn:
        """Assigned, snoozed, more urgent: nothing is said, nobody else speaks."""
        return replace(_turn(conversation.state), handover_change=change)

    async def _queue_again(
        self, conversation: OpenConversation, now: datetime, key: str, **facts: object
    ) -> Turn:
        after = floor.wait_again(conversation.state, now=now)
        profile = await self._shop.profile()
        due = floor.deadline(next_opening(profile, now) or now, self._handover_minutes)
        line = self._line(conversation, after, now, key, **facts)
        return replace(
            _turn(after, line),
            handover=await self._opened(conversation, now),
            handover_change=HandoverChange(agent_id=None, assigned_at=None, snoozed_until=None),
            timers=(Timer(conversation.id, "handover_timeout", due),),
        )

    async def _opened(self, conversation: OpenConversation, now: datetime) -> Handover | None:
        """The hand-over of an agent who came uncalled; None where one is open."""
        if await self._store.open_handover(conversation.id) is not None:
            return None
        profile = await self._shop.profile()
        language = _language(conversation.state)
        lines = await last_lines(self._store, conversation.id)
        return Handover(
            "agent",
            packet("agent", conversation.state, lines, self._texts, language=language),
            language=language,
            respond_by=self._deadlines.respond_by(profile, now),
            resolve_by=self._deadlines.resolve_by(profile, now),
        )

    async def _deeds(self, conversation: OpenConversation) -> tuple[Deed, ...]:
        if conversation.state.floor.name != "agent":
            return ()
        return await deeds_since(self._store, conversation.id, conversation.state.floor.since)

    def _check_free(self, state: State, agent: Person, *, force: bool = False) -> None:
        taken = state.floor.name == "agent" and state.floor.agent_id != agent.id
        if taken and not force:
            raise Conflict("Another agent has the floor.", code="taken")

    def _stars(self, language: str) -> tuple[Button, ...]:
        return tuple(
            Button(self._texts.say(f"button.rate_{stars}", language), f"rate {stars}") for stars in _STARS
        )

    def _line(
        self, conversation: OpenConversation, state: State, now: datetime, key: str, **facts: object
    ) -> Reply:
        text = self._texts.say(key, _language(state), **facts)
        return self._reply(conversation, state, now, text, author="system")

    def _reply(
        self, conversation: OpenConversation, state: State, now: datetime, text: str, *, author: Author
    ) -> Reply:
        return Reply(
            id=uuid4().hex,
            conversation_id=conversation.id,
            seq=0,
            in_reply_to=(),
            text=text,
            language=_language(state),
            created_at=now,
            floor=state.floor.name,
            author=author,
        )


def _language(state: State) -> str:
    return state.language or FALLBACK


def _turn(state: State, *replies: Reply) -> Turn:
    return Turn(id=uuid4().hex, state=state, answered=(), replies=replies)
