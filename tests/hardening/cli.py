"""`python -m bot.cli …` as somebody types it."""

import os
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import CACHE, ROOT


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Everything, without the line breaks of a narrow terminal."""
        return " ".join((self.out + self.err).split())


def kefu(*arguments: str | Path, largest_file: int | None = None, **settings: str | Path) -> Ended:
    """Run to the end; `largest_file` in bytes is a disk that fills up."""

    def limit() -> None:
        if largest_file is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    env = {name: value for name, value in os.environ.items() if not name.startswith("KEFU_")}
    given = {f"KEFU_{name.upper()}": str(value) for name, value in settings.items()}
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", *map(str, arguments)],
        cwd=ROOT,
        env=env | {"KEFU_CACHE": str(CACHE), "OMP_NUM_THREADS": "1", "COLUMNS": "200"} | given,
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=limit,
    )
    return Ended(done.returncode, done.stdout, done.stderr)
