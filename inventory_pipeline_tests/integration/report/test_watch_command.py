"""``watch`` as cron runs it: in its own process, in half a second, with nothing else alive."""

import json
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from inventory_pipeline.model.hours import HOUR, floor_hour
from inventory_pipeline.report.heartbeat import FILE_NAME, LastMail, write_mail, write_run
from inventory_pipeline.store.journal import open_journal
from inventory_pipeline_tests.support.command import Outcome, call, write_config
from inventory_pipeline_tests.support.report_house import CONFIG

HEAVY = ("polars", "duckdb", "numpy", "dagster", "sqlglot", "jinja2", "matplotlib", "requests")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    # The mail of these shops is due half a day away from now, at whatever hour the tests run.
    zone = ZoneInfo("America/Los_Angeles")
    due_at = datetime.now(zone) + timedelta(hours=12)
    assert "from: pipeline@example.com}" in CONFIG
    mail = f'from: pipeline@example.com, at: "{due_at:%H:%M}"}}'
    return write_config(tmp_path, CONFIG.replace("from: pipeline@example.com}", mail))


def sign(config: Path, *, ago: timedelta = timedelta(), majors: int = 0, status="clear") -> Path:
    now = datetime.now(UTC) - ago
    path = config.parent / "local" / FILE_NAME
    write_run(
        path, hour_at=floor_hour(now) - HOUR, cycle_status=status, open_majors=majors,
        open_notables=0, now=now,
    )  # fmt: skip
    return path


def watch(config: Path, *words: str) -> Outcome:
    return call("--config", config, "watch", *words)


def test_nothing_ever_run_is_silence_with_one_clear_message(config: Path):
    outcome = watch(config)
    assert outcome.code == 2
    assert "no hour has ever been run here" in outcome.out


def test_a_fresh_clear_hour_is_zero(config: Path):
    sign(config)
    outcome = watch(config)
    assert (outcome.code, outcome.out.splitlines()[0]) == (0, "alive and all clear")


def test_an_open_major_is_one(config: Path):
    sign(config, majors=2, status="drift")
    outcome = watch(config)
    assert outcome.code == 1
    assert "2 major findings" in outcome.out


def test_a_daemon_that_stopped_is_two(config: Path):
    sign(config, ago=timedelta(hours=27))
    outcome = watch(config)
    assert outcome.code == 2
    assert "no hourly run for 1 d 3 h" in outcome.out


def test_the_age_that_is_alive_can_be_told(config: Path):
    sign(config, ago=timedelta(hours=3))
    assert watch(config, "--max-age", "2h").code == 2
    assert watch(config, "--max-age", "4h").code == 0


def test_an_age_that_is_none_is_one_clear_error(config: Path):
    outcome = watch(config, "--max-age", "soon")
    assert outcome.code == 2
    assert "'soon' is no duration" in outcome.err


def test_a_corrupt_heartbeat_is_silence(config: Path):
    sign(config).write_text("{", encoding="utf-8")
    outcome = watch(config)
    assert outcome.code == 2
    assert "cannot be read" in outcome.out


def test_a_missing_mail_is_silence_though_hours_run(config: Path):
    sign(config, ago=timedelta(days=5))
    sign(config)
    with open_journal(config.parent / "local" / "journal.sqlite"):
        pass
    outcome = watch(config)
    assert outcome.code == 2
    assert "is not begun" in outcome.out


def test_a_journal_that_another_process_holds_is_not_waited_for(config: Path):
    sign(config, ago=timedelta(days=5))
    path = sign(config)
    mail = LastMail("2999-01-01", 1, "ALL CLEAR", datetime.now(UTC))
    write_mail(path, mail, now=datetime.now(UTC))
    journal = config.parent / "local" / "journal.sqlite"
    with open_journal(journal):
        pass
    holder = sqlite3.connect(journal, isolation_level=None)
    try:
        holder.execute("pragma journal_mode = delete")
        holder.execute("begin exclusive")
        began = time.monotonic()
        outcome = watch(config)
        assert time.monotonic() - began < 5
    finally:
        holder.close()
    assert outcome.code == 0
    assert "says the heartbeat" in outcome.out


def test_a_journal_that_is_no_journal_is_silence_unless_the_heartbeat_knows(config: Path):
    sign(config, ago=timedelta(days=5))
    sign(config)
    (config.parent / "local" / "journal.sqlite").write_bytes(b"no database" * 200)
    outcome = watch(config)
    assert outcome.code == 2
    assert "is damaged" in outcome.out


def test_machines_get_the_signs_as_json(config: Path):
    sign(config, majors=1)
    outcome = watch(config, "--json")
    told = json.loads(outcome.out)
    assert (outcome.code, told["level"], told["verdict"]) == (1, 1, "alive, needs attention")
    assert {sign["sign"] for sign in told["signs"]} == {"heartbeat", "hour", "mail"}


def test_the_warehouse_is_never_touched(config: Path):
    sign(config)
    warehouse = config.parent / "local" / "warehouse.duckdb"
    warehouse.write_bytes(b"not a database")
    assert watch(config).code == 0
    assert warehouse.read_bytes() == b"not a database"


def test_the_journal_is_read_and_not_written(config: Path):
    sign(config)
    watch(config)
    assert not (config.parent / "local" / "journal.sqlite").exists()


def test_no_engine_and_no_scheduler_is_imported(config: Path):
    sign(config)
    script = (
        "import sys; from inventory_pipeline.cli.main import run_command; "
        f"code = run_command(['--config', {str(config)!r}, 'watch']); "
        f"print(sorted(set(sys.modules) & set({HEAVY!r})), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr.strip()) == (0, "[]")
