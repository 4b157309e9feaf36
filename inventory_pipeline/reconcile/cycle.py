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
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import DuckWarehouse

# What one row cannot tell of its types: a rate of nothing is null.
_RATES = ("drift_rate", "record_accuracy", "accuracy_low", "accuracy_high", "unit_accuracy")
_TYPES: dict[str, pl.DataType | type[pl.DataType]] = {
    "hour_at": INSTANT,
    **dict.fromkeys(_RATES, pl.Float64),
}


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
    open_ones = sightings.filter(pl.col("state") == "open")
    others = warehouse.query(load_query("reconcile", "load_others"), hour_at=picture.hour_at)
    states = _find_states(picture, settings, dict(others.iter_rows()))
    lacking = _find_lacking(states) or _find_idle(tallies)
    row = {
        "hour_at": picture.hour_at,
        "status": _name_status(picture, lacking, open_ones),
        "sources_expected": len(states),
        "sources_complete": sum(status == "complete" for status in states.values()),
        **_count(picture, tallies, open_ones),
        "seconds": round(time.monotonic() - started, 3),
        "reason": "; ".join(lacking),
    }
    frame = pl.DataFrame(row, schema_overrides=_TYPES)
    warehouse.replace_partition("reconcile.cycles", frame, where={"hour_at": picture.hour_at})
    majors = open_ones.filter(pl.col("severity") == "major").height
    names = Cycle.__dataclass_fields__
    return Cycle(**{k: v for k, v in row.items() if k in names}, majors=majors)


def _count(
    picture: Picture, tallies: list[dict[str, Any]], open_ones: pl.DataFrame
) -> dict[str, Any]:
    gaps = open_ones.filter(pl.col("kind") == "gap")
    drift = measure_drift(picture, gaps)
    totals = ("compared", "matched", "in_flight")
    return {
        **{name: sum(int(tally[name]) for tally in tallies) for name in totals},
        "drifting_skus": drift.drifting_skus,
        "active_skus": drift.active_skus,
        "drift_rate": drift.rate,
        "structural": not open_ones.filter(pl.col("kind") == "structural").is_empty(),
        **measure_accuracy(drift, tallies, gaps),
        "consistent_findings": drift.consistent,
        "leans_to_integration": drift.leans_to_integration,
    }


def _name_status(picture: Picture, lacking: list[str], open_ones: pl.DataFrame) -> str:
    if not any(batch.status in SPOKE for batch in picture.batches.values()):
        return "missed"
    if lacking:
        return "incomplete"
    return "clear" if open_ones.filter(pl.col("severity") != "none").is_empty() else "drift"


def _find_states(picture: Picture, settings: Settings, others: dict[str, str]) -> dict[str, str]:
    """Return how each system's counts of the hour are; of one that gives none, its other feeds."""
    counts = {name: batch.status for name, batch in picture.batches.items()}
    told = {**others, **counts}
    return {name: told.get(name, "missing") for name in settings.systems}


def _find_lacking(states: dict[str, str]) -> list[str]:
    """Name the systems that are not whole and fresh in the hour, and how they are."""
    return [f"{name} {status}" for name, status in states.items() if status != "complete"]


def _find_idle(tallies: list[dict[str, Any]]) -> list[str]:
    """Name the mirrors that sent whole snapshots in which nothing could be compared.

    Nothing compared is no match: a fact under another name must not read as all clear.
    """
    return [
        f"nothing of {idle['fact']} could be compared at {idle['mirror']}"
        for idle in tallies
        if not idle["compared"]
    ]
