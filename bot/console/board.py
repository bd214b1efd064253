"""The open consoles: what happens in conversations goes to those who should know, encoded once for all of them.

Nothing that must not be lost goes through here: a console that missed frames reads what it shows again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from bot.console.presence import Presence
from bot.console.team import own_language, team
from bot.lines import line, to_json
from bot.live import Frame, Live, Notice
from bot.staff.agents import Agent
from bot.staff.base import Session, StaffStore
from bot.store.base import StoredMessage

_BACKLOG = 512
_TICK_SECONDS = 1.0
_TEAM_SECONDS = 0.2
_SEEN_EVERY_SECONDS = 30.0

Holds = Callable[[str], Awaitable[Session | None]]

log = structlog.get_logger()


@dataclass(eq=False)
class Console:
    """One open console. `digest` names its session."""

    agent: Agent
    digest: str
    frames: asyncio.Queue[str] = field(default_factory=lambda: asyncio.Queue(_BACKLOG))
    conversation_id: str | None = None
    """What is on its screen, and its agent may see it."""
    opening: str | None = None
    """What its agent is about to see; forgotten when something happens there."""
    ended: bool = False
    """Signed out: the last frame says so."""

    def put(self, frame: str) -> None:
        """One that is too slow is told to read everything again; one that has ended is told nothing more."""
        if self.ended:
            return
        if self.frames.full():
            while not self.frames.empty():
                self.frames.get_nowait()
            frame = _RESYNC
        self.frames.put_nowait(frame)


class Board:
    def __init__(self, live: Live, staff: StaffStore, *, clock: Callable[[], datetime]) -> None:
        self._live, self._staff, self._clock = live, staff, clock
        self.presence = Presence()
        self._consoles: set[Console] = set()
        self._looking: dict[str, set[Console]] = {}
        self._checks: set[asyncio.Task[None]] = set()
        self._telling_team = False

    @contextmanager
    def connect(self, agent: Agent, digest: str) -> Iterator[Console]:
        console = Console(agent, digest)
        self._consoles.add(console)
        self.presence.connect(agent.id)
        self.tell_team()
        try:
            yield console
        finally:
            self._turn_to(console, None)
            self._consoles.discard(console)
            self.presence.disconnect(agent.id)
            self.tell_team()

    async def open(self, console: Console, conversation_id: str | None) -> bool:
        """Put it on the console's screen; False when its agent may not see it."""
        seen = conversation_id is None
        while conversation_id is not None and not seen:
            console.opening = conversation_id
            if await self._staff.row(conversation_id, console.agent) is None:
                console.opening = None
                self._turn_to(console, None)
                return False
            # If something happened there meanwhile, it may be a colleague's by now.
            seen = console.opening == conversation_id
        console.opening = None
        self._turn_to(console, conversation_id)
        return True

    async def typing(self, agent: Agent, conversation_id: str) -> None:
        """The agent is composing: colleagues are told, and the shopper whom they talk to."""
        if self.presence.type(agent.id, conversation_id):
            self._tell_presence(conversation_id)
        row = await self._staff.row(conversation_id, agent)
        if row is not None and row.floor == "agent" and row.handover and row.handover.agent_id == agent.id:
            self._live.publish(conversation_id, Frame("working"))

    def tell(self, agent_id: str, **frame: Any) -> None:
        """To every console of one agent."""
        encoded = to_json(frame)
        for console in self._consoles:
            if console.agent.id == agent_id:
                console.put(encoded)

    def tell_all(self, **frame: Any) -> None:
        self._put(self._consoles, frame)

    def lookers(self, conversation_id: str) -> tuple[Agent, ...]:
        """Agents who have it on a screen."""
        looking = self._looking.get(conversation_id, ())
        return tuple({console.agent.id: console.agent for console in looking}.values())

    def show_translated(self, conversation_id: str, translated: dict[str, Any], language: str) -> None:
        """The line once more, to whoever looks at it and reads that language."""
        reading = [
            console
            for console in self._looking.get(conversation_id, ())
            if own_language(console.agent) == language
        ]
        self._put(reading, {"type": "line", "conversation_id": conversation_id, "line": translated})

    def changed(self, conversation_id: str) -> None:
        """Something about it that is no line: tags, notes, translations."""
        self._live.post(Notice(conversation_id, "changed"))

    def sign_out(self, *, digest: str | None = None, agent_id: str | None = None) -> None:
        """End the consoles of a session, or of an agent."""
        for console in self._consoles:
            if console.digest == digest or console.agent.id == agent_id:
                _end(console)

    async def check_sessions(self, holds: Holds) -> None:
        """End the consoles whose session no longer `holds`; one look per session."""
        for digest in {console.digest for console in self._consoles if not console.ended}:
            session = await holds(digest)
            for console in [one for one in self._consoles if one.digest == digest]:
                if session is None:
                    _end(console)
                elif session.agent != console.agent:
                    console.agent = session.agent
                    console.put(_RESYNC)
                    # With another role they may see less.
                    if console.conversation_id is not None:
                        await self._look_again(console.conversation_id, (console,))

    async def run(self) -> None:
        """Pass on what happens until cancelled."""
        with self._live.watch_board() as notices:
            tick = asyncio.create_task(self._tick())
            try:
                while True:
                    notice = await notices.get()
                    if notice is None:
                        self._put(self._consoles, {"type": "resync"})
                    else:
                        self._pass_on(notice)
            finally:
                tick.cancel()
                for check in self._checks:
                    check.cancel()

    def _pass_on(self, notice: Notice) -> None:
        if not self._consoles:
            return
        looking = self._looking.get(notice.conversation_id, set())
        if notice.kind == "typing":
            frame = {
                "type": "typing",
                "conversation_id": notice.conversation_id,
                "agent_id": notice.agent_id,
            }
            self._put(looking, frame)
            return
        for console in self._consoles:
            if console.opening == notice.conversation_id:
                console.opening = None
        if notice.kind == "line" and notice.line is not None:
            self._pass_line_on(notice.conversation_id, notice.line, looking)
            self._tell(self._consoles - looking, _changed(notice.conversation_id))
            return
        if any(not console.agent.is_at_least("lead") for console in looking):
            self._later(self._look_again(notice.conversation_id))
        # Also when they may see it no longer: what is on their screen is to go.
        self._put(looking, _changed(notice.conversation_id))
        self._tell(self._consoles - looking, _changed(notice.conversation_id))

    def _pass_line_on(self, conversation_id: str, said: StoredMessage, looking: set[Console]) -> None:
        frame = {"type": "line", "conversation_id": conversation_id, "line": shown(said)}
        if said.author != "agent":
            self._put(looking, frame)
            return
        if self.presence.stop_typing(said.agent_id or "", conversation_id):
            self._tell_presence(conversation_id)
        # A colleague speaks: whoever looked at a conversation that nobody had may see it no longer.
        sure = {one for one in looking if one.agent.is_at_least("lead") or one.agent.id == said.agent_id}
        self._put(sure, frame)
        if unsure := looking - sure:
            self._later(self._look_again(conversation_id, unsure, frame))

    def _tell(self, consoles: Iterable[Console], frame: dict[str, Any]) -> None:
        """Of a conversation: leads at once, agents once it is known which of them see it."""
        leads = {console for console in consoles if console.agent.is_at_least("lead")}
        self._put(leads, frame)
        if agents := set(consoles) - leads:
            self._later(self._tell_seers(agents, frame))

    async def _tell_seers(self, consoles: Collection[Console], frame: dict[str, Any]) -> None:
        agent_ids = {console.agent.id for console in consoles}
        seers = await self._staff.seers(frame["conversation_id"], agent_ids, now=self._clock())
        self._put([console for console in consoles if console.agent.id in seers], frame)

    async def _look_again(
        self, conversation_id: str, consoles: Iterable[Console] = (), frame: dict[str, Any] | None = None
    ) -> None:
        """Whether agents may still see what is on their screen; a frame for those who may."""
        for console in tuple(consoles) or tuple(self._looking.get(conversation_id, ())):
            if console.agent.is_at_least("lead"):
                continue
            row = await self._staff.row(conversation_id, console.agent)
            if row is None and console.conversation_id == conversation_id:
                self._turn_to(console, None)
            elif row is not None and frame is not None:
                console.put(to_json(frame))

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._checks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._checks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("board_not_told", exc_info=error)

    async def _tick(self) -> None:
        """Typing that stopped without a word; when agents were last here."""
        waited = _SEEN_EVERY_SECONDS
        while True:
            for conversation_id in self.presence.stopped():
                self._tell_presence(conversation_id)
            if waited >= _SEEN_EVERY_SECONDS:
                waited = 0.0
                with suppress(Exception):
                    await self.note_seen()
            await asyncio.sleep(_TICK_SECONDS)
            waited += _TICK_SECONDS

    async def note_seen(self) -> None:
        for agent_id in self.presence.online():
            await self._staff.seen(agent_id, at=self._clock())

    def _turn_to(self, console: Console, conversation_id: str | None) -> None:
        before = console.conversation_id
        if before == conversation_id:
            return
        console.conversation_id = conversation_id
        if before is not None:
            self._looking[before].discard(console)
            if not self._looking[before]:
                del self._looking[before]
            self.presence.look_away(console.agent.id, before)
            self._tell_presence(before)
        if conversation_id is not None:
            self._looking.setdefault(conversation_id, set()).add(console)
            self.presence.look(console.agent.id, conversation_id)
            self._tell_presence(conversation_id)

    def _tell_presence(self, conversation_id: str) -> None:
        frame = {
            "type": "presence",
            "conversation_id": conversation_id,
            "viewers": self.presence.viewers(conversation_id),
            "typing": self.presence.typing(conversation_id),
        }
        self._tell(self._consoles, frame)

    def tell_team(self) -> None:
        """Who is there, to everybody; once for many changes at a time."""
        if not self._telling_team:
            self._telling_team = True
            self._later(self._tell_team())

    async def _tell_team(self) -> None:
        await asyncio.sleep(_TEAM_SECONDS)
        self._telling_team = False
        self.tell_all(type="agents", agents=await team(self._staff, self.presence))

    def _put(self, consoles: Iterable[Console], frame: dict[str, Any]) -> None:
        encoded = ""
        for console in consoles:
            encoded = encoded or to_json(frame)
            console.put(encoded)


def shown(stored: StoredMessage, translation: str | None = None) -> dict[str, Any]:
    """A line as consoles see it."""
    return line(stored) | {"agent_id": stored.agent_id, "translation": translation}


def _changed(conversation_id: str) -> dict[str, Any]:
    return {"type": "changed", "conversation_id": conversation_id}


def _end(console: Console) -> None:
    console.put(_SIGNED_OUT)
    console.ended = True


_RESYNC = to_json({"type": "resync"})
_SIGNED_OUT = to_json({"type": "signed_out"})
