"""The results for people: a table for the terminal, docs/benchmarks.md for the docs."""

import os
import platform
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import duckdb
import polars as pl
from rich.table import Table

from benchmarks.measure import Row

HEAD = """\
# Benchmarks

Written by `make bench`; nothing here is edited by hand. Every candidate runs in a process of its
own, in turns, and the values are medians. Seconds differ from machine to machine and from minute
to minute: quote the **ratios of one run**. A target that is not met is open work; profiles say
[where its time goes](where-time-goes.md).

"""
TITLES = {
    "B1": "The comparison of one hour, engine alone",
    "B2": "A whole hour by the command line",
    "B3": "Levels as JSON, into the warehouse",
    "B4": "History",
    "B5": "Explanation",
    "B6": "Orchestration",
    "B7": "Start",
    "B8": "Outbox",
    "D10": "Every open finding in a minute",
}
# What the measures of a target are, where their names do not say it.
ABOUT = {
    "B1": (
        "B1 is how many times faster ours is than the best script written by hand, in an hour that "
        "follows another; one item in a thousand is new, and the key book is read from the "
        "warehouse of the hour before within the time. B1_first_hour is the very first hour. The "
        "others are how many times faster than the tool in their name. datacompy does the "
        "comparison alone, and PySpark's time holds the start of its session."
    ),
    "B3": (
        "B3 and its sizes of page: how many times faster than requests, `json` and "
        "`polars.from_dicts`; B3_read_json: than raw bytes read by DuckDB; B3_dlt: than dlt. Ours "
        "is an hour that follows another, landed, judged and numbered; first_hour is the very "
        "first. B3_parsing is landed bytes to rows alone, as a backfill does it; of a connector, "
        "pages as the stand-ins of the tests answer them, which are held to the vendors' papers."
    ),
}


def render_table(rows: dict[str, Row]) -> Table:
    """Return the table for the terminal."""
    table = Table("target", "value", "wanted", "met", "what")
    colours = {"yes": "green", "no": "red", "not measured": "yellow"}
    for name, row in rows.items():
        met = _find_verdict(row)
        verdict = f"[{colours[met]}]{met}[/]"
        table.add_row(name, _write_value(row), _write_target(row), verdict, row.note)
    return table


def render_page(rows: dict[str, Row]) -> str:
    """Return the page for the docs: one part a target, each measure with what it was taken on."""
    parts = [HEAD, f"{describe_machine()}\n"]
    ordered = sorted(rows.items(), key=lambda item: item[0].partition("_")[0])
    for target, some in groupby(ordered, key=lambda item: item[0].partition("_")[0]):
        parts.append(f"\n## {target}: {TITLES.get(target, '')}\n\n")
        if target in ABOUT:
            parts.append(f"{ABOUT[target]}\n\n")
        parts.append("| measure | reached | wanted | met | taken on |\n")
        parts.append("| --- | ---: | ---: | --- | --- |\n")
        parts += _render_rows(list(some))
    return "".join(parts)


def describe_machine() -> str:
    """Return what the seconds depend on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores ({_find_processor()}), "
        f"{memory:.0f} GiB, Python {platform.python_version()}, polars {pl.__version__}, "
        f"DuckDB {duckdb.__version__}; load {os.getloadavg()[2]:.1f} over the last 15 minutes."
    )


def _render_rows(rows: list[tuple[str, Row]]) -> list[str]:
    lines, before = [], None
    for name, row in rows:
        note = "the same" if row.note == before else row.note.replace("|", "\\|")
        before = row.note
        met = _find_verdict(row)
        shown = met if met == "yes" else f"**{met}**"
        lines.append(
            f"| {name} | {_write_value(row)} | {_write_target(row)} | {shown} | {note} |\n"
        )
    return lines


def _find_verdict(row: Row) -> str:
    if not row.n:
        return "not measured"
    return "yes" if row.is_met else "no"


def _write_value(row: Row) -> str:
    if not row.n:
        return "–"
    return f"{row.value:,.0f}" if row.value >= 100 else f"{row.value:.2f}"


def _write_target(row: Row) -> str:
    return f"{'≤' if row.better == 'lower' else '≥'} {row.target:g}"


def _find_processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
