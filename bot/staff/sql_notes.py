"""What people add to conversations: notes that name colleagues, tags, and which one was merged into which."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from bot.errors import NotFound
from bot.staff.base import Note
from bot.store.merging import into
from bot.store.tables import agents, conversations, mentions, merges, notes, scrub, tags


def add_note(
    connection: Connection,
    conversation_id: str,
    agent_id: str,
    words: str,
    named: Sequence[str],
    at: datetime,
) -> Note:
    """Raises NotFound."""
    next_seq = connection.execute(
        select(conversations.c.next_seq).where(conversations.c.id == conversation_id)
    ).scalar()
    if next_seq is None:
        raise NotFound("There is no such conversation.")
    named = tuple(dict.fromkeys(named))
    known = connection.execute(select(agents.c.id).where(agents.c.id.in_((agent_id, *named)))).scalars()
    if {agent_id, *named} - set(known):
        raise NotFound("There is no such agent.")
    values = {
        "conversation_id": conversation_id,
        "agent_id": agent_id,
        "text": words,
        "after_seq": next_seq - 1,
        "at": at,
    }
    row = connection.execute(
        insert(notes).values(values).returning(notes.c.id, notes.c.text, notes.c.at)
    ).one()
    if named:
        connection.execute(insert(mentions), [{"note_id": row.id, "agent_id": one} for one in named])
    return Note(row.id, conversation_id, agent_id, row.text, next_seq - 1, row.at, named)


def of_conversation(connection: Connection, conversation_id: str) -> Sequence[Note]:
    """Oldest first."""
    mine = notes.c.conversation_id == conversation_id
    named: dict[int, list[str]] = {}
    for note_id, agent_id in connection.execute(
        select(mentions.c.note_id, mentions.c.agent_id)
        .join(notes, notes.c.id == mentions.c.note_id)
        .where(mine)
        .order_by(mentions.c.agent_id)
    ):
        named.setdefault(note_id, []).append(agent_id)
    return tuple(
        Note(
            row.id,
            conversation_id,
            row.agent_id,
            row.text,
            row.after_seq,
            row.at,
            tuple(named.get(row.id, ())),
        )
        for row in connection.execute(select(notes).where(mine).order_by(notes.c.id))
    )


def read_mentions(connection: Connection, conversation_id: str, agent_id: str, at: datetime) -> None:
    there = select(notes.c.id).where(notes.c.conversation_id == conversation_id)
    connection.execute(
        update(mentions)
        .where(mentions.c.agent_id == agent_id, mentions.c.read_at.is_(None), mentions.c.note_id.in_(there))
        .values(read_at=at)
    )


def set_tags(connection: Connection, conversation_id: str, names: Sequence[str]) -> None:
    """Raises NotFound."""
    # Locked, so that of two who set them at once one is the last.
    locked = select(conversations.c.id).where(conversations.c.id == conversation_id).with_for_update()
    if connection.execute(locked).first() is None:
        raise NotFound("There is no such conversation.")
    connection.execute(delete(tags).where(tags.c.conversation_id == conversation_id))
    wanted = dict.fromkeys(name for name in (scrub(one).strip() for one in names) if name)
    if wanted:
        connection.execute(
            insert(tags), [{"conversation_id": conversation_id, "name": name} for name in wanted]
        )


def all_tags(connection: Connection) -> Sequence[str]:
    """Most used first."""
    used = select(tags.c.name).group_by(tags.c.name).order_by(func.count().desc(), tags.c.name)
    return tuple(connection.execute(used).scalars())


def merged(connection: Connection, conversation_id: str) -> tuple[str | None, Sequence[str]]:
    children = select(merges.c.conversation_id).where(merges.c.into_id == conversation_id)
    joined = connection.execute(children.order_by(merges.c.at, merges.c.conversation_id)).scalars()
    return into(connection, conversation_id), tuple(joined)
