"""Heartbeat: one small file, replaced in one step, that proves the last sign of life."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inventory_pipeline.errors import NoDataError, StoreDamagedError, StoreError
from inventory_pipeline.report.heartbeat import (
    Heartbeat,
    LastMail,
    load_heartbeat,
    write_mail,
    write_run,
)

NOW = datetime(2026, 4, 6, 18, 3, tzinfo=UTC)
HOUR_AT = datetime(2026, 4, 6, 17, tzinfo=UTC)


def sign(path: Path, *, hour_at=HOUR_AT, status="clear", majors=0, now=NOW) -> Heartbeat:
    return write_run(
        path, hour_at=hour_at, cycle_status=status, open_majors=majors, open_notables=0, now=now
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "local" / "heartbeat.json"


def test_what_is_written_is_read_back(path: Path):
    mail = LastMail("2026-04-05", 12, "ATTENTION", NOW)
    sign(path, status="drift", majors=2)
    written = write_mail(path, mail, now=NOW)
    assert load_heartbeat(path) == written
    assert (written.cycle_status, written.open_majors, written.last_mail) == ("drift", 2, mail)


def test_the_file_is_the_documented_json(path: Path):
    sign(path)
    write_mail(path, LastMail("2026-04-05", 12, "ALL CLEAR", NOW), now=NOW)
    assert json.loads(path.read_text(encoding="utf-8")) == {
        "version": 1,
        "installed_at": "2026-04-06T18:03:00Z",
        "written_at": "2026-04-06T18:03:00Z",
        "run_at": "2026-04-06T18:03:00Z",
        "hour_at": "2026-04-06T17:00:00Z",
        "cycle_status": "clear",
        "open_majors": 0,
        "open_notables": 0,
        "last_mail": {
            "day": "2026-04-05",
            "sequence": 12,
            "status": "ALL CLEAR",
            "sent_at": "2026-04-06T18:03:00Z",
        },
        "audit_head": "",
    }


def test_the_first_signature_dates_the_installation_for_good(path: Path):
    sign(path)
    later = sign(path, hour_at=HOUR_AT + timedelta(hours=1), now=NOW + timedelta(hours=1))
    assert later.installed_at == NOW


def test_an_old_hour_run_late_proves_life_and_changes_no_verdict(path: Path):
    sign(path, status="drift", majors=3)
    old = sign(path, hour_at=HOUR_AT - timedelta(hours=5), now=NOW + timedelta(minutes=9))
    assert old.run_at == NOW + timedelta(minutes=9)
    assert (old.hour_at, old.cycle_status, old.open_majors) == (HOUR_AT, "drift", 3)


def test_a_report_is_no_sign_that_hours_are_run(path: Path):
    sign(path)
    mail = LastMail("2026-04-05", 12, "ALL CLEAR", NOW)
    written = write_mail(path, mail, now=NOW + timedelta(hours=9))
    assert (written.run_at, written.written_at) == (NOW, NOW + timedelta(hours=9))


def test_an_older_days_mail_does_not_replace_a_newer_one(path: Path):
    newer = LastMail("2026-04-05", 12, "ALL CLEAR", NOW)
    write_mail(path, newer, now=NOW)
    written = write_mail(path, LastMail("2026-04-01", 13, "ATTENTION", NOW), now=NOW)
    assert written.last_mail == newer


def test_a_missing_file_says_that_nothing_ever_ran(path: Path):
    with pytest.raises(NoDataError, match="no hour has ever been run here"):
        load_heartbeat(path)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"version": 1}', b'{"version": 2}',
        b'{"version": 1, "installed_at": "2026-04-06T10:00:00", "written_at": ""}',
    ],
)  # fmt: skip
def test_a_corrupt_file_is_said_to_be_so_and_mended_by_the_next_run(path: Path, content: bytes):
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(StoreDamagedError, match=r"heartbeat\.json"):
        load_heartbeat(path)
    assert sign(path) == load_heartbeat(path)


def test_no_half_written_file_and_no_litter_is_left(path: Path):
    for _ in range(3):
        sign(path)
    assert [child.name for child in path.parent.iterdir()] == ["heartbeat.json"]


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path: Path):
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be written"):
        sign(blocked / "heartbeat.json")
