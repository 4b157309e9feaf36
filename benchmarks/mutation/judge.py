"""Judge mutants: ``python -m benchmarks.mutation.judge WORK RESULTS`` inside a copy of the tree.

A first process loads everything that no mutant can change. For each mutant it writes the one
module anew, forks, and the fork runs pytest over the tests that run the mutated function: first
the unit tests, then, if they noticed nothing, the quickest of the others.
"""

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from benchmarks.mutation.choice import Choice, load_choice
from benchmarks.mutation.scope import SCOPE

ROOT = Path(__file__).parents[2]
QUIET = ("-x", "-q", "--no-header", "--tb=line", "-p", "no:cacheprovider", "-p", "no:xdist",
         "-W", "ignore::pytest.PytestAssertRewriteWarning")  # fmt: skip
# What pytest would import anew in every fork.
OTHERS = ("dagster", "anyio.pytest_plugin", "_hypothesis_pytestplugin")
KILLED, SURVIVED, TIMED_OUT = "killed", "survived", "timed out"
# Seconds: what a fork needs before its first test, and how much slower a test may become.
START, SLOWER = 60.0, 8.0
# Tests quicker than this are run once with nothing changed, before anything else.
QUICK = 3.0


def main() -> None:
    """Judge every mutant of the work that has no result yet."""
    work, results = Path(sys.argv[1]), Path(sys.argv[2])
    choice = load_choice(ROOT / "calls.json", ROOT)
    load_untouched()
    check_tests(choice)
    known = {row["number"] for row in read_results(results)}
    for number, mutant in enumerate(json.loads(work.read_text(encoding="utf-8"))["mutants"]):
        if number in known:
            continue
        row = {"number": number, **judge(mutant, choice)}
        with results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


def read_results(path: Path) -> list[dict[str, Any]]:
    """Return what was judged so far, a row each; the last line may be half written."""
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        with contextlib.suppress(json.JSONDecodeError):
            rows.append(json.loads(line))
    return rows


def load_untouched() -> None:
    """Import what the forks share, and let Hypothesis draw alike in every fork."""
    for name in OTHERS:
        importlib.import_module(name)
    for name in SCOPE.untouched:
        package = importlib.import_module(f"inventory_pipeline.{name}")
        for module in pkgutil.walk_packages(
            getattr(package, "__path__", ()), package.__name__ + "."
        ):
            importlib.import_module(module.name)
    touched = [name for name in sys.modules if name.startswith(SCOPE.judged)]
    if touched:
        raise RuntimeError(f"loaded too early, a mutant would not be seen: {touched}")
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile(
        "mutation", derandomize=True, database=None, phases=phases, deadline=None
    )
    hypothesis.settings.load_profile("mutation")
    gc.freeze()


def check_tests(choice: Choice) -> None:
    """Refuse to go on if the tests fail with nothing changed: every mutant would look killed.

    This fork alone leaves compiled modules behind; those of mutants must not last.
    """
    quick = [name for name, seconds in choice.seconds.items() if seconds < QUICK]
    sys.dont_write_bytecode = False
    if run_tests(quick, limit=START + SLOWER * choice.sum_seconds(quick)) != SURVIVED:
        raise RuntimeError("the tests fail in a fork although nothing is mutated")
    sys.dont_write_bytecode = True


def judge(mutant: dict[str, Any], choice: Choice) -> dict[str, Any]:
    """Return what became of a mutant, by which tests, in how many seconds."""
    started = time.monotonic()
    outcome, judge_of_it, tests = SURVIVED, "", {"unit": 0, "shop": 0}
    with in_place(ROOT / mutant["path"], mutant["text"]):
        for stage, names in choice.find_stages(mutant):
            tests[stage] = len(names)
            outcome = run_tests(names, limit=START + SLOWER * choice.sum_seconds(names))
            if outcome != SURVIVED:
                judge_of_it = stage
                break
    seconds = round(time.monotonic() - started, 1)
    return {"outcome": outcome, "stage": judge_of_it, "tests": tests, "seconds": seconds}


@contextlib.contextmanager
def in_place(path: Path, text: str) -> Iterator[None]:
    """Put a mutant where its module is; its date tells Python to compile it anew."""
    original, times = path.read_bytes(), path.stat()
    path.write_text(text, encoding="utf-8")
    os.utime(path, (times.st_atime, times.st_mtime + 86_400))
    try:
        yield
    finally:
        path.write_bytes(original)
        os.utime(path, (times.st_atime, times.st_mtime))


def run_tests(names: Sequence[str], *, limit: float) -> str:
    """Run tests in a fork of this process."""
    if not names:
        return SURVIVED
    child = os.fork()
    if child == 0:
        _run_in_fork(names)
    give_up = time.monotonic() + limit
    while time.monotonic() < give_up:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return SURVIVED if status == 0 else KILLED
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return TIMED_OUT


def _run_in_fork(names: Sequence[str]) -> None:
    """Run pytest and end the process with its code, whatever happens."""
    code = 70
    try:
        with Path(os.devnull).open("w") as sink:
            os.dup2(sink.fileno(), 1)
            os.dup2(sink.fileno(), 2)
        code = int(pytest.main([*QUIET, *names]))
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
