"""Run one command from a small process and write what it took: stdlib alone.

The kernel counts a child's most memory from what its parent held when it was started, so
that nothing started by a large benchmark would ever look smaller than the benchmark.

Usage: python -S launch.py RESULT COMMAND...
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path


def main() -> None:
    """Write the exit code, the wall seconds and the most memory, in megabytes."""
    result, *command = sys.argv[1:]
    started = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    told = {
        "seconds": time.perf_counter() - started,
        "megabytes": usage.ru_maxrss / 1024,
        "code": os.waitstatus_to_exitcode(status),
    }
    Path(result).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main()
