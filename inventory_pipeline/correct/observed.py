"""Observed: a receiver that gives no answer shows its number in its own time.

A dropped file may never be acknowledged; the next counts that were read after it was handed
over, and show the target, are as good an answer.
"""

from datetime import datetime
from typing import Any

import polars as pl

from inventory_pipeline.correct import queue
from inventory_pipeline.correct.outbox import Step
from inventory_pipeline.model.hours import compute_key
from inventory_pipeline.store.journal import Journal, read_instant
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import DuckWarehouse

Row = dict[str, Any]


def confirm_observed(
    warehouse: DuckWarehouse, journal: Journal, *, hour_at: datetime, now: datetime
) -> int:
    """Confirm what an hour's counts show; return how many receipts that is."""
    waiting = journal.query(load_query("correct", "find_unconfirmed"))
    if not waiting:
        return 0
    names = ("receipt_id", "system", "fact", "sku", "location_id")
    given = pl.DataFrame([{name: row[name] for name in names} for row in waiting])
    rows = warehouse.query_with(given, load_query("correct", "load_observed"), hour_at=hour_at)
    shown = {row["receipt_id"]: row for row in rows.to_dicts()}
    done = [row for row in waiting if _shows(shown.get(row["receipt_id"]), row)]
    for row in done:
        text = f"the counts of {compute_key(hour_at)}, read after it was sent, show {row['units']}"
        queue.settle(journal, row, Step("confirmed", text), now=now)
    return len(done)


def _shows(seen: Row | None, receipt: Row) -> bool:
    return (
        seen is not None
        and seen["observed_units"] == receipt["units"]
        and seen["fetched_at"] > read_instant(receipt["last_sent_at"])
    )
