"""F-68, the hourly part: SIGKILL at any step; the next run ends in the same state."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from inventory_pipeline_tests.faults.conftest import ELEVEN, TEN, Pair, many
from inventory_pipeline_tests.support.digest import compute_digests

STEPS = ("ingest shelf", "ingest storefront", "reconcile", "propose")
# Runs one hour and kills itself, without any clean-up, when a named step is about to begin.
SCRIPT = """
import os, signal, sys
from pathlib import Path
from inventory_pipeline.model.hours import parse_hour
from inventory_pipeline.wiring.hourly import run_hour
from inventory_pipeline.wiring.house import build_house

def tell(step):
    if step == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)

run_hour(build_house(Path(sys.argv[1])), parse_hour(sys.argv[2]), tell=tell)
"""


def prepare(pair: Pair) -> None:
    for hour, shown in ((TEN, 22), (ELEVEN, 29)):
        pair.agree(hour, many(40))
        pair.say("storefront", hour, {**many(40), "S0001": shown})


def run_killed(pair: Pair, step: str) -> int:
    command = [sys.executable, "-c", SCRIPT, str(pair.config), ELEVEN, step]
    return subprocess.run(command, check=False, capture_output=True, timeout=120).returncode


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_F_68_a_killed_hour_is_finished_by_the_next_run(
    pair: Pair, tmp_path: Path, step: str
) -> None:
    prepare(pair)
    pair.run(TEN)
    pair.run(ELEVEN)
    wanted, asked = compute_digests(pair), pair.export("proposals")
    (pair.folder / "local").rename(tmp_path / "whole")
    pair.run(TEN)

    assert run_killed(pair, step) == -signal.SIGKILL
    started = time.monotonic()
    pair.run(ELEVEN)

    assert time.monotonic() - started < 30, "a dead run's lease must not be waited for"
    assert without_fetch_times(compute_digests(pair)) == without_fetch_times(wanted)
    assert pair.export("proposals") == asked


def without_fetch_times(digests: dict[str, str]) -> dict[str, str]:
    """Two installations fetched at different moments; everything else must be equal."""
    return {name: digest for name, digest in digests.items() if name != "snapshots"}


def start_run(pair: Pair) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", SCRIPT, str(pair.config), ELEVEN, "never"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def measure_run(pair: Pair) -> float:
    """Return how many seconds an undisturbed run of the hour takes on this machine."""
    started = time.monotonic()
    assert start_run(pair).wait() == 0
    return time.monotonic() - started


@pytest.mark.slow
def test_F_68_kills_at_random_moments_lose_nothing(pair: Pair, tmp_path: Path) -> None:
    prepare(pair)
    pair.run(TEN)
    length = measure_run(pair)
    wanted = compute_digests(pair)
    (pair.folder / "local").rename(tmp_path / "whole")
    pair.run(TEN)
    chance, killed = random.Random(68), 0
    for _ in range(20):
        process = start_run(pair)
        time.sleep(chance.uniform(0.1, 0.9) * length)
        process.kill()
        killed += process.wait() == -signal.SIGKILL

    pair.run(ELEVEN)

    assert killed >= 10
    assert without_fetch_times(compute_digests(pair)) == without_fetch_times(wanted)
    assert not list((pair.folder / "local/landing").rglob("*.manifest.json.tmp"))


@pytest.mark.slow
def test_two_runs_at_once_take_turns_and_lose_nothing(pair: Pair) -> None:
    prepare(pair)
    command = [sys.executable, "-c", SCRIPT, str(pair.config)]
    runs = [
        subprocess.Popen([*command, hour, "never"], stderr=subprocess.PIPE, text=True)
        for hour in (TEN, ELEVEN)
    ]

    errors = [process.communicate(timeout=120)[1] for process in runs]

    assert [process.returncode for process in runs] == [0, 0], errors
    assert [row["hour_at"].hour for row in pair.export("cycles")] == [10, 11]
    assert len(pair.find("snapshots", feed="counts")) == 4
