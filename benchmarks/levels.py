"""B3: levels as JSON, from the wire into the warehouse and from bytes to rows."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.alternatives import measure_levels_alternatives
from benchmarks.isolated_venv import Interpreter
from benchmarks.levels_server import write_page
from benchmarks.measure import Reading, Row, interleave, run_candidate, run_process

HERE = Path(__file__).parent
PAGE_SIZES = (10_000, 1_000, 250, 100)
PATIENCE_SECONDS = 120


def measure_levels(levels: int, *, times: int, interpreter: Interpreter | None) -> dict[str, Row]:
    """B3: every way to get levels in, by size of page; ``interpreter`` runs the isolated ones."""
    rows: dict[str, Row] = {}
    for size in PAGE_SIZES:
        with serve_levels(levels, size) as folder:
            run_process([sys.executable, str(HERE / "wire" / "ours.py"), str(folder)])
            seen = _interleave("wire", folder, times=times)
            what = f"{levels:,} levels in pages of {size:,}, wire to warehouse"
            rows |= _compare(seen, size, what, times=times)
            if size == PAGE_SIZES[0] and interpreter:
                rows |= measure_levels_alternatives(
                    folder, HERE / "wire" / "ours.py", interpreter, what=what
                )
        rows |= _measure_parsing(levels, size, times=times)
    return rows | _measure_bulk(levels * 5 // 2)


@contextmanager
def serve_levels(levels: int, size: int, *flags: str) -> Iterator[Path]:
    """Serve levels from a process of its own; yield a folder whose ``address`` says where."""
    with tempfile.TemporaryDirectory() as folder:
        address = Path(folder) / "address"
        command = [str(HERE / "levels_server.py"), str(levels), str(size), str(address), *flags]
        server = subprocess.Popen([sys.executable, *command])
        try:
            _wait_for(address, server)
            yield Path(folder)
        finally:
            server.kill()
            server.wait()


def _wait_for(address: Path, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not address.exists():
        if server.poll() is not None or time.monotonic() > until:
            raise RuntimeError("the server of levels did not start")
        time.sleep(0.05)


def _interleave(kind: str, folder: Path, *, times: int) -> dict[str, Reading]:
    scripts = sorted((HERE / kind).glob("*.py"), key=lambda path: path.stem != "ours")
    seen = interleave(
        {path.stem: lambda path=path: run_candidate(path, folder) for path in scripts}, times=times
    )
    found = {name: reading.summary for name, reading in seen.items()}
    if len(set(found.values())) > 1:
        raise RuntimeError(f"the candidates do not agree: {found}")
    return seen


def _compare(seen: dict[str, Reading], size: int, what: str, *, times: int) -> dict[str, Row]:
    ours, suffix = seen["ours"], "" if size == PAGE_SIZES[0] else f"_pages_of_{size}"
    note = f"{what}: {_tell(seen)}"
    rows = {f"B3{suffix}": _find_ratio(seen["from_dicts"], ours, 1.6, times, note)}
    rows[f"B3_read_json{suffix}"] = _find_ratio(seen["read_json"], ours, 0.9, times, note)
    most = max(ours.megabytes, seen["first_hour"].megabytes)
    rows[f"B3_memory_mb{suffix}"] = Row(most, 350, "lower", times, what)
    return rows


def _measure_parsing(levels: int, size: int, *, times: int) -> dict[str, Row]:
    """Measure the pages alone: bytes of a backfill to rows of text."""
    with tempfile.TemporaryDirectory() as folder:
        for first in range(0, levels, size):
            body = write_page(first, size, tight=False)
            Path(folder, f"page-{first // size:05d}.json").write_bytes(body)
        seen = _interleave("json", Path(folder), times=times)
    suffix = "" if size == PAGE_SIZES[0] else f"_pages_of_{size}"
    note = f"{levels:,} levels in pages of {size:,}, bytes to rows: {_tell(seen)}"
    ratio = _find_ratio(seen["from_dicts"], seen["ours"], 1.6, times, note)
    return {f"B3_parsing{suffix}": ratio}


def _measure_bulk(levels: int) -> dict[str, Row]:
    """Measure one answer that holds everything."""
    with serve_levels(levels, levels, "tight") as folder:
        ours = run_candidate(HERE / "wire" / "first_hour.py", folder)
    note = f"{levels:,} levels in one answer, wire to warehouse: {ours.seconds:.2f} s"
    return {"B3_bulk_memory_mb": Row(ours.megabytes, 350, "lower", 1, note)}


def _find_ratio(theirs: Reading, ours: Reading, target: float, times: int, note: str) -> Row:
    return Row(theirs.seconds / ours.seconds, target, "higher", times, note)


def _tell(seen: dict[str, Reading]) -> str:
    return ", ".join(f"{n} {r.seconds:.2f} s {r.megabytes:.0f} MB" for n, r in seen.items())
