import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pytest
from blockbuster import BlockBuster

from bot.cli import main
from tests.conftest import CACHE
from tests.contracts.postgres import HOW_TO_GET_IT, PostgresServer, make_folder, programs, remove_folder
from tests.hardening.cli import Ended

Type = Callable[..., Ended]
_LONGEST_SECONDS = 60


@pytest.fixture
def kefu_here(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], _loop_not_blocked: BlockBuster
) -> Iterator[Type]:
    """`kefu …` without a process of its own, which takes seconds to import everything."""
    _loop_not_blocked.deactivate()

    def run(*arguments: str | Path, **settings: str | Path) -> Ended:
        monkeypatch.setattr(sys, "argv", ["kefu", *map(str, arguments)])
        for name, value in ({"cache": CACHE} | settings).items():
            monkeypatch.setenv(f"KEFU_{name.upper()}", str(value))
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Ended(int(ended.value.code or 0), said.out, said.err)

    def too_long(_sign: int, _frame: FrameType | None) -> None:
        raise AssertionError("it did not end, though it should have been refused")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(_LONGEST_SECONDS)
    yield run
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    if programs() is None:
        pytest.skip(HOW_TO_GET_IT)
    folder = make_folder()
    try:
        server = PostgresServer(folder)
        yield server
        server.stop()
    finally:
        remove_folder(folder)
