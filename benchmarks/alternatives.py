"""The named alternatives that need an interpreter of their own, beside what ours took.

One that cannot run here (no package index, no Java) gets a row that says so: n is 0.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from benchmarks.isolated_venv import FOLDER, Interpreter
from benchmarks.measure import Reading, Row, run_candidate
from benchmarks.work import Work

# Script → (row, how many times ours must be faster).
ENGINE = {
    "pandas_merge": ("B1_pandas", 18.0),
    "datacompy_polars": ("B1_datacompy_polars", 9.0),
    "datacompy_pandas": ("B1_datacompy_pandas", 16.0),
    "pyspark_local": ("B1_pyspark", 50.0),
}
LEVELS = {
    "dlt_arrow": ("B3_dlt_arrow", 3.3),
    "dlt_parquet": ("B3_dlt_parquet", 10.0),
}


def measure_engine_alternatives(
    work: Work, ours: Reading, interpreter: Interpreter
) -> dict[str, Row]:
    """B1: packaged tools over the same hour; each once, they take long."""
    rows = {}
    for script, (name, target) in ENGINE.items():
        is_without_java = script == "pyspark_local" and shutil.which("java") is None
        problem = "no java on PATH" if is_without_java else interpreter.problem
        rows[name] = _measure(
            script, target, ours,
            problem=problem,
            run=lambda script=script: _run_engine(script, work.folder, interpreter, ours),
            what=f"{work.rows:,} rows of string Parquet",
        )  # fmt: skip
    return rows


def measure_levels_alternatives(
    folder: Path, ours: Reading, interpreter: Interpreter, *, what: str
) -> dict[str, Row]:
    """B3: dlt from the same server into DuckDB."""
    return {
        name: _measure(
            script, target, ours,
            problem=interpreter.problem,
            run=lambda script=script: _run_levels(script, folder, interpreter, ours),
            what=what,
        )
        for script, (name, target) in LEVELS.items()
    }  # fmt: skip


def _measure(
    script: str,
    target: float,
    ours: Reading,
    *,
    problem: str,
    run: Callable[[], Reading],
    what: str,
) -> Row:
    if problem:
        return Row(0.0, target, "higher", 0, f"{script} was not measured: {problem}")
    try:
        theirs = run()
    except RuntimeError as error:
        said = str(error).strip().splitlines()[-1][:160]
        return Row(0.0, target, "higher", 0, f"{script} was not measured: {said}")
    note = f"{what}: ours {ours.seconds:.2f} s, {script} {theirs.seconds:.2f} s"
    return Row(theirs.seconds / ours.seconds, target, "higher", 1, note)


def _run_engine(script: str, folder: Path, interpreter: Interpreter, ours: Reading) -> Reading:
    theirs = run_candidate(FOLDER / f"{script}.py", folder, python=interpreter.python)
    if _find_facts(theirs.summary) != _find_facts(ours.summary, like=theirs.summary):
        raise RuntimeError(f"says {theirs.summary}, ours says {ours.summary}")
    return theirs


def _find_facts(summary: object, *, like: object = None) -> object:
    """Return what both summaries must agree in; a tool that only compares tells no more."""
    told = json.loads(json.dumps(summary))
    shape = told if like is None else json.loads(json.dumps(like))
    if "compared" not in shape:
        return told
    if "compared" in told:
        return {mirror: both for mirror, (both, _) in told["compared"].items()}
    return {mirror: both for mirror, (both, _) in told["tallies"].items()}


def _run_levels(script: str, folder: Path, interpreter: Interpreter, ours: Reading) -> Reading:
    theirs = run_candidate(FOLDER / f"{script}.py", folder, python=interpreter.python)
    if theirs.summary != ours.summary:
        raise RuntimeError(f"loaded {theirs.summary} levels, ours {ours.summary}")
    return theirs
