"""Batches: one feed of one system in one hour, and how it takes the place of what stood there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from inventory_pipeline.ingest.landed import Landed
from inventory_pipeline.ingest.packs import unpack_day
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import DuckWarehouse

CONTENT_TABLES = (
    "ingest.recent_counts", "ingest.batch_facts", "ingest.availabilities", "ingest.recent_bins",
    "ingest.quarantine", "ingest.unknowns", "ingest.movements", "ingest.level_changes",
    "ingest.middleware_events", "ingest.syncs", "ingest.config_changes",
)  # fmt: skip


@dataclass(frozen=True)
class FeedResult:
    """What became of one feed in one hour: a row of ``contract.snapshots`` and its size."""

    system: str
    feed: str
    hour_at: datetime
    status: str
    reason: str
    rows: int = 0
    keys: int = 0
    quarantined: int = 0
    source_at: datetime | None = None


@dataclass(frozen=True)
class Tables:
    """What one feed of one hour puts into the warehouse: table name → frame."""

    frames: dict[str, pl.DataFrame]
    result: FeedResult


def store_batch(warehouse: DuckWarehouse, tables: Tables, landed: Landed | None) -> None:
    """Put one batch in place of what the hour held before."""
    result = tables.result
    if result.feed == "counts":
        unpack_day(warehouse, system=result.system, hour_at=result.hour_at)
    found = warehouse.query(
        load_query("ingest", "find_batch"),
        system=result.system, feed=result.feed, hour_at=result.hour_at,
    )  # fmt: skip
    is_new = found.is_empty()
    if is_new:
        found = warehouse.query(load_query("ingest", "find_next_batch"))
    batch_id = int(found["batch_id"][0])
    batch = _describe_batch(batch_id, result, landed)
    for table, frame in (*_number(tables, batch_id), ("ingest.batches", batch)):
        if is_new:
            warehouse.append(table, frame)
        else:
            warehouse.replace_partition(table, frame, where={"batch_id": batch_id})


def _number(tables: Tables, batch_id: int) -> Iterator[tuple[str, pl.DataFrame]]:
    """Give the rows of every table their batch; a table without rows has an empty frame."""
    for table in CONTENT_TABLES:
        frame = tables.frames.get(table, pl.DataFrame())
        if frame.height:
            frame = frame.with_columns(batch_id=pl.lit(batch_id, pl.Int32))
        yield table, frame


def _describe_batch(batch_id: int, result: FeedResult, landed: Landed | None) -> pl.DataFrame:
    instant = pl.Datetime("us", "UTC")
    fetched_at = landed.fetched_at if landed else None
    return pl.DataFrame(
        {
            "batch_id": batch_id,
            "hour_at": result.hour_at,
            "system": result.system,
            "feed": result.feed,
            "status": result.status,
            "reason": result.reason,
            "row_count": result.rows,
            "key_count": result.keys,
            "source_at": result.source_at,
            "fetched_at": fetched_at,
            "reference_at": landed.reference_at if landed else result.hour_at,
            "digest": landed.manifest.digest if landed else "",
        },
        schema_overrides={
            "batch_id": pl.Int32,
            "hour_at": instant,
            "source_at": instant,
            "fetched_at": instant,
            "reference_at": instant,
        },
    )
