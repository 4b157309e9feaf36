"""Pending: what was on its way to a mirror when the mirror was read (OUT-12).

Told by the journal alone, as of the reading: an hour that is computed again a week later sees
the same receipts on their way.
"""

from datetime import datetime

import polars as pl

from inventory_pipeline.reconcile.step import NOTHING_PENDING
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.wiring.house import House

_INSTANT = pl.Datetime("us", "UTC")


def load_pending(house: House, hour_at: datetime) -> pl.DataFrame:
    """Return mirror, fact, key_id, pending_units: signed eaches that each mirror still lacked."""
    with house.journal() as journal:
        rows = journal.query(
            load_query("correct", "find_pending"), since=hour_at.isoformat(timespec="microseconds")
        )
    if not rows:
        return NOTHING_PENDING
    given = pl.DataFrame(rows, infer_schema_length=None).with_columns(
        pl.col("created_at", "closed_at").cast(pl.String).str.to_datetime(time_zone="UTC")
    )
    given = given.with_columns(pl.col("created_at", "closed_at").cast(_INSTANT))
    with house.warehouse() as warehouse:
        placed = warehouse.query_with(given, load_query("wiring", "place_pending"), hour_at=hour_at)
    return placed.cast(NOTHING_PENDING.schema)
