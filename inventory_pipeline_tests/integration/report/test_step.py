"""The step on real stores: a day is told as it was when it ended."""

from datetime import timedelta

import pytest

from inventory_pipeline.errors import NoDataError, UsageError
from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.report.step import find_yesterday, write_report
from inventory_pipeline.report.summary import DaySummary
from inventory_pipeline.wiring.house import House
from inventory_pipeline_tests.integration.report.conftest import HOURS
from inventory_pipeline_tests.support.report_day import DAY
from inventory_pipeline_tests.support.report_house import (
    StoppedClock,
    record_attempt,
    record_hours,
    see,
)


def tell(house: House, day=DAY) -> DaySummary:
    return write_report(house, day).summary


def test_a_complete_quiet_day_is_all_clear(house: House):
    record_hours(house, HOURS)
    summary = tell(house)
    assert (summary.status, summary.reasons) == ("ALL CLEAR", ())
    assert (summary.counts.compared, summary.counts.compared_day) == (1128, 27_072)
    assert summary.accuracy.record.n == 564


def test_an_open_major_is_attention_with_every_number_of_it(house: House):
    record_hours(house, HOURS, status="drift")
    see(house, HOURS[-1], "HP-1", first_seen_at=HOURS[3], opened_at=HOURS[3], streak=21)
    summary = tell(house)
    line = summary.findings.listed[0]
    assert summary.status == "ATTENTION"
    assert (line.sku, line.location_id, line.delta_units, line.streak) == ("HP-1", "MAIN", 2, 21)
    assert line.finding_id.startswith("F-")


def test_a_missing_hour_and_a_failed_one_are_told_apart(house: House):
    record_hours(house, HOURS[:22])
    record_attempt(house, HOURS[22], error="erp: HTTP 503 for 120 s")
    summary = tell(house)
    states = [hour.state for hour in summary.attendance.hours[21:]]
    assert states == ["done", "failed", "never_ran"]
    assert summary.status == "INCOMPLETE"
    assert "erp: HTTP 503" in write_report(house, DAY).text


def test_the_day_is_told_as_it_was_when_it_ended(house: House, clock: StoppedClock):
    """What changed after midnight belongs to the next day's mail."""
    record_hours(house, HOURS, status="drift")
    see(house, HOURS[-1], "OPEN-THEN", delta_units=5, opened_at=HOURS[2], first_seen_at=HOURS[2])
    see(house, HOURS[-1], "STAYS", delta_units=2)
    tomorrow = [HOURS[-1] + n * HOUR for n in (1, 2)]
    record_hours(house, tomorrow)
    see(house, tomorrow[0], "OPEN-THEN", state="cleared", severity="none", opened_at=HOURS[2])
    see(house, tomorrow[0], "STAYS", delta_units=9, opened_at=HOURS[-1])
    see(house, tomorrow[1], "NEW", opened_at=tomorrow[1])
    summary = tell(house)
    told = {line.sku: line.delta_units for line in summary.findings.listed}
    assert told == {"OPEN-THEN": 5, "STAYS": 2}
    assert (summary.findings.opened_since, summary.findings.cleared_total) == (1, 0)


def test_a_finding_that_came_back_later_was_clear_on_the_day(house: House):
    see(house, HOURS[0], "FLAPS")
    see(house, HOURS[4], "FLAPS", state="cleared", severity="none", opened_at=HOURS[0])
    record_hours(house, HOURS)
    after = HOURS[-1] + 2 * HOUR
    see(house, after, "FLAPS", opened_at=after, recurrence=2, first_seen_at=HOURS[0])
    summary = tell(house)
    assert (summary.findings.total, summary.findings.cleared_total) == (0, 1)
    assert summary.status == "ALL CLEAR"


def test_a_finding_no_later_hour_could_judge_is_still_open(house: House):
    see(house, HOURS[0], "SILENT-SINCE")
    record_hours(house, HOURS)
    assert tell(house).findings.major == 1


def test_a_true_stockout_is_no_disagreement(house: House):
    record_hours(house, HOURS)
    see(house, HOURS[-1], "EMPTY", kind="stockout", severity="none", **{"class": "stockout"})
    summary = tell(house)
    assert (summary.status, summary.findings.total) == ("ALL CLEAR", 0)


def test_what_cleared_yesterday_is_not_told_again(house: House):
    record_hours(house, HOURS)
    see(house, HOURS[0] - HOUR, "OLD", state="cleared", severity="none")
    assert tell(house).findings.cleared_total == 0


def test_the_backlog_counts_back_over_the_days_before(house: House):
    record_hours(house, HOURS[:2])
    backlog = tell(house).backlog
    assert (backlog.hours, backlog.oldest_at) == (22, HOURS[2])
    assert backlog.newest_checked_at == HOURS[1]


def test_a_day_without_any_check_shows_a_backlog_of_twenty_four(house: House):
    before = [HOURS[0] - n * HOUR for n in (2, 1)]
    record_hours(house, before)
    summary = tell(house)
    assert (summary.status, summary.backlog.hours) == ("INCOMPLETE", 24)
    assert summary.accuracy.record is None


def test_the_verdict_is_kept_once_per_day(house: House):
    record_hours(house, HOURS)
    tell(house)
    tell(house)
    with house.warehouse() as warehouse:
        rows = warehouse.query("select * from report.summaries").to_dicts()
    assert [(row["date"], row["status"], row["hours_done"]) for row in rows] == [
        (DAY, "ALL CLEAR", 24)
    ]


def test_an_installation_that_never_ran_has_nothing_to_tell(house: House):
    with pytest.raises(NoDataError, match="no hour was ever checked here"):
        write_report(house, DAY)


@pytest.mark.slow
def test_an_installation_whose_every_hour_failed_has(house: House):
    record_attempt(house, HOURS[0], error="disk full")
    summary = tell(house)
    assert (summary.status, len(summary.attendance.find("failed"))) == ("INCOMPLETE", 1)


def test_a_day_that_has_not_begun_is_refused(house: House):
    record_hours(house, HOURS)
    with pytest.raises(UsageError, match="2026-04-08 has not begun"):
        write_report(house, DAY + timedelta(days=2))


def test_yesterday_is_the_local_day_before(house: House, clock: StoppedClock):
    assert find_yesterday(house) == DAY
    clock.at = HOURS[-1]
    assert find_yesterday(house) == DAY - timedelta(days=1)


def test_finding_ids_are_those_of_the_contract(house: House):
    record_hours(house, HOURS)
    see(house, HOURS[-1], "HP-1")
    with house.warehouse() as warehouse:
        ids = warehouse.query("select finding_id from contract.findings")["finding_id"].to_list()
    assert [line.finding_id for line in tell(house).findings.listed] == ids
