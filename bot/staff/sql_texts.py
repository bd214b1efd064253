"""Texts that are kept ready: canned answers, Kefu's own until somebody changes them, and translations of lines."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select

from bot.conflicts import insert_or_update
from bot.errors import InvalidInput
from bot.staff.base import CannedAnswer
from bot.store.tables import canned_answers, messages, translations


def canned(connection: Connection, own: Sequence[CannedAnswer]) -> Sequence[CannedAnswer]:
    """By shortcut. A row without words stands for one of Kefu's `own` that was dropped."""
    rows = connection.execute(select(canned_answers.c.shortcut, canned_answers.c.zh, canned_answers.c.en))
    kept = {answer.shortcut: answer for answer in own} | {row.shortcut: CannedAnswer(*row) for row in rows}
    return tuple(kept[shortcut] for shortcut in sorted(kept) if kept[shortcut].zh or kept[shortcut].en)


def put_canned(connection: Connection, answer: CannedAnswer, agent_id: str, at: datetime) -> None:
    """Raises InvalidInput."""
    if not answer.shortcut.strip() or not (answer.zh.strip() or answer.en.strip()):
        raise InvalidInput("A canned answer needs a shortcut and words.", code="empty_answer")
    words = {"zh": answer.zh.strip(), "en": answer.en.strip(), "updated_at": at, "updated_by": agent_id}
    insert_or_update(connection, canned_answers, {"shortcut": answer.shortcut.strip()}, words)


def drop_canned(
    connection: Connection, shortcut: str, own: Sequence[CannedAnswer], agent_id: str, at: datetime
) -> None:
    if shortcut in {answer.shortcut for answer in own}:
        words = {"zh": "", "en": "", "updated_at": at, "updated_by": agent_id}
        insert_or_update(connection, canned_answers, {"shortcut": shortcut}, words)
    else:
        connection.execute(delete(canned_answers).where(canned_answers.c.shortcut == shortcut))


def translated(connection: Connection, conversation_id: str, language: str) -> Mapping[str, str]:
    rows = connection.execute(
        select(translations.c.message_id, translations.c.text)
        .join(messages, messages.c.id == translations.c.message_id)
        .where(messages.c.conversation_id == conversation_id, translations.c.language == language)
    )
    return {row.message_id: row.text for row in rows}


def put_translation(connection: Connection, message_id: str, language: str, words: str, at: datetime) -> None:
    key = {"message_id": message_id, "language": language}
    insert_or_update(connection, translations, key, {"text": words, "at": at})
