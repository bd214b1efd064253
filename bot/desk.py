"""The desk: messages go onto disk, one turn at a time per conversation answers them.

A turn starts at once. Messages that arrive before its answer is out, or while the shopper is
typing, join it and the answer is made anew; nothing was written yet, so nothing happens twice.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

import structlog

from bot.dialogue import Dialogue
from bot.errors import Stale
from bot.live import Frame, Live
from bot.live import Notice as Posted
from bot.metrics import Metrics
from bot.shop.notices import Notice
from bot.store.base import Interrupted, OpenConversation, Store, StoredMessage, Timer, Turn
from bot.store.linked import Join, Leave
from connectors.base import Accepted, Message, Reply

_MOST_REDONE = 5
"""A turn is made anew at most this often; what comes later gets a turn of its own."""
_LONGEST_HOLD_SECONDS = 6.0
_RETRY_SECONDS = (0.05, 0.2, 1.0, 5.0, 15.0, 60.0)
"""Between attempts; the last is repeated, since the message is on disk and somebody waits for its answer."""

MakeTurn = Callable[[OpenConversation], Awaitable[Turn]]

log = structlog.get_logger()


class Desk:
    def __init__(
        self,
        store: Store,
        dialogue: Dialogue,
        live: Live,
        metrics: Metrics,
        *,
        clock: Callable[[], datetime],
        pushed: Collection[str],
        deliver: Callable[[], None],
    ) -> None:
        """`pushed` names the channels that replies are sent to; `deliver` is called when there are any."""
        self._store, self._dialogue, self._live, self._metrics = store, dialogue, live, metrics
        self._clock, self._pushed, self._deliver = clock, pushed, deliver
        self._running: dict[str, asyncio.Task[None]] = {}
        self._waiting: set[str] = set()
        self._people: Counter[str] = Counter()
        self._silent: set[tuple[str, str]] = set()
        """Whom a person answers: their words need no head start. A hint, gone with a restart."""
        self._answered: dict[tuple[str, str], set[asyncio.Future[list[Reply]]]] = {}
        self._closing = asyncio.Event()

    async def submit(self, message: Message) -> Accepted:
        """Durable when this returns; the answer follows on its own."""
        message = self.masked(message)
        if not self._closing.is_set() and (message.channel, message.sender) not in self._silent:
            self._dialogue.anticipate(message.text)
            await asyncio.sleep(0)  # lets the encoder begin before all that follows wants the interpreter
        accepted = await self._store.accept(message)
        self._live.stopped_typing(accepted.conversation_id)
        if not accepted.duplicate:
            self._live.post(Posted(accepted.conversation_id, "line", line=_line(message, accepted)))
            self.wake(accepted.conversation_id)
        return accepted

    def masked(self, message: Message) -> Message:
        """As it may be kept."""
        return self._dialogue.masked(message)

    def wake(self, conversation_id: str) -> None:
        """See to a conversation's pending messages, now or when its open turn is done."""
        self._waiting.add(conversation_id)
        if conversation_id not in self._running and not self._closing.is_set():
            self._running[conversation_id] = asyncio.create_task(self._serve(conversation_id))

    def is_working(self, conversation_id: str) -> bool:
        """Whether a turn of it is open."""
        return conversation_id in self._running

    async def resume(self) -> int:
        """Answer what a stop or a crash left open; returns how many conversations."""
        unfinished = await self._store.unfinished()
        for conversation_id in unfinished:
            self.wake(conversation_id)
        return len(unfinished)

    async def replies_to(self, accepted: Accepted, *, wait_seconds: float) -> list[Reply]:
        """The replies to a message, waiting for them; empty when there are none in time."""
        key = (accepted.conversation_id, accepted.external_id)
        waiter: asyncio.Future[list[Reply]] = asyncio.get_running_loop().create_future()
        waiters = self._answered.setdefault(key, set())
        waiters.add(waiter)
        try:
            over = accepted.duplicate or not self.is_working(accepted.conversation_id)
            if over and (replies := await self._replies(accepted)):
                return replies
            return await asyncio.wait_for(waiter, wait_seconds)
        except TimeoutError:
            # Another process may have answered: it does not tell us.
            return await self._replies(accepted)
        finally:
            waiters.discard(waiter)
            if not waiters:
                self._answered.pop(key, None)

    async def _replies(self, accepted: Accepted) -> list[Reply]:
        lines = await self._store.history(accepted.conversation_id, after=accepted.seq, limit=50)
        replies = [line.reply for line in lines if line.reply]
        return [reply for reply in replies if accepted.external_id in reply.in_reply_to]

    async def time_out(self, timer: Timer) -> None:
        """A timer is due: the bot may have something to say unasked."""
        async with self._store.conversation(timer.conversation_id) as conversation:
            turn = await self._dialogue.time_out(conversation, timer, now=self._clock())
            await self._finish(conversation, turn, {})

    async def tell(self, conversation_id: str, notice: Notice, reply_id: str) -> bool:
        """Tell unasked what a notice is about; False where it must wait: somebody else speaks, or is about to.

        Raises:
            Stale, Interrupted: the shopper wrote at this very moment; nothing was said.
        """
        async with self._store.conversation(conversation_id) as conversation:
            if conversation.pending or conversation.state.floor.name != "bot":
                return False
            if conversation.customer_id not in (None, notice.customer_id):
                return False
            if await self._store.message(reply_id) is not None:
                return True  # Said already; a crash or another worker came between.
            turn = await self._dialogue.tell(conversation, notice, reply_id, now=self._clock())
            await self._finish(conversation, turn, {}, interruptible=True)
            return True

    async def act(self, conversation_id: str, make: MakeTurn) -> Sequence[Reply]:
        """A turn that a person of the shop makes, before any answer of the bot that is not out yet.

        `make` may be called again when somebody else saved first; what it raises ends it, nothing saved.

        Raises:
            NotFound: there is no such conversation.
            Stale: others saved first, again and again.
        """
        self._people[conversation_id] += 1
        try:
            for attempt in range(_MOST_REDONE):
                try:
                    async with self._store.conversation(conversation_id) as conversation:
                        return await self._finish(conversation, await make(conversation), {})
                except Stale:
                    if attempt + 1 == _MOST_REDONE:
                        raise
            raise AssertionError("unreachable")
        finally:
            self._people[conversation_id] -= 1
            if not self._people[conversation_id]:
                del self._people[conversation_id]

    async def close(self, *, grace_seconds: float) -> None:
        """Finish open turns; what is not done in time stays on disk and is answered at the next start."""
        self._closing.set()
        tasks = list(self._running.values())
        if tasks:
            await asyncio.wait(tasks, timeout=grace_seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, conversation_id: str) -> None:
        failures = 0
        try:
            while conversation_id in self._waiting and not (failures and self._closing.is_set()):
                self._waiting.discard(conversation_id)
                try:
                    await self._turn(conversation_id)
                    failures = 0
                except Stale:
                    self._waiting.add(conversation_id)
                except Exception:
                    log.exception("turn_failed", conversation=conversation_id, failures=failures)
                    self._waiting.add(conversation_id)
                    await self._pause(_RETRY_SECONDS[min(failures, len(_RETRY_SECONDS) - 1)])
                    failures += 1
        finally:
            # No await between the last look at `_waiting` and this: a wake cannot fall in between.
            del self._running[conversation_id]

    async def _pause(self, seconds: float) -> None:
        """Until the time is over or the desk closes."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)

    async def _turn(self, conversation_id: str) -> None:
        async with self._store.conversation(conversation_id) as conversation:
            if not conversation.pending:
                return
            if conversation.state.floor.name != "agent":
                self._live.publish(conversation_id, Frame("working"))
            with self._metrics.turn() as spent:
                turn = await self._answer(conversation, spent)
            if conversation.pending or isinstance(turn.linking, Join):
                self._waiting.add(
                    conversation_id
                )  # What was not answered yet, or came along with the other one.

    async def _answer(self, conversation: OpenConversation, spent: Mapping[str, float]) -> Turn:
        """One turn for everything said so far, made anew while the shopper goes on."""
        for _ in range(_MOST_REDONE):
            try:
                turn = await self._dialogue.answer(conversation, now=self._clock(), more=conversation.more)
                if not turn.final:
                    await self._hold_while_typing(conversation.id)
                    if self._people[conversation.id]:
                        raise Stale("A person of the shop speaks first.")
                # What comes after a change gets a turn of its own.
                await self._finish(conversation, turn, spent, interruptible=not turn.final)
                return turn
            except Interrupted:
                await conversation.reload()
        turn = await self._dialogue.answer(conversation, now=self._clock())
        await self._finish(conversation, turn, spent)
        return turn

    async def _finish(
        self,
        conversation: OpenConversation,
        turn: Turn,
        spent: Mapping[str, float],
        *,
        interruptible: bool = False,
    ) -> Sequence[Reply]:
        """Save, then let everybody know who waits for it."""
        answered = [one.message.external_id for one in conversation.pending if one.inbox_id in turn.answered]
        with self._metrics.step("save"):
            replies = list(await conversation.save(turn, pushed=self._pushed, interruptible=interruptible))
        self._metrics.turn_done(turn)
        if turn.state.floor.name == "agent":
            self._silent.add((conversation.channel, conversation.sender))
        else:
            self._silent.discard((conversation.channel, conversation.sender))
        _report(turn, conversation.id, spent)
        for external_id in answered:
            for waiter in self._answered.get((conversation.id, external_id), ()):
                if not waiter.done():
                    waiter.set_result(replies)
        if replies:
            self._deliver()
        for reply in replies:
            self._live.publish(conversation.id, Frame("message", reply))
            self._live.post(Posted(conversation.id, "line", line=_spoken(reply, turn.agent_id)))
        self._live.post(Posted(conversation.id, "changed"))
        self._moved(conversation.id, turn)
        return replies

    def _moved(self, conversation_id: str, turn: Turn) -> None:
        """Whoever watches a conversation that is no longer theirs looks for the one that is."""
        if isinstance(turn.linking, Leave):
            self._live.publish(conversation_id, Frame("moved"))
        elif isinstance(turn.linking, Join) and (left := turn.linking.other.conversation_id):
            self._live.publish(left, Frame("moved"))
            self._live.post(Posted(left, "changed"))

    async def _hold_while_typing(self, conversation_id: str) -> None:
        held = 0.0
        while held < _LONGEST_HOLD_SECONDS and self._live.is_typing(conversation_id):
            if self._closing.is_set() or self._people[conversation_id]:
                return
            await asyncio.sleep(0.1)
            held += 0.1


def _line(message: Message, accepted: Accepted) -> StoredMessage:
    """The shopper's line as the history has it, but for its id."""
    return StoredMessage(
        id=f"{accepted.conversation_id}:{accepted.seq}",
        seq=accepted.seq,
        author="shopper",
        text=message.text,
        at=message.received_at,
        external_id=accepted.external_id,
        action=message.action,
        attachments=message.attachments,
    )


def _spoken(reply: Reply, agent_id: str | None) -> StoredMessage:
    return StoredMessage(
        id=reply.id,
        seq=reply.seq,
        author=reply.author,
        text=reply.text,
        at=reply.created_at,
        reply=reply,
        attachments=reply.attachments,
        agent_id=agent_id if reply.author == "agent" else None,
    )


def _report(turn: Turn, conversation_id: str, spent: Mapping[str, float]) -> None:
    """One line a turn, without a word of what was said."""
    last = turn.replies[-1] if turn.replies else None
    log.info(
        "turn",
        turn=turn.id,
        conversation=conversation_id,
        messages=len(turn.answered),
        language=last.language if last else None,
        intent=last.intent.name if last and last.intent else None,
        floor=turn.state.floor.name,
        tools=[f"{run.name}:{run.outcome}" for reply in turn.replies for run in reply.tools],
        unanswered=len(turn.unanswered),
        ms={step: round(1000 * seconds, 1) for step, seconds in spent.items()},
    )
