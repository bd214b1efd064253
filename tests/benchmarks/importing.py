"""How long `kefu shop import` takes for a foreign shop, with the command's own start and without."""

import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bot.commands.shop import import_shop
from bot.settings import read_settings
from tests.bot.shop import foreign


@dataclass(frozen=True, slots=True)
class Seconds:
    command: float
    bare: float


def measure() -> Seconds:
    with tempfile.TemporaryDirectory() as folder:
        shop = foreign.write_folder(Path(folder, "shop"))
        start = time.perf_counter()
        import_shop(read_settings(data=Path(folder, "bare")), shop)
        bare = time.perf_counter() - start
        command = [
            sys.executable,
            "-m",
            "bot.cli",
            "shop",
            "import",
            str(shop),
            "--data",
            f"{folder}/command",
        ]
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        return Seconds(time.perf_counter() - start, bare)


if __name__ == "__main__":
    print(measure())
