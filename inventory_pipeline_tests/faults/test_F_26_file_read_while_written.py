"""F-26: a file read while it is still being written is whole or missing, never half."""

import os
import threading
import time
from contextlib import contextmanager

import pytest

from inventory_pipeline.errors import SourceUnavailableError
from inventory_pipeline_tests.support.file_sources import COLUMNS, build_files, land

LINES = [",".join(COLUMNS), *(f"SKU-{i},L1,on_hand,{i},t" for i in range(40))]


@contextmanager
def exporting(path, *, pause, done=False):
    """Write the file line by line in a thread, and its ``.done`` at the end if asked to."""

    def work():
        with path.open("w") as file:
            for line in LINES:
                file.write(f"{line}\n")
                file.flush()
                time.sleep(pause)
        if done:
            path.with_name(f"{path.name}.done").touch()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        while not path.exists():
            time.sleep(0.001)
        yield
    finally:
        thread.join()


def count_rows(tmp_path, **options):
    shelf = build_files(tmp_path, counts="counts.csv", **options)
    return shelf.parse("counts", land(shelf, "counts", tmp_path / "landing")[1]).rows.height


@pytest.mark.slow
def test_F_26_a_growing_file_is_not_taken(tmp_path):
    with (
        exporting(tmp_path / "counts.csv", pause=0.07),
        pytest.raises(SourceUnavailableError, match="changed while it was read, 2 times"),
    ):
        count_rows(tmp_path, settle="1s")


def test_F_26_a_file_that_comes_to_rest_is_read_whole(tmp_path):
    with exporting(tmp_path / "counts.csv", pause=0.01):
        assert count_rows(tmp_path, settle="1s") == 40


def test_F_26_a_file_without_its_done_marker_is_missing(tmp_path):
    (tmp_path / "counts.csv").write_text("\n".join(LINES))
    with pytest.raises(SourceUnavailableError, match=r"\.done is not: it is still being written"):
        count_rows(tmp_path, done=True)


def test_F_26_a_done_marker_is_waited_for(tmp_path):
    with exporting(tmp_path / "counts.csv", pause=0.01, done=True):
        assert count_rows(tmp_path, done=True, wait="10s") == 40


def test_F_26_a_done_marker_older_than_the_file_says_nothing(tmp_path):
    (tmp_path / "counts.csv").write_text("\n".join(LINES))
    (tmp_path / "counts.csv.done").touch()
    os.utime(tmp_path / "counts.csv.done", (1, 1))
    with pytest.raises(SourceUnavailableError, match="it is being written again"):
        count_rows(tmp_path, done=True)


def test_F_26_a_file_replaced_by_a_rename_is_one_of_the_two(tmp_path):
    stop = threading.Event()
    texts = ["\n".join(LINES), "\n".join(LINES[:11])]
    (tmp_path / "counts.csv").write_text(texts[0])

    def replace():
        while not stop.is_set():
            for text in texts:
                (tmp_path / "counts.part").write_text(text)
                (tmp_path / "counts.part").replace(tmp_path / "counts.csv")

    thread = threading.Thread(target=replace)
    thread.start()
    try:
        seen = {_count_or_changed(tmp_path) for _ in range(40)}
    finally:
        stop.set()
        thread.join()
    assert seen <= {10, 40, "changed"}


def _count_or_changed(tmp_path):
    try:
        return count_rows(tmp_path)
    except SourceUnavailableError as error:
        return "changed" if "changed while it was read" in str(error) else str(error)
