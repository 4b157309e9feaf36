"""Frames: the column contracts that cross a threshold between rooms.

Each contract names its grain; units are Int64 eaches; instants are UTC microseconds.
"""

from collections.abc import Mapping

import polars as pl

from inventory_pipeline.errors import StoreError

INSTANT = pl.Datetime("us", "UTC")
Contract = Mapping[str, pl.DataType | type[pl.DataType]]

# What a connector hands over: text exactly as the source wrote it, in the contract's columns.
# Grain: one row of the source. Missing optional columns are null. ``row`` is 1-based. The names
# of counts (item_id, location_id, fact, unit, bin) may be Categorical: the same texts, less room.
RAW_FEEDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # feed: (required columns, optional columns)
    "counts": (
        ("item_id", "location_id", "fact", "quantity", "as_of"),
        ("unit", "bin"),
    ),
    "movements": (
        ("movement_id", "kind", "item_id", "location_id", "quantity", "moved_at"),
        (
            "recorded_at", "reference_id", "cause_id", "actor", "sequence", "unit",
            "disposition", "destination_id",
        ),
    ),
    "levels": (
        (
            "change_id", "item_id", "location_id", "fact", "operation", "quantity", "changed_at",
        ),
        ("reference_id", "actor", "source_at", "sequence"),
    ),
    "events": (
        (
            "event_id", "path", "item_id", "location_id", "operation", "quantity", "emitted_at",
            "attempt", "status",
        ),
        (
            "received_at", "processed_at", "idempotency_key", "sequence", "mapping",
            "mapping_changed_at", "reference_id",
        ),
    ),
    "syncs": (("path", "started_at", "finished_at", "status", "rows"), ()),
    "changes": (
        ("changed_at", "system", "kind", "subject", "before", "after", "actor"),
        (),
    ),
    "documents": (("fact", "entity_id", "value", "as_of"), ("currency", "status")),
}  # fmt: skip

# Grain: one stored reading (sku, location, fact) of one system in one hour; bins summed.
OBSERVATION: Contract = {
    "sku": pl.String(),
    "location_id": pl.String(),
    "fact": pl.String(),
    "units": pl.Int64(),
    "observed_at": INSTANT,
}

# Grain: one row of a snapshot that gave a word instead of a number (SYS-06).
AVAILABILITY: Contract = {
    "sku": pl.String(),
    "location_id": pl.String(),
    "fact": pl.String(),
    "is_available": pl.Boolean(),
    "observed_at": INSTANT,
}

# Grain: one bin of a reading; units in eaches; sums to OBSERVATION.
BIN: Contract = {
    "sku": pl.String(),
    "location_id": pl.String(),
    "fact": pl.String(),
    "bin": pl.String(),
    "units": pl.Int64(),
}

# Grain: one row of a feed that was not taken in, with the source's own text.
QUARANTINE: Contract = {
    "row": pl.Int64(),
    "reason": pl.String(),
    "raw": pl.String(),
}

# Grain: one movement of one system; quantity positive eaches (adjustment: signed).
MOVEMENT: Contract = {
    "movement_id": pl.String(),
    "kind": pl.String(),
    "sku": pl.String(),
    "location_id": pl.String(),
    "units": pl.Int64(),
    "moved_at": INSTANT,
    "recorded_at": INSTANT,
    "reference_id": pl.String(),
    "cause_id": pl.String(),
    "actor": pl.String(),
    "sequence": pl.Int64(),
    "disposition": pl.String(),
    "destination_id": pl.String(),
}

# Grain: one change in a mirror's own log of its levels.
LEVEL_CHANGE: Contract = {
    "change_id": pl.String(),
    "sku": pl.String(),
    "location_id": pl.String(),
    "fact": pl.String(),
    "operation": pl.String(),
    "units": pl.Int64(),
    "changed_at": INSTANT,
    "reference_id": pl.String(),
    "actor": pl.String(),
    "source_at": INSTANT,
    "sequence": pl.Int64(),
}

# Grain: one delivery in a middleware's log.
MIDDLEWARE_EVENT: Contract = {
    "event_id": pl.String(),
    "path": pl.String(),
    "sku": pl.String(),
    "location_id": pl.String(),
    "operation": pl.String(),
    "units": pl.Int64(),
    "emitted_at": INSTANT,
    "received_at": INSTANT,
    "processed_at": INSTANT,
    "attempt": pl.Int32(),
    "idempotency_key": pl.String(),
    "sequence": pl.Int64(),
    "status": pl.String(),
    "mapping": pl.String(),
    "mapping_changed_at": INSTANT,
    "reference_id": pl.String(),
}

# Grain: one run of one sync; ``finished_at`` is null while it runs.
SYNC: Contract = {
    "path": pl.String(),
    "started_at": INSTANT,
    "finished_at": INSTANT,
    "status": pl.String(),
    "rows": pl.Int64(),
}

# Grain: one change of a configuration; ``system`` is the one that was changed.
CONFIG_CHANGE: Contract = {
    "changed_at": INSTANT,
    "system": pl.String(),
    "kind": pl.String(),
    "subject": pl.String(),
    "before": pl.String(),
    "after": pl.String(),
    "actor": pl.String(),
}


def conform(frame: pl.DataFrame, contract: Contract, *, name: str) -> pl.DataFrame:
    """Return ``frame`` with exactly the contract's columns, order and types.

    Raises:
        StoreError: a column is missing or has a type that does not cast without loss.
    """
    missing = [column for column in contract if column not in frame.columns]
    if missing:
        raise StoreError(f"{name} lacks {missing}, has {frame.columns}")
    try:
        return frame.select(pl.col(column).cast(kind) for column, kind in contract.items())
    except pl.exceptions.PolarsError as error:
        raise StoreError(f"{name} does not fit its contract: {error}") from error


def build_empty(contract: Contract) -> pl.DataFrame:
    """Return a frame with the contract's columns and no row."""
    return pl.DataFrame(schema=dict(contract))
