"""Power loss: a SQLite whose disk forgets what was never synced, and tears what was under way.

Every write goes to a log first. At a loss each file is what it was at its last sync, and of the
writes since then any may have reached the disk, in any order, the last one perhaps in half.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

from inventory_pipeline.store.journal import Journal
from inventory_pipeline.store.migrate import find_migrations

SECTOR = 512


@dataclass
class Sheet:
    """One file: what is on the disk for certain, and what was written since."""

    synced: bytearray = field(default_factory=bytearray)
    since: list[tuple[int, bytes | None]] = field(default_factory=list)

    def sync(self) -> None:
        for offset, data in self.since:
            _put(self.synced, offset, data)
        self.since.clear()

    def lose(self, dice: random.Random) -> bytes:
        """Return what is found after the power came back."""
        found = bytearray(self.synced)
        for offset, data in self.since:
            if dice.random() < 0.5:
                _put(found, offset, _tear(data, dice))
        return bytes(found)


def _put(found: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del found[offset:]
        return
    found.extend(bytes(max(0, offset - len(found))))
    found[offset : offset + len(data)] = data


def _tear(data: bytes | None, dice: random.Random) -> bytes | None:
    """Return a write that was cut at the end of a sector."""
    if data is None or len(data) <= SECTOR or dice.random() < 0.5:
        return data
    return data[: SECTOR * dice.randrange(1, -(-len(data) // SECTOR))]


class Disk(apsw.VFS):
    """A file system that keeps a log of what was not synced.

    Attributes:
        on_write: called after each write and each sync: the power may go then.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.sheets: dict[str, Sheet] = {}
        self.on_write = lambda: None
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> "LoggedFile":
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        return LoggedFile(self, path, flags)

    def xDelete(self, path: str, sync: bool) -> None:
        self.sheets.pop(path, None)
        super().xDelete(path, sync)

    def lose_power(self, folder: Path, dice: random.Random) -> Path:
        """Write what the disk would hold now into a folder; return the journal's path there."""
        folder.mkdir(parents=True, exist_ok=True)
        for path, sheet in self.sheets.items():
            (folder / Path(path).name).write_bytes(sheet.lose(dice))
        return folder / "journal.sqlite"


class LoggedFile(apsw.VFSFile):
    """A file whose writes are logged until it is synced."""

    def __init__(self, disk: Disk, path: str | None, flags: list[int]) -> None:
        super().__init__("", path, flags)
        self._disk = disk
        self._sheet = disk.sheets.setdefault(path, Sheet()) if path else Sheet()

    def xWrite(self, data: bytes, offset: int) -> None:
        super().xWrite(data, offset)
        self._sheet.since.append((offset, bytes(data)))
        self._disk.on_write()

    def xTruncate(self, size: int) -> None:
        super().xTruncate(size)
        self._sheet.since.append((size, None))

    def xSync(self, flags: int) -> None:
        super().xSync(flags)
        self._sheet.sync()
        self._disk.on_write()


class Spoken:
    """An apsw connection in the words of sqlite3, as far as the journal speaks them."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    @property
    def in_transaction(self) -> bool:
        return bool(self._connection.in_transaction)

    def execute(self, sql: str, params: Mapping[str, Any] | None = None) -> "Told":
        # sqlite3 takes :name for $name; apsw wants the same spelling, and so it is given.
        return Told(self._connection, sql, dict(params or {}))

    def executemany(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> "Told":
        told = [Told(self._connection, sql, dict(row)) for row in rows]
        told[0].rowcount = sum(each.rowcount for each in told)
        return told[0]


class Told:
    """What came of one statement."""

    def __init__(self, connection: apsw.Connection, sql: str, params: dict[str, Any]) -> None:
        before = connection.total_changes()
        cursor = connection.cursor()
        self.description: Any = ()
        self._rows = []
        for row in cursor.execute(sql, params):
            self.description = cursor.get_description()
            self._rows.append(row)
        self.rowcount = connection.total_changes() - before
        self.lastrowid = connection.last_insert_rowid()

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self._rows


@contextmanager
def open_on(disk: Disk, path: Path, *, checkpoint_pages: int) -> Iterator[Journal]:
    """Yield a journal on a disk that may lose its power, with the pragmas of the real one.

    Args:
        checkpoint_pages: as small that the log is copied back many times in a test.
    """
    connection = apsw.Connection(str(path), vfs=disk.name)
    # Without shared memory, which this file system has not, one process has it to itself.
    for pragma in (
        "locking_mode = exclusive", "journal_mode = wal", "synchronous = full",
        f"wal_autocheckpoint = {checkpoint_pages}",
    ):  # fmt: skip
        list(connection.execute(f"pragma {pragma}"))
    for version, sql in enumerate(find_migrations("journal"), start=1):
        connection.execute(f"begin immediate;\n{sql}\npragma user_version = {version};\ncommit;")
    try:
        yield Journal(Spoken(connection))  # type: ignore[arg-type]
    finally:
        connection.close()
