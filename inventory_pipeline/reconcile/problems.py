"""Problems that are made one by one from few records: their shape and their words."""

import json
from datetime import datetime
from typing import Any

import polars as pl

from inventory_pipeline.reconcile.findings import build_problems

Row = dict[str, object]


def build(rows: list[Row]) -> pl.DataFrame:
    """Return PROBLEM rows, one per identity: the gravest comes first and stands."""
    frame = build_problems(rows)
    return frame.unique(
        ["kind", "fact", "mirror", "key_id", "subject"], keep="first", maintain_order=True
    )


def write_details(details: Any) -> str:
    """Return details as the JSON text that a finding keeps."""
    return json.dumps(details, sort_keys=True)


def render_stamp(moment: datetime) -> str:
    """Return an instant as details write it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
