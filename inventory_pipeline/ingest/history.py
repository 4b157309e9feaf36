"""History: how a snapshot differs from the last whole one of its system."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import Warehouse

Codes = np.ndarray[Any, np.dtype[np.int64]]
WHOLE = ("complete", "late")


@dataclass(frozen=True)
class Snapshot:
    """The keys and units of one snapshot; ``codes`` are sorted and unique."""

    codes: Codes
    units: Codes


@dataclass(frozen=True)
class Change:
    """What the gate wants to know of a snapshot beside the last whole one."""

    known_keys: int = 0
    missing_keys: int = 0
    missing_before: bool = False
    newly_zero_keys: int = 0
    moved_units: int = 0
    known_units: int = 0
    same_as: datetime | None = None


def build_snapshot(fact_ids: Any, key_ids: Any, units: Any) -> Snapshot:
    """Fold fact and key into one number, so that set work is array work."""
    codes = (np.asarray(fact_ids, np.int64) << 32) | np.asarray(key_ids, np.int64)
    order = np.argsort(codes, kind="stable")
    return Snapshot(codes[order], np.asarray(units, np.int64)[order])


def compute_change(
    now: Snapshot, before: Snapshot, *, explained: dict[int, int]
) -> tuple[Change, Codes]:
    """Compare two snapshots.

    Args:
        explained: key_id → absolute units that movements account for.

    Returns:
        The change, and the codes that were known and are missing.
    """
    is_here = np.isin(before.codes, now.codes, assume_unique=True)
    missing = before.codes[~is_here]
    kept = before.codes[is_here]
    units_before = before.units[is_here]
    units_now = now.units[np.searchsorted(now.codes, kept)]
    moved = np.abs(units_now - units_before)
    if explained:
        keys = kept & 0xFFFFFFFF
        allowance = np.array([explained.get(int(key), 0) for key in keys], np.int64)
        moved = np.maximum(moved - allowance, 0)
    change = Change(
        known_keys=int(before.codes.size),
        missing_keys=int(missing.size),
        newly_zero_keys=int(((units_before > 0) & (units_now == 0) & (moved > 0)).sum()),
        moved_units=int(moved.sum()),
        known_units=int(np.abs(before.units).sum()),
    )
    return change, missing


def load_change(
    warehouse: Warehouse, now: Snapshot, *, system: str, hour_at: datetime, digest: str
) -> Change:
    """Compare a snapshot with what the warehouse knows of the system before this hour."""
    earlier = warehouse.query(
        load_query("ingest", "find_earlier_batches"), system=system, hour_at=hour_at
    ).to_dicts()
    same = next((row["hour_at"] for row in earlier if row["digest"] == digest), None)
    whole = next((row for row in earlier if row["status"] in WHOLE), None)
    if whole is None:
        return Change(same_as=same)
    explained = warehouse.query(
        load_query("ingest", "sum_movements"),
        system=system,
        hour_at=hour_at,
        since=whole["hour_at"],
    )
    change, missing = compute_change(
        now,
        load_snapshot(warehouse, whole["batch_id"]),
        explained=dict(explained.iter_rows()),
    )
    gone = missing.size > 0 and _was_missing(warehouse, missing, earlier[:2], whole["batch_id"])
    return Change(**{**change.__dict__, "missing_before": gone, "same_as": same})


def _was_missing(
    warehouse: Warehouse, missing: Codes, recent: list[dict[str, Any]], whole: int
) -> bool:
    """A key that three snapshots in a row do not show is gone, not lost on the way."""
    if len(recent) < 2 or any(row["batch_id"] == whole for row in recent):
        return False
    return not any(
        np.isin(missing, load_snapshot(warehouse, row["batch_id"]).codes).any() for row in recent
    )


def load_snapshot(warehouse: Warehouse, batch_id: int) -> Snapshot:
    """Return the keys and units of one stored batch."""
    columns = warehouse.arrays(load_query("ingest", "load_counts"), batch_id=batch_id)
    return build_snapshot(columns["fact_id"], columns["key_id"], columns["units"])
