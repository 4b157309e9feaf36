"""R9: kill -9 at any moment, again and again, on one journal: no acknowledged receipt is lost."""

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from inventory_pipeline.store import audit
from inventory_pipeline.store.journal import open_journal
from inventory_pipeline_tests.support import crash
from inventory_pipeline_tests.support.sql_shop import tell

LONGEST_SECONDS = 0.05


def write_for_ever(path: Path, name: str, pipe: Connection) -> None:
    """Tell changes until killed; say each receipt's id once the journal has it."""
    with open_journal(path) as journal:
        for number in range(10**6):
            pipe.send(tell(journal, f"S-{number % 7}", 1, source=f"{name}-{number}"))


@contextmanager
def writing(path: Path, name: str) -> Iterator[tuple[int, Connection]]:
    """Yield a process that writes, and the pipe on which it says what is written."""
    here, there = crash._context.Pipe(duplex=False)
    process = crash._context.Process(target=write_for_ever, args=(path, name, there))
    process.start()
    there.close()
    try:
        assert process.pid is not None
        yield process.pid, here
    finally:
        here.close()
        process.join(1)


def kill_once(path: Path, name: str, seconds: float) -> list[str]:
    """Kill a writer a while after its first word; return what it had said was written."""
    with writing(path, name) as (pid, pipe):
        said = [pipe.recv()]
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
        try:
            while True:
                said.append(pipe.recv())
        except (EOFError, OSError):
            return said


def find_lost(path: Path, *, rounds: int, seed: int) -> tuple[int, set[str]]:
    """Return how many receipts were acknowledged, and which of them are gone."""
    dice, said, head = random.Random(seed), [], audit.Head()
    with open_journal(path):
        pass
    for number in range(rounds):
        said += kill_once(path, f"round-{number}", dice.uniform(0, LONGEST_SECONDS))
        with open_journal(path) as journal:
            assert audit.find_break(journal, after=head.seq) == ""
            head = audit.load_head(journal)
    with open_journal(path) as journal:
        assert audit.find_break(journal) == ""
        assert journal.query("pragma integrity_check") == [{"integrity_check": "ok"}]
        rows = journal.query("select receipt_id from receipts")
    return len(said), set(said) - {row["receipt_id"] for row in rows}


@pytest.mark.slow
def test_F_70_kills_at_any_moment_lose_no_acknowledged_receipt(tmp_path: Path) -> None:
    written, lost = find_lost(tmp_path / "journal.sqlite", rounds=8, seed=9)

    assert written >= 8
    assert lost == set()


@pytest.mark.slow
def test_F_70_a_hundred_and_fifty_kills_lose_no_acknowledged_receipt(tmp_path: Path) -> None:
    written, lost = find_lost(tmp_path / "journal.sqlite", rounds=150, seed=90)

    assert written >= 150
    assert lost == set()
