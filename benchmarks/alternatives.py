"""The named alternatives that need an interpreter of their own, beside what ours took.

One that cannot run here (no package index, no Java) gets a row that says so: n is 0.
"""

import json
import shutil
from pathlib import Path

from benchmarks.isolated_venv import FOLDER, Interpreter
from benchmarks.measure import Row, run_candidate
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


def measure_engine_alternatives(work: Work, ours: Path, interpreter: Interpreter) -> dict[str, Row]:
    """B1: packaged tools over the same hour, each once, beside the script of ours."""
    what = f"{work.rows:,} rows of string Parquet"
    return {
        name: _measure(script, target, ours, work.folder, _choose(script, interpreter), what)
        for script, (name, target) in ENGINE.items()
    }


def measure_levels_alternatives(
    folder: Path, ours: Path, interpreter: Interpreter, *, what: str
) -> dict[str, Row]:
    """B3: dlt from the same server into DuckDB."""
    return {
        name: _measure(script, target, ours, folder, _choose(script, interpreter), what)
        for script, (name, target) in LEVELS.items()
    }


def _choose(script: str, interpreter: Interpreter) -> Interpreter:
    """Return the interpreter, or why this script cannot run in it."""
    if script == "pyspark_local" and shutil.which("java") is None:
        return Interpreter("", "no java on PATH (Debian: default-jre-headless)")
    return interpreter


def _measure(
    script: str, target: float, ours: Path, folder: Path, interpreter: Interpreter, what: str
) -> Row:
    """Measure ours just before and just after, so that a busy minute does not flatter either."""
    if not interpreter.python:
        return Row(0.0, target, "higher", 0, f"{script} was not measured: {interpreter.problem}")
    before = run_candidate(ours, folder)
    try:
        theirs = run_candidate(FOLDER / f"{script}.py", folder, python=interpreter.python)
        _check_agreement(theirs.summary, before.summary)
    except RuntimeError as error:
        said = str(error).strip().splitlines()[-1][:160]
        return Row(0.0, target, "higher", 0, f"{script} was not measured: {said}")
    seconds = (before.seconds + run_candidate(ours, folder).seconds) / 2
    note = f"{what}: ours {seconds:.2f} s, {script} {theirs.seconds:.2f} s"
    return Row(theirs.seconds / seconds, target, "higher", 1, note)


def _check_agreement(theirs: object, ours: object) -> None:
    """Refuse another answer; a tool that only compares must have compared as many keys."""
    theirs, ours = json.loads(json.dumps([theirs, ours]))
    if isinstance(theirs, dict) and "compared" in theirs:
        theirs = {mirror: keys for mirror, (keys, _) in theirs["compared"].items()}
        ours = {mirror: keys for mirror, (keys, _) in ours["tallies"].items()}
    if theirs != ours:
        raise RuntimeError(f"it says {theirs}, ours says {ours}")
