"""`kefu serve` in a process of its own, to be killed."""

import asyncio
import ctypes
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Self

from tests.conftest import CACHE, ROOT

SETTINGS = {
    "KEFU_CACHE": str(CACHE),
    "KEFU_RATE_SESSION": "100000/minute",
    "KEFU_RATE_ADDRESS": "100000/minute",
    "KEFU_LOG_FORMAT": "json",
    "OMP_NUM_THREADS": "1",
}

_PR_SET_PDEATHSIG = 1


class KefuProcess:
    """One life of the server."""

    def __init__(self, process: Process, log: Path) -> None:
        self._process, self.log = process, log
        self.url = ""

    @classmethod
    async def spawn(cls, data: Path, **settings: str) -> Self:
        """Started, but not ready yet."""
        log = data.parent / "kefu.log"
        with log.open("ab") as errors:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot.launch", "serve", "--data", str(data), "--port", "0"),
                cwd=ROOT,
                env=os.environ | SETTINGS | settings,
                stdout=PIPE,
                stderr=errors,
                preexec_fn=_die_with_me,
            )
        return cls(process, log)

    async def ready(self) -> Self:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            if found := re.search(r"Kefu is ready: (\S+)", line.decode()):
                self.url = found[1]
                return self
        raise AssertionError(f"the server did not start:\n{self.log.read_text()[-3000:]}")

    async def kill(self) -> None:
        self._process.kill()
        await self._process.communicate()

    async def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """Politely; its exit code."""
        self._process.send_signal(sign)
        await self._process.communicate()
        assert self._process.returncode is not None
        return self._process.returncode


def _die_with_me() -> None:
    """A test that fails leaves no server behind."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
