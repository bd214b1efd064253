"""From a URL to a database, shared by the store and the embedded shop."""

from bot.store.database import Database
from bot.store.engine import parse_url
from bot.store.pool import PooledDatabase
from bot.store.threads import ThreadedDatabase


def open_database(url: str) -> Database:
    """Connects with the first transaction; close it when nobody uses it any more.

    Raises:
        SettingsError: the URL is not one of SQLite's or PostgreSQL's.
    """
    parsed = parse_url(url)
    return ThreadedDatabase(parsed) if parsed.get_backend_name() == "sqlite" else PooledDatabase(parsed)
