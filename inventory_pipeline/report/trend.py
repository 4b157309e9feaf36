"""Fourteen days of drift rate and record accuracy: the last finished check of each local day."""

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from inventory_pipeline.report.attendance import FINISHED
from inventory_pipeline.report.measures import TrendDay
from inventory_pipeline.report.words import render_share

DAYS = 14


def find_days(day: date) -> list[date]:
    """Return the days of the trend, oldest first, ``day`` last."""
    return [day - timedelta(days=back) for back in reversed(range(DAYS))]


def compute_trend(cycles: pl.DataFrame, day: date, zone: ZoneInfo) -> tuple[TrendDay, ...]:
    """Take the last finished check of each day; a day without one stays a hole."""
    finished = cycles.filter(pl.col("status").is_in(FINISHED)).sort("hour_at")
    # The zone is asked here, not in polars, which knows fewer names (no "localtime").
    known = {row["hour_at"].astimezone(zone).date(): row for row in finished.iter_rows(named=True)}
    return tuple(
        TrendDay(each, known[each]["drift_rate"], known[each]["record_accuracy"])
        if each in known
        else TrendDay(each, None, None)
        for each in find_days(day)
    )


def render_trend(trend: Sequence[TrendDay]) -> str:
    """Write the chart in words, for screens that show no images."""
    if all(each.drift_rate is None and each.record_accuracy is None for each in trend):
        return "No finished check in the last 14 days."
    days = "; ".join(
        f"{each.day:%m-%d} {render_share(each.drift_rate, digits=2)}"
        f" / {render_share(each.record_accuracy)}"
        for each in trend
        if each.drift_rate is not None or each.record_accuracy is not None
    )
    holes = sum(each.drift_rate is None and each.record_accuracy is None for each in trend)
    tail = f" {holes} of {len(trend)} days have no finished check." if holes else ""
    return f"Drift rate / record accuracy by day: {days}.{tail}"
