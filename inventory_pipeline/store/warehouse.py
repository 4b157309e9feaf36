"""The warehouse: DuckDB behind four verbs. Everything in it can be built again from landing."""

import logging
import random
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import duckdb
import numpy as np
import polars as pl

from inventory_pipeline.errors import StoreBusyError, StoreDamagedError, StoreError
from inventory_pipeline.store.arrow import ArrowStream
from inventory_pipeline.store.migrate import find_migrations

logger = logging.getLogger(__name__)

_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?")


class Warehouse(Protocol):
    """What rooms may do with the warehouse; another engine may stand behind it."""

    def query(self, sql: str, **params: Any) -> pl.DataFrame:
        """Return the rows of one statement."""

    def arrays(self, sql: str, **params: Any) -> dict[str, np.ndarray[Any, Any]]:
        """Return the columns of one statement as arrays; no column may hold a null."""

    def replace_partition(
        self, table: str, frame: pl.DataFrame, *, where: Mapping[str, Any]
    ) -> int:
        """Put ``frame`` in place of every row that matches ``where``; return its height."""

    def append(self, table: str, frame: pl.DataFrame) -> int:
        """Add rows."""


class DuckWarehouse:
    """A ``Warehouse`` in one DuckDB file. One process at a time; keep it open briefly."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def query(self, sql: str, **params: Any) -> pl.DataFrame:
        relation = self._connection.sql(sql, params=_used(sql, params))
        if relation is None:
            raise StoreError("the statement returned no rows: query() takes a select")
        return pl.DataFrame(ArrowStream(relation))

    def arrays(self, sql: str, **params: Any) -> dict[str, np.ndarray[Any, Any]]:
        # By way of Arrow: five times faster than the driver's own arrays.
        return {column.name: column.to_numpy() for column in self.query(sql, **params)}

    def execute(self, sql: str, **params: Any) -> None:
        self._connection.execute(sql, _used(sql, params))

    def replace_partition(
        self, table: str, frame: pl.DataFrame, *, where: Mapping[str, Any]
    ) -> int:
        clauses = " and ".join(
            f"{_name(column)} is not distinct from ${column}" for column in where
        )
        if self._holds(table, frame, clauses, where):
            return frame.height
        delete = f"delete from {_name(table)} where {clauses}"  # noqa: S608 names are checked
        self._connection.execute(delete, dict(where))
        return self.append(table, frame)

    def _holds(
        self, table: str, frame: pl.DataFrame, clauses: str, where: Mapping[str, Any]
    ) -> bool:
        """Return whether the rows are there already, in this order.

        What is written again needs its room twice until the old rows are gone: an hour that
        comes out the same five times would make a small file a third larger.
        """
        columns = ", ".join(_name(column) for column in frame.columns) or "1 as nothing"
        select = f"select {columns} from {_name(table)} where {clauses}"  # noqa: S608 as above
        stored = self.query(select, **where)
        if stored.height != frame.height:
            return False
        try:
            return frame.is_empty() or frame.cast(stored.schema).equals(stored)
        except pl.exceptions.InvalidOperationError:
            return False  # a value that does not fit: the insert says so

    def replace_all(self, table: str, frame: pl.DataFrame) -> int:
        """Put ``frame`` in place of everything in ``table``."""
        self._connection.execute(f"delete from {_name(table)}")  # noqa: S608 names are checked
        return self.append(table, frame)

    def append(self, table: str, frame: pl.DataFrame) -> int:
        if frame.is_empty():
            return 0
        self._connection.register("incoming_frame", ArrowStream(frame))
        try:
            columns = ", ".join(_name(column) for column in frame.columns)
            self._connection.execute(
                f"insert into {_name(table)} ({columns}) "  # noqa: S608 names are checked
                f"select {columns} from incoming_frame"
            )
        finally:
            self._connection.unregister("incoming_frame")
        return frame.height

    def query_with(self, frame: pl.DataFrame, sql: str, **params: Any) -> pl.DataFrame:
        """Return the rows of a statement that may read ``frame`` as given_rows."""
        with self._giving(frame):
            return self.query(sql, **params)

    def execute_with(self, frame: pl.DataFrame, sql: str, **params: Any) -> None:
        """Run a statement that may read ``frame`` as given_rows."""
        with self._giving(frame):
            self.execute(sql, **params)

    @contextmanager
    def _giving(self, frame: pl.DataFrame) -> Iterator[None]:
        self._connection.register("given_rows", ArrowStream(frame))
        try:
            yield
        finally:
            self._connection.unregister("given_rows")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything inside together, or nothing of it."""
        self._connection.begin()
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        self._connection.commit()


