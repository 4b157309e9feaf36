"""F-76: somebody's shell holds the warehouse: wait with a limit, then say so."""

import subprocess
import sys
import time

import pytest

from inventory_pipeline_tests.faults.conftest import ELEVEN, TEN, Pair

HOLD = """
import sys, time
import duckdb

connection = duckdb.connect(sys.argv[1])
print("held", flush=True)
time.sleep(float(sys.argv[2]))
"""


def hold(pair: Pair, seconds: float) -> subprocess.Popen[str]:
    path = pair.folder / "local" / "warehouse.duckdb"
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path), str(seconds)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


@pytest.mark.slow
def test_F_76_a_run_waits_for_the_holder_and_loses_nothing(pair: Pair) -> None:
    pair.agree(TEN, {"A": 5})
    pair.run(TEN)
    pair.agree(ELEVEN, {"A": 5})
    with hold(pair, 2) as process:
        started = time.monotonic()
        assert pair.run(ELEVEN) == 0
        assert time.monotonic() - started > 1
        process.wait()

    assert len(pair.export("cycles")) == 2


@pytest.mark.slow
def test_F_76_the_wait_is_bounded_and_the_cure_is_named(
    pair: Pair, capsys: pytest.CaptureFixture[str]
) -> None:
    pair.configure_pair(more="storage: {lock_wait: 1s}\n")
    pair.agree(TEN, {"A": 5})
    pair.run(TEN)
    with hold(pair, 30) as process:
        assert pair.run(TEN) == 2
        process.kill()

    message = capsys.readouterr().err
    assert "held by another process" in message
    assert "nothing is lost" in message
    pair.run(TEN)
    assert [c["status"] for c in pair.export("cycles")] == ["clear"]
