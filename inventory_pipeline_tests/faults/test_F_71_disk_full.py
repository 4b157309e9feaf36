"""F-71: the disk is full at any write: one clear message, nothing half written, all of it later."""

import errno
import resource
import signal
from pathlib import Path

import pytest

from inventory_pipeline.errors import StoreError
from inventory_pipeline.store.journal import open_journal
from inventory_pipeline_tests.support import crash
from inventory_pipeline_tests.support.crash import (
    START,
    Counting,
    Place,
    finish,
    read_end,
    work,
)

CLEAN, BROKEN = 3, 4
PAGE = 4096


def work_on_a_full_disk(place: Place, stage: str, most_bytes: int) -> None:
    """Run a stage where no file can grow beyond so many bytes; leave with what became of it."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, resource.RLIM_INFINITY))
    try:
        work(place, stage, Counting(), start=START)
    except StoreError as error:
        raise SystemExit(CLEAN if "full" in str(error) or "I/O" in str(error) else BROKEN) from None
    except OSError as error:
        raise SystemExit(CLEAN if error.errno == errno.EFBIG else BROKEN) from None


def start(place: Place, stage: str, most_bytes: int) -> int:
    process = crash._context.Process(target=work_on_a_full_disk, args=(place, stage, most_bytes))
    process.start()
    process.join(60)
    assert process.exitcode is not None
    return process.exitcode


def open_place(folder: Path) -> Place:
    place = Place(folder)
    place.open(())
    # Grown before, so that the limit meets what is written and not the opening.
    for receiver in place.receivers.values():
        receiver.read_levels()
    return place


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["batch", "count"])
def test_F_71_a_full_disk_ends_cleanly_at_every_write_and_is_made_up_for(
    tmp_path: Path, stage: str
) -> None:
    whole = open_place(tmp_path / "whole")
    finish(whole, stage)
    wanted = read_end(whole)
    codes = []
    for pages in range(0, 120, 14):
        place = open_place(tmp_path / str(pages))
        codes.append(start(place, stage, pages * PAGE + 2048))
        finish(place, stage)
        assert read_end(place) == wanted, f"{pages} pages, exit {codes[-1]}"

    assert set(codes) <= {0, CLEAN}
    assert codes.count(CLEAN) >= 3
    assert codes[-1] == 0


def fill(path: Path) -> None:
    with open_journal(path) as journal:
        [size] = journal.query("pragma page_count")
        journal.query(f"pragma max_page_count = {size['page_count']}")
        with journal.transaction():
            for number in range(10_000):
                journal.append_event("test", str(number), "x" * 500, now=START)


def test_F_71_what_the_system_said_is_what_the_message_says(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    with pytest.raises(StoreError, match="full"):
        fill(path)

    with open_journal(path) as journal:
        assert journal.query("select count(*) as rows from events") == [{"rows": 0}]
        journal.append_event("test", "later", "", now=START)
