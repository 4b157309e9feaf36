"""F-87: killed after the server took the mail and before we wrote it down: the same mail again."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from inventory_pipeline.model.hours import find_hours_of_day
from inventory_pipeline.report import maillog
from inventory_pipeline.wiring.house import House
from inventory_pipeline_tests.support.command import call
from inventory_pipeline_tests.support.report_day import DAY, ZONE
from inventory_pipeline_tests.support.report_house import (
    CONFIG,
    StoppedClock,
    count_mails,
    make_house,
    record_hours,
)
from inventory_pipeline_tests.support.smtp_server import Postmaster, serve


def build(folder: Path, port: int) -> House:
    smtp = f"from: pipeline@example.com, smtp: {{port: {port}}}"
    text = CONFIG.replace("from: pipeline@example.com", smtp)
    house = make_house(folder, StoppedClock(), text)
    record_hours(house, find_hours_of_day(DAY, ZONE))
    return house


def start(house: House) -> subprocess.Popen[bytes]:
    config = str(house.root / "inventory.yaml")
    command = [sys.executable, "-m", "inventory_pipeline.cli.main", "--config", config]
    return subprocess.Popen(
        [*command, "report", "--date", DAY.isoformat(), "--send"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.fixture
def crashed(tmp_path: Path):
    """Let a process be killed while the server, which has the mail, says so."""
    postmaster, sender = Postmaster(), []

    def kill() -> None:
        os.kill(sender[0].pid, signal.SIGKILL)
        sender[0].wait(20)

    with serve(postmaster) as port:
        house = build(tmp_path, port)
        postmaster.after_data = kill
        sender.append(start(house))
        assert sender[0].wait(60) == -signal.SIGKILL
        postmaster.after_data = lambda: None
        yield house, postmaster


def send(house: House) -> int:
    config = house.root / "inventory.yaml"
    return call("--config", config, "report", "--date", DAY.isoformat(), "--send").code


@pytest.mark.slow
def test_F_87_what_was_never_written_down_is_not_called_sent(crashed):
    house, postmaster = crashed
    with house.journal() as journal:
        slot = maillog.find_slot(journal, "daily:2026-04-06")
    assert (slot.state, slot.sent_at, len(postmaster.kept)) == ("sending", None, 1)


@pytest.mark.slow
def test_F_87_the_next_call_sends_the_same_mail_and_never_a_new_one(crashed):
    house, postmaster = crashed
    assert [send(house) for _ in range(3)] == [0, 0, 0]
    first, again = postmaster.mails
    assert first["Message-ID"] == again["Message-ID"]
    assert "(#1)" in first["Subject"]
    assert "(#1)" in again["Subject"]
    assert count_mails(house) == count_mails(house, state="sent", attempts=2) == 1
