"""The store over SQL: each method is one transaction, each transaction one function of a neighbouring file."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from bot.conversation import State
from bot.store import accept, attachments, attempts, audit, codes, fetches, history, queues, waiting
from bot.store.base import (
    Attachment,
    Attempt,
    Code,
    Delivery,
    Fetch,
    OpenConversation,
    OpenHandover,
    Queue,
    StoredMessage,
    Timer,
)
from bot.store.check import check
from bot.store.database import Database
from bot.store.events import Events
from bot.store.load import state_of
from bot.store.rows import check_keys
from bot.store.session import Sessions
from connectors.base import Accepted, Message
from connectors.channel import Inbound


def _now() -> datetime:
    return datetime.now(UTC)


class SqlStore:
    """Implements `Store` on SQLite and PostgreSQL; the tables are made by `migrate.upgrade`."""

    def __init__(
        self, database: Database, *, clock: Callable[[], datetime] = _now, events: Events | None = None
    ) -> None:
        """`clock` dates what has no time of its own: saved turns, hand-overs, unanswered questions."""
        self._database = database
        self._events = events or Events()
        self._sessions = Sessions(database, clock, self._events)

    async def accept(self, message: Message) -> Accepted:
        check_keys(message)
        while True:
            try:
                accepted, loaded = await self._database.write(
                    partial(accept.accept, message=message, events=self._events)
                )
                self._sessions.ahead.put(accepted.conversation_id, loaded)
                return accepted
            except accept.Repeated as repeated:
                return repeated.accepted
            except accept.Moved:
                continue

    def conversation(self, conversation_id: str) -> AbstractAsyncContextManager[OpenConversation]:
        return self._sessions.open(conversation_id)

    async def find(self, channel: str, sender: str) -> str | None:
        return await self._database.read(partial(history.find, channel=channel, sender=sender))

    async def goes_on_in(self, conversation_id: str) -> str | None:
        return await self._database.read(partial(history.goes_on_in, conversation_id=conversation_id))

    async def history(
        self, conversation_id: str, *, after: int = 0, before: int | None = None, limit: int = 50
    ) -> Sequence[StoredMessage]:
        return await self._database.read(
            partial(history.history, conversation_id=conversation_id, after=after, before=before, limit=limit)
        )

    async def message(self, message_id: str) -> tuple[str, StoredMessage] | None:
        return await self._database.read(partial(history.message, message_id=message_id))

    async def state(self, conversation_id: str) -> State | None:
        return await self._database.read(partial(state_of, conversation_id=conversation_id))

    async def unfinished(self) -> Sequence[str]:
        return await self._database.read(history.unfinished)

    async def take_deliveries(
        self, *, now: datetime, limit: int = 100, channel: str | None = None
    ) -> Sequence[Delivery]:
        return await self._database.write(
            partial(queues.take_deliveries, now=now, limit=limit, channel=channel)
        )

    async def delivered(self, outbox_ids: Sequence[int]) -> None:
        await self._database.write(partial(queues.finish_deliveries, numbers=outbox_ids))

    async def delivery_went_on(self, outbox_id: int, *, sent: int) -> None:
        await self._database.write(partial(queues.go_on_with_delivery, number=outbox_id, sent=sent))

    async def delivery_failed(self, outbox_id: int, *, retry_at: datetime | None, error: str) -> None:
        await self._database.write(
            partial(queues.put_delivery_back, number=outbox_id, retry_at=retry_at, error=error)
        )

    async def take_timers(self, *, now: datetime, limit: int = 100) -> Sequence[Timer]:
        return await self._database.write(partial(queues.take_timers, now=now, limit=limit))

    async def feedback(self, message_id: str, *, helpful: bool, comment: str, at: datetime) -> None:
        await self._database.write(
            partial(history.rate, message_id=message_id, helpful=helpful, comment=comment, at=at)
        )

    async def count_attempt(self, scope: str, *, at: datetime, window_seconds: int) -> int:
        """Counted once recorded for all to see, so that of two at the same time both cannot be the first."""
        window = timedelta(seconds=window_seconds)
        await self._database.write(partial(attempts.record_attempt, scope=scope, at=at, window=window))
        return await self._database.read(partial(attempts.count_attempts, scope=scope, at=at, window=window))

    async def record_attempts(self, attempts: Sequence[Attempt]) -> None:
        def work(connection: Connection) -> None:
            audit.record(connection, attempts)
            self._events.tried(connection, attempts)

        await self._database.write(work)

    async def attempts(
        self, *, conversation_id: str | None = None, customer_id: str | None = None, limit: int = 100
    ) -> Sequence[Attempt]:
        return await self._database.read(
            partial(audit.listed, conversation_id=conversation_id, customer_id=customer_id, limit=limit)
        )

    async def put_fetch(self, inbound: Inbound, *, at: datetime) -> None:
        check_keys(inbound.message)
        await self._database.write(partial(fetches.put, inbound=inbound, now=at))

    async def take_fetches(self, *, now: datetime, limit: int = 10) -> Sequence[Fetch]:
        return await self._database.write(partial(fetches.take, now=now, limit=limit))

    async def fetched(self, fetch_id: int) -> None:
        await self._database.write(partial(fetches.done, fetch_id=fetch_id))

    async def fetch_failed(self, fetch_id: int, *, retry_at: datetime) -> None:
        await self._database.write(partial(fetches.put_back, fetch_id=fetch_id, retry_at=retry_at))

    async def remembered(self, channel: str, key: str) -> str | None:
        return await self._database.read(partial(fetches.remembered, channel=channel, key=key))

    async def remember(self, channel: str, key: str, value: str) -> None:
        await self._database.write(partial(fetches.remember, channel=channel, key=key, value=value))

    async def has_code(self, conversation_id: str, digest: str) -> bool:
        return await self._database.read(
            partial(codes.has_code, conversation_id=conversation_id, digest=digest)
        )

    async def put_code(self, code: Code, *, at: datetime) -> None:
        await self._database.write(partial(codes.put_code, code=code, now=at))

    async def try_code(self, conversation_id: str, digest: str, *, turn: int, at: datetime) -> str | None:
        return await self._database.write(
            partial(codes.try_code, conversation_id=conversation_id, digest=digest, turn=turn, now=at)
        )

    async def put_attachment(self, attachment: Attachment) -> None:
        await self._database.write(partial(attachments.put, attachment=attachment))

    async def attachment(self, attachment_id: str) -> Attachment | None:
        return await self._database.read(partial(attachments.get, attachment_id=attachment_id))

    async def take_orphans(self, *, before: datetime, limit: int = 100) -> Sequence[Attachment]:
        return await self._database.write(partial(attachments.take_orphans, before=before, limit=limit))

    async def latest_conversation(self, customer_id: str) -> str | None:
        return await self._database.read(partial(history.latest_of, customer_id=customer_id))

    async def open_handover(self, conversation_id: str) -> OpenHandover | None:
        return await self._database.read(partial(waiting.open_handover, conversation_id=conversation_id))

    async def queue(self, *, now: datetime) -> Queue:
        return await self._database.read(partial(waiting.queue, now=now))

    async def deserted(self, *, before: datetime) -> Sequence[str]:
        return await self._database.read(partial(waiting.deserted, before=before))

    async def depths(self) -> dict[str, int]:
        return await self._database.read(history.depths)

    async def check(self) -> None:
        await check(self._database)

    async def close(self) -> None:
        """Closes the database, too."""
        await self._database.close()
