"""Watch: the outside witness calls silence by its name (ACL-02, ACL-05, L9)."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from inventory_pipeline.report.heartbeat import Heartbeat, LastMail
from inventory_pipeline.report.timetable import find_last_due_day
from inventory_pipeline.report.watch import Logged, MailRule, Witness, compute_witness

ZONE = ZoneInfo("America/Los_Angeles")
RULE = MailRule(time(7), timedelta(minutes=60), ZONE)
# 08:30 on Tuesday: the mail about Monday was due at 07:00 and its grace is over.
NOW = datetime(2026, 4, 7, 15, 30, tzinfo=UTC)
MONDAY = date(2026, 4, 6)
ALIVE = Heartbeat(
    installed_at=NOW - timedelta(days=30),
    written_at=NOW - timedelta(minutes=27),
    run_at=NOW - timedelta(minutes=27),
    hour_at=datetime(2026, 4, 7, 14, tzinfo=UTC),
    cycle_status="clear",
    last_mail=LastMail("2026-04-06", 12, "ALL CLEAR", NOW - timedelta(minutes=90)),
)
SENT = Logged(MONDAY, "sent", NOW - timedelta(minutes=90), run_state="done")
MISSING = Logged(MONDAY)


def look(heartbeat=ALIVE, logged=SENT, *, now=NOW, max_age=timedelta(hours=26)) -> Witness:
    return compute_witness(heartbeat, logged, rule=RULE, max_age=max_age, now=now)


def find(witness: Witness, name: str) -> str:
    return next(sign.text for sign in witness.signs if sign.name == name)


def test_a_living_pipeline_with_nothing_wrong_is_zero():
    assert look().level == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"open_majors": 1},
        {"open_notables": 1},
        {"cycle_status": "incomplete"},
        {"cycle_status": "missed"},
        {"last_mail": replace(ALIVE.last_mail, status="ATTENTION")},
        {"last_mail": replace(ALIVE.last_mail, status="INCOMPLETE")},
    ],
)
def test_trouble_in_a_living_pipeline_is_one(changed: dict[str, object]):
    assert look(replace(ALIVE, **changed)).level == 1


def test_a_gap_that_may_settle_is_no_trouble():
    assert look(replace(ALIVE, cycle_status="drift")).level == 0


def test_no_run_for_longer_than_max_age_is_silence():
    old = replace(ALIVE, run_at=NOW - timedelta(hours=26, minutes=1))
    assert look(old).level == 2
    assert "no hourly run for 1 d 2 h" in find(look(old), "heartbeat")
    assert look(replace(ALIVE, run_at=NOW - timedelta(hours=26))).level == 0


def test_a_report_that_still_goes_out_does_not_hide_dead_hours():
    dead = replace(ALIVE, run_at=NOW - timedelta(hours=30), written_at=NOW)
    assert look(dead).level == 2


def test_nothing_sent_by_eight_for_a_seven_oclock_mail_is_silence():
    witness = look(logged=MISSING)
    assert witness.level == 2
    assert "the mail of 2026-04-06 was due 2026-04-07 07:00 PDT and is not begun" in find(
        witness, "mail"
    )


def test_within_the_grace_yesterdays_mail_is_still_enough():
    at_half_past_seven = NOW - timedelta(minutes=60)
    day = find_last_due_day(at_half_past_seven, at=RULE.at, zone=ZONE, grace=RULE.grace)
    assert day == date(2026, 4, 5)


@pytest.mark.parametrize("state", ["due", "sending", "failed"])
def test_a_mail_that_is_not_out_is_silence_whatever_was_tried(state: str):
    logged = Logged(MONDAY, state, mail_error="mail.example:587 could not be reached")
    witness = look(logged=logged)
    assert witness.level == 2
    assert f"is {state}: mail.example:587 could not be reached" in find(witness, "mail")


def test_a_locked_journal_does_not_silence_the_witness():
    unread = Logged(MONDAY, unread="journal.sqlite was held by another process")
    assert look(logged=unread).level == 0
    older = replace(ALIVE, last_mail=replace(ALIVE.last_mail, day="2026-04-05"))
    assert look(older, unread).level == 2
    assert look(replace(ALIVE, last_mail=None), unread).level == 2


def test_the_first_days_of_an_installation_miss_no_mail():
    fresh = replace(ALIVE, installed_at=NOW - timedelta(hours=1), last_mail=None)
    assert look(fresh, MISSING).level == 0
    assert look(replace(fresh, installed_at=NOW - timedelta(hours=2)), MISSING).level == 2


def test_installed_and_never_run_is_quiet_only_for_max_age():
    fresh = Heartbeat(installed_at=NOW - timedelta(hours=1), written_at=NOW)
    assert look(fresh, MISSING).level == 0
    assert look(replace(fresh, installed_at=NOW - timedelta(hours=27)), MISSING).level == 2


def test_a_signature_from_the_future_is_not_believed():
    ahead = replace(ALIVE, run_at=NOW + timedelta(hours=2))
    assert look(ahead).level == 2
    assert "a clock is wrong" in find(look(ahead), "heartbeat")
    assert look(replace(ALIVE, run_at=NOW + timedelta(minutes=1))).level == 0


def test_runs_that_fail_are_attention_long_before_they_are_silence():
    failing = replace(SENT, run_state="failed", run_subject="2026-04-07T15:00Z", run_error="erp")
    witness = look(logged=failing)
    assert (witness.level, find(witness, "run")) == (1, "2026-04-07T15:00Z failed: erp")


def test_a_run_that_never_ends_is_attention():
    started = replace(SENT, run_state="started", run_started_at=NOW - timedelta(hours=3))
    assert look(logged=started).level == 1
    assert look(logged=replace(started, run_started_at=NOW - timedelta(minutes=5))).level == 0


def test_the_worst_sign_decides():
    dead_and_troubled = replace(ALIVE, open_majors=1, run_at=NOW - timedelta(days=3))
    assert look(dead_and_troubled).level == 2


def live_through(year: int, *, dead_from: datetime | None = None) -> list[tuple[datetime, int]]:
    """Look every half hour of a year at a pipeline that runs hourly and mails at seven."""
    looks = []
    now = datetime(year, 1, 1, tzinfo=UTC)
    while now < datetime(year + 1, 1, 1, tzinfo=UTC):
        alive_at = min(now, dead_from) if dead_from else now
        run_at = alive_at.replace(minute=5) - timedelta(hours=alive_at.minute < 5)
        sent = find_last_due_day(alive_at, at=RULE.at, zone=ZONE, grace=timedelta(0))
        due = find_last_due_day(now, at=RULE.at, zone=ZONE, grace=RULE.grace)
        heartbeat = replace(ALIVE, installed_at=datetime(2020, 1, 1, tzinfo=UTC), run_at=run_at)
        logged = Logged(due, "sent" if due <= sent else "")
        looks.append((now, look(heartbeat, logged, now=now, max_age=timedelta(hours=2)).level))
        now += timedelta(minutes=30)
    return looks


@pytest.mark.slow
def test_a_year_of_good_days_never_rings_whatever_the_clock_does():
    assert {level for _, level in live_through(2026)} == {0}


@pytest.mark.slow
@pytest.mark.parametrize("month", range(1, 13))
def test_every_silent_death_rings_within_the_age_that_was_promised(month: int):
    dead_from = datetime(2026, month, 8, 3 * month % 24, 17, tzinfo=UTC)
    rings = [now for now, level in live_through(2026, dead_from=dead_from) if level == 2]
    assert timedelta(0) < rings[0] - dead_from <= timedelta(hours=2, minutes=30)
