"""B8: receipts through the outbox, durably: told, stored, sent, confirmed and verified.

The journal is a file with ``synchronous=FULL``; the receiver is the ``sql`` writer on a SQLite
file of its own that remembers every key (class A), 250 lines a request.
"""

import json
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measure import Row
from inventory_pipeline.connectors.sql import SqlConnector, SqlOptions
from inventory_pipeline.correct import queue
from inventory_pipeline.correct.addresses import Address
from inventory_pipeline.correct.deliver import Worker, run_pass
from inventory_pipeline.correct.receipts import Change, Effect
from inventory_pipeline.model.delivery import Writer
from inventory_pipeline.store import audit
from inventory_pipeline.store.journal import Journal, open_journal

LINES = 250
TARGET = 2000
NOW = datetime(2026, 4, 6, 10, tzinfo=UTC)
WRITE = {
    "add": "update stock set qty = qty + :quantity where sku = :item_id",
    "set": "update stock set qty = :quantity where sku = :item_id and qty = :before",
    "read": "select qty from stock where sku = :item_id",
    "remember": "insert into seen (request) values (:key)",
    "max_lines": LINES,
}


def measure_outbox(receipts: int, *, times: int) -> dict[str, Row]:
    """B8: the whole way of new receipts, and a long queue of few and of many keys."""
    seen = [_measure_way(receipts) for _ in range(times)]
    delivered = median(each["delivered"] for each in seen)
    told = median(each["told"] for each in seen)
    verified = median(each["verified"] for each in seen)
    note = (
        f"{receipts:,} queued, as many keys: stored, sent by {LINES} and confirmed in "
        f"{delivered:.1f} s; the chain verified in {verified:.1f} s"
    )
    few, spread, last = _measure_queue(receipts, keys=LINES * 2)
    return {
        "B8": Row(receipts / delivered, TARGET, "higher", times, note),
        "B8_told": Row(
            receipts / told, TARGET, "higher", times, f"changes told by {LINES} a transaction"
        ),
        "B8_deep_queue": Row(
            few, TARGET, "higher", 1, f"{receipts:,} queued of {LINES * 2} keys, a second"
        ),
        "B8_starved": Row(
            spread, 1, "lower", 1,
            f"most turns by which one of {LINES * 2} keys was behind another; {last:,} left",
        ),
    }  # fmt: skip


def _measure_way(receipts: int) -> dict[str, float]:
    """Return the seconds of each part of the way."""
    with tempfile.TemporaryDirectory() as folder:
        writer = _build_writer(Path(folder), receipts)
        with open_journal(Path(folder) / "journal.sqlite") as journal:
            marks = [time.perf_counter()]
            _tell(journal, receipts, keys=receipts)
            marks.append(time.perf_counter())
            for _ in _drain(journal, writer):
                pass
            marks.append(time.perf_counter())
            _check(journal, receipts)
            started = time.perf_counter()
            trouble = audit.find_break(journal)
            verified = time.perf_counter() - started
    if trouble:
        raise RuntimeError(trouble)
    told, delivered = marks[1] - marks[0], marks[2] - marks[1]
    return {"told": told, "delivered": delivered, "verified": verified}


def _measure_queue(receipts: int, *, keys: int) -> tuple[float, int, int]:
    """Return receipts a second, by how many turns a key fell behind, and what was left."""
    with tempfile.TemporaryDirectory() as folder:
        writer = _build_writer(Path(folder), keys)
        with open_journal(Path(folder) / "journal.sqlite") as journal:
            _tell(journal, receipts, keys=keys)
            took, spread = 0.0, 0
            for seconds in _drain(journal, writer):
                took += seconds
                spread = max(spread, _find_spread(journal))
            _check(journal, receipts)
            [left] = journal.query("select count(*) as n from receipts where state <> 'confirmed'")
    return receipts / took, spread, left["n"]


def _tell(journal: Journal, receipts: int, *, keys: int) -> None:
    """Tell changes of items in a random order, each item as often as any other."""
    order = list(range(receipts))
    random.Random(8).shuffle(order)
    for start in range(0, receipts, LINES):
        with journal.transaction():
            for number in order[start : start + LINES]:
                _tell_one(journal, f"S-{number % keys}", number)


def _tell_one(journal: Journal, sku: str, number: int) -> None:
    change = Change("restock", "on_hand", sku, "MAIN", 2, NOW, f"M-{number}", NOW)
    effect = Effect("erp", "on_hand", "add", 2, None, Address(sku, "MAIN"), "restock")
    queue.add_change(journal, change, [effect], now=NOW)


def _drain(journal: Journal, writer: Writer) -> Iterator[float]:
    """Deliver pass after pass until nothing is left; yield the seconds of each."""
    ticks = count()
    # Each look at the clock is a second, so that a pass ends in the middle of the queue.
    worker = Worker(
        journal, "bench:1:x", lambda: NOW + timedelta(seconds=next(ticks)), lambda _s: None
    )
    while queue.find_systems(journal):
        started = time.perf_counter()
        run_pass(worker, {"erp": writer})
        yield time.perf_counter() - started


def _find_spread(journal: Journal) -> int:
    """Return by how many receipts a key that still waits is behind another that waits."""
    [row] = journal.query(
        "select coalesce(max(done) - min(done), 0) as spread from ("
        "select sku, sum(state = 'confirmed') as done, count(*) as told from receipts group by sku)"
        " where done < told"
    )
    return int(row["spread"])


def _check(journal: Journal, receipts: int) -> None:
    [row] = journal.query("select sum(state = 'confirmed') as done from receipts")
    if row["done"] != receipts:
        raise RuntimeError(f"{row['done']} of {receipts} receipts were confirmed")


def _build_writer(folder: Path, items: int) -> Writer:
    with closing(sqlite3.connect(folder / "erp.db")) as base, base:
        base.execute("pragma journal_mode = wal")
        base.execute("create table stock (sku text primary key, qty integer)")
        base.execute("create table seen (request text primary key)")
        base.executemany("insert into stock values (?, 10)", [(f"S-{n}",) for n in range(items)])
    options: dict[str, Any] = json.loads(json.dumps({"write": WRITE}))
    feeds = {"counts": {"query": "select sku as item_id, qty as quantity from stock"}}
    checked = SqlOptions.model_validate({"url": "sqlite:///erp.db", "feeds": feeds, **options})
    writer = SqlConnector(system="erp", options=checked, root=str(folder)).build_writer()
    if writer is None:
        raise RuntimeError("the sql connector writes nothing")
    return writer
