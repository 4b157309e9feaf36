"""The targets, one function each: what is measured, beside what, and where the line is."""

import json
import math
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks.measure import Reading, Row, interleave, run_candidate, run_process
from benchmarks.work import FIRST_HOUR, Work, make_work
from inventory_pipeline.model.hours import compute_key

HERE = Path(__file__).parent
PROGRAM = str(Path(sys.executable).parent / "inventory-pipeline")
FIRST = "ours_first_hour"
SCRIPTS = {path.stem: path for path in sorted((HERE / "scripts").glob("*.py"))}


def measure_engine(rows: int, *, times: int) -> tuple[dict[str, Row], dict[str, Reading]]:
    """B1: the product's comparison beside hand-written scripts with the same output.

    Ours is the hour that follows another, as every hour but one does; the very first hour, in
    which every key is new, has a row of its own.
    """
    small, large = make_work(rows // 10), make_work(rows)
    candidates = {"ours": HERE / "engine.py", FIRST: HERE / "first_hour.py", **SCRIPTS}
    seen = interleave(
        {
            name: lambda script=script: run_candidate(script, large.folder)
            for name, script in candidates.items()
        },
        times=times,
    )
    _check_agreement(seen)
    best = min(seen[name].seconds for name in SCRIPTS)
    before = run_candidate(HERE / "engine.py", small.folder)
    growth = math.log10(seen["ours"].seconds / before.seconds)
    told = ", ".join(f"{n} {r.seconds:.2f} s {r.megabytes:.0f} MB" for n, r in seen.items())
    note = f"{rows:,} rows of string Parquet, an hour after another; {told}"
    return {
        "B1": Row(best / seen["ours"].seconds, 3.0, "higher", times, note),
        "B1_first_hour": Row(
            best / seen[FIRST].seconds, 3.0, "higher", times, "the same, where every key is new"
        ),
        "B1_memory_mb": Row(seen["ours"].megabytes, 600, "lower", times, note),
        "B1_growth": Row(growth, 1.0, "lower", 1, f"exponent from {rows // 10:,} to {rows:,}"),
    }, seen


def _check_agreement(seen: dict[str, Reading]) -> None:
    """A fast answer that differs is no answer."""
    ours = json.dumps(seen["ours"].summary, sort_keys=True)
    for name, reading in seen.items():
        if json.dumps(reading.summary, sort_keys=True) != ours:
            raise RuntimeError(f"{name} says {reading.summary}, ours says {seen['ours'].summary}")


def measure_hour(rows: int, engine: Reading, *, times: int) -> dict[str, Row]:
    """B2: the whole hour by the command line, beside the engine alone; B4: the same hour again."""
    work = make_work(rows)
    start = median(run_process([PROGRAM, "--help"]).seconds for _ in range(3))
    seen, sizes = [], []
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            seen.append(run_work_hour(work, Path(folder)))
            sizes.append(_measure_replacing(Path(folder), work))
    seconds = median(r.seconds for r in seen) - start
    memory = max(r.megabytes for r in seen)
    first, fifth = sizes[-1]
    note = f"{rows:,} rows: {seconds:.2f} s beside the engine's {engine.seconds:.2f} s"
    return {
        "B2": Row(seconds / engine.seconds, 4.0, "lower", times, note),
        "B2_memory_mb": Row(memory, 1500, "lower", times, note),
        "B4_replaced_five_times": Row(
            fifth / first, 1.05, "lower", times, f"warehouse {first:,} B, then {fifth:,} B"
        ),
    }


def run_work_hour(work: Work, folder: Path) -> Reading:
    """Run one hour of the work by the command line, in a folder of its own."""
    for name in ("inventory.yaml", "catalog.csv", "identities.csv"):
        shutil.copy(work.folder / name, folder / name)
    shutil.copytree(work.folder / "exports", folder / "exports")
    command = [PROGRAM, "--config", str(folder / "inventory.yaml"), "run", "--hour"]
    return run_process([*command, compute_key(FIRST_HOUR)])


def _measure_replacing(folder: Path, work: Work) -> tuple[int, int]:
    warehouse = folder / "local" / "warehouse.duckdb"
    first = warehouse.stat().st_size
    command = [PROGRAM, "--config", str(folder / "inventory.yaml"), "backfill"]
    for _ in range(5 if work.rows <= 1_000_000 else 2):
        run_process(command)
    return first, warehouse.stat().st_size


def measure_start(*, times: int) -> dict[str, Row]:
    """B7: how long the program takes to say anything."""
    with tempfile.TemporaryDirectory() as folder:
        run_process([PROGRAM, "init", folder + "/shop"])
        watch = [PROGRAM, "--config", f"{folder}/shop/inventory.yaml", "watch"]
        run_process(
            [*watch[:3], "run", "--hour", compute_key(datetime(2026, 4, 6, 10, tzinfo=UTC))]
        )
        seen = interleave(
            {
                "help": lambda: run_process([PROGRAM, "--help"]),
                "watch": lambda: run_process(watch),
            },
            times=times,
        )
    return {
        "B7": Row(seen["help"].seconds, 0.35, "lower", times, "seconds of --help"),
        "B7_watch": Row(seen["watch"].seconds, 0.5, "lower", times, "seconds of watch"),
    }


def measure_orchestration(hours: int) -> dict[str, Row]:
    """B6: hours through the Dagster job in one run, beside the same steps called plainly."""
    from datetime import timedelta  # noqa: PLC0415 heavy imports stay out of the other targets

    from inventory_pipeline.defs.demo import open_instance, run_hours  # noqa: PLC0415
    from inventory_pipeline.simulator.run import simulate  # noqa: PLC0415
    from inventory_pipeline.wiring.hourly import run_hour  # noqa: PLC0415
    from inventory_pipeline.wiring.house import build_house  # noqa: PLC0415

    first = datetime(2026, 4, 6, tzinfo=UTC)
    every = [first + timedelta(hours=n) for n in range(hours)]
    took = {}
    for name in ("plain", "dagster"):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "shop"
            config = simulate(out, seed=7, profile="quiet", hours=hours, start=first)
            house = build_house(config)
            started = time.perf_counter()
            if name == "plain":
                for hour_at in every:
                    run_hour(house, hour_at)
            else:
                with open_instance(Path(folder) / "home") as instance:
                    run_hours(house, every, instance=instance)
            took[name] = time.perf_counter() - started
    note = f"{hours} hours of a small shop: {took['dagster']:.1f} s beside {took['plain']:.1f} s"
    return {"B6": Row(took["dagster"] / took["plain"], 1.5, "lower", 1, note)}
