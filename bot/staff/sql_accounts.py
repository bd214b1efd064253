"""Who of the agents somebody is on a channel of the shop's own people: as an admin said, never by guess."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select

from bot.staff import sql_agents
from bot.staff.agents import Account, Agent
from bot.store.tables import agent_accounts, agents


def agent(connection: Connection, account: Account) -> Agent | None:
    """None: nobody was linked with it, or who was may no longer sign in."""
    row = connection.execute(
        select(agents)
        .join(agent_accounts, agent_accounts.c.agent_id == agents.c.id)
        .where(_is(account), agents.c.disabled_at.is_(None))
    ).first()
    return None if row is None else sql_agents.of(row)


def everybodys(connection: Connection) -> Mapping[str, Sequence[Account]]:
    """By agent's id."""
    rows = connection.execute(
        select(agent_accounts).order_by(agent_accounts.c.channel, agent_accounts.c.user_id)
    )
    found: dict[str, list[Account]] = {}
    for row in rows:
        found.setdefault(row.agent_id, []).append((row.channel, row.user_id))
    return found


def link(connection: Connection, account: Account, agent_id: str) -> None:
    """In place of whoever it was before."""
    unlink(connection, account)
    channel, user = account
    connection.execute(insert(agent_accounts).values(channel=channel, user_id=user, agent_id=agent_id))


def unlink(connection: Connection, account: Account) -> bool:
    """Whether it was anybody's."""
    return connection.execute(delete(agent_accounts).where(_is(account))).rowcount == 1


def _is(account: Account) -> ColumnElement[bool]:
    channel, user = account
    return and_(agent_accounts.c.channel == channel, agent_accounts.c.user_id == user)
