"""F-27: yesterday's file under today's name is yesterday's; the same file twice is one."""

import hashlib
import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from inventory_pipeline_tests.faults.conftest import ELEVEN, TEN, Pair
from inventory_pipeline_tests.support.file_sources import (
    COLUMNS,
    HOUR_AT,
    build_files,
    land,
    write_csv,
)

YESTERDAY = "2026-04-05T10:00:00Z"


def test_F_27_a_renamed_file_keeps_the_time_its_rows_say(tmp_path):
    """Neither the name nor the time stamp of the file makes its content any younger."""
    write_csv(
        tmp_path / "counts-2026-04-05T10.csv", COLUMNS, [("A", "L1", "on_hand", "5", YESTERDAY)]
    )
    today = tmp_path / "counts-2026-04-06T10.csv"
    shutil.copy(tmp_path / "counts-2026-04-05T10.csv", today)
    os.utime(today)
    shelf = build_files(tmp_path, counts="counts-{hour}.csv")
    fetched, pages = land(shelf, "counts", tmp_path / "landing")
    assert shelf.parse("counts", pages).rows["as_of"].to_list() == [YESTERDAY]
    assert fetched.source_at is None


def test_F_27_a_file_delivered_twice_has_the_same_digest(tmp_path):
    digests = set()
    for hours in (0, 1):
        hour_at = HOUR_AT + timedelta(hours=hours)
        path = tmp_path / f"counts-{hour_at:%Y-%m-%dT%H}.csv"
        write_csv(path, COLUMNS, [("A", "L1", "on_hand", "5", YESTERDAY)])
        shelf = build_files(tmp_path, counts="counts-{hour}.csv")
        _, pages = land(shelf, "counts", tmp_path / f"landing-{hours}", hour_at=hour_at)
        digests.add(hashlib.sha256(Path(pages[0].path).read_bytes()).hexdigest())
    assert len(digests) == 1


@pytest.mark.slow
def test_F_27_a_renamed_old_file_is_recognised_and_late(pair: Pair) -> None:
    pair.agree(TEN, {"A": 5})
    pair.run(TEN)
    noon = "2026-04-06T14:00Z"
    pair.agree(noon, {"A": 5}, at="2026-04-06T14:00:00Z")
    pair.say("shelf", noon, {"A": 5}, at=f"{TEN[:13]}:00:00Z")

    pair.run(noon)

    row = pair.one("snapshots", "--hour", noon, system="shelf", feed="counts")
    assert row["status"] == "late"
    assert "4 h 00 min old" in row["reason"]


@pytest.mark.slow
def test_F_27_the_same_file_delivered_twice_in_an_hour_is_one_observation(pair: Pair) -> None:
    pair.agree(TEN, {"A": 5})
    pair.run(TEN)
    before = pair.export("snapshots")

    pair.agree(TEN, {"A": 5})
    pair.run(TEN)

    assert pair.export("snapshots") == before
    landed = list((pair.folder / "local/landing/shelf/counts").glob("*.manifest.json"))
    assert len(landed) == 1
    assert pair.find("snapshots", hour_at=None) == []
    pair.agree(ELEVEN, {"A": 5})
    pair.run(ELEVEN)
    assert pair.status("shelf", ELEVEN) == "complete"
