"""The inbox reads by indexes, however much there is: SQLite says how it would."""

import re
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event

from bot.staff import sql_handovers, sql_inbox
from bot.staff.base import VIEWS, InboxQuery
from bot.store.engine import create_sqlite, parse_url
from tests.contracts.build import NOON
from tests.contracts.staff import agent

# Newest first ends where the page is full.
_FINE = re.compile(r"SCAN conversations USING INDEX ix_conversations_updated_at")


def test_pages_rows_and_histories_are_read_by_indexes(migrated_sqlite: Path) -> None:
    engine = create_sqlite(parse_url(f"sqlite:///{migrated_sqlite}"))
    ran: list[tuple[str, Any]] = []

    @event.listens_for(engine, "before_cursor_execute")
    def keep(_connection: Connection, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            ran.append((statement, given))

    with engine.begin() as connection:
        for who in (agent("lin"), agent("lead", role="lead")):
            for view in VIEWS:
                sql_inbox.page(connection, InboxQuery(who, view), NOON)
            sql_inbox.row(connection, "c1", who)
            sql_inbox.rows(connection, ["c1"])
        sql_inbox.open_ones(connection)
        sql_handovers.lines(connection, "c1")
        sql_handovers.of_conversation(connection, "c1")
        steps = [
            step[3]
            for statement, given in list(ran)
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
        ]
    engine.dispose()
    assert len(ran) > 2 * len(VIEWS)
    assert [step for step in steps if step.startswith("SCAN") and not _FINE.match(step)] == []
    # The last line of a conversation is looked up by its place, not looked for.
    newest = [step for step in steps if "newest" in step]
    assert newest
    assert all("(conversation_id=? AND seq=?)" in step for step in newest)
