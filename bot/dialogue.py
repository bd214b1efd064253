"""The life of a message, read from top to bottom. Every channel, the terminal and the evaluation come here."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import structlog

from bot.acting import Acting
from bot.actions import Action
from bot.compose import compose
from bot.conversation import Identity, State
from bot.decide import act, agenda_steps, decide, put_off
from bot.floor import take_back
from bot.guard import guard
from bot.joining import Joining
from bot.metrics import Metrics
from bot.parts import Part
from bot.scene import More, Scene, nothing_more
from bot.shop.notices import Notice
from bot.steps import Abandon, Confirm, Continue, LookUp, Rate, Step
from bot.store.base import HandoverChange, Interrupted, OpenConversation, Pending, Timer, Turn
from bot.understanding import Understander, Understanding
from connectors.base import Message

_MOST_PHOTOS = 9

log = structlog.get_logger()


class Dialogue:
    """Eight steps; the first and the last, opening and saving, are the desk's (`bot/desk.py`)."""

    def __init__(
        self,
        understander: Understander,
        acting: Acting,
        metrics: Metrics,
        joining: Joining | None = None,
    ) -> None:
        """Without `joining`, conversations stay on the channel that they began on."""
        self._understander, self._acting, self._metrics = understander, acting, metrics
        self._joining = joining

    def anticipate(self, text: str) -> None:
        """A message with these words is on its way to the disk: a head start for step 3."""
        self._understander.anticipate(text)

    def masked(self, message: Message) -> Message:
        """As it may be kept: a code that joins conversations is in no text."""
        return self._joining.offers.masked(message) if self._joining else message

    async def answer(
        self, conversation: OpenConversation, *, now: datetime, more: More = nothing_more
    ) -> Turn:
        """The turn that answers the conversation's pending messages, or the one of them that joins it to another.

        Nothing is written yet, unless the turn says that it is final: then a change was made.

        Raises:
            Interrupted: a change was about to be made while `more` messages had come.
        """
        if self._joining and (joined := await self._joining.answer(conversation, now=now)):
            return joined
        turn_id = uuid4().hex
        pending = conversation.pending
        state = _identified(conversation.state, pending, now)
        with structlog.contextvars.bound_contextvars(turn=turn_id, conversation=conversation.id):
            if state.floor.name == "agent":  # 2 floor
                if not (state.confirmation and await self._acting.was_done(state)):
                    # A conversation that was put aside comes back when the shopper writes.
                    back = HandoverChange(snoozed_until=None)
                    return replace(_turn(turn_id, state, pending, ()), handover_change=back)
                more = nothing_more
            try:
                parts, state, language = await self._parts(conversation, state, now, more)
            except Interrupted:
                raise
            except Exception:
                log.exception("turn_broken")
                self._metrics.failure()
                language = state.language or self._understander.default_language
                parts = [self._acting.apology(language)]
            reply = compose(  # 7 compose
                parts,
                conversation_id=conversation.id,
                in_reply_to=tuple(one.message.external_id for one in pending),
                language=language,
                floor=state.floor.name,
                now=now,
            )
            state = replace(state, language=language, turns=state.turns + 1)
            return replace(
                _turn(turn_id, state, pending, parts),
                replies=(reply,) if reply.text or reply.cards or reply.quick_replies else (),
                timers=await self._acting.timers(conversation.id, conversation.state, state, now),
            )

    async def time_out(self, conversation: OpenConversation, timer: Timer, *, now: datetime) -> Turn:
        """Nobody came in time: the bot takes the floor back and says so; nothing is said when it has it."""
        if timer.kind == "joining" and self._joining:
            return await self._joining.ask(conversation, now=now)
        state = conversation.state
        if state.floor.name != "waiting" or (state.floor.since and state.floor.since > timer.due_at):
            return _turn(uuid4().hex, state, (), ())
        language = state.language or self._understander.default_language
        part, state = await self._acting.time_out(conversation.id, state, language, now=now)
        reply = compose(
            [part],
            conversation_id=conversation.id,
            in_reply_to=(),
            language=language,
            floor=state.floor.name,
            now=now,
        )
        turn = _turn(uuid4().hex, state, (), [part])
        return replace(turn, replies=(reply,))

    async def tell(
        self, conversation: OpenConversation, notice: Notice, reply_id: str, *, now: datetime
    ) -> Turn:
        """Something that the shopper waits for is back, or is not after all; said unasked."""
        state = conversation.state
        language = state.language or self._understander.default_language
        part, state = await self._acting.tell(notice, state, language, now=now)
        reply = compose(
            [part],
            conversation_id=conversation.id,
            in_reply_to=(),
            language=language,
            floor=state.floor.name,
            now=now,
        )
        # A yes after this is no yes to a card shown before it.
        state = replace(state, turns=state.turns + 1)
        replies = (replace(reply, id=reply_id),) if part.text else ()
        return replace(_turn(uuid4().hex, state, (), [part]), replies=replies)

    async def _parts(
        self, conversation: OpenConversation, state: State, now: datetime, more: More
    ) -> tuple[list[Part], State, str]:
        pending, steps = conversation.pending, list[Step]()
        if state.confirmation and await self._acting.was_done(state):
            # A crash came between the change and its receipt: the first message was the yes.
            steps, pending = [Confirm(state.confirmation.key)], pending[1:] or pending[:1]
        text = "\n".join(one.message.text for one in pending if one.message.action is None)
        last = pending[-1].message
        with self._metrics.step("understand"):  # 3 understand
            understanding = await self._understander.understand(
                text or last.text, state, now=now, hint=last.language
            )
        understanding = replace(understanding, attachments=_attachments(pending))
        state = _holding(state, understanding.attachments)
        alone = state.floor.name != "agent"
        if alone and (not steps or len(conversation.pending) > 1):
            with self._metrics.step("decide"):  # 4 decide
                steps += self._steps(understanding, state, pending, typed=bool(text))
        scene = Scene(conversation.id, understanding, now, address=last.address, more=more)
        parts, state = self._welcomed(steps, state, understanding.language, now)
        agenda = list(steps)
        while agenda:  # 5 act and 6 look up
            step = agenda.pop(0)
            with self._metrics.step(type(step).__name__.lower()):
                part, state = await self._acting.do(step, scene, state)
            parts.append(guard(part))
            if part.asks:
                state = put_off([one for one in agenda if not isinstance(one, LookUp)], state)
                parts[-1:-1], state = await self._look_ups(agenda, scene, state)
                break
            if isinstance(step, Continue | Confirm | Abandon) and state.form is None:
                agenda += agenda_steps(state)
                state = replace(state, agenda=())
        return parts, state, understanding.language

    def _welcomed(
        self, steps: Sequence[Step], state: State, language: str, now: datetime
    ) -> tuple[list[Part], State]:
        """After closing, the bot takes the floor and tells what it remembers; a verdict changes nothing."""
        if any(isinstance(step, Rate) for step in steps):
            return [], state
        state = replace(state, rating="")
        if state.floor.name != "closed":
            return [], state
        past, state = state.past, replace(take_back(state, now=now), past=None)
        return [self._acting.welcome(past, language)] if past else [], state

    async def _look_ups(self, agenda: Sequence[Step], scene: Scene, state: State) -> tuple[list[Part], State]:
        """What the documents can answer at once, though another request has to wait for an answer."""
        parts = []
        for step in agenda:
            if isinstance(step, LookUp):
                part, after = await self._acting.do(step, scene, state)
                parts.append(guard(part))
                state = replace(after, focus=state.focus)
        return parts, state

    def _steps(
        self, understanding: Understanding, state: State, pending: Sequence[Pending], *, typed: bool
    ) -> tuple[Step, ...]:
        """Buttons first, in the order they were pressed, then the words."""
        steps: list[Step] = []
        for one in pending:
            action = Action.parse(one.message.action) if one.message.action else None
            if action is not None:
                steps.append(act(action, state, one.message.text, self._acting.tool_of))
        if typed or not steps:
            steps += decide(understanding, state, self._acting.tool_of)
        return tuple(step for number, step in enumerate(steps) if step not in steps[:number])


