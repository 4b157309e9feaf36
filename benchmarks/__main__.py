"""``make bench``: measure, print a table, write bench.json and docs/benchmarks.md."""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from benchmarks.alternatives import measure_engine_alternatives
from benchmarks.explain import FULL, QUICK, measure_explanation
from benchmarks.history import measure_history
from benchmarks.isolated_venv import Interpreter, build_interpreter
from benchmarks.levels import measure_levels
from benchmarks.measure import Row
from benchmarks.outbox import measure_outbox
from benchmarks.page import render_page, render_table
from benchmarks.targets import (
    HERE,
    measure_engine,
    measure_hour,
    measure_orchestration,
    measure_start,
)
from benchmarks.vendors import measure_vendors
from benchmarks.work import make_work

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "bench.json"
PAGE = ROOT / "docs" / "benchmarks.md"
PARTS = ("engine", "levels", "vendors", "history", "explain", "orchestration", "outbox", "start")


def main() -> None:
    """Measure; only a run of everything at full size writes anything."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small work, no packaged tools")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, metavar="PART")
    asked = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 160)
    rows = measure(
        asked.only, is_quick=asked.quick, tell=lambda text: console.print(f"[dim]{text}[/dim]")
    )
    console.print(render_table(rows))
    if tuple(asked.only) != PARTS:
        return
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    told = {name: asdict(row) for name, row in rows.items()}
    RESULTS.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    if not asked.quick:
        PAGE.write_text(render_page(rows), encoding="utf-8")


def measure(
    parts: tuple[str, ...], *, is_quick: bool, tell: Callable[[str], None]
) -> dict[str, Row]:
    """Return target id → what was reached."""
    size, times = (200_000, 1) if is_quick else (10_000_000, 3)
    isolated = None if is_quick else build_interpreter()
    rows: dict[str, Row] = {}
    if "engine" in parts:
        rows |= _measure_engine(size, times, isolated, tell)
    if "levels" in parts:
        tell("levels as JSON, by size of page")
        levels = 20_000 if is_quick else 400_000
        rows |= measure_levels(levels, times=times, interpreter=isolated)
    if "vendors" in parts:
        tell("levels of every connector")
        rows |= measure_vendors(1_000 if is_quick else 20_000, times=times)
    if "history" in parts:
        tell("hours that are past")
        rows |= measure_history(
            20_000 if is_quick else 1_000_000, days=6 if is_quick else 7, times=5
        )
    if "explain" in parts:
        tell("why, for every finding")
        rows |= measure_explanation(QUICK if is_quick else FULL, times=5)
    if "orchestration" in parts:
        tell("orchestration")
        rows |= measure_orchestration(4 if is_quick else 24)
    if "outbox" in parts:
        tell("receipts, durably")
        rows |= measure_outbox(5_000 if is_quick else 50_000, times=1 if is_quick else 3)
    if "start" in parts:
        tell("start")
        rows |= measure_start(times=3 if is_quick else 5)
    return rows


def _measure_engine(
    size: int, times: int, isolated: Interpreter | None, tell: Callable[[str], None]
) -> dict[str, Row]:
    tell(f"engine beside hand-written scripts, {size:,} rows")
    rows, seen = measure_engine(size, times=times)
    if isolated:
        tell("packaged tools over the same hour (.bench-venv)")
        rows |= measure_engine_alternatives(make_work(size), HERE / "engine.py", isolated)
    tell("the whole hour by the command line")
    return rows | measure_hour(size, seen["ours"], times=times)


if __name__ == "__main__":
    main()
