"""Attendance: done, failed, died, missed and never ran are told apart (ACL-04)."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from inventory_pipeline.model.hours import HOUR, find_hours_of_day
from inventory_pipeline.report.attendance import Attempt, compute_attendance, compute_backlog
from inventory_pipeline_tests.support.report_day import DAY, MORNING, ZONE, build_cycles

HOURS = find_hours_of_day(DAY, ZONE)


def judge(hour: int, *, status: str = "", attempt: Attempt | None = None, now=MORNING) -> str:
    cycles = build_cycles([HOURS[hour]] if status else [], status=status)
    attempts = {HOURS[hour]: attempt} if attempt else {}
    return compute_attendance(HOURS, cycles, attempts, now=now).hours[hour].state


def test_a_failed_hour_is_neither_missing_nor_empty():
    failed = Attempt("failed", HOURS[2] + HOUR, "erp: HTTP 503")
    states = {
        "raised": judge(2, attempt=failed),
        "never ran": judge(2),
        "found nothing": judge(2, status="clear"),
        "declared lost": judge(2, status="missed"),
        "killed": judge(2, attempt=Attempt("started", HOURS[2] + HOUR)),
    }
    assert states == {
        "raised": "failed",
        "never ran": "never_ran",
        "found nothing": "done",
        "declared lost": "missed",
        "killed": "died",
    }


def test_a_finished_check_outlives_a_failed_second_attempt():
    failed = Attempt("failed", HOURS[2] + 5 * HOUR, "disk full")
    assert judge(2, status="drift", attempt=failed) == "done"


def test_an_hour_being_checked_now_is_still_to_come():
    now = HOURS[5] + HOUR + timedelta(minutes=10)
    assert judge(5, attempt=Attempt("started", now - timedelta(minutes=2)), now=now) == "pending"


def test_an_hour_that_has_not_ended_is_still_to_come():
    now = HOURS[5] + timedelta(minutes=59)
    assert (judge(5, now=now), judge(4, now=now)) == ("pending", "never_ran")


def test_the_reason_of_a_failure_is_kept():
    failed = {HOURS[2]: Attempt("failed", HOURS[2] + HOUR, "erp: HTTP 503")}
    attendance = compute_attendance(HOURS, build_cycles([]), failed, now=MORNING)
    assert attendance.find("failed")[0].note == "erp: HTTP 503"


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 3, 8), "America/Los_Angeles", 23),
        (date(2026, 4, 6), "America/Los_Angeles", 24),
        (date(2026, 11, 1), "America/Los_Angeles", 25),
        (date(2026, 4, 6), "Asia/Kolkata", 24),
        (date(2026, 4, 5), "Australia/Lord_Howe", 25),
    ],
)
def test_a_local_day_has_as_many_hours_as_its_clock_says(day: date, zone: str, hours: int):
    expected = find_hours_of_day(day, ZoneInfo(zone))
    attendance = compute_attendance(expected, build_cycles(expected), {}, now=MORNING)
    assert (attendance.expected, attendance.done) == (hours, hours)


def test_a_day_is_over_when_its_clock_or_its_checks_say_so():
    early = HOURS[10]
    half = compute_attendance(HOURS, build_cycles(HOURS[:10]), {}, now=early)
    whole = compute_attendance(HOURS, build_cycles(HOURS), {}, now=early)
    late = compute_attendance(HOURS, build_cycles([]), {}, now=HOURS[-1] + HOUR)
    assert (half.is_over, whole.is_over, late.is_over) == (False, True, True)


def test_the_backlog_counts_every_unchecked_hour_and_the_age_of_the_oldest():
    cycles = build_cycles(HOURS[:4])
    backlog = compute_backlog(HOURS, cycles)
    assert (backlog.hours, backlog.oldest_at) == (20, HOURS[4])
    assert backlog.newest_checked_at == HOURS[3]


def test_a_day_without_any_check_is_a_backlog_of_twenty_four():
    backlog = compute_backlog(HOURS, build_cycles([]))
    assert (backlog.hours, backlog.newest_checked_at) == (24, None)


def test_a_failed_or_missed_hour_stays_in_the_backlog():
    backlog = compute_backlog(HOURS[:2], build_cycles(HOURS[:1], status="failed"))
    assert backlog.hours == 2
