"""Growth: how the cost of an hour rises with its rows, as an exponent; 1 is in step with them."""

import math
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.measure import Row, run_candidate, run_process
from benchmarks.targets import HERE, PROGRAM, run_work_hour
from benchmarks.work import make_work


def measure_growth(fewest: int, rows: int, most: int, *, times: int) -> dict[str, Row]:
    """B1: the engine from ``rows`` to ``most``; B2: the whole hour from ``fewest`` to ``rows``."""
    engine = {size: _time_engine(size, times=times) for size in (rows, most)}
    hour = {size: _time_hour(size, times=times) for size in (fewest, rows)}
    return {
        f"B1_growth_to_{most // 1_000_000}M": _find_exponent(engine, times, "engine"),
        "B2_growth": _find_exponent(hour, times, "whole hour, interpreter start apart"),
    }


def _time_engine(rows: int, *, times: int) -> float:
    work = make_work(rows)
    script = HERE / "engine.py"
    return median(run_candidate(script, work.folder).seconds for _ in range(times))


def _time_hour(rows: int, *, times: int) -> float:
    work, seconds = make_work(rows), []
    for _ in range(times):
        start = run_process([PROGRAM, "--help"]).seconds
        with tempfile.TemporaryDirectory() as folder:
            seconds.append(run_work_hour(work, Path(folder)).seconds - start)
    return median(seconds)


def _find_exponent(seconds: dict[int, float], times: int, what: str) -> Row:
    (few, before), (many, after) = sorted(seconds.items())
    exponent = math.log(after / before) / math.log(many / few)
    note = f"{what}: {few:,} rows {before:.2f} s, {many:,} rows {after:.2f} s"
    return Row(exponent, 1.0, "lower", times, note)
