"""a server of PostgreSQL.

Started for a test from Debian's package, in a folder of its own and on a socket alone, as a user
that is not root; stopped at the end.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

VERSIONS = Path("/usr/lib/postgresql")
USER = "flk"


def programs() -> Path | None:
    """The folder of the newest server on this machine, None where there is none."""
    found = sorted(
        (each for each in VERSIONS.glob("*/bin") if (each / "initdb").exists()),
        key=lambda each: int(each.parent.name.split(".")[0]),
    )
    return found[-1] if found else None


def _as_nobody() -> dict[str, int]:
    """The server refuses to run as root; the package brings a user for it."""
    if os.getuid() != 0:
        return {}
    entry = pwd.getpwnam("postgres")
    return {"user": entry.pw_uid, "group": entry.pw_gid}


@contextmanager
def server() -> Iterator[Server]:
    """A server with nothing in it."""
    folder = Path(tempfile.mkdtemp(prefix="flk-pg-"))
    found = Server(folder)
    try:
        found.start()
        yield found
    finally:
        found.stop()
        shutil.rmtree(folder, ignore_errors=True)


class Server:
    """A server in a folder, that listens on a socket in it."""

    def __init__(self, folder: Path) -> None:
        bin_ = programs()
        assert bin_ is not None
        self._bin, self._folder, self._databases = bin_, folder, 0
        who = _as_nobody()
        if who:
            os.chown(folder, who["user"], who["group"])
        self._run("initdb", "-D", f"{folder}/data", "-U", USER, "-A", "trust", "-E", "UTF8",
                  "--locale=C", "--no-sync")  # fmt: skip

    def _run(self, program: str, *arguments: str) -> None:
        ran = subprocess.run(
            [str(self._bin / program), *arguments], cwd=self._folder, capture_output=True,
            text=True, check=False, **_as_nobody(),
        )  # type: ignore[call-overload]  # fmt: skip
        assert ran.returncode == 0, f"{program}: {ran.stdout}{ran.stderr}"

    def start(self) -> None:
        """Starts it and waits until it answers."""
        options = f"-c listen_addresses='' -k {self._folder} -c shared_buffers=16MB"
        self._run("pg_ctl", "-D", f"{self._folder}/data", "-o", options, "-w", "-l",
                  f"{self._folder}/log", "start")  # fmt: skip

    def stop(self, *, mode: str = "immediate") -> None:
        """Stops it; an immediate stop is a crash, from which it recovers at the next start."""
        subprocess.run(
            [str(self._bin / "pg_ctl"), "-D", f"{self._folder}/data", "-m", mode, "-w", "stop"],
            cwd=self._folder, capture_output=True, check=False, **_as_nobody(),
        )  # type: ignore[call-overload]  # fmt: skip

    def database(self, name: str | None = None) -> str:
        """The address of a new database."""
        import psycopg

        self._databases += 1
        name = name or f"audit{self._databases}"
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.address(name)

    def address(self, database: str, user: str = USER) -> str:
        """The address of a database."""
        return f"postgresql://{user}@/{database}?host={quote(str(self._folder), safe='')}"
