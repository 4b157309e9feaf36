"""Measure: one command in a process of its own: wall seconds, and the most memory it held."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

CANDIDATE = Path(__file__).parent / "candidate.py"
LAUNCH = Path(__file__).parent / "launch.py"


@dataclass(frozen=True)
class Reading:
    """What one process took. ``summary`` is what it found, for comparing candidates."""

    seconds: float
    megabytes: float
    summary: object = None


@dataclass(frozen=True)
class Row:
    """One target beside what was reached; goes into bench.json as contract.md asks."""

    value: float
    target: float
    better: str
    n: int
    note: str

    @property
    def is_met(self) -> bool:
        if self.better == "lower":
            return self.value <= self.target
        return self.value >= self.target


def run_process(command: Sequence[str], *, cwd: Path | None = None) -> Reading:
    """Run a command to its end and weigh it. Exit codes above 1 are failures of the benchmark."""
    with tempfile.TemporaryFile() as errors, tempfile.NamedTemporaryFile() as result:
        launch = [sys.executable, "-S", str(LAUNCH), result.name, *command]
        subprocess.run(launch, cwd=cwd, stdout=subprocess.DEVNULL, stderr=errors, check=False)
        errors.seek(0)
        said = errors.read().decode()[-2000:]
        told = json.loads(result.read() or "{}")
    if told.get("code") not in (0, 1):
        raise RuntimeError(f"{command}: {said}")
    return Reading(told["seconds"], told["megabytes"])


def run_candidate(script: Path, folder: Path, *, python: str = sys.executable) -> Reading:
    """Run one script's ``reconcile`` in a fresh process; its imports are not timed."""
    with tempfile.NamedTemporaryFile(suffix=".json") as result:
        whole = run_process(
            [python, str(CANDIDATE), str(script), str(folder), result.name],
            cwd=Path(__file__).parents[1],
        )
        told = json.loads(Path(result.name).read_text(encoding="utf-8"))
    return Reading(told["seconds"], whole.megabytes, told["summary"])


def interleave(candidates: dict[str, Callable[[], Reading]], *, times: int) -> dict[str, Reading]:
    """Run the candidates in turns, so that a busy minute hits all; return their medians."""
    readings: dict[str, list[Reading]] = {name: [] for name in candidates}
    for _ in range(times):
        for name, run in candidates.items():
            readings[name].append(run())
    return {
        name: Reading(
            median(r.seconds for r in each),
            max(r.megabytes for r in each),
            each[-1].summary,
        )
        for name, each in readings.items()
    }
