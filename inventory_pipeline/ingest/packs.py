"""Packs: days that are some time ago, kept as runs instead of snapshots, and taken out again.

Nothing is lost and nothing reads differently: ``ingest.counts`` and ``ingest.bins`` show a packed
hour as they showed it before. A day is packed whole or not at all, so writing one of its hours
again takes the whole day out first.
"""

import logging
from collections.abc import Iterator
from datetime import date, datetime

import numpy as np
import polars as pl

from inventory_pipeline.errors import StoreError
from inventory_pipeline.ingest.runs import Arrays, find_runs, is_aging
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import DuckWarehouse

logger = logging.getLogger(__name__)


def pack_next(warehouse: DuckWarehouse, *, before: datetime) -> bool:
    """Pack one system's oldest day that ended by ``before``; return whether there was one.

    Raises:
        StoreError: the runs do not hold what the day held; the day stays as it was.
    """
    with warehouse.transaction():
        days = warehouse.query(load_query("ingest", "find_days_to_pack"), before=before)
        if days.is_empty():
            return False
        _pack(warehouse, *days.row(0))
    return True


def _pack(warehouse: DuckWarehouse, system: str, day: date) -> None:
    batches = warehouse.query(load_query("ingest", "list_batches_of_day"), system=system, day=day)
    pack_id = int(warehouse.query(load_query("ingest", "find_next_pack"))["pack_id"][0])
    aging = _find_aging(warehouse, batches)
    places = batches.select(
        pack_id=pl.lit(pack_id, pl.Int32),
        batch_id="batch_id",
        place=pl.int_range(pl.len(), dtype=pl.Int16),
        aging_seconds=pl.Series(aging, dtype=pl.Int32),
    )
    size = int(warehouse.query(load_query("ingest", "count_keys"))["keys"][0])
    runs = find_runs(_load(warehouse, batches), aging=aging, size=size)
    packed = pl.DataFrame(runs).with_columns(pack_id=pl.lit(pack_id, pl.Int32))
    warehouse.append("ingest.packed_batches", places)
    warehouse.append("ingest.count_runs", packed)
    warehouse.execute(load_query("ingest", "pack_bins"), pack_id=pack_id)
    _check(warehouse, pack_id, f"{system} {day}")
    for query in ("delete_packed_counts", "delete_packed_bins"):
        warehouse.execute(load_query("ingest", query), pack_id=pack_id)
    logger.info(
        "packed system=%s day=%s batches=%d runs=%d", system, day, batches.height, packed.height
    )


def _check(warehouse: DuckWarehouse, pack_id: int, name: str) -> None:
    """Let nothing go whose rows and units the runs do not hold, bins too."""
    sums = warehouse.query(load_query("ingest", "sum_pack"), pack_id=pack_id)
    kept, held = sums.drop("line").rows()
    if kept != held:
        raise StoreError(f"runs of {name} hold {held}, wanted {kept} (rows, units, of bins too)")


def _load(warehouse: DuckWarehouse, batches: pl.DataFrame) -> Iterator[Arrays]:
    for batch_id in batches["batch_id"]:
        yield warehouse.arrays(load_query("ingest", "load_batch"), batch_id=batch_id)


def _find_aging(warehouse: DuckWarehouse, batches: pl.DataFrame) -> list[int]:
    """Return by how much an untouched reading aged until each batch: 0 where ages stay."""
    told = batches.filter(pl.col("key_count") > 0)
    nothing: list[int] = [0] * batches.height
    if told.height < 2 or told["source_at"].null_count():
        return nothing
    clock = batches["source_at"].dt.epoch("s").fill_null(0).to_list()
    first, second = _load(warehouse, told.head(2))
    seen = told["source_at"].dt.epoch("s")
    if not is_aging(first, second, int(seen[1] - seen[0])):
        return nothing
    # A batch without a reading has no clock and needs none.
    return [int(np.clip(at - seen[0], -(2**30), 2**30)) if at else 0 for at in clock]


def unpack_day(warehouse: DuckWarehouse, *, system: str, hour_at: datetime) -> None:
    """Take the day of an hour out of its pack, if it is in one, so that it can be written."""
    query = load_query("ingest", "find_pack")
    for pack_id in warehouse.query(query, system=system, day=hour_at.date())["pack_id"]:
        for step in ("unpack_counts", "unpack_bins", "drop_count_runs", "drop_bin_runs"):
            warehouse.execute(load_query("ingest", step), pack_id=pack_id)
        warehouse.execute(load_query("ingest", "drop_packed_batches"), pack_id=pack_id)
        logger.info("unpacked system=%s day=%s", system, hour_at.date())
