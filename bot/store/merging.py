"""Which conversation was merged into which, to be shown with it: by an agent, or by the shopper who joined one."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, text

from bot.errors import Conflict, NotFound
from bot.store.tables import conversations, merges


def merge(
    connection: Connection, conversation_id: str, into_id: str, agent_id: str | None, at: datetime
) -> None:
    """`agent_id` None: the shopper did it.

    Raises:
        NotFound: one of them is not there.
        Conflict: they would go in a circle, or it was merged into another one before.
    """
    if connection.dialect.name == "postgresql":
        # One merge at a time: two that close a circle together would each see none.
        connection.execute(text("LOCK TABLE merges IN SHARE ROW EXCLUSIVE MODE"))
    pair = {conversation_id, into_id}
    known = connection.execute(select(conversations.c.id).where(conversations.c.id.in_(pair))).scalars()
    if pair - set(known):
        raise NotFound("There is no such conversation.")
    step: str | None = into_id
    while step is not None:
        if step == conversation_id:
            raise Conflict("They would be merged in a circle.", code="circle")
        step = into(connection, step)
    before = into(connection, conversation_id)
    if before == into_id:
        return
    if before is not None:
        raise Conflict("It was merged into another conversation before.", code="merged")
    connection.execute(
        insert(merges),
        {"conversation_id": conversation_id, "into_id": into_id, "agent_id": agent_id, "at": at},
    )


def into(connection: Connection, conversation_id: str) -> str | None:
    """What it was merged into."""
    return connection.execute(
        select(merges.c.into_id).where(merges.c.conversation_id == conversation_id)
    ).scalar()
