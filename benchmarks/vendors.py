"""B3 by connector: landed pages of each vendor into rows, beside the usual way with the same bytes.

The pages are what the vendor's stand-in of the tests answers, each as large as the connector asks.
"""

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.measure import Reading, Row, interleave
from inventory_pipeline.model.ports import Page
from inventory_pipeline_tests.support.file_sources import land
from inventory_pipeline_tests.support.vendors.cases import build_levels
from inventory_pipeline_tests.support.vendors.table import VENDORS
from inventory_pipeline_tests.support.vendors.vendor import Vendor, serving_vendor

# These say themselves how many rows a page has; the others are asked for what they are asked for.
OWN_PAGES = {"amazon": 50}
# A stand-in holds every question to the vendor's papers, and takes its time.
SLOW = {"connect": "5s", "read": "60s", "answer": "60s", "feed": "30m"}
BY_CONFIGURATION = ("rest", "graphql", "files")


def measure_vendors(levels: int, *, times: int) -> dict[str, Row]:
    """Measure every connector with a card: levels a second, and how much faster than by hand."""
    rows: dict[str, Row] = {}
    for vendor in VENDORS:
        if vendor.name not in BY_CONFIGURATION:
            rows |= _measure(vendor, levels, times=times)
    return rows


def _measure(vendor: Vendor, levels: int, *, times: int) -> dict[str, Row]:
    vendor = copy(vendor)
    with tempfile.TemporaryDirectory() as folder:
        size = OWN_PAGES.get(vendor.name) or _find_page_size(vendor, Path(folder))
        vendor.page = size
        with serving_vendor(
            vendor, build_levels(vendor, levels), Path(folder), timeouts=SLOW
        ) as served:
            _, landed = land(served.connector, "counts", Path(folder) / "landing")
        parse = partial(served.connector.parse, "counts", landed)
        seen = interleave(
            {"ours": partial(_time, parse), "theirs": partial(_time, partial(_load, landed))},
            times=times,
        )
        found = parse().rows.height
    ours, theirs = seen["ours"].seconds, seen["theirs"].seconds
    note = (
        f"{vendor.name}: {found:,} levels in {len(landed)} pages of {size:,}, bytes to rows: "
        f"ours {ours:.3f} s ({found / ours:,.0f} a second), from_dicts {theirs:.3f} s"
    )
    return {f"B3_parsing_{vendor.name}": Row(theirs / ours, 1.6, "higher", times, note)}


def _find_page_size(vendor: Vendor, folder: Path) -> int:
    """Return how many rows the connector asks for where nobody says anything."""
    with serving_vendor(vendor, [], folder) as served:
        return int(type(served.connector).options_model.model_fields["page_size"].default)


def _time(work: Callable[[], object]) -> Reading:
    started = time.perf_counter()
    work()
    return Reading(time.perf_counter() - started, 0)


def _load(pages: Sequence[Page]) -> int:
    """Do it the usual way: ``json.loads`` and ``polars.from_dicts``, page by page."""
    frames = [
        pl.from_dicts(rows, infer_schema_length=None)
        for page in pages
        if page.kind == "json"
        for rows in [max(_find_lists(json.loads(page.body)), key=len, default=[])]
        if rows
    ]
    return sum(frame.height for frame in frames)


def _find_lists(value: Any) -> Iterator[list[dict[str, Any]]]:
    """Yield every list of objects in a document, the outer before the inner."""
    if isinstance(value, list):
        if value and isinstance(value[0], dict):
            yield value
        for child in value:
            yield from _find_lists(child)
    elif isinstance(value, dict):
        for child in value.values():
            yield from _find_lists(child)
