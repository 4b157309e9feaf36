"""Late: a movement told long after it happened may explain a gap that is already gone.

Such a finding ends as ``explained_later``, with the movements named. What the hours before
said of it stays as it was said.
"""

import json
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.reconcile.findings import IDENTITY, INSTANT, SIGHTING
from inventory_pipeline.reconcile.problems import write_details

EXPLAINED = "explained_later"
# How long after its end a finding may still be explained.
REACH = timedelta(days=7)


def find_waiting(
    known: pl.DataFrame, sightings: pl.DataFrame, *, hour_at: datetime
) -> pl.DataFrame:
    """Return gaps that are over: proven gone in this hour, or not long ago.

    Args:
        known: the newest sighting of every problem before this hour.
        sightings: what this hour says.
    """
    is_gap = (pl.col("kind") == "gap") & pl.col("delta_units").is_not_null()
    is_over = is_gap & (pl.col("state") == "cleared")
    now = sightings.filter(is_over)
    before = known.filter(is_over & (pl.col("hour_at") > hour_at - REACH))
    told = before.join(sightings, on=list(IDENTITY), how="anti")
    return pl.concat([frame.select(list(SIGHTING)) for frame in (now, told)])


def explain(waiting: pl.DataFrame, late: pl.DataFrame, *, hour_at: datetime) -> pl.DataFrame:
    """Return the sightings that say of a gap that a movement told in this hour explains it.

    The gap is explained where movements that had happened while it stood are worth exactly
    its size: the owner told of them late (it ran behind), or the mirror heard of them late.

    Args:
        waiting: rows of ``find_waiting``.
        late: rows of ``load_late_movements``.
    """
    rows = []
    for gap in waiting.iter_rows(named=True):
        stood = late.filter(
            (pl.col("key_id") == gap["key_id"]) & (pl.col("moved_at") <= gap["last_seen_at"] + HOUR)
        )
        names = _find_worth(stood, abs(gap["delta_units"]))
        if names:
            rows.append(_restate(gap, stood, names, hour_at))
    return pl.DataFrame(rows, schema=SIGHTING)


def _find_worth(stood: pl.DataFrame, units: int) -> list[str]:
    """Return movements of one system that are together, or singly, worth so many units."""
    for _, told in stood.group_by("system", maintain_order=True):
        for column in ("on_hand_units", "at_order_units"):
            moved = told.filter(pl.col(column) != 0)
            if moved.height and abs(int(moved[column].sum())) == units:
                return moved["movement_id"].sort().to_list()
            single = moved.filter(pl.col(column).abs() == units)
            if single.height:
                return [str(single["movement_id"][0])]
    return []


def _restate(
    gap: dict[str, Any], stood: pl.DataFrame, names: list[str], hour_at: datetime
) -> dict[str, Any]:
    told = stood.filter(pl.col("movement_id").is_in(names))
    first: Any = told["moved_at"].min()
    said = {
        "explained_by": names,
        "explained_from": told["system"][0],
        "moved_at": f"{first:%Y-%m-%dT%H:%M:%SZ}",
        "told_at": f"{hour_at:%Y-%m-%dT%H:%MZ}",
    }
    details = write_details({**json.loads(gap["details"]), **said})
    return {**gap, "hour_at": hour_at, "state": EXPLAINED, "details": details}


def put_in(sightings: pl.DataFrame, explained: pl.DataFrame) -> pl.DataFrame:
    """Return the hour's sightings with the explained ones in place of what they were."""
    if explained.is_empty():
        return sightings
    kept = sightings.join(explained, on=list(IDENTITY), how="anti")
    told = explained.with_columns(pl.col("hour_at").cast(INSTANT)).select(sightings.columns)
    return pl.concat([kept, told]).sort("kind", "mirror", "fact", "key_id", "subject")
