import json
import multiprocessing
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inventory_pipeline.cli.checkup import machine
from inventory_pipeline.cli.checkup.mail import find_domain_doubt
from inventory_pipeline.store.journal import open_journal
from inventory_pipeline.store.warehouse import open_warehouse
from inventory_pipeline_tests.support.command import call
from inventory_pipeline_tests.support.settings_text import change

MAIL = "mail:\n  to: [ops@shop.example.net]\n  from: pipeline@shop.example.net\n"
STARTING_MAIL = "  to: []                       # [ops@example.com]\n  from: pipeline@example.com\n"


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A sample shop that nothing is wrong with."""
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    assert call("init", tmp_path).code == 0
    config = tmp_path / "inventory.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(change(f"mail:\n{STARTING_MAIL}", MAIL, text), encoding="utf-8")
    return config


def examine(config, *words):
    outcome = call("--config", config, "doctor", "--json", *words)
    assert outcome.err == ""
    readings = {r["subject"]: r for r in json.loads(outcome.out)}
    return outcome.code, readings


def edit(config, old, new):
    config.write_text(change(old, new, config.read_text(encoding="utf-8")), encoding="utf-8")


def test_a_sound_installation_has_nothing_bad(shop):
    _, readings = examine(shop)
    unwell = [r for r in readings.values() if r["state"] in ("warn", "bad")]
    assert [r["subject"] for r in unwell if r["subject"] not in ("python", "disk")] == []
    assert not (shop.parent / "local").exists()


def test_the_code_says_whether_a_person_is_needed(shop):
    code, readings = examine(shop)
    assert code == int(any(r["state"] in ("warn", "bad") for r in readings.values()))
    edit(shop, "to: [ops@shop.example.net]", "to: []")
    assert examine(shop)[0] == 1
    outcome = call("--config", shop, "doctor")
    assert outcome.code == 1
    assert "need a person" in outcome.out


def test_a_broken_configuration_cannot_be_examined(shop):
    edit(shop, "owner: shelf", "owner: shlef")
    outcome = call("--config", shop, "doctor")
    assert outcome.code == 2
    assert "did you mean 'shelf'" in outcome.err


@pytest.mark.parametrize(
    ("version", "state"),
    [
        ((3, 11, 7), "warn"),
        ((3, 11, 14), "warn"),
        ((3, 11, 15), "ok"),
        ((3, 12, 12), "warn"),
        ((3, 12, 13), "ok"),
        ((3, 13, 11), "warn"),
        ((3, 13, 12), "ok"),
        ((3, 14, 2), "warn"),
        ((3, 14, 3), "ok"),
        ((3, 15, 0), "ok"),
        ((3, 10, 19), "warn"),
    ],
)
def test_a_python_whose_mail_headers_break_is_named(version, state):
    reading = machine.read_python(version)
    assert reading.state == state
    assert ("upgrade to" in reading.cure) is (state == "warn")


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
nas:/export /srv/stock nfs4 rw 0 0
//nas/share /mnt/my\\040share cifs rw 0 0
tmpfs /srv/stock/fast tmpfs rw 0 0
me@host:/ /mnt/ssh fuse.sshfs rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/lib/x", "ext4"),
        ("/srv/stock/local", "nfs4"),
        ("/srv/stockroom", "ext4"),
        ("/srv/stock/fast/local", "tmpfs"),
        ("/mnt/my share/local", "cifs"),
        ("/mnt/ssh/local", "fuse.sshfs"),
    ],
)
def test_the_file_system_is_that_of_the_nearest_mount(folder, kind):
    assert machine.find_filesystem(Path(folder), MOUNTS.splitlines()) == kind


def test_F_77_storage_on_a_network_share_is_refused(tmp_path):
    share = machine.read_share(tmp_path, f"nas:/export {tmp_path} nfs4 rw 0 0\n")
    assert share.state == "bad"
    assert "locks do not hold" in share.text
    assert machine.read_share(tmp_path, f"/dev/sda {tmp_path} ext4 rw 0 0\n").state == "ok"


def test_a_folder_that_cannot_be_written_is_bad(shop):
    edit(shop, "directory: local", "directory: /proc/nothing")
    code, readings = examine(shop)
    assert code == 1
    assert "cannot be written" in readings["storage"]["text"]


def test_a_folder_that_everybody_may_write_to_is_named(shop):
    local = shop.parent / "local"
    local.mkdir(mode=0o777)
    local.chmod(0o777)
    assert examine(shop)[1]["storage"]["state"] == "warn"
    local.chmod(0o700)
    assert examine(shop)[1]["storage"]["state"] == "ok"


def test_a_damaged_journal_is_bad_and_left_alone(shop):
    local = shop.parent / "local"
    local.mkdir()
    (local / "journal.sqlite").write_bytes(b"no journal at all" * 300)
    reading = examine(shop)[1]["journal"]
    assert reading["state"] == "bad"
    assert reading["cure"]
    assert (local / "journal.sqlite").read_bytes() == b"no journal at all" * 300


def test_a_damaged_warehouse_is_bad_and_the_cure_is_to_build_it_again(shop):
    local = shop.parent / "local"
    local.mkdir()
    (local / "warehouse.duckdb").write_bytes(b"no warehouse" * 2000)
    reading = examine(shop)[1]["warehouse"]
    assert reading["state"] == "bad"
    assert "backfill" in reading["text"]


@pytest.mark.slow
def test_a_held_warehouse_is_named_within_seconds(shop):
    path = shop.parent / "local" / "warehouse.duckdb"
    held, done = multiprocessing.Event(), multiprocessing.Event()
    process = multiprocessing.get_context("fork").Process(target=hold, args=(path, held, done))
    process.start()
    try:
        assert held.wait(20)
        reading = examine(shop)[1]["warehouse"]
    finally:
        done.set()
        process.join()
    assert reading["state"] == "warn"
    assert "another process holds" in reading["text"]


def hold(path, held, done):
    with open_warehouse(path, wait=timedelta(seconds=1)):
        held.set()
        done.wait(30)


def test_a_clock_before_our_own_last_sign_of_life_is_bad():
    now = datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert machine.read_clock(now).state == "ok"
    assert machine.read_clock(now, now - timedelta(hours=1)).state == "ok"
    behind = machine.read_clock(now, now + timedelta(hours=1))
    assert (behind.state, "before the last sign of life" in behind.text) == ("bad", True)
    assert machine.read_clock(datetime(1970, 1, 1, tzinfo=UTC)).state == "bad"


def test_silence_and_failure_of_the_last_run_are_named(shop):
    local = shop.parent / "local"
    with open_journal(local / "journal.sqlite") as journal:
        run = journal.start_run("run", "h1", now=datetime.now(UTC))
        journal.finish_run(run, now=datetime.now(UTC), error="boom")
    assert examine(shop)[1]["runs"]["state"] == "warn"
    with open_journal(local / "journal.sqlite") as journal:
        journal.start_run("run", "h2", now=datetime.now(UTC))
    assert examine(shop)[1]["runs"]["state"] == "ok"
    with open_journal(local / "journal.sqlite") as journal:
        journal.start_run("run", "h3", now=datetime.now(UTC) - timedelta(hours=3))
    seen = examine(shop)[1]["runs"]
    assert seen["state"] == "warn"
    assert "schedule" in seen["cure"]


def test_a_lease_is_shown_and_needs_nobody(shop):
    now = datetime.now(UTC)
    holder = f"{socket.gethostname()}:{os.getpid()}:x"
    with open_journal(shop.parent / "local" / "journal.sqlite") as journal:
        journal.take_lease("hourly", holder, now=now, life=timedelta(hours=1))
    reading = examine(shop)[1]["lease"]
    assert reading["state"] == "note"
    assert holder in reading["text"]


def test_secrets_are_named_and_never_shown(shop, monkeypatch):
    edit(shop, MAIL, MAIL + "  smtp: {host: mx, username: u, password: {env: MAIL_WORD}}\n")
    edit(shop, "counts: exports/erp/counts-{hour}.csv", "counts: a.csv\n      columns: {}")
    (shop.parent / "ping").write_text("canary-in-a-file", encoding="utf-8")
    shop.write_text(shop.read_text() + "heartbeat: {url: {file: ping}}\n", encoding="utf-8")
    monkeypatch.delenv("MAIL_WORD", raising=False)
    (shop.parent / "ping").chmod(0o644)
    readings = examine(shop)[1]
    assert "variable MAIL_WORD is not set" in readings["secret mail.smtp.password"]["text"]
    assert readings["secret heartbeat.url"]["state"] == "warn"
    monkeypatch.setenv("MAIL_WORD", "canary-in-the-environment")
    (shop.parent / "ping").chmod(0o600)
    outcome = call("--config", shop, "doctor")
    assert "canary" not in outcome.out + outcome.err
    readings = examine(shop)[1]
    assert readings["secret mail.smtp.password"]["state"] == "ok"
    assert readings["secret heartbeat.url"]["state"] == "ok"


def test_a_secret_among_a_connectors_options_is_found_by_its_shape(shop, monkeypatch):
    monkeypatch.delenv("SHOP_TOKEN", raising=False)
    old = "    connector: files\n    options:\n      counts: exports/storefront/counts-{hour}.csv\n"
    new = (
        "    connector: rest\n    options:\n      headers: {X-Token: {env: SHOP_TOKEN}}\n"
        "      list: [{env: SHOP_TOKEN}]\n"
    )
    edit(shop, old, new)
    readings = examine(shop)[1]
    assert readings["secret systems.storefront.options.headers.X-Token"]["state"] == "bad"
    assert readings["secret systems.storefront.options.list[0]"]["state"] == "bad"


@pytest.mark.parametrize(
    ("domain", "doubt"),
    [
        ("shop.de", ""),
        ("gmail.com", ""),
        ("mail.gmail.com", ""),
        ("gmial.com", "did you mean gmail.com?"),
        ("outlok.com", "did you mean outlook.com?"),
        ("shop.con", "did you mean .com?"),
        ("shop", "is no domain"),
        ("shop..de", "is no domain"),
        ("-shop.de", "is no domain"),
        ("example.com", "no mail is ever delivered"),
        ("10.0.0.1", "no domain ending"),
        ("localhost", "no mail is ever delivered"),
    ],
)
def test_a_domain_that_cannot_be_meant_is_doubted(domain, doubt):
    seen = find_domain_doubt(domain)
    assert (doubt in seen) if doubt else seen == ""


def test_dagster_needs_its_settings_where_it_looks_for_them(shop, tmp_path, monkeypatch):
    assert examine(shop)[1]["dagster"]["state"] == "note"
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    assert examine(shop)[1]["dagster"]["state"] == "bad"
    (tmp_path / "dagster.yaml").write_text("", encoding="utf-8")
    assert examine(shop)[1]["dagster"]["state"] == "ok"


@pytest.mark.slow
def test_one_system_can_be_read_for_real_and_nothing_is_kept(shop):
    code_words = ("--system", "shelf", "--hour", "2026-04-06T10:00Z")
    readings = examine(shop, *code_words)[1]
    assert "14 rows, 0 unreadable" in readings["shelf counts"]["text"]
    assert readings["shelf movements"]["state"] == "ok"
    assert not (shop.parent / "local").exists()
    assert examine(shop, "--system", "shelf")[1]["shelf counts"]["state"] == "bad"


def test_an_unknown_system_is_bad_usage(shop):
    outcome = call("--config", shop, "doctor", "--system", "shelv")
    assert outcome.code == 2
    assert "the file names shelf, erp, storefront" in outcome.err
