"""The steps from one version's tables to the next, taken with Alembic; a fifth of a second to import."""

from functools import lru_cache
from pathlib import Path

from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from sqlalchemy import Connection

from bot.errors import NotPrepared


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@lru_cache(1)
def scripts() -> ScriptDirectory:
    """The migrations, read from disk."""
    directory = ScriptDirectory.from_config(alembic_config())
    directory.get_current_head()  # reads them now rather than when they are first asked for
    return directory


def run(connection: Connection) -> None:
    """Take the steps that are missing, within the connection's transaction.

    Alembic's own command would read its environment from disk here, on the loop.

    Raises:
        NotPrepared: a newer version of Kefu has changed the tables already.
    """
    context = MigrationContext.configure(connection)
    try:
        steps = list(scripts().iterate_revisions("head", context.get_current_revision() or "base"))
    except ResolutionError as error:
        raise NotPrepared("A newer version of Kefu has used this database.", "pip install -U kefu") from error
    with Operations.context(context):
        for step in reversed(steps):
            assert step is not None
            step.module.upgrade()
            context.stamp(scripts(), step.revision)
