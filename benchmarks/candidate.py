"""Run one candidate in this process and write what it took: stdlib alone, for any interpreter.

Usage: python candidate.py SCRIPT FOLDER RESULT
"""

import importlib.util
import json
import sys
import time
import traceback
from pathlib import Path


def main() -> None:
    """Import the script and let it ``prepare`` (not timed), ``reconcile`` (timed), tell."""
    script, folder, result = map(Path, sys.argv[1:])
    sys.path.insert(0, str(script.parent))
    spec = importlib.util.spec_from_file_location(script.stem, script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if hasattr(module, "prepare"):
        module.prepare(folder)
    started, burned = time.perf_counter(), time.process_time()
    summary = module.reconcile(folder)
    seconds, cpu = time.perf_counter() - started, time.process_time() - burned
    result.write_text(json.dumps({"seconds": seconds, "cpu": cpu, "summary": summary}))


if __name__ == "__main__":
    try:
        main()
    except Exception:
        # 1 is what a program answers that did its work and found something.
        traceback.print_exc()
        sys.exit(2)
