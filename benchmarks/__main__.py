"""``make bench``: measure, print a table, write bench.json and docs/benchmarks.md."""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.measure import Row
from benchmarks.targets import (
    describe_machine,
    measure_engine,
    measure_hour,
    measure_json,
    measure_orchestration,
    measure_start,
)

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "bench.json"
PAGE = ROOT / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Written by `make bench`. Seconds differ from machine to machine: quote the **ratios of one run**.
Every candidate runs in a process of its own, in turns; values are medians.

"""


def main() -> None:
    """Measure every target; ``--quick`` takes small work and writes no page."""
    is_quick = "--quick" in sys.argv[1:]
    console = Console(width=None if sys.stdout.isatty() else 160)
    rows = measure(is_quick=is_quick, say=lambda text: console.print(f"[dim]{text}[/dim]"))
    console.print(render_table(rows))
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    told = {name: asdict(row) for name, row in rows.items()}
    RESULTS.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    if not is_quick:
        PAGE.write_text(render_page(rows), encoding="utf-8")


def measure(*, is_quick: bool, say: object) -> dict[str, Row]:
    """Return target id → what was reached."""
    tell = say if callable(say) else print
    size, times = (200_000, 1) if is_quick else (10_000_000, 3)
    rows: dict[str, Row] = {}
    tell(f"engine beside hand-written scripts, {size:,} rows")
    found, seen = measure_engine(size, times=times)
    rows |= found
    tell("the whole hour by the command line")
    rows |= measure_hour(size, seen["ours"], times=times)
    tell("JSON pages to rows")
    rows |= measure_json(20_000 if is_quick else 400_000, times=times)
    tell("orchestration")
    rows |= measure_orchestration(4 if is_quick else 24)
    tell("start")
    rows |= measure_start(times=3 if is_quick else 5)
    return rows


def render_table(rows: dict[str, Row]) -> Table:
    """Return the table for the terminal."""
    table = Table("target", "value", "wanted", "met", "what")
    for name, row in rows.items():
        sign = "≤" if row.better == "lower" else "≥"
        met = "[green]yes[/green]" if row.is_met else "[red]no[/red]"
        table.add_row(name, f"{row.value:.2f}", f"{sign} {row.target:g}", met, row.note)
    return table


def render_page(rows: dict[str, Row]) -> str:
    """Return the page for the docs."""
    lines = [HEAD, f"{describe_machine()}, {os.cpu_count()} cores.\n\n"]
    lines += ["| target | value | wanted | met | what |\n", "| --- | --- | --- | --- | --- |\n"]
    for name, row in rows.items():
        sign = "≤" if row.better == "lower" else "≥"
        met = "yes" if row.is_met else "**no**"
        lines.append(f"| {name} | {row.value:.2f} | {sign} {row.target:g} | {met} | {row.note} |\n")
    return "".join(lines)


if __name__ == "__main__":
    main()
