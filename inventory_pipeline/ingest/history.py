"""History: how a snapshot differs from the last whole one of its system."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from inventory_pipeline.ingest.keys import KeyBook
from inventory_pipeline.ingest.numbered import Numbered
from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.model.quantities import COMMITTED
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
class Asked:
    """Whose snapshot is compared, and what may have moved its numbers.

    Attributes:
        source_at: as-of time of the snapshot.
        owners: systems whose movements move the numbers of this one.
        find_delay: how old a movement may be and still be missing at an as-of time.
    """

    system: str
    hour_at: datetime
    digest: str
    source_at: datetime | None
    owners: Sequence[str]
    find_delay: Callable[[datetime], timedelta]


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
    units = np.asarray(units, np.int64)
    if np.all(codes[1:] > codes[:-1]):
        return Snapshot(codes, units)
    order = np.argsort(codes, kind="stable")
    return Snapshot(codes[order], units[order])


def find_stock(readings: Numbered, book: KeyBook) -> Snapshot:
    """Return what is there; commitments are left out, they come and go with every parcel."""
    names = book.facts.known
    promised = np.flatnonzero((names == COMMITTED).to_numpy())
    is_stock = ~np.isin(readings.fact_id, promised)
    if is_stock.all():
        return build_snapshot(readings.fact_id, readings.key_id, readings.units)
    kept = (readings.fact_id[is_stock], readings.key_id[is_stock], readings.units[is_stock])
    return build_snapshot(*kept)


def compute_change(
    now: Snapshot, before: Snapshot, *, explained: Mapping[int, int]
) -> tuple[Change, Codes]:
    """Compare two snapshots.

    Args:
        explained: key_id → absolute units that movements account for.

    Returns:
        The change, and the codes that were known and are missing.
    """
    missing, units_before, units_now, kept = _align(now, before)
    moved = np.abs(units_now - units_before)
    if explained:
        moved = np.maximum(moved - _find_allowance(kept & 0xFFFFFFFF, explained), 0)
    change = Change(
        known_keys=int(before.codes.size),
        missing_keys=int(missing.size),
        newly_zero_keys=int(((units_before > 0) & (units_now == 0) & (moved > 0)).sum()),
        moved_units=int(moved.sum()),
        known_units=int(np.abs(before.units).sum()),
    )
    return change, missing


def _align(now: Snapshot, before: Snapshot) -> tuple[Codes, Codes, Codes, Codes]:
    """Return the codes that are gone, and both units and the codes of those that are not."""
    if np.array_equal(now.codes, before.codes):
        return now.codes[:0], before.units, now.units, now.codes
    place = np.searchsorted(now.codes, before.codes)
    is_here = np.append(now.codes, -1)[place] == before.codes
    kept = before.codes[is_here]
    return before.codes[~is_here], before.units[is_here], now.units[place[is_here]], kept


def _find_allowance(keys: Codes, explained: Mapping[int, int]) -> Codes:
    told = np.array(sorted(explained.items()), np.int64)
    place = np.minimum(np.searchsorted(told[:, 0], keys), len(told) - 1)
    allowance: Codes = np.where(told[place, 0] == keys, told[place, 1], 0)
    return allowance


def load_change(warehouse: Warehouse, now: Snapshot, asked: Asked) -> Change:
    """Compare a snapshot with what the warehouse knows of the system before this hour."""
    earlier = warehouse.query(
        load_query("ingest", "find_earlier_batches"), system=asked.system, hour_at=asked.hour_at
    ).to_dicts()
    same = next((row["hour_at"] for row in earlier if row["digest"] == asked.digest), None)
    whole = next((row for row in earlier if row["status"] in WHOLE), None)
    if whole is None:
        return Change(same_as=same)
    before_at = whole["source_at"] or whole["hour_at"]
    explained = warehouse.query(
        load_query("ingest", "sum_movements"),
        system=asked.system,
        hour_at=asked.hour_at,
        low=before_at - asked.find_delay(before_at),
        high=asked.source_at or asked.hour_at + HOUR,
        owners=list(asked.owners),
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