def _name(text: str) -> str:
    if not _IDENTIFIER.fullmatch(text):
        raise StoreError(f"{text!r} is no table or column name of ours")
    return text


def _used(sql: str, params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if f"${name}" in sql}


@contextmanager
def open_warehouse(path: Path, *, wait: timedelta) -> Iterator[DuckWarehouse]:
    """Open the warehouse for this process alone, make or migrate its tables, close it after.

    Raises:
        StoreBusyError: another process held it for longer than ``wait``.
        StoreDamagedError: the file cannot be opened; the text says how to rebuild it.
    """
    connection = _connect(path, wait)
    try:
        warehouse = DuckWarehouse(connection)
        _prepare(connection, path)
        yield warehouse
    finally:
        connection.close()


def set_damaged_aside(path: Path, *, wait: timedelta) -> Path | None:
    """Rename a warehouse that cannot be opened, so that a new one can be built.

    Returns:
        Where the damaged file lies now, or None if there was nothing to do.
    """
    try:
        with open_warehouse(path, wait=wait):
            return None
    except StoreDamagedError:
        aside = path.with_name(f"{path.stem}.damaged-{time.time_ns()}{path.suffix}")
        path.rename(aside)
        wal = path.with_name(f"{path.name}.wal")
        if wal.exists():
            wal.rename(aside.with_name(f"{aside.name}.wal"))
        logger.warning("warehouse was damaged and set aside path=%s", aside.name)
        return aside


def _connect(path: Path, wait: timedelta) -> duckdb.DuckDBPyConnection:
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline, pause, told = time.monotonic() + wait.total_seconds(), 0.05, False
    while True:
        try:
            return duckdb.connect(str(path))
        except duckdb.Error as error:
            if "lock" not in str(error).lower():
                raise StoreDamagedError(
                    f"{path} cannot be opened ({_first_line(error)}); move it away and run "
                    "'inventory-pipeline backfill' to build it again from landing"
                ) from None
            if time.monotonic() > deadline:
                raise StoreBusyError(
                    f"{path} was held by another process for {wait.total_seconds():.0f} s "
                    f"({_first_line(error)}); close it and run again: nothing is lost"
                ) from None
        if not told:
            logger.info("waiting for warehouse lock path=%s", path.name)
            told = True
        time.sleep(pause + random.random() * pause)  # noqa: S311 jitter, no secret
        pause = min(pause * 2, 1.0)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _prepare(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    for statement in (
        "set timezone='UTC'",
        "set enable_progress_bar=false",
        "set preserve_insertion_order=true",
        f"set allowed_directories=['{str(path.parent).replace(chr(39), chr(39) * 2)}']",
        "set python_enable_replacements=false",
        "set autoinstall_known_extensions=false",
        "set autoload_known_extensions=false",
        "set enable_external_access=false",
    ):
        connection.execute(statement)
    _migrate(connection, path)
    connection.execute("set lock_configuration=true")


def _migrate(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    connection.execute(
        "create table if not exists schema_versions (version integer, applied_at timestamptz)"
    )
    row = connection.execute("select coalesce(max(version), 0) from schema_versions").fetchone()
    have = int(row[0]) if row else 0
    migrations = find_migrations("warehouse")
    if have > len(migrations):
        raise StoreError(
            f"{path} was written by a newer version (schema {have}, this one knows "
            f"{len(migrations)}); use that version, or move the file away and run backfill"
        )
    for version, sql in enumerate(migrations[have:], start=have + 1):
        connection.begin()
        connection.execute(sql)
        connection.execute("insert into schema_versions values ($v, now())", {"v": version})
        connection.commit()
