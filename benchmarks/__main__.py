"""``make bench``: measure, print a table, write bench.json and docs/benchmarks.md."""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console

from benchmarks import explain
from benchmarks.alternatives import measure_engine_alternatives
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


@dataclass(frozen=True)
class Sizes:
    """How much work each part does: the whole, or what a change should not have broken."""

    rows: int
    fewest: int
    most: int
    levels: int
    vendor_levels: int
    history: tuple[int, int]
    explanation: explain.Size
    hours: int
    receipts: int
    times: int


FULL = Sizes(
    10_000_000, 100_000, 40_000_000, 400_000, 3_000, (1_000_000, 7), explain.FULL, 24, 50_000, 3
)
QUICK = Sizes(200_000, 20_000, 1_000_000, 20_000, 1_000, (20_000, 6), explain.QUICK, 4, 5_000, 1)


def main() -> None:
    """Measure; what a part found is kept at once, and the page is written of all parts."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small work, no packaged tools")
    parser.add_argument("--only", choices=tuple(PARTS), nargs="+", metavar="PART")
    parser.add_argument("--resume", action="store_true", help="go on where a run broke off")
    asked = parser.parse_args()
    unfinished = RESULTS.with_name(f"unfinished-{'quick' if asked.quick else 'full'}.json")
    console = Console(width=None if sys.stdout.isatty() else 160)
    kept = _load_kept(unfinished) if asked.resume else {}
    parts = [name for name in asked.only or PARTS if name not in kept]
    works = _list_works(asked.quick, lambda text: console.print(f"[dim]{text}[/dim]"))
    for name in parts:
        console.print(f"[dim]{PARTS[name]}[/dim]")
        kept[name] = works[name]()
        if not asked.only:
            _keep(unfinished, kept)
    rows = {target: row for name in PARTS for target, row in kept.get(name, {}).items()}
    console.print(render_table(rows))
    if asked.only:
        return
    told = {name: asdict(row) for name, row in rows.items()}
    RESULTS.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    unfinished.unlink()
    if not asked.quick:
        PAGE.write_text(render_page(rows), encoding="utf-8")


def _keep(path: Path, kept: dict[str, dict[str, Row]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {part: {name: asdict(row) for name, row in rows.items()} for part, rows in kept.items()}
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _load_kept(path: Path) -> dict[str, dict[str, Row]]:
    if not path.exists():
        return {}
    told = json.loads(path.read_text(encoding="utf-8"))
    return {part: {name: Row(**row) for name, row in rows.items()} for part, rows in told.items()}


def _list_works(is_quick: bool, tell: Callable[[str], None]) -> dict[str, Work]:
    sizes, isolated = (QUICK, None) if is_quick else (FULL, build_interpreter())
    times, many = sizes.times, max(3, sizes.times)
    rows, days = sizes.history
    return {
        "engine": lambda: _measure_engine(sizes.rows, times, isolated, tell),
        "growth": lambda: measure_growth(sizes.fewest, sizes.rows, sizes.most, times=1),
        "levels": lambda: measure_levels(sizes.levels, times=times, interpreter=isolated),
        "vendors": lambda: measure_vendors(sizes.vendor_levels, times=many),
        "history": lambda: measure_history(rows, days=days, times=5),
        "explain": lambda: explain.measure_explanation(sizes.explanation, times=5),
        "orchestration": lambda: measure_orchestration(sizes.hours),
        "outbox": lambda: measure_outbox(sizes.receipts, times=times),
        "start": lambda: measure_start(times=many),
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
