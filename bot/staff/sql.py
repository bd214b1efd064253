"""What the console keeps, over SQL: each method is one transaction, each transaction one function of a neighbour."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.staff import (
    sql_accounts,
    sql_agents,
    sql_audit,
    sql_channels,
    sql_handovers,
    sql_inbox,
    sql_notes,
    sql_seeing,
    sql_sessions,
    sql_texts,
)
from bot.staff.agents import Account, Agent, Role
from bot.staff.base import (
    CannedAnswer,
    Deed,
    HandoverRow,
    InboxQuery,
    InboxRow,
    Note,
    Page,
    Session,
    View,
)
from bot.staff.canned import own_answers
from bot.staff.traffic import Traffic
from bot.store import links, merging
from bot.store.base import StoredMessage
from bot.store.database import Database
from bot.store.linked import Placed

_SEEN_EVERY = timedelta(minutes=1)
"""How exactly a session's idling is known: every request would be a write otherwise."""


class SqlStaffStore:
    """Implements `StaffStore` on SQLite and PostgreSQL; the tables are made by `migrate.upgrade`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_agent(self, agent: Agent, password: str, *, at: datetime) -> None:
        await self._database.write(partial(sql_agents.add, agent=agent, password=password, at=at))

    async def agent(self, agent_id: str) -> Agent | None:
        return await self._database.read(partial(sql_agents.by_id, agent_id=agent_id))

    async def agent_by_login(self, login: str) -> tuple[Agent, str] | None:
        return await self._database.read(partial(sql_agents.by_login, login=login))

    async def agent_of(self, account: Account) -> Agent | None:
        return await self._database.read(partial(sql_accounts.agent, account=account))

    async def accounts(self) -> Mapping[str, Sequence[Account]]:
        return await self._database.read(sql_accounts.everybodys)

    async def link_account(self, account: Account, agent_id: str) -> None:
        await self._database.write(partial(sql_accounts.link, account=account, agent_id=agent_id))

    async def unlink_account(self, account: Account) -> bool:
        return await self._database.write(partial(sql_accounts.unlink, account=account))

    async def agents(self) -> Sequence[Agent]:
        return await self._database.read(sql_agents.everybody)

    async def change_agent(
        self,
        agent_id: str,
        *,
        at: datetime,
        name: str | None = None,
        role: Role | None = None,
        languages: tuple[str, ...] | None = None,
        skills: tuple[str, ...] | None = None,
        capacity: int | None = None,
        available: bool | None = None,
        disabled: bool | None = None,
        password: str | None = None,
        but: str | None = None,
    ) -> None:
        asked = {
            "name": name,
            "role": role,
            "languages": languages,
            "skills": skills,
            "capacity": capacity,
            "available": available,
            "password": password,
        }
        values = {column: value for column, value in asked.items() if value is not None}
        await self._database.write(
            partial(sql_agents.change, agent_id=agent_id, values=values, disabled=disabled, at=at, but=but)
        )

    async def seen(self, agent_id: str, *, at: datetime) -> None:
        await self._database.write(partial(sql_agents.seen, agent_id=agent_id, at=at))

    async def rehash(self, agent_id: str, *, old: str, new: str) -> None:
        await self._database.write(partial(sql_agents.rehash, agent_id=agent_id, old=old, new=new))

    async def open_session(
        self,
        digest: str,
        agent_id: str,
        password: str,
        *,
        at: datetime,
        expires_at: datetime,
        address: str,
        browser: str,
    ) -> bool:
        values = {
            "digest": digest,
            "created_at": at,
            "expires_at": expires_at,
            "address": address,
            "browser": browser,
        }
        return await self._database.write(
            partial(sql_sessions.open_one, agent_id=agent_id, password=password, values=values)
        )

    async def session(
        self, digest: str, *, at: datetime, idle_seconds: int, used: bool = True
    ) -> Session | None:
        idle = timedelta(seconds=idle_seconds)
        found = await self._database.read(partial(sql_sessions.one, digest=digest, at=at, idle=idle))
        if used and found is not None and at - found.seen_at >= min(_SEEN_EVERY, idle / 2):
            await self._database.write(partial(sql_sessions.touch, digest=digest, at=at))
        return found

    async def sessions(self, agent_id: str | None, *, at: datetime, idle_seconds: int) -> Sequence[Session]:
        idle = timedelta(seconds=idle_seconds)
        return await self._database.read(partial(sql_sessions.listed, agent_id=agent_id, at=at, idle=idle))

    async def end_session(self, digest: str) -> None:
        await self._database.write(partial(sql_sessions.end, digest=digest))

    async def end_sessions(self, agent_id: str, *, but: str | None = None) -> int:
        return await self._database.write(partial(sql_sessions.end_all, agent_id=agent_id, but=but))

    async def inbox(self, query: InboxQuery, *, now: datetime) -> Page:
        return await self._database.read(partial(sql_inbox.page, query=query, now=now))

    async def counts(self, seer: Agent, *, now: datetime) -> Mapping[View, int]:
        return await self._database.read(partial(sql_inbox.counts, seer=seer, now=now))

    async def row(self, conversation_id: str, seer: Agent) -> InboxRow | None:
        return await self._database.read(partial(sql_inbox.row, conversation_id=conversation_id, seer=seer))

    async def seers(
        self, conversation_id: str, agent_ids: Collection[str], *, now: datetime
    ) -> frozenset[str]:
        return await self._database.read(
            partial(sql_seeing.seers, conversation_id=conversation_id, agent_ids=agent_ids, now=now)
        )

    async def handovers(self, conversation_id: str) -> Sequence[HandoverRow]:
        return await self._database.read(
            partial(sql_handovers.of_conversation, conversation_id=conversation_id)
        )

    async def open_handovers(self) -> Sequence[InboxRow]:
        return await self._database.read(sql_inbox.open_ones)

    async def conversations_of(self, customer_id: str, seer: Agent, *, limit: int = 20) -> Sequence[InboxRow]:
        return await self._database.read(
            partial(sql_handovers.of_customer, customer_id=customer_id, seer=seer, limit=limit)
        )

    async def traffic(self, channels: Sequence[str], *, now: datetime) -> Sequence[Traffic]:
        return await self._database.read(partial(sql_channels.traffic, channels=channels, now=now))

    async def rate(self, handover_id: int, *, rating: int | None, comment: str, at: datetime) -> bool:
        return await self._database.write(
            partial(sql_handovers.rate, handover_id=handover_id, rating=rating, comment=comment, at=at)
        )

    async def add_note(
        self, conversation_id: str, agent_id: str, text: str, *, mentions: Sequence[str], at: datetime
    ) -> Note:
        return await self._database.write(
            partial(
                sql_notes.add_note,
                conversation_id=conversation_id,
                agent_id=agent_id,
                words=text,
                named=mentions,
                at=at,
            )
        )

    async def notes(self, conversation_id: str) -> Sequence[Note]:
        return await self._database.read(partial(sql_notes.of_conversation, conversation_id=conversation_id))

    async def read_mentions(self, conversation_id: str, agent_id: str, *, at: datetime) -> None:
        await self._database.write(
            partial(sql_notes.read_mentions, conversation_id=conversation_id, agent_id=agent_id, at=at)
        )

    async def set_tags(self, conversation_id: str, tags: Sequence[str]) -> None:
        await self._database.write(partial(sql_notes.set_tags, conversation_id=conversation_id, names=tags))

    async def all_tags(self) -> Sequence[str]:
        return await self._database.read(sql_notes.all_tags)

    async def placed(self, conversation_id: str) -> Sequence[Placed]:
        return await self._database.read(partial(links.placed, conversation_id=conversation_id))

    async def merge(self, conversation_id: str, into_id: str, agent_id: str, *, at: datetime) -> None:
        await self._database.write(
            partial(merging.merge, conversation_id=conversation_id, into_id=into_id, agent_id=agent_id, at=at)
        )

    async def merged(self, conversation_id: str) -> tuple[str | None, Sequence[str]]:
        return await self._database.read(partial(sql_notes.merged, conversation_id=conversation_id))

    async def canned_answers(self) -> Sequence[CannedAnswer]:
        own = await asyncio.to_thread(own_answers)
        return await self._database.read(partial(sql_texts.canned, own=own))

    async def put_canned_answer(self, answer: CannedAnswer, agent_id: str, *, at: datetime) -> None:
        await self._database.write(partial(sql_texts.put_canned, answer=answer, agent_id=agent_id, at=at))

    async def drop_canned_answer(self, shortcut: str, agent_id: str, *, at: datetime) -> None:
        own = await asyncio.to_thread(own_answers)
        await self._database.write(
            partial(sql_texts.drop_canned, shortcut=shortcut, own=own, agent_id=agent_id, at=at)
        )

    async def translations(self, conversation_id: str, language: str) -> Mapping[str, str]:
        return await self._database.read(
            partial(sql_texts.translated, conversation_id=conversation_id, language=language)
        )

    async def put_translation(self, message_id: str, language: str, text: str, *, at: datetime) -> None:
        await self._database.write(
            partial(sql_texts.put_translation, message_id=message_id, language=language, words=text, at=at)
        )

    async def record(self, deed: Deed) -> None:
        await self._database.write(partial(sql_audit.record, deed=deed))

    async def deeds(
        self,
        *,
        agent_id: str | None = None,
        conversation_id: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> Sequence[tuple[int, Deed]]:
        return await self._database.read(
            partial(
                sql_audit.deeds,
                agent_id=agent_id,
                conversation_id=conversation_id,
                before=before,
                limit=limit,
            )
        )

    async def lines(self, conversation_id: str) -> Sequence[StoredMessage]:
        return await self._database.read(partial(sql_handovers.lines, conversation_id=conversation_id))
