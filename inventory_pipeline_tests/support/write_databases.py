"""Databases to write to, and a line to one that breaks at the commit."""

import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from inventory_pipeline.connectors.sql import SqlConnector, SqlOptions
from inventory_pipeline.model.delivery import Writer
from inventory_pipeline_tests.support.postgres import Cluster
from inventory_pipeline_tests.support.write_targets import Target


class BreakableLine:
    """Forwards to a port; ``after`` and ``before`` break the line round the next commit."""

    def __init__(self, target: int) -> None:
        self._target, self._fault = target, ""
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        self._ends: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def break_next(self, fault: str) -> None:
        """Break the line at the next commit."""
        self._fault = fault

    def close(self) -> None:
        """Close every end."""
        for end in (self._door, *self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._door.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                self._ends += [near, far]
                is_cut = threading.Event()
                for work in (self._ask, self._answer):
                    threading.Thread(target=work, args=(near, far, is_cut), daemon=True).start()

    def _ask(self, near: socket.socket, far: socket.socket, is_cut: threading.Event) -> None:
        with suppress(OSError):
            while part := near.recv(65_536):
                if self._fault and b"COMMIT" in part:
                    is_cut.set()
                    if self._fault == "before":
                        self._fault = ""
                        near.shutdown(socket.SHUT_RDWR)
                        break
                far.sendall(part)
            far.shutdown(socket.SHUT_RDWR)

    def _answer(self, near: socket.socket, far: socket.socket, is_cut: threading.Event) -> None:
        with suppress(OSError):
            while part := far.recv(65_536):
                if is_cut.is_set():
                    self._fault = ""
                    break
                near.sendall(part)
            near.shutdown(socket.SHUT_RDWR)


@contextmanager
def running_line(target: int) -> Iterator[BreakableLine]:
    """Yield a line to a port of this machine."""
    line = BreakableLine(target)
    try:
        yield line
    finally:
        line.close()


SQL_WRITE = {
    "set": "update stock set qty = :quantity where sku = :item_id and qty = :before",
    "add": "update stock set qty = qty + :quantity where sku = :item_id",
    "read": "select qty from stock where sku = :item_id",
    "remember": "insert into receipts_seen (request) values (:key)",
}
SQL_FEEDS = {"counts": {"query": "select sku as item_id from stock"}}
TABLES = (
    "create table stock (sku text primary key, qty bigint check (qty < 1000000))",
    "create table receipts_seen (request text primary key)",
)


def build_sql_writer(root: Path, **options: Any) -> Writer:
    """Return a ``sql`` writer."""
    checked = SqlOptions.model_validate({"feeds": SQL_FEEDS, **options})
    writer = SqlConnector(system="erp", options=checked, root=str(root)).build_writer()
    assert writer is not None
    return writer


@contextmanager
def serving_sqlite(root: Path, numbers: dict[str, int], **write: Any) -> Iterator[Target]:
    """Yield a SQLite receiver."""
    base = sqlite3.connect(root / "erp.db", isolation_level=None)
    for table in TABLES:
        base.execute(table)
    base.executemany("insert into stock values (?, ?)", numbers.items())

    def show(item: str) -> int | None:
        found = base.execute("select qty from stock where sku = ?", [item]).fetchone()
        return found and found[0]

    def put(item: str, number: int) -> None:
        base.execute("update stock set qty = ? where sku = ?", [number, item])

    def build() -> Writer:
        return build_sql_writer(root, url="sqlite:///erp.db", write={**SQL_WRITE, **write})

    yield Target(build, show, put)
    base.close()


@contextmanager
def serving_postgres(
    root: Path, cluster: Cluster, numbers: dict[str, int], **write: Any
) -> Iterator[Target]:
    """Yield a PostgreSQL receiver whose writer has a user and a line of its own."""
    with cluster.connect() as base, running_line(cluster.port) as wire:
        base.execute("drop table if exists stock, receipts_seen")
        base.execute("drop role if exists clerk")
        for table in TABLES:
            base.execute(table)
        base.cursor().executemany("insert into stock values (%s, %s)", list(numbers.items()))
        base.execute(f"create role clerk login password '{cluster.password}'")
        base.execute("grant select, update on stock to clerk")
        base.execute("grant insert on receipts_seen to clerk")
        (root / "password").write_text(cluster.password)

        def show(item: str) -> int | None:
            found = base.execute("select qty from stock where sku = %s", [item]).fetchone()
            return found and found[0]

        def put(item: str, number: int) -> None:
            base.execute("update stock set qty = %s where sku = %s", [number, item])

        def build() -> Writer:
            return build_sql_writer(
                root, drivername="postgresql", host="127.0.0.1", port=wire.port,
                database="postgres", username="reader", password={"env": "NOT_SET"},
                write={**SQL_WRITE, "username": "clerk", "password": {"file": "password"}, **write},
            )  # fmt: skip

        yield Target(build, show, put, wire.break_next)
        base.execute("drop table stock, receipts_seen")
        base.execute("drop role clerk")
