"""The handoff map as people see it in the web UI: a drawing, a table, and what to mend first."""

import re
from collections.abc import Iterator
from typing import Any

import dagster as dg
import polars as pl

from inventory_pipeline.defs.markdown import render_table
from inventory_pipeline.defs.metadata import Metadata
from inventory_pipeline.report.words import neutralise

MOST_GAPS = 15
LONGEST = 60
_PLAIN = re.compile(r"[^\w .:/-]")
# Thick: twice; dotted: nothing comes, or nobody built or declared it.
_ARROWS = {"firing": "-->", "unobserved": "-->", "duplicated": "==>"}
_COLUMNS = {
    "path": "path", "from": "source", "to": "target", "state": "state", "events": "events",
    "p99 s": "delay_p99_seconds", "keys": "key_coverage", "type": "trigger",
    "worst lag s": "worst_lag_seconds", "exposed": "exposed_units", "advice": "advice",
    "responsible": "responsible",
}  # fmt: skip
_GAPS = {
    "no.": "priority", "path": "path", "state": "state", "came back": "recurrence",
    "units": "units", "value": "money_at_risk", "lost": "lost_events",
    "twice": "duplicate_events", "responsible": "responsible", "resolution": "resolution",
    "status": "resolution_status",
}  # fmt: skip


def describe_map(handoffs: pl.DataFrame) -> Metadata:
    """Return how many paths are in which state, and the map as drawing and table."""
    states = dict(handoffs["state"].value_counts().iter_rows())
    return {
        "paths": handoffs.height,
        **{name: states.get(name, 0) for name in ("firing", "silent", "duplicated", "missing")},
        "unmapped": states.get("unmapped", 0),
        "map": dg.MetadataValue.md(render_drawing(handoffs)),
        "table": dg.MetadataValue.md(_tabulate(handoffs.sort("path"), _COLUMNS)),
    }


def describe_gaps(handoffs: pl.DataFrame) -> Metadata:
    """Return the paths that need somebody, the ones that came back most often first."""
    needs = (
        ~pl.col("state").is_in(["firing", "unobserved"])
        | (pl.col("recurrence") > 0)
        | (pl.col("lost_events") > 0)
        | (pl.col("responsible").str.strip_chars() == "")
        | pl.col("is_late")
    )
    gaps = handoffs.filter(needs).sort("priority")
    nobody = handoffs.filter(pl.col("responsible").str.strip_chars() == "")
    return {
        "gaps": gaps.height,
        "nobody_owns": nobody.filter(~pl.col("state").is_in(["missing", "unmapped"])).height,
        "list": dg.MetadataValue.md(_tabulate(gaps.head(MOST_GAPS), _GAPS)),
    }


def render_drawing(handoffs: pl.DataFrame) -> str:
    """Return the map as a Mermaid graph; systems are nodes, paths are edges."""
    return "\n".join(("```mermaid", "graph LR", *_draw(handoffs.sort("path")), "```"))


def _draw(handoffs: pl.DataFrame) -> Iterator[str]:
    ends = handoffs.filter((pl.col("source") != "") & (pl.col("target") != ""))
    names = sorted({*ends["source"], *ends["target"]})
    nodes = {name: f"s{number}" for number, name in enumerate(names)}
    yield from (f'  {node}["{_plain(name)}"]' for name, node in nodes.items())
    for row in ends.iter_rows(named=True):
        arrow = _ARROWS.get(row["state"], "-.->")
        label = _plain(f"{row['path']}: {row['state']}")
        yield f'  {nodes[row["source"]]} {arrow}|"{label}"| {nodes[row["target"]]}'


def _plain(text: str) -> str:
    """Return text that can end no label: letters, digits and a few marks."""
    return _PLAIN.sub(" ", neutralise(text, limit=LONGEST))


def _tabulate(frame: pl.DataFrame, columns: dict[str, str]) -> str:
    rows = (tuple(map(_write, row)) for row in frame.select(columns.values()).iter_rows())
    return render_table(list(columns), rows)


def _write(cell: Any) -> str:
    if cell is None:
        return ""
    return f"{cell:.2f}".rstrip("0").rstrip(".") if isinstance(cell, float) else str(cell)
