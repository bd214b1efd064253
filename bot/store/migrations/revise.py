"""Write the migration that the tables in the code ask for: `python -m bot.store.migrations.revise NAME`.

It compares with a scratch database at the newest revision. Read what it wrote before you keep it.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from sqlalchemy import make_url
from sqlalchemy.pool import NullPool

from bot.store.engine import create_sqlite
from bot.store.migrate import VERSIONS
from bot.store.migrations.steps import alembic_config, run


def revise(name: str) -> None:
    number = len(list(VERSIONS.glob("r*.py"))) + 1
    config = alembic_config()
    config.set_main_option("file_template", "r%%(rev)s_%%(slug)s")
    with TemporaryDirectory() as folder:
        engine = create_sqlite(make_url(f"sqlite:///{Path(folder, 'scratch.db')}"), poolclass=NullPool)
        with engine.connect() as connection, connection.begin():
            if number > 1:
                run(connection)
            config.attributes["connection"] = connection
            command.revision(config, name, autogenerate=True, rev_id=f"{number:04}")


if __name__ == "__main__":
    revise(sys.argv[1])