def _identified(state: State, pending: Sequence[Pending], now: datetime) -> State:
    """The session says who speaks: a token signs in, its absence signs out again; what was said holds a while.

    Several may be said from different places of one conversation: a token of one of them says nothing of the others.
    """
    last = pending[-1].message
    here, customer_id = (last.channel, last.sender), last.customer_id
    others = [one.message for one in pending if (one.message.channel, one.message.sender) != here]
    if customer_id is not None and all(one.customer_id == customer_id for one in others):
        return replace(state, identity=Identity("signed_in", customer_id))
    until = state.identity.until
    if state.identity.level == "signed_in" and (until is None or now >= until):
        return replace(state, identity=Identity())
    return state


def _attachments(pending: Sequence[Pending]) -> tuple[str, ...]:
    return tuple(one for message in pending for one in message.message.attachments)


def _holding(state: State, photos: tuple[str, ...]) -> State:
    """Photos outside a change wait for the change that they are about."""
    if not photos or (state.form is not None and state.form.writes):
        return state
    together = tuple(dict.fromkeys((*state.focus.photos, *photos)))[-_MOST_PHOTOS:]
    return replace(state, focus=replace(state.focus, photos=together))


def _turn(turn_id: str, state: State, pending: Sequence[Pending], parts: Sequence[Part]) -> Turn:
    return Turn(
        id=turn_id,
        state=state,
        answered=tuple(one.inbox_id for one in pending),
        replies=(),
        unanswered=tuple(part.unanswered for part in parts if part.unanswered),
        handover=next((part.handover for part in parts if part.handover), None),
        handover_change=next((part.handover_change for part in parts if part.handover_change), None),
        closes_handover=next((part.closes_handover for part in parts if part.closes_handover), None),
        rating=next((part.rating for part in parts if part.rating), None),
        attempts=tuple(attempt for part in parts for attempt in part.attempts),
        final=any(part.wrote for part in parts),
    )
