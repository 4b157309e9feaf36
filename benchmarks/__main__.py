"""``make bench``: measure, print a table, write bench.json and docs/benchmarks.md."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from benchmarks.alternatives import measure_engine_alternatives
from benchmarks.explain import FULL, QUICK, measure_explanation
from benchmarks.growth import measure_growth
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
PARTS = {
    "engine": "the comparison of one hour",
    "growth": "the same with more rows",
    "levels": "levels as JSON, by size of page",
    "vendors": "levels of every connector",
    "history": "hours that are past",
    "explain": "why, for every finding",
    "orchestration": "orchestration",
    "outbox": "receipts, durably",
    "start": "start",
}
Work = Callable[[], dict[str, Row]]


def main() -> None:
    """Measure; only a run of everything at full size writes anything."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small work, no packaged tools")
    parser.add_argument(
        "--only", choices=tuple(PARTS), nargs="+", default=tuple(PARTS), metavar="PART"
    )
    asked = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 160)
    rows = measure(
        asked.only, is_quick=asked.quick, tell=lambda text: console.print(f"[dim]{text}[/dim]")
    )
    console.print(render_table(rows))
    if tuple(asked.only) != tuple(PARTS):
        return
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    told = {name: asdict(row) for name, row in rows.items()}
    RESULTS.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    if not asked.quick:
        PAGE.write_text(render_page(rows), encoding="utf-8")


def measure(parts: Sequence[str], *, is_quick: bool, tell: Callable[[str], None]) -> dict[str, Row]:
    """Return target id → what was reached."""
    isolated = None if is_quick else build_interpreter()
    works = _list_quick(tell) if is_quick else _list_full(isolated, tell)
    rows: dict[str, Row] = {}
    for name in parts:
        tell(PARTS[name])
        rows |= works[name]()
    return rows


def _list_quick(tell: Callable[[str], None]) -> dict[str, Work]:
    return {
        "engine": lambda: _measure_engine(200_000, 1, None, tell),
        "growth": lambda: measure_growth(20_000, 200_000, 1_000_000, times=1),
        "levels": lambda: measure_levels(20_000, times=1, interpreter=None),
        "vendors": lambda: measure_vendors(1_000, times=1),
        "history": lambda: measure_history(20_000, days=6, times=5),
        "explain": lambda: measure_explanation(QUICK, times=5),
        "orchestration": lambda: measure_orchestration(4),
        "outbox": lambda: measure_outbox(5_000, times=1),
        "start": lambda: measure_start(times=3),
    }


def _list_full(isolated: Interpreter | None, tell: Callable[[str], None]) -> dict[str, Work]:
    return {
        "engine": lambda: _measure_engine(10_000_000, 3, isolated, tell),
        "growth": lambda: measure_growth(100_000, 10_000_000, 40_000_000, times=1),
        "levels": lambda: measure_levels(400_000, times=3, interpreter=isolated),
        "vendors": lambda: measure_vendors(20_000, times=5),
        "history": lambda: measure_history(1_000_000, days=7, times=5),
        "explain": lambda: measure_explanation(FULL, times=5),
        "orchestration": lambda: measure_orchestration(24),
        "outbox": lambda: measure_outbox(50_000, times=3),
        "start": lambda: measure_start(times=5),
    }


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
