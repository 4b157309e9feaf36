"""PostgreSQL: a throw-away cluster of the real server, on the loopback, gone with the test.

The server refuses to run as root, so under root it runs as the user ``postgres`` (or nobody)
in a folder of its own directly below the temporary folder, which that user can reach.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

START_SECONDS = 30
_SETTINGS = {"listen_addresses": "127.0.0.1", "fsync": "off", "timezone": "Asia/Shanghai"}


@dataclass(frozen=True)
class Cluster:
    """A running cluster; its superuser is ``postgres``."""

    port: int
    password: str
    pid: int

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """Open a connection that commits every statement."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="postgres",
            password=self.password,
            dbname=database,
            autocommit=True,
        )


def find_programs() -> Path | None:
    """Return the folder of the newest server's programs; Debian keeps them off the PATH."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = shutil.which("initdb") if not folders else str(folders[-1])
    return Path(found).parent if found else None


@contextmanager
def running_postgres() -> Iterator[Cluster]:
    """Make a cluster, start it, and stop and delete it afterwards."""
    programs = find_programs()
    if programs is None:
        raise FileNotFoundError("no PostgreSQL server here; apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="inventory-postgres-"))
    password = secrets.token_urlsafe(12)
    try:
        (folder / "password").write_text(f"{password}\n")
        become = _give_away(folder)
        _initialise(programs, folder, become)
        with _serving(programs, folder, become) as (port, pid):
            cluster = Cluster(port, password, pid)
            _wait_until_ready(cluster)
            yield cluster
    finally:
        shutil.rmtree(folder)


def _give_away(folder: Path) -> list[str]:
    """Return the words before a command that run it as the owner of ``folder``."""
    if os.geteuid() != 0:
        return []
    known = {user.pw_name: user for user in pwd.getpwall()}
    user = known.get("postgres", known["nobody"])
    for path in (folder, *folder.iterdir()):
        os.chown(path, user.pw_uid, user.pw_gid)
    ids = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}"]
    return ["setpriv", *ids, "--clear-groups", "--"]


def _initialise(programs: Path, folder: Path, become: list[str]) -> None:
    words = [programs / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "scram-sha-256"]
    options = ["--pwfile", folder / "password", "--encoding=UTF8", "--no-locale", "--no-sync"]
    subprocess.run([*become, *words, *options], cwd=folder, check=True, capture_output=True)


@contextmanager
def _serving(programs: Path, folder: Path, become: list[str]) -> Iterator[tuple[int, int]]:
    port = _find_port()
    settings = {**_SETTINGS, "port": str(port), "unix_socket_directories": str(folder)}
    options = [word for item in settings.items() for word in ("-c", "=".join(item))]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*become, programs / "postgres", "-D", folder / "data", *options],
            cwd=folder,
            stdout=log,
            stderr=log,
        )
        try:
            yield port, server.pid
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(START_SECONDS)


def _find_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(cluster: Cluster) -> None:
    for _ in range(START_SECONDS * 20):
        try:
            cluster.connect().close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"PostgreSQL did not answer within {START_SECONDS} s")
