"""SQL engines: reach a database for reading only, for a bounded time."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import sqlalchemy
from sqlalchemy import URL, Connection, Engine, exc
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from inventory_pipeline.errors import ConfigError, SourceUnavailableError

CONNECT_SECONDS = 20
# psycopg 3 is the driver this project installs and tests.
_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


def parse_url(text: str) -> URL:
    """Read a database URL.

    Raises:
        ValueError: it is none.
    """
    try:
        return make_url(text)
    except (exc.ArgumentError, ValueError):
        raise ValueError("url is no database URL, such as postgresql://user@host/base") from None


def build_engine(url: URL, *, root: str, mode: Literal["ro", "rw"] = "ro") -> Engine:
    """Return an engine without a pool; it connects when it is used.

    Args:
        mode: how SQLite opens its file; of other databases the user's rights decide.

    Raises:
        ConfigError: the kind of database or its driver is not installed.
    """
    url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
    name = url.get_backend_name()
    arguments: dict[str, Any] = {}
    if name == "sqlite":
        url = _locate_sqlite(url, root, mode)
    if url.drivername == "postgresql+psycopg":
        arguments["connect_timeout"] = CONNECT_SECONDS
        arguments["fallback_application_name"] = "inventory-pipeline"
    try:
        return sqlalchemy.create_engine(
            url, poolclass=NullPool, hide_parameters=True, connect_args=arguments
        )
    except exc.NoSuchModuleError:
        raise ConfigError(f"no kind of database is called {url.drivername!r}") from None
    except ModuleNotFoundError as error:
        cure = "inventory-pipeline[postgres]" if name == "postgresql" else str(error.name)
        raise ConfigError(
            f"the driver of {name} is not installed (no module {error.name}); install {cure}"
        ) from None


def _locate_sqlite(url: URL, root: str, mode: str) -> URL:
    """Open the file as ``mode`` says, never create it; a relative path starts at ``root``."""
    if not url.database or url.database == ":memory:":
        raise ConfigError("a sqlite url names a file, as sqlite:///exports/erp.db")
    path = Path(root, url.database).absolute()
    if not path.is_file():
        raise SourceUnavailableError(f"there is no file {path}")
    return url.set(database=f"file:{quote(str(path))}", query={"mode": mode, "uri": "true"})


def forbid_writing(connection: Connection, *, timeout: timedelta) -> None:
    """Make the database itself refuse to write, and give up on long statements, where it can.

    PostgreSQL and SQLite are held here. Any other database is held by the check of the
    query alone, so its user should have no right but to read.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("set transaction isolation level repeatable read, read only")
        milliseconds = int(timeout.total_seconds() * 1000)
        connection.exec_driver_sql(f"set local statement_timeout = {milliseconds}")
        connection.exec_driver_sql("set local timezone = 'UTC'")
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("pragma query_only = on")


class Deadline:
    """A moment after which a connection is cut, whatever the database does."""

    def __init__(self, limit: timedelta) -> None:
        self._limit = limit
        self._cut = threading.Event()

    @property
    def has_passed(self) -> bool:
        """Return whether the connection was cut."""
        return self._cut.is_set()

    def check(self) -> None:
        """Raise SourceUnavailableError if the moment has passed and nothing noticed."""
        if self.has_passed:
            raise SourceUnavailableError("the connection was cut")

    @contextmanager
    def watching(self, connection: Connection) -> Iterator[None]:
        """Cut the connection if the block takes longer than the limit."""
        timer = threading.Timer(self._limit.total_seconds(), self._fire, (connection,))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()

    def _fire(self, connection: Connection) -> None:
        self._cut.set()
        driver: Any = connection.connection.driver_connection
        with suppress(OSError, exc.SQLAlchemyError):
            if hasattr(driver, "interrupt"):
                driver.interrupt()
            elif hasattr(driver, "fileno"):
                _shut(driver.fileno())


def _shut(handle: int) -> None:
    """Shut a socket that somebody else owns, so that whoever waits on it wakes up."""
    with socket.socket(fileno=os.dup(handle)) as line:
        line.shutdown(socket.SHUT_RDWR)
