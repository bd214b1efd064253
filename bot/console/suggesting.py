"""A draft of the answer, from the bot's own path, for the agent to send or change. Nothing is kept of it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from bot.console.access import identity_of
from bot.console.viewing import Viewing
from bot.conversation import Floor, State
from bot.dialogue import Dialogue
from bot.staff.agents import Agent
from bot.staff.base import InboxRow
from bot.store.base import Pending, Store, StoredMessage, Turn
from connectors.base import Message, Reply

_LOOKED_BACK = 40
_LAST_SEQ = 2**31 - 1


@dataclass
class Copy:
    """A conversation as `Dialogue.answer` wants it, that cannot be saved."""

    id: str
    channel: str
    sender: str
    customer_id: str | None
    state: State
    pending: Sequence[Pending]

    async def more(self) -> bool:
        return False

    async def reload(self) -> None:
        raise AssertionError("a copy has nothing to read again")

    async def save(
        self,
        turn: Turn,  # noqa: ARG002 - the protocol's
        *,
        pushed: Collection[str] | None = None,  # noqa: ARG002
        interruptible: bool = False,  # noqa: ARG002
    ) -> Sequence[Reply]:
        raise AssertionError("a copy is never saved")


class Suggesting:
    def __init__(
        self, *, viewing: Viewing, store: Store, dialogue: Dialogue, clock: Callable[[], datetime]
    ) -> None:
        """`dialogue` must be one that can change nothing: see `bot/factory.py`."""
        self._viewing, self._store, self._dialogue, self._clock = viewing, store, dialogue, clock

    async def draft(self, agent: Agent, conversation_id: str) -> dict[str, Any]:
        """What the bot would answer to the shopper's last words; empty where there are none.

        Raises:
            NotFound: the agent may not see the conversation.
        """
        row = await self._viewing.look(agent, conversation_id)
        lines = await self._store.history(conversation_id, before=_LAST_SEQ, limit=_LOOKED_BACK)
        state = await self._store.state(conversation_id)
        asked = _last_words(lines)
        if state is None or not asked:
            return _EMPTY
        turn = await self._dialogue.answer(self._copy(row, state, asked), now=self._clock())
        if not turn.replies:
            return _EMPTY
        return _shown(turn)

    def _copy(self, row: InboxRow, state: State, asked: Sequence[StoredMessage]) -> Copy:
        """The bot's turn, with nothing open that a yes could confirm, and nobody to be identified anew."""
        identity = identity_of(row, state, self._clock())
        state = replace(
            state,
            floor=Floor(),
            identity=identity,
            form=None,
            confirmation=None,
            agenda=(),
            offer=None,
            past=None,
            rating="",
        )
        signed_in = identity.customer_id if identity.level == "signed_in" else None
        pending = tuple(
            Pending(number, line.seq, _message(row, line, signed_in)) for number, line in enumerate(asked)
        )
        return Copy(row.conversation_id, row.channel, row.sender, signed_in, state, pending)


def _last_words(lines: Sequence[StoredMessage]) -> list[StoredMessage]:
    """What the shopper typed since somebody of the shop last spoke."""
    asked: list[StoredMessage] = []
    for line in reversed(lines):
        if line.author in ("bot", "agent"):
            break
        if line.author == "shopper" and line.action is None and line.text.strip():
            asked.insert(0, line)
    return asked


def _message(row: InboxRow, line: StoredMessage, customer_id: str | None) -> Message:
    return Message(
        channel=row.channel,
        sender=row.sender,
        external_id=line.external_id or line.id,
        text=line.text,
        received_at=line.at,
        customer_id=customer_id,
        attachments=line.attachments,
    )


def _shown(turn: Turn) -> dict[str, Any]:
    """A text only where an agent could send it as it is: not for what the bot did not know or would pass on."""
    reply = turn.replies[0]
    outcomes = {run.outcome for run in reply.tools}
    sends = not turn.unanswered and turn.handover is None and not outcomes & _UNFIT
    open_ = turn.state.confirmation
    return {
        "text": reply.text if sends else "",
        "sources": [asdict(one) for one in reply.sources],
        "cards": [asdict(one) for one in reply.cards if one.kind != "change"],
        "topics": [one.label for one in reply.quick_replies if (one.action or "").startswith("show ")],
        "run": {"tool": open_.tool, "arguments": open_.request} if open_ else None,
    }


_UNFIT = {"needs_identity", "proposed", "failed"}
_EMPTY: dict[str, Any] = {"text": "", "sources": [], "cards": [], "topics": [], "run": None}
