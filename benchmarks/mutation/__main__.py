"""``make mutation``: draw mutants, judge them in a copy of the tree, write their page.

``MUTATION_SCOPE=writing`` mutates the outbox and the assistant instead of the diagnosis.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.isolated_venv import build_interpreter
from benchmarks.mutation.calls import TARGET
from benchmarks.mutation.judge import read_results
from benchmarks.mutation.page import render_page
from benchmarks.mutation.sample import find_commit, read_samples, sum_up, write_sample
from benchmarks.mutation.scope import SCOPE

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
PAGE = ROOT / "docs" / SCOPE.page
SAMPLES = HERE / "samples" / SCOPE.name
VENV = ROOT / ".mutation-venv"


def main() -> None:
    """Judge a fresh sample, or, with ``--again``, only write the page once more."""
    asked = _parse()
    if not asked.again:
        work = Path(asked.work or tempfile.mkdtemp(prefix="mutation-"))
        _run(
            work, asked.seed, asked.size, SCOPE.tests[: SCOPE.units] if asked.units else SCOPE.tests
        )
        sample = sum_up(*_read(work), number=asked.number, commit=find_commit())
        write_sample(SAMPLES, sample)
    PAGE.write_text(render_page(read_samples(SAMPLES)), encoding="utf-8")


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutation", description=__doc__)
    parser.add_argument("--units", action="store_true", help="let unit tests alone judge")
    parser.add_argument("--seed", default="4", help="another seed draws other mutants")
    parser.add_argument("--size", type=int, default=500, help="how many mutants to judge")
    parser.add_argument("--number", type=int, default=4, help="the sample's place on the page")
    parser.add_argument("--work", help="a folder to go on in; each mutant is judged once")
    parser.add_argument("--again", action="store_true", help="write the page from what is kept")
    return parser.parse_args()


def _run(work: Path, seed: str, size: int, judges: Sequence[str]) -> None:
    """Draw, record which test runs what, and judge; what is there already is kept."""
    tree, drawn = work / "tree", work / "drawn.json"
    if not drawn.exists():
        drawn.write_text(_draw(seed, size), encoding="utf-8")
    if not tree.exists():
        _copy_tree(tree)
    calls = tree / "calls.json"
    if not calls.exists():
        tests = [f"inventory_pipeline_tests/{name}" for name in judges]
        marks = ("-q", "-m", "not peer and not slow")
        _call(tree, "pytest", "-p", "benchmarks.mutation.calls", *marks, *tests, calls=calls)
    _call(tree, "benchmarks.mutation.judge", str(drawn), str(work / "results.jsonl"))


def _draw(seed: str, size: int) -> str:
    interpreter = build_interpreter(HERE / "requirements.txt", VENV)
    if interpreter.problem:
        sys.exit(interpreter.problem)
    command = [interpreter.python, str(HERE / "draw.py"), str(ROOT), seed, str(size)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def _copy_tree(tree: Path) -> None:
    """Copy what git knows or would add: mutants never touch the tree that people work in."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    for name in listed:
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)


def _call(tree: Path, module: str, *words: str, calls: Path | None = None) -> None:
    told = {"PYTHONPATH": str(tree)} | ({TARGET: str(calls)} if calls else {})
    subprocess.run(
        [sys.executable, "-m", module, *words], cwd=tree, env={**os.environ, **told}, check=True
    )


def _read(work: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    drawn = json.loads((work / "drawn.json").read_text(encoding="utf-8"))
    return drawn, read_results(work / "results.jsonl")


if __name__ == "__main__":
    main()
