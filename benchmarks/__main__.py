"""``make bench``: measure, print a table, write bench.json and docs/benchmarks.md."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
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
UNFINISHED = RESULTS.with_name("bench-unfinished.json")
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
    """Measure; what a part found is kept at once, and the page is written of all parts."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small work, no packaged tools")
    parser.add_argument("--only", choices=tuple(PARTS), nargs="+", metavar="PART")
    parser.add_argument("--resume", action="store_true", help="go on where a run broke off")
    asked = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 160)
    kept = _load_kept() if asked.resume else {}
    parts = [name for name in asked.only or PARTS if name not in kept]
    for name, rows in measure(parts, is_quick=asked.quick, tell=console.print):
        kept[name] = rows
        if not asked.only:
            _keep(kept)
    rows = {target: row for name in PARTS for target, row in kept.get(name, {}).items()}
    console.print(render_table(rows))
    if asked.only:
        return
    told = {name: asdict(row) for name, row in rows.items()}
    RESULTS.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    UNFINISHED.unlink()
    if not asked.quick:
        PAGE.write_text(render_page(rows), encoding="utf-8")


def measure(
    parts: Sequence[str], *, is_quick: bool, tell: Callable[[str], None]
) -> Iterator[tuple[str, dict[str, Row]]]:
    """Yield each part with target id → what was reached."""
    isolated = None if is_quick else build_interpreter()
    works = _list_quick(tell) if is_quick else _list_full(isolated, tell)
    for name in parts:
        tell(f"[dim]{PARTS[name]}[/dim]")
        yield name, works[name]()


def _keep(kept: dict[str, dict[str, Row]]) -> None:
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    told = {part: {name: asdict(row) for name, row in rows.items()} for part, rows in kept.items()}
    UNFINISHED.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _load_kept() -> dict[str, dict[str, Row]]:
    if not UNFINISHED.exists():
        return {}
    told = json.loads(UNFINISHED.read_text(encoding="utf-8"))
    return {part: {name: Row(**row) for name, row in rows.items()} for part, rows in told.items()}


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
        "vendors": lambda: measure_vendors(3_000, times=9),
        "history": lambda: measure_history(1_000_000, days=7, times=5),
        "explain": lambda: measure_explanation(FULL, times=5),
        "orchestration": lambda: measure_orchestration(24),
        "outbox": lambda: measure_outbox(50_000, times=3),
        "start": lambda: measure_start(times=5),
    }


def _measure_engine(
    size: int, times: int, isolated: Interpreter | None, tell: Callable[[str], None]
) -> dict[str, Row]:
    tell(f"[dim]engine beside hand-written scripts, {size:,} rows[/dim]")
    rows, seen = measure_engine(size, times=times)
    if isolated:
        tell("[dim]packaged tools over the same hour (.bench-venv)[/dim]")
        rows |= measure_engine_alternatives(make_work(size), HERE / "engine.py", isolated)
    tell("[dim]the whole hour by the command line[/dim]")
    return rows | measure_hour(size, seen["ours"], times=times)


if __name__ == "__main__":
    main()
