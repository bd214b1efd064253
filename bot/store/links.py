"""Links on disk: offered once, claimed by one, looked up by both sides; turns carry them on (`bot/store/joining.py`)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, and_, case, delete, exists, insert, or_, select, update

from bot.conversation import State
from bot.store import joining
from bot.store.database import Database
from bot.store.linked import Address, Link, Placed, Side
from bot.store.rows import AnyRow
from bot.store.tables import OPEN, conversations, handovers, links

LIFE = timedelta(minutes=10)
"""How long a code or a signed link is good, and then how long both sides have to agree."""


class Links:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def offer(self, link: Link, digest: str | None, *, now: datetime) -> None:
        """The conversation's link, by code with `digest`; one offered before that nobody came with is void."""
        await self._database.write(partial(_offer, link=link, digest=digest, now=now))

    async def claim(
        self, digest: str, by: Address, *, customer_id: str | None, conversation_id: str, now: datetime
    ) -> Link | None:
        """The first to come with the code has it, and comes again with the same result.

        None, whatever the reason: no such code, too late, somebody else's, or it is of this very conversation.
        """
        work = partial(_claim, which=links.c.digest == digest, by=by, customer_id=customer_id)
        return await self._database.write(partial(work, not_from=conversation_id, now=now))

    async def take(
        self, link_id: str, by: Address, *, customer_id: str | None, conversation_id: str, now: datetime
    ) -> Link | None:
        """As `claim`, by a signed link, and agreed to in one step; None as there."""

        def work(connection: Connection) -> Link | None:
            which = and_(links.c.id == link_id, links.c.digest.is_(None))
            link = _claim(connection, which, by, customer_id, not_from=conversation_id, now=now)
            if link is not None:
                joining.agree(connection, link.id, now)
            return link

        return await self._database.write(work)

    async def link(self, link_id: str) -> Link | None:
        statement = select(links).where(links.c.id == link_id)
        row = await self._database.read(lambda connection: connection.execute(statement).first())
        return None if row is None else _link(row)

    async def agreed(self, conversation_id: str, *, now: datetime) -> Link | None:
        """The one about which who asked for it is to be asked."""
        statement = (
            select(links)
            .where(links.c.from_id == conversation_id, links.c.state == "agreed", links.c.expires_at > now)
            .order_by(links.c.expires_at.desc())
            .limit(1)
        )
        row = await self._database.read(lambda connection: connection.execute(statement).first())
        return None if row is None else _link(row)

    async def side(self, address: Address) -> Side:
        return await self._database.read(partial(_side, address=address))

    async def customers(self, conversation_id: str) -> frozenset[str]:
        """Whom the conversation is known to be of."""
        return await self._database.read(partial(joining.customers, conversation_id=conversation_id))

    async def addresses(self, conversation_id: str) -> Sequence[Placed]:
        """Where it began, if the person is still there, and where it was joined from, oldest first."""
        return await self._database.read(partial(placed, conversation_id=conversation_id))


def _offer(connection: Connection, link: Link, digest: str | None, now: datetime) -> None:
    void = and_(links.c.from_id == link.from_id, links.c.state == "offered")
    connection.execute(delete(links).where(or_(void, links.c.expires_at <= now)))
    row = {
        "id": link.id,
        "digest": digest,
        "state": "offered",
        "language": link.language,
        "expires_at": link.expires_at,
        "from_id": link.from_id,
        "from_channel": link.from_channel,
        "customer_id": link.customer_id,
    }
    connection.execute(insert(links), row)


def _claim(
    connection: Connection, which: object, by: Address, customer_id: str | None, not_from: str, now: datetime
) -> Link | None:
    channel, sender = by
    theirs = and_(links.c.state == "claimed", links.c.to_channel == channel, links.c.to_sender == sender)
    row = connection.execute(
        update(links)
        .where(
            which,  # type: ignore[arg-type]
            links.c.from_id != not_from,
            links.c.expires_at > now,
            or_(links.c.state == "offered", theirs),
        )
        .values(
            state="claimed",
            to_channel=channel,
            to_sender=sender,
            to_customer_id=customer_id,
            expires_at=case((links.c.state == "offered", now + LIFE), else_=links.c.expires_at),
        )
        .returning(links)
    ).first()
    return None if row is None else _link(row)


def _link(row: AnyRow) -> Link:
    return Link(
        id=row.id,
        state=row.state,
        language=row.language,
        expires_at=row.expires_at,
        from_id=row.from_id,
        from_channel=row.from_channel,
        customer_id=row.customer_id,
        to=None if row.to_channel is None else (row.to_channel, row.to_sender),
        to_customer_id=row.to_customer_id,
    )


def _side(connection: Connection, address: Address) -> Side:
    channel, sender = address
    at_home = (conversations.c.channel == channel, conversations.c.sender == sender)
    home = connection.execute(select(conversations).where(*at_home)).first()
    if home is None:
        return Side(address, None, 0, State(), frozenset(), is_alone=False, is_waiting=False)
    here = home.joined_id or home.id
    now_in = connection.execute(select(conversations).where(conversations.c.id == here)).one()
    others = select(exists().where(conversations.c.joined_id == home.id))
    open_ = select(exists().where(handovers.c.conversation_id == here, OPEN))
    return Side(
        address=address,
        conversation_id=here,
        version=now_in.version,
        state=State.from_json(now_in.state),
        customers=joining.customers(connection, here),
        is_alone=here == home.id and not connection.execute(others).scalar_one(),
        is_waiting=bool(connection.execute(open_).scalar_one()),
    )


def placed(connection: Connection, conversation_id: str) -> Sequence[Placed]:
    """Where it began, if the person is still there, and where it was joined from, oldest first."""
    began = and_(conversations.c.id == conversation_id, conversations.c.joined_id.is_(None))
    rows = connection.execute(
        select(conversations.c.channel, conversations.c.sender, conversations.c.joined_at)
        .where(or_(began, conversations.c.joined_id == conversation_id))
        .order_by(conversations.c.joined_at.is_not(None), conversations.c.joined_at, conversations.c.id)
    )
    return tuple(Placed((row.channel, row.sender), row.joined_at) for row in rows)
