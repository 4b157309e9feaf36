"""Cycle: the hour in one row, written after everything it counts is known."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from inventory_pipeline.config.models import Settings
from inventory_pipeline.model.frames import INSTANT
from inventory_pipeline.reconcile.hour import SPOKE, Picture
from inventory_pipeline.reconcile.measures import measure_accuracy, measure_drift
from inventory_pipeline.store.warehouse import DuckWarehouse


@dataclass(frozen=True)
class Cycle:
    """One hour in one row: ``contract.cycles`` and what a person asks of it first."""

    hour_at: datetime
    status: str
    compared: int
    matched: int
    in_flight: int
    drifting_skus: int
    active_skus: int
    drift_rate: float | None
    structural: bool
    sources_expected: int
    sources_complete: int
    seconds: float
    majors: int
    reason: str


def close(
    warehouse: DuckWarehouse,
    picture: Picture,
    settings: Settings,
    tallies: list[dict[str, Any]],
    sightings: pl.DataFrame,
    started: float,
) -> Cycle:
    """Write the hour's one row, after everything it counts is known."""
    is_open = pl.col("state") == "open"
    gaps = sightings.filter(is_open & (pl.col("kind") == "gap"))
    drift = measure_drift(picture, gaps)
    complete = sum(picture.batches[s].status == "complete" for s in picture.batches)
    expected = len(settings.systems)
    lacking = [
        f"{name} {picture.batches[name].status if name in picture.batches else 'missing'}"
        for name in settings.systems
        if name not in picture.batches or picture.batches[name].status != "complete"
    ]
    if not lacking:
        lacking = _find_idle(tallies)
    total = {
        name: sum(int(t[name]) for t in tallies) for name in ("compared", "matched", "in_flight")
    }
    is_clear = not sightings.filter(is_open & ~pl.col("severity").is_in(["none"])).height
    spoke = any(b.status in SPOKE for b in picture.batches.values())
    status = (
        "missed" if not spoke
        else "incomplete" if lacking
        else "clear" if is_clear else "drift"
    )  # fmt: skip
    is_structural = bool(sightings.filter(is_open & (pl.col("kind") == "structural")).height)
    row = {
        "hour_at": picture.hour_at,
        "status": status,
        **total,
        "drifting_skus": drift.drifting_skus,
        "active_skus": drift.active_skus,
        "drift_rate": drift.rate,
        "structural": is_structural,
        "sources_expected": expected,
        "sources_complete": complete,
        "seconds": round(time.monotonic() - started, 3),
        **measure_accuracy(drift, tallies, gaps),
        "consistent_findings": drift.consistent,
        "leans_to_integration": drift.leans_to_integration,
        "reason": "; ".join(lacking),
    }
    frame = pl.DataFrame(
        row,
        schema_overrides={
            "hour_at": INSTANT,
            "drift_rate": pl.Float64,
            "record_accuracy": pl.Float64,
            "accuracy_low": pl.Float64,
            "accuracy_high": pl.Float64,
            "unit_accuracy": pl.Float64,
        },
    )
    warehouse.replace_partition("reconcile.cycles", frame, where={"hour_at": picture.hour_at})
    majors = sightings.filter(is_open & (pl.col("severity") == "major")).height
    names = Cycle.__dataclass_fields__
    return Cycle(**{k: v for k, v in row.items() if k in names}, majors=majors)


def _find_idle(tallies: list[dict[str, Any]]) -> list[str]:
    """Name the mirrors that sent whole snapshots in which nothing could be compared.

    Nothing compared is no match: a fact under another name must not read as all clear.
    """
    return [
        f"nothing of {idle['fact']} could be compared at {idle['mirror']}"
        for idle in tallies
        if not idle["compared"]
    ]
