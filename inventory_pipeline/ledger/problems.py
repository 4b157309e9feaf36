"""Problems: what the ledger cannot make add up, one row each, in the words of a finding."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl

from inventory_pipeline.model.frames import INSTANT

Row = dict[str, object]

# Grain: one problem of one hour; reconcile gives it an identity over time.
PROBLEM: dict[str, Any] = {
    "hour_at": INSTANT,
    "kind": pl.String,
    "fact": pl.String,
    "mirror": pl.String,
    "key_id": pl.Int32,
    "subject": pl.String,
    "owner": pl.String,
    "class": pl.String,
    "severity": pl.String,
    "delta_units": pl.Int64,
    "owner_units": pl.Int64,
    "observed_units": pl.Int64,
    "expected_units": pl.Int64,
    "details": pl.String,
}


def build_problems(rows: list[Row], *, hour_at: datetime) -> pl.DataFrame:
    """Return PROBLEM rows; what is left out is empty."""
    empty: Row = dict.fromkeys(("fact", "mirror", "subject", "owner"), "")
    names: Row = {**empty, "hour_at": hour_at, "details": "{}"}
    return pl.DataFrame(
        [{name: {**names, **row}.get(name) for name in PROBLEM} for row in rows], schema=PROBLEM
    )


def write_details(details: Mapping[str, Any]) -> str:
    """Return details as the JSON text that a finding keeps; instants in UTC."""
    told = {
        name: f"{value:%Y-%m-%dT%H:%M:%SZ}" if isinstance(value, datetime) else value
        for name, value in details.items()
    }
    return json.dumps(told, sort_keys=True)


def name_severity(units: int, *, minor_up_to: int, notable_up_to: int) -> str:
    """Return the band of an absolute difference in eaches."""
    size = abs(units)
    return "minor" if size <= minor_up_to else "notable" if size <= notable_up_to else "major"
