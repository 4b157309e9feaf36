"""The journal: SQLite that remembers what we did, durable before it answers.

Its truth cannot be computed again, so every write is one ``BEGIN IMMEDIATE`` transaction
with ``synchronous=FULL``. The minute worker and ``watch`` open this and never the warehouse.
"""

import json
import os
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from inventory_pipeline.errors import StoreBusyError, StoreDamagedError, StoreError
from inventory_pipeline.store.migrate import find_migrations

BUSY_MILLISECONDS = 60_000
# Ids are in no order: with less, a large hour reads every page of an index again and again.
CACHE_KIBIBYTES = 65_536


_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")


def write_instant(moment: datetime) -> str:
    """Return an instant as the journal keeps it: ISO 8601, UTC, microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def read_instant(text: str) -> datetime:
    """Return the instant that ``write_instant`` wrote."""
    return datetime.fromisoformat(text)


class Journal:
    """One open journal. Methods commit on their own unless inside ``transaction``.

    Attributes:
        crash_at: is called with the name of each step that a death may fall on.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.crash_at: Callable[[str], None] = lambda _point: None
        self._connection = connection
        self._depth = 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything inside together, or nothing of it. May be nested."""
        if self._depth:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
            return
        self._connection.execute("begin immediate")
        self._depth = 1
        try:
            yield
            self.crash_at("before_commit")
            self._connection.execute("commit")
        except BaseException:
            # A full disk has undone it already; what it said must not be drowned out.
            if self._connection.in_transaction:
                self._connection.execute("rollback")
            raise
        finally:
            self._depth = 0
        self.crash_at("after_commit")

    def query(self, sql: str, **params: Any) -> list[dict[str, Any]]:
        """Return rows as dictionaries; ``:name`` parameters."""
        cursor = self._connection.execute(sql, params)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def execute(self, sql: str, **params: Any) -> int:
        """Run one writing statement; return how many rows it touched."""
        with self.transaction():
            return self._connection.execute(sql, params).rowcount

    def insert(self, table: str, row: Mapping[str, Any], *, or_ignore: bool = False) -> int:
        """Write one row; return how many were written: none where it stands already."""
        verb = "insert or ignore" if or_ignore else "insert"
        with self.transaction():
            return self._connection.execute(_write_insert(verb, table, *row), dict(row)).rowcount

    def execute_many(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> int:
        """Run one writing statement for every row; return how many rows it touched."""
        with self.transaction():
            return self._connection.executemany(sql, rows).rowcount if rows else 0

    def start_run(
        self, kind: str, subject: str, *, now: datetime, details: dict[str, Any] | None = None
    ) -> int:
        """Record that a piece of work begins; return its run_id."""
        with self.transaction():
            cursor = self._connection.execute(
                "insert into runs (kind, subject, state, started_at, details) "
                "values (:kind, :subject, 'started', :at, :details)",
                {
                    "kind": kind,
                    "subject": subject,
                    "at": write_instant(now),
                    "details": json.dumps(details or {}, sort_keys=True),
                },
            )
            return int(cursor.lastrowid or 0)

    def finish_run(
        self, run_id: int, *, now: datetime, error: str = "", details: dict[str, Any] | None = None
    ) -> None:
        """Record how a piece of work ended; an error makes it failed."""
        self.execute(
            "update runs set state = :state, finished_at = :at, error = :error, details = :details "
            "where run_id = :run_id",
            state="failed" if error else "done",
            at=write_instant(now),
            error=error,
            details=json.dumps(details or {}, sort_keys=True),
            run_id=run_id,
        )

    def find_last_run(self, kind: str, subject: str) -> dict[str, Any] | None:
        """Return the newest attempt at this piece of work, if there was one."""
        rows = self.query(
            "select * from runs where kind = :kind and subject = :subject "
            "order by run_id desc limit 1",
            kind=kind,
            subject=subject,
        )
        return rows[0] if rows else None

    def take_lease(self, name: str, holder: str, *, now: datetime, life: timedelta) -> int | None:
        """Take or renew the lease ``name``; return its fence, or None if somebody holds it."""
        with self.transaction():
            rows = self.query("select * from leases where name = :name", name=name)
            if rows and rows[0]["holder"] != holder and not _is_over(rows[0], now):
                return None
            fence = (rows[0]["fence"] if rows else 0) + 1
            self._connection.execute(
                "insert into leases (name, holder, fence, expires_at) "
                "values (:name, :holder, :fence, :at) on conflict (name) do update "
                "set holder = excluded.holder, fence = excluded.fence, "
                "expires_at = excluded.expires_at",
                {
                    "name": name,
                    "holder": holder,
                    "fence": fence,
                    "at": write_instant(now + life),
                },
            )
            return fence

    def drop_lease(self, name: str, holder: str) -> None:
        """Give the lease back; somebody else's lease is left alone.

        The row stays: a fence only ever rises, so that who held it last year is known as late.
        """
        self.execute(
            "update leases set holder = '', expires_at = '' "
            "where name = :name and holder = :holder",
            name=name,
            holder=holder,
        )

    def holds_lease(self, name: str, holder: str, fence: int) -> bool:
        """Return whether nobody has taken the lease since this fence was given out."""
        rows = self.query(
            "select 1 from leases where name = :name and holder = :holder and fence = :fence",
            name=name,
            holder=holder,
            fence=fence,
        )
        return bool(rows)

    def append_event(self, kind: str, subject: str, details: Any, *, now: datetime) -> None:
        """Keep one thing a person should be able to trace later."""
        self.execute(
            "insert into events (at, kind, subject, details) "
            "values (:at, :kind, :subject, :details)",
            at=write_instant(now),
            kind=kind,
            subject=subject,
            details=json.dumps(details, sort_keys=True, default=str),
        )


@lru_cache(maxsize=256)
def _write_insert(verb: str, table: str, *columns: str) -> str:
    names = ", ".join(_check_name(name) for name in columns)
    values = ", ".join(f":{name}" for name in columns)
    return f"{verb} into {_check_name(table)} ({names}) values ({values})"


def _check_name(text: str) -> str:
    if not _IDENTIFIER.fullmatch(text):
        raise StoreError(f"{text!r} is no table or column name of ours")
    return text


def _is_over(lease: dict[str, Any], now: datetime) -> bool:
    if not lease["holder"] or read_instant(lease["expires_at"]) <= now:
        return True
    return _is_dead(lease["holder"])


def _is_dead(holder: str) -> bool:
    """A holder is ``host:pid:token``; on this host a gone process holds nothing."""
    host, _, rest = holder.partition(":")
    pid = rest.partition(":")[0]
    if host != os.uname().nodename or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


@contextmanager
def open_journal(path: Path, *, read_only: bool = False) -> Iterator[Journal]:
    """Open the journal, make or migrate its tables, close it after.

    Raises:
        StoreBusyError: another process held it for longer than the busy timeout.
        StoreDamagedError: the file is no journal or does not pass SQLite's own check.
    """
    if not read_only:
        path.parent.mkdir(parents=True, exist_ok=True)
    connection: sqlite3.Connection | None = None
    try:
        connection = _connect(path, read_only)
        if not read_only:
            _migrate(connection, path)
        yield Journal(connection)
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise StoreBusyError(
                f"{path} was held by another process for {BUSY_MILLISECONDS // 1000} s; run again"
            ) from error
        raise StoreDamagedError(f"{path} cannot be used: {error}") from error
    except sqlite3.DatabaseError as error:
        raise StoreDamagedError(
            f"{path} is damaged ({error}); restore it from a backup: it is the truth about "
            "what was done and cannot be computed again"
        ) from error
    finally:
        if connection is not None:
            connection.close()


def _connect(path: Path, read_only: bool) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    connection.execute(f"pragma busy_timeout = {BUSY_MILLISECONDS}")
    if not read_only:
        connection.execute(f"pragma cache_size = -{CACHE_KIBIBYTES}")
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
    return connection


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    migrations = find_migrations("journal")
    have = connection.execute("pragma user_version").fetchone()[0]
    if have > len(migrations):
        raise StoreError(
            f"{path} was written by a newer version (schema {have}, this one knows "
            f"{len(migrations)}); use that version"
        )
    for version, sql in enumerate(migrations[have:], start=have + 1):
        # executescript commits what is open, so the script carries its own transaction;
        # a second process that got here first makes ours fail on "already exists".
        try:
            connection.executescript(
                f"begin immediate;\n{sql}\npragma user_version = {version};\ncommit;"
            )
        except sqlite3.OperationalError:
            if connection.in_transaction:
                connection.execute("rollback")
            if connection.execute("pragma user_version").fetchone()[0] < version:
                raise
