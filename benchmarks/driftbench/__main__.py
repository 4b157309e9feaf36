"""``make driftbench``: run labelled shops, print a table, write the results and the page."""

import argparse
import json
import pickle
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks.driftbench.answer import Result
from benchmarks.driftbench.calibration import write_table
from benchmarks.driftbench.learner import build_table, learn_from_others, learn_from_table
from benchmarks.driftbench.page import render_page, render_table, render_warning
from benchmarks.driftbench.plan import Plan, plan_shops
from benchmarks.driftbench.run import run_shops
from benchmarks.driftbench.scores import Board, compute_scores
from benchmarks.driftbench.unfinished import Unfinished, compute_digest
from benchmarks.driftbench.worst import find_confusions, find_worst

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "driftbench.md"
# What acceptance takes over from development: the learner's lessons, and the worst cases.
LESSONS = Path(__file__).with_name("development.json")
DEVELOPMENT, ACCEPTANCE = "development", "acceptance"


def main() -> None:
    """Run a split and write what it came to."""
    asked = _parse()
    console = Console(width=None if sys.stdout.isatty() else 160)
    kept = RESULTS / "driftbench-development.pickle"
    RESULTS.mkdir(parents=True, exist_ok=True)
    if asked.again:
        results: Sequence[Result] = pickle.loads(kept.read_bytes())
    else:
        plans = plan_shops(asked.split, is_quick=asked.quick)
        before = Unfinished(RESULTS / "driftbench-unfinished.pickle", compute_digest())
        results = _run(plans, before, before.load(plans) if asked.resume else {}, console=console)
        before.drop()
    if asked.split == DEVELOPMENT:
        kept.write_bytes(pickle.dumps(results))
    if asked.calibrate:
        console.print_json(json.dumps(write_table(results)))
        return
    _report(results, asked.split, is_quick=asked.quick, console=console)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.driftbench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one seed of the split")
    parser.add_argument("--split", choices=(DEVELOPMENT, ACCEPTANCE), default=ACCEPTANCE)
    parser.add_argument(
        "--calibrate", action="store_true", help="write diagnose/calibration.json (development)"
    )
    parser.add_argument(
        "--again", action="store_true", help="score the kept answers of development once more"
    )
    parser.add_argument(
        "--resume", action="store_true", help="go on where a run of the same code broke off"
    )
    asked = parser.parse_args()
    if asked.calibrate or asked.again:
        asked.split = DEVELOPMENT
    return asked


def _run(
    plans: Sequence[Plan], unfinished: Unfinished, done: dict[Plan, Result], *, console: Console
) -> list[Result]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task("shops", total=len(plans), completed=len(done))
        for result in run_shops([plan for plan in plans if plan not in done]):
            done[result.plan] = result
            unfinished.keep(done)
            progress.advance(task)
    return [done[plan] for plan in plans]


def _report(results: Sequence[Result], split: str, *, is_quick: bool, console: Console) -> None:
    if split == DEVELOPMENT:
        lessons: dict[str, Any] = {"learner": build_table(results), "worst": find_worst(results)}
        LESSONS.write_text(json.dumps(lessons, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        find_learner = learn_from_others(results)
    else:
        lessons = json.loads(LESSONS.read_text(encoding="utf-8"))
        find_learner = learn_from_table(lessons["learner"])
    board = Board(results, find_learner)
    rows = compute_scores(board)
    console.print(render_table(rows))
    console.print(f"[bold red]{render_warning(rows)}[/]")
    told = json.dumps({name: asdict(row) for name, row in rows.items()}, indent=1)
    name = "driftbench.json" if split == ACCEPTANCE else "driftbench-development.json"
    (RESULTS / name).write_text(told + "\n", encoding="utf-8")
    confusions = find_confusions(board.answers)
    page = render_page(rows, results, confusions, lessons["worst"], split=split, is_quick=is_quick)
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
