"""Pending: what was on its way to a mirror when it was read, what was sent, what is stuck.

OUT-10, OUT-12. Told by the journal alone, as of the reading: an hour that is computed again a
week later sees the same receipts on their way.
"""

from datetime import datetime
from typing import Any

import polars as pl

from inventory_pipeline.diagnose.step import NOTHING_SENT, REACH
from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.reconcile.step import NOTHING_PENDING
from inventory_pipeline.store.journal import write_instant
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.wiring.house import House

_INSTANT = pl.Datetime("us", "UTC")


def load_pending(house: House, hour_at: datetime) -> pl.DataFrame:
    """Return signed eaches that each mirror still lacked, as NOTHING_PENDING."""
    with house.journal() as journal:
        rows = journal.query(load_query("correct", "find_pending"), since=write_instant(hour_at))
    if not rows:
        return NOTHING_PENDING
    given = _read_instants(rows, "created_at", "closed_at", "first_sent_at")
    with house.warehouse() as warehouse:
        placed = warehouse.query_with(given, load_query("wiring", "place_pending"), hour_at=hour_at)
    return placed.cast(NOTHING_PENDING.schema)


def load_ours(house: House, hour_at: datetime) -> pl.DataFrame:
    """Return the receipts towards mirrors, as far back as a diagnosis looks."""
    since = write_instant(hour_at - REACH)
    with house.journal() as journal:
        rows = journal.query(load_query("correct", "find_ours"), since=since)
    if not rows:
        return NOTHING_SENT
    given = _read_instants(rows, "created_at", "confirmed_at")
    with house.warehouse() as warehouse:
        placed = warehouse.query_with(given, load_query("wiring", "place_ours"))
    return placed.cast(NOTHING_SENT.schema)


def _read_instants(rows: list[dict[str, Any]], *names: str) -> pl.DataFrame:
    given = pl.DataFrame(rows, infer_schema_length=None).with_columns(
        pl.col(*names).cast(pl.String).str.to_datetime(time_zone="UTC")
    )
    return given.with_columns(pl.col(*names).cast(_INSTANT))


def load_stuck(house: House, hour_at: datetime) -> list[dict[str, Any]]:
    """Return the systems whose receipts had waited too long when the hour ended."""
    end_at = min(hour_at + HOUR, house.clock.now())
    made_before = write_instant(end_at - house.settings.outbox.stuck_after)
    with house.journal() as journal:
        return journal.query(
            load_query("correct", "find_stuck"), at=write_instant(end_at), made_before=made_before
        )
