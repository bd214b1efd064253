"""The office behind the console: its services, wired; what runs beside requests, started and stopped."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from bot.console.acting_for import ActingFor
from bot.console.adding import Adding
from bot.console.assigning import Assigning, Mode
from bot.console.board import Board
from bot.console.customers import Customers
from bot.console.demo import send_home, welcome
from bot.console.handling import Handling
from bot.console.noting import Noting
from bot.console.rows import Rows
from bot.console.suggesting import Suggesting
from bot.console.translating import Translating, Translator
from bot.console.viewing import Viewing
from bot.desk import Desk
from bot.dialogue import Dialogue
from bot.handover.turns import Turns
from bot.live import Live
from bot.shop.base import Shop
from bot.staff.agents import Agent
from bot.staff.base import Deed, StaffStore
from bot.staff.logins import Logins
from bot.store.base import Store
from bot.tool_calls import ToolCalls

_CHECK_SECONDS = 10.0
"""How soon a console is closed whose session ended in another process or ran out."""

log = structlog.get_logger()


@dataclass
class Office:
    staff: StaffStore
    logins: Logins
    board: Board
    rows: Rows
    noting: Noting
    viewing: Viewing
    handling: Handling
    adding: Adding
    acting_for: ActingFor
    customers: Customers
    translating: Translating
    suggesting: Suggesting
    assigning: Assigning
    clock: Callable[[], datetime]
    demo_password: str | None
    """None: this is no demo."""
    demo: Sequence[dict[str, Any]] = ()
    """Logins to try, in the demo only."""
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def prepare(self) -> None:
        """The demo's agents come or go; before `start`."""
        if self.demo_password is None:
            await send_home(self.staff, at=self.clock())
        else:
            self.demo = await welcome(self.staff, self.demo_password, at=self.clock())

    async def start(self) -> None:
        self.tasks = [
            asyncio.create_task(work, name=name)
            for name, work in (
                ("board", self.board.run()),
                ("assigning", self.assigning.run()),
                ("translating", self.translating.run()),
                ("sessions", self._watch_sessions()),
            )
        ]

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def note(self, action: str, agent: Agent, *, subject: str = "", detail: str = "") -> None:
        """A line in the audit that is about no conversation."""
        await self.staff.record(Deed(self.clock(), agent.id, action, None, subject, detail))

    async def _watch_sessions(self) -> None:
        while True:
            await asyncio.sleep(_CHECK_SECONDS)
            try:
                await self.check_sessions()
            except Exception:
                log.exception("sessions_not_checked")

    async def check_sessions(self) -> None:
        """End the consoles whose session is over, wherever it was ended."""
        await self.board.check_sessions(self.logins.by_digest)


def open_office(
    *,
    staff: StaffStore,
    logins: Logins,
    store: Store,
    shop: Shop,
    desk: Desk,
    live: Live,
    calls: ToolCalls,
    turns: Turns,
    drafting: Dialogue,
    translator: Translator | None,
    assignment: Mode,
    demo_password: str | None,
    clock: Callable[[], datetime],
) -> Office:
    """`drafting` makes suggested answers: a dialogue that can change nothing and identify nobody."""
    board = Board(live, staff, clock=clock)
    rows = Rows(shop, board.presence)
    translating = Translating(
        translator, staff=staff, store=store, shop=shop, board=board, live=live, rows=rows, clock=clock
    )
    noting = Noting(staff, clock=clock)
    viewing = Viewing(staff, store, rows, translating, noting, clock=clock)
    handling = Handling(
        viewing=viewing,
        staff=staff,
        store=store,
        desk=desk,
        turns=turns,
        translating=translating,
        clock=clock,
    )
    acting_for = ActingFor(
        viewing=viewing,
        handling=handling,
        turns=turns,
        calls=calls,
        store=store,
        staff=staff,
        clock=clock,
    )
    return Office(
        staff=staff,
        logins=logins,
        board=board,
        rows=rows,
        noting=noting,
        viewing=viewing,
        handling=handling,
        adding=Adding(viewing, staff, handling, board, clock=clock),
        acting_for=acting_for,
        customers=Customers(
            acting_for=acting_for, shop=shop, staff=staff, rows=rows, calls=calls, noting=noting, clock=clock
        ),
        translating=translating,
        suggesting=Suggesting(viewing=viewing, store=store, dialogue=drafting, clock=clock),
        assigning=Assigning(assignment, staff=staff, handling=handling, board=board, live=live, clock=clock),
        clock=clock,
        demo_password=demo_password,
    )
