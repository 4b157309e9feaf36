"""A receiver that outlives whoever writes to it: numbers, keys and effects in a file of its own.

What it did stays done when its caller is killed, and it fails by a plan: request by request.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from inventory_pipeline.model.delivery import (
    Answer,
    DeliveryClass,
    Line,
    LineAnswer,
    Operation,
    answer_all,
)

TABLES = """
create table levels (item text, fact text, number integer, primary key (item, fact));
create table keys (key text primary key);
create table effects (receipt_id text, item text, fact text, before integer, after integer);
create table plan (place integer primary key, fault text);
create table requests (request integer primary key);
"""


@dataclass(frozen=True)
class FileReceiver:
    """One system in a SQLite file; it takes every line of a request or none."""

    path: Path
    delivery_class: DeliveryClass = "A"
    max_lines: int = 5
    key_lifetime: timedelta | None = timedelta(hours=24)
    caches_errors: bool = False
    rate: float | None = None
    operations: frozenset[Operation] = frozenset({"set", "add"})

    def create(self, levels: Mapping[tuple[str, str], int], plan: Sequence[str]) -> None:
        """Make the file; the n-th request meets the n-th fault of the plan, later ones none."""
        with closing(self._open()) as base:
            base.executescript(TABLES)
            rows = [(item, fact, number) for (item, fact), number in levels.items()]
            base.executemany("insert into levels values (?, ?, ?)", rows)
            base.executemany("insert into plan values (?, ?)", enumerate(plan, start=1))

    def encode(self, lines: Sequence[Line], key: str) -> bytes:
        return json.dumps([key, [asdict(line) for line in lines]]).encode()

    def read(self, lines: Sequence[Line]) -> Mapping[str, int | None]:
        with closing(self._open()) as base:
            return {line.receipt_id: _find(base, line) for line in lines}

    def send(self, lines: Sequence[Line], key: str, body: bytes) -> Answer:
        key, told = json.loads(body)
        with closing(self._open()) as base:
            base.execute("begin immediate")
            fault = _draw(base)
            if fault == "error_500":
                base.execute("commit")
                return answer_all(lines, "ambiguous", "500")
            answer = self._take(base, [Line(**line) for line in told], key)
            base.execute("commit")
        return answer_all(lines, "ambiguous", "timeout") if fault else answer

    def _take(self, base: sqlite3.Connection, lines: list[Line], key: str) -> Answer:
        if self.delivery_class in ("A", "B"):
            if base.execute("select 1 from keys where key = ?", [key]).fetchone():
                return answer_all(lines, "confirmed", "done before under this key")
            stale = [line for line in lines if _is_stale(base, line)]
            if stale:
                rest = {line.receipt_id: LineAnswer("unapplied", "rolled back") for line in lines}
                return Answer({**rest, stale[0].receipt_id: LineAnswer("stale", "it moved")})
            base.execute("insert into keys values (?)", [key])
        for line in lines:
            _apply(base, line)
        return answer_all(lines, "confirmed", "200")

    def read_levels(self) -> dict[tuple[str, str], int]:
        with closing(self._open()) as base:
            rows = base.execute("select item, fact, number from levels order by 1, 2").fetchall()
        return {(item, fact): number for item, fact, number in rows}

    def read_effects(self) -> Counter[str]:
        """Return how often each receipt had an effect."""
        with closing(self._open()) as base:
            return Counter(row[0] for row in base.execute("select receipt_id from effects"))

    def _open(self) -> sqlite3.Connection:
        base = sqlite3.connect(self.path, isolation_level=None, timeout=30)
        base.execute("pragma synchronous = off")
        return base


def _draw(base: sqlite3.Connection) -> str:
    number = base.execute("insert into requests values (null)").lastrowid
    row = base.execute("select fault from plan where place = ?", [number]).fetchone()
    return "" if row is None or row[0] == "none" else str(row[0])


def _find(base: sqlite3.Connection, line: Line) -> int | None:
    ask = "select number from levels where item = ? and fact = ?"
    row = base.execute(ask, [line.item_id, line.fact]).fetchone()
    return None if row is None else int(row[0])


def _is_stale(base: sqlite3.Connection, line: Line) -> bool:
    guards = line.operation == "set" and line.before is not None
    return guards and _find(base, line) != line.before


def _apply(base: sqlite3.Connection, line: Line) -> None:
    before = _find(base, line) or 0
    after = line.quantity if line.operation == "set" else before + line.quantity
    change = "update levels set number = ? where item = ? and fact = ?"
    base.execute(change, [after, line.item_id, line.fact])
    row = [line.receipt_id, line.item_id, line.fact, before, after]
    base.execute("insert into effects values (?, ?, ?, ?, ?)", row)
