"""Journals in memory: the same tables and migrations as on disk, gone when nobody holds them."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from inventory_pipeline.store import journal as store
from inventory_pipeline.store.journal import Journal


class DiedError(BaseException):
    """A worker was killed at a named point; no part of it may catch that."""


class MortalJournal(Journal):
    """The journal as one worker sees it: once that is dead, nothing it still says is heard.

    Without it the ``finally`` of a dead worker would tidy up, as SIGKILL never does.
    """

    is_dead = False

    def transaction(self) -> AbstractContextManager[None]:
        self._check()
        return super().transaction()

    def query(self, sql: str, **params: Any) -> list[dict[str, Any]]:
        self._check()
        return super().query(sql, **params)

    def _check(self) -> None:
        if self.is_dead:
            raise DiedError("a dead worker says nothing")


@cache
def _make_template() -> bytes:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    store._migrate(connection, Path(":memory:"))
    return connection.serialize()


def connect_in_memory() -> sqlite3.Connection:
    """Return a connection to a fresh, empty journal of its own."""
    connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=512)
    connection.deserialize(_make_template())
    return connection


@contextmanager
def open_in_memory() -> Iterator[Journal]:
    """Yield a fresh, empty journal."""
    connection = connect_in_memory()
    try:
        yield Journal(connection)
    finally:
        connection.close()
