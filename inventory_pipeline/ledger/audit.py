"""Audit: an owner's level held against its own movements before it is trusted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from inventory_pipeline.config.policy import Severity
from inventory_pipeline.ledger.problems import Row, name_severity, write_details
from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.model.quantities import ON_HAND

REACH = timedelta(hours=24)
# What was booked this close to a reading may be in it or not: clocks are no better.
EDGE = timedelta(minutes=1)
# More levels than this do not slip: the movements are not a whole book, and that is one finding.
MOST_LISTED = 500


@dataclass(frozen=True)
class Span:
    """Two readings of one owner between which every hour's movements were told whole."""

    system: str
    before_id: int
    now_id: int
    before_at: datetime
    now_at: datetime


def find_span(batches: pl.DataFrame, *, system: str, hour_at: datetime) -> Span | None:
    """Return the longest span that ends with this hour's reading; None where there is none.

    Args:
        batches: rows of ``find_batches``, of the last day.
    """
    mine = batches.filter((pl.col("system") == system) & (pl.col("status") == "complete"))
    told = set(mine.filter(pl.col("feed") == "movements")["hour_at"])
    readings = {
        row["hour_at"]: row
        for row in mine.filter(pl.col("feed") == "counts").iter_rows(named=True)
        if row["source_at"] is not None
    }
    now, found, at = readings.get(hour_at), None, hour_at
    while now and at in told and at - HOUR >= hour_at - REACH:
        at -= HOUR
        found = readings.get(at, found)
    if now is None or found is None or found["source_at"] >= now["source_at"]:
        return None
    return Span(system, found["batch_id"], now["batch_id"], found["source_at"], now["source_at"])


def find_unexplained(levels: pl.DataFrame, span: Span, bands: Severity) -> list[Row]:
    """Return levels that the owner's own book does not explain: class integrity.

    ``delta_units`` is what the owner says less what its movements make of what it said.

    Args:
        levels: rows of ``find_unexplained_levels`` that this owner owns.
    """
    if levels.height > MOST_LISTED:
        return [_describe_all(levels, span)]
    return [_describe(row, span, bands) for row in levels.iter_rows(named=True)]


def _describe_all(levels: pl.DataFrame, span: Span) -> Row:
    details = {"since": span.before_at, "until": span.now_at, "unexplained_levels": levels.height}
    return {
        "kind": "integrity",
        "fact": ON_HAND,
        "mirror": span.system,
        "key_id": -1,
        "subject": "movements",
        "owner": span.system,
        "class": "integrity",
        "severity": "notable",
        "details": write_details(details),
    }


def _describe(row: dict[str, Any], span: Span, bands: Severity) -> Row:
    expected = row["start_units"] + row["moved_units"]
    residual = row["units"] - expected
    severity = name_severity(
        residual, minor_up_to=bands.minor_up_to, notable_up_to=bands.notable_up_to
    )
    details = {
        "since": row["start_at"], "until": row["read_at"], "start_units": row["start_units"],
        "moved_units": row["moved_units"], "residual_units": residual, "count_id": row["count_id"],
    }  # fmt: skip
    return {
        "kind": "integrity",
        "fact": ON_HAND,
        "mirror": span.system,
        "key_id": row["key_id"],
        "owner": span.system,
        "class": "integrity",
        "severity": severity,
        "delta_units": residual,
        "owner_units": row["units"],
        "observed_units": row["units"],
        "expected_units": expected,
        "details": write_details(details),
    }
