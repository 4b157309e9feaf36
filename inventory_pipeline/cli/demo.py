"""``demo``: a simulated shop, reconciled hour by hour through the real Dagster job."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import polars as pl
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from inventory_pipeline.cli import console as terminal
from inventory_pipeline.defs.demo import open_instance, run_hours
from inventory_pipeline.model.hours import HOUR, find_hours, find_hours_of_day
from inventory_pipeline.simulator.run import simulate
from inventory_pipeline.wiring.daily import report_day
from inventory_pipeline.wiring.export import load_table
from inventory_pipeline.wiring.house import House, build_house

# Midnight of a Monday in the shop's own time zone, so that three whole days are told of.
OPENING = datetime(2026, 4, 6, 7, tzinfo=UTC)
DAYS = 3
TEMPLATE = "dagster.yaml"


@click.command("demo")
@click.option("--out", default="demo", show_default=True, metavar="DIR", help="Where to build it.")
@click.option("--seed", type=int, default=7, show_default=True, help="Same seed, same shop.")
@click.option("--days", type=click.IntRange(1, 30), default=DAYS, show_default=True)
def command(*, out: str, seed: int, days: int) -> None:
    """Simulate a small shop with known faults, reconcile every hour, write the daily mails."""
    logging.getLogger("dagster").setLevel(logging.ERROR)
    hours = list(find_hours(OPENING, OPENING + timedelta(days=days) - HOUR))
    with _progress() as (bar, tell):
        step = tell("simulating the shop", len(hours))
        config = simulate(
            Path(out),
            seed=seed,
            profile="demo",
            hours=len(hours),
            start=OPENING,
            on_hour=lambda done, _all: bar.update(step, completed=done),
        )
        house = build_house(config)
        step = tell("reconciling its hours", len(hours))
        with open_instance(config.parent / "dagster_home", template=Path(TEMPLATE)) as instance:
            run_hours(
                house,
                hours,
                instance=instance,
                on_hour=lambda done, _all: bar.update(step, completed=done),
            )
        step = tell("writing the daily mails", days)
        mails = [_send(house, day, bar, step) for day in _find_days(house, hours)]
    _print(house, config, mails, hours)


@contextmanager
def _progress() -> Iterator[Any]:
    with Progress(
        TextColumn("{task.description:<24}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
        console=terminal.build_console(is_error=True),
    ) as bar:
        yield bar, lambda words, total: bar.add_task(words, total=total)


def _find_days(house: House, hours: list[datetime]) -> list[date]:
    """Return the local days of which every hour was run."""
    zone, done = house.settings.business.zone, set(hours)
    days = sorted({hour.astimezone(zone).date() for hour in hours})
    return [day for day in days if done.issuperset(find_hours_of_day(day, zone))]


def _send(house: House, day: date, bar: Progress, step: TaskID) -> tuple[date, str]:
    report, _ = report_day(house, day, send=True)
    bar.advance(step)
    return day, report.summary.status


def _print(
    house: House, config: Path, mails: list[tuple[date, str]], hours: list[datetime]
) -> None:
    out = terminal.build_console()
    found = _compare_with_truth(house, config)
    terminal.print_line(out, f"{len(hours)} hours through the hourly Dagster job; what was done")
    terminal.print_line(out, "to the shop, and what the pipeline says of it:")
    terminal.print_table(
        out,
        ("fault", "item", "mirror", "found as", "severity", "gap", "first seen"),
        found,
        styles=["" if row[3] != "-" else "dim" for row in found],
    )
    terminal.print_line(out, "Daily mails:")
    folder = house.storage / "mails"
    for day, status in mails:
        terminal.print_line(out, f"  {day}  {status:<11}  {folder}/daily-{day}.html (and .eml)")
    terminal.print_line(out, f"Truth: {config.parent}/truth/labels.csv")
    terminal.print_line(out, f"Look closer: inventory-pipeline --config {config} findings")
    terminal.print_line(out, "Open the web UI on it: make ui")


def _compare_with_truth(house: House, config: Path) -> list[tuple[str, ...]]:
    """Put every injected fault beside the finding about its item and mirror."""
    labels = pl.read_csv(config.parent / "truth" / "labels.csv", infer_schema=False)
    findings = load_table(house, "findings").filter(pl.col("kind") != "structural")
    snapshots = load_table(house, "snapshots").filter(
        pl.col("status").is_in(["missing", "partial", "suspect", "failed"])
    )
    rows: list[tuple[str, ...]] = []
    for label in labels.iter_rows(named=True):
        name, sku, mirror = label["cause"], label["sku"] or "", label["mirror"] or ""
        if not sku:
            rows.append((name, "", mirror, *_find_outage(snapshots, mirror)))
            continue
        seen = findings.filter(
            (pl.col("sku") == sku) & pl.col("mirror").is_in([mirror, ""]) & (pl.col("mirror") != "")
        ).sort("first_seen_at")
        rows.append((name, sku, mirror, *_describe(seen)))
    return rows


def _describe(seen: pl.DataFrame) -> tuple[str, str, str, str]:
    if seen.is_empty():
        return "-", "", "", ""
    row = seen.row(0, named=True)
    gap = "" if row["delta_units"] is None else f"{row['delta_units']:+d}"
    return row["class"], row["severity"], gap, f"{row['first_seen_at']:%m-%d %H:%MZ}"


def _find_outage(snapshots: pl.DataFrame, system: str) -> tuple[str, str, str, str]:
    mine = snapshots.filter(pl.col("system") == system).sort("hour_at")
    if mine.is_empty():
        return "-", "", "", ""
    row = mine.row(0, named=True)
    return f"source {row['status']}", "", "", f"{row['hour_at']:%m-%d %H:%MZ}"
