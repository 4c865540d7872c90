"""A PostgreSQL server of one's own, from Debian's packages, under an unprivileged user."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

#: An empty database that nobody uses, for each server's address.
_spare: dict[str, str] = {}


def find_binaries() -> Path | None:
    """The folder with ``initdb`` and ``postgres``; None if the machine has none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if found:
        return found[-1].parent
    path = shutil.which("postgres")
    return Path(path).parent if path else None


class Server:
    """A running server; :meth:`new_database` gives an empty one's URL."""

    def __init__(self, binaries: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="mingbai-pg-"))
        self.port = _free_port()
        self._made = 0
        # PostgreSQL refuses to run as root, as it should.
        self._as: list[str] = []
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self._as = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}"]
            self._as.append("--clear-groups")
        data = self.folder / "data"
        self._run(
            [
                str(binaries / "initdb"), "-D", str(data), "-U", "mingbai",
                "-A", "trust", "-E", "UTF8", "--no-locale",
            ]
        )  # fmt: skip
        self._process = subprocess.Popen(
            [
                *self._as, str(binaries / "postgres"), "-D", str(data), "-p", str(self.port),
                "-c", "listen_addresses=127.0.0.1", "-k", str(self.folder),
                # These databases need not outlive the machine, only our own processes.
                "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "autovacuum=off",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
        )  # fmt: skip
        self._wait()

    def _run(self, command: list[str]) -> None:
        subprocess.run(
            [*self._as, *command],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
        )

    def _wait(self) -> None:
        import psycopg

        for _ in range(200):
            try:
                psycopg.connect(self._dsn("postgres")).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        self.stop()
        raise RuntimeError("PostgreSQL did not start")

    def _dsn(self, database: str) -> str:
        return f"host=127.0.0.1 port={self.port} user=mingbai dbname={database}"

    def new_database(self) -> str:
        self._made += 1
        name = f"test{self._made}"
        url = f"postgresql://mingbai@127.0.0.1:{self.port}/{name}"
        if spare := _spare.pop(url.rpartition("/")[0], ""):
            administer(url, f"ALTER DATABASE {spare} RENAME TO {name}")
        else:
            administer(url, f"CREATE DATABASE {name}")
        return url

    def stop(self) -> None:
        # At once, without a last checkpoint: nobody will read these databases again.
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(timeout=30)
        shutil.rmtree(self.folder, ignore_errors=True)


def name_of(url: str) -> str:
    """The name of the database of an address."""
    return url.rpartition("/")[2]


def set_aside(url: str) -> None:
    """This database is empty and its name is wanted: it becomes the next new one."""
    spare = f"{name_of(url)}_spare"
    administer(url, f"ALTER DATABASE {name_of(url)} RENAME TO {spare}")
    _spare[url.rpartition("/")[0]] = spare


def administer(url: str, *orders: str) -> None:
    """Orders to the server of a database, from outside of it: nobody may be connected to it."""
    for order in orders:
        _office(url.rpartition("/")[0]).execute(order)


@cache
def _office(server: str) -> Any:
    return connected(f"{server}/postgres")


def connected(url: str) -> Any:
    """A connection on which each order takes effect at once."""
    import psycopg

    return psycopg.connect(url, autocommit=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
