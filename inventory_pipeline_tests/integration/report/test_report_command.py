"""``report`` and ``notify`` as a person calls them: exit codes, files, words."""

import json
from pathlib import Path

import pytest

from inventory_pipeline.wiring.house import House
from inventory_pipeline_tests.integration.report.conftest import HOURS
from inventory_pipeline_tests.support.command import Outcome, call
from inventory_pipeline_tests.support.report_house import CONFIG, record_hours, see
from inventory_pipeline_tests.support.smtp_server import Postmaster, serve


@pytest.fixture
def clear(house: House) -> House:
    record_hours(house, HOURS)
    return house


def report(house: House, *words: str, day: str = "2026-04-06") -> Outcome:
    return call("--config", house.root / "inventory.yaml", "report", "--date", day, *words)


def find_files(house: House) -> list[str]:
    return sorted(path.name for path in (house.storage / "mails").iterdir())


def test_an_all_clear_day_is_zero_and_writes_a_preview(clear: House):
    outcome = report(clear)
    assert outcome.code == 0
    assert outcome.out.startswith("ALL CLEAR  Harbor & Pine, Monday 2026-04-06, 24 of 24 hours")
    assert "not sent; --send mails it, once" in outcome.out
    assert find_files(clear) == [
        "daily-2026-04-06.preview.html",
        "daily-2026-04-06.preview.txt",
    ]


def test_a_day_that_needs_a_person_is_one_and_names_the_item(clear: House):
    see(clear, HOURS[-1], "HP-1", delta_units=-8)
    outcome = report(clear)
    assert outcome.code == 1
    assert "HP-1" in outcome.out
    assert "-8" in outcome.out


def test_an_incomplete_day_is_one_and_says_what_lacks(house: House):
    record_hours(house, HOURS[:23])
    outcome = report(house)
    assert outcome.code == 1
    assert "INCOMPLETE" in outcome.out
    assert "23 of 24 hours checked (1 never ran)" in outcome.out


def test_send_writes_the_mail_once_and_says_so_again(clear: House):
    first, again = report(clear, "--send"), report(clear, "--send")
    assert (first.code, again.code) == (0, 0)
    assert "sent as #1: written to" in first.out
    assert "already sent as #1 at" in again.out
    assert "nothing was sent now" in again.out
    assert find_files(clear) == [f"daily-2026-04-06.{kind}" for kind in ("eml", "html", "txt")]


def test_a_preview_after_the_mail_leaves_what_was_sent(clear: House):
    report(clear, "--send")
    sent = (clear.storage / "mails" / "daily-2026-04-06.html").read_bytes()
    see(clear, HOURS[-1], "HP-1")
    assert report(clear).code == 1
    assert (clear.storage / "mails" / "daily-2026-04-06.html").read_bytes() == sent


def test_the_page_goes_where_it_is_told(clear: House, tmp_path: Path):
    target = tmp_path / "deep" / "page.html"
    assert report(clear, "--html", str(target)).code == 0
    assert "data:image/png;base64," in target.read_text(encoding="utf-8")


def test_machines_get_the_whole_summary(clear: House):
    see(clear, HOURS[-1], "HP-1")
    outcome = report(clear, "--send", "--json")
    told = json.loads(outcome.out)
    assert (outcome.code, told["status"], told["zone"]) == (1, "ATTENTION", "America/Los_Angeles")
    assert (told["hours_expected"], told["hours_done"]) == (24, 24)
    assert told["findings"]["listed"][0]["sku"] == "HP-1"
    assert (told["sent"]["is_new"], told["sent"]["sequence"]) == (True, 1)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-13-40", "'2026-13-40' is no day; write it as 2026-04-06"),
        ("yesterday", "'yesterday' is no day"),
        ("2999-01-01", "2999-01-01 has not begun"),
    ],
)
def test_a_day_that_cannot_be_told_is_two_with_one_message(clear: House, day: str, words: str):
    outcome = report(clear, day=day)
    assert outcome.code == 2
    assert words in outcome.err
    assert "Traceback" not in outcome.err


def test_nothing_to_tell_is_two(house: House):
    outcome = report(house)
    assert outcome.code == 2
    assert "no hour was ever checked here" in outcome.err


def test_a_mail_that_does_not_go_out_is_two_and_says_why(clear: House):
    config = clear.root / "inventory.yaml"
    with serve(Postmaster()) as port:
        smtp = f"from: pipeline@example.com, smtp: {{port: {port}, tls: starttls}}"
        config.write_text(CONFIG.replace("from: pipeline@example.com", smtp), encoding="utf-8")
        outcome = report(clear, "--send")
    assert outcome.code == 2
    assert f"localhost:{port}: STARTTLS extension not supported" in outcome.err
    assert "nothing is sent in the clear" in outcome.err


def test_a_mail_sent_by_smtp_leaves_a_copy_of_what_was_sent(clear: House):
    config, postmaster = clear.root / "inventory.yaml", Postmaster()
    with serve(postmaster) as port:
        smtp = f"from: pipeline@example.com, smtp: {{port: {port}}}"
        config.write_text(CONFIG.replace("from: pipeline@example.com", smtp), encoding="utf-8")
        assert report(clear, "--send").code == 0
    assert len(postmaster.mails) == 1
    assert find_files(clear) == ["daily-2026-04-06.html", "daily-2026-04-06.txt"]


def test_without_a_date_it_is_yesterday(house: House):
    record_hours(house, HOURS)
    outcome = call("--config", house.root / "inventory.yaml", "report")
    assert outcome.code == 1
    assert "INCOMPLETE" in outcome.out


def test_a_hostile_name_is_harmless_on_the_terminal(clear: House):
    see(clear, HOURS[-1], "\x1b[31mred\u202e\n")
    outcome = report(clear)
    assert "\x1b" not in outcome.out
    assert "\u202e" not in outcome.out


def test_notify_tells_once(clear: House):
    see(clear, HOURS[-1], "HP-1")
    command = ("--config", clear.root / "inventory.yaml", "notify")
    first, again = call(*command), call(*command)
    assert (first.code, again.code) == (1, 0)
    assert "told of 1 findings of 2026-04-07T06:00Z" in first.out
    assert "nothing new to tell" in again.out


def test_notify_before_the_first_hour_has_nothing_to_tell(house: House):
    outcome = call("--config", house.root / "inventory.yaml", "notify")
    assert (outcome.code, "no hour was ever checked" in outcome.out) == (0, True)
