"""Questions: what turns a check yellow or red."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from inventory_pipeline.config.models import Settings
from inventory_pipeline.defs.checks import name_drift_check
from inventory_pipeline.defs.questions import (
    ask_attendance,
    ask_automation,
    ask_completeness,
    ask_drift,
    ask_freshness,
    ask_future,
    ask_owners,
    ask_registry,
    ask_sums,
    ask_uniqueness,
)
from inventory_pipeline.model.ownership import Problem, Registry
from inventory_pipeline.wiring.overview import Overview, State

TEN = datetime(2026, 4, 6, 10, tzinfo=UTC)
SETTINGS = Settings.model_validate(
    {
        "business": {"name": "Test"},
        "systems": {
            name: {"role": "other", "connector": "files"} for name in ("shelf", "erp", "threepl")
        },
        "facts": {"on_hand": {"owner": "shelf", "scopes": [{"location": "E", "owner": "threepl"}]}},
    }
)
NOTHING = pl.DataFrame()
EMPTY = State(None, NOTHING, 0, (), ())


def build_state(**cycle: object) -> State:
    return replace(EMPTY, newest=Overview(TEN, cycle, NOTHING, NOTHING, NOTHING))


def build_row(**changes: object) -> dict[str, object]:
    row = {"status": "complete", "reason": "", "key_count": 5, "row_count": 5, "conflicting": 0,
           "impossible": 0, "source_at": TEN, "reference_at": TEN}  # fmt: skip
    return {**row, **changes}


@pytest.mark.parametrize(
    ("status", "passed", "grave"),
    [("complete", True, False), ("late", True, False), ("partial", False, False),
     ("suspect", False, False), ("missing", False, True), ("failed", False, True)],
)  # fmt: skip
def test_a_snapshot_that_is_not_whole_is_a_warning_and_silence_an_error(
    status: str, passed: bool, grave: bool
) -> None:
    answer = ask_completeness(build_row(status=status))

    assert (answer.is_passed, answer.is_grave) == (passed, grave)


def test_a_system_that_never_spoke_is_an_error() -> None:
    assert ask_completeness(None).is_grave
    assert not ask_completeness(None).is_passed
    assert not ask_freshness(None, timedelta(hours=1)).is_passed


def test_age_counts_from_the_hour() -> None:
    limit = timedelta(minutes=90)
    old = build_row(source_at=TEN - timedelta(minutes=91))

    assert ask_freshness(build_row(source_at=TEN - limit), limit).is_passed
    assert not ask_freshness(old, limit).is_passed
    assert ask_freshness(old, limit).numbers == {"age_minutes": 91, "max_age_minutes": 90}


def test_contradictions_and_impossible_rows_are_counted() -> None:
    assert ask_uniqueness(build_row(conflicting=2)).numbers == {"conflicting_rows": 2}
    assert not ask_uniqueness(build_row(conflicting=2)).is_passed
    assert not ask_future(build_row(impossible=1)).is_passed
    assert ask_future(build_row()).is_passed


def test_owners_of_scopes_must_be_heard_too() -> None:
    counts = pl.DataFrame({"system": ["shelf", "threepl"], "status": ["late", "missing"]})

    answer = ask_owners(replace(EMPTY, counts=counts), SETTINGS)

    assert (answer.is_passed, answer.text) == (False, "not heard: threepl")
    assert answer.numbers == {"owners": 2, "heard": 1}


@pytest.mark.parametrize(
    ("drifting", "active", "passed"),
    [(20, 1000, True), (21, 1000, False), (11, 564, True), (12, 564, False), (0, 5, True)],
)
def test_two_percent_is_not_above_the_line(drifting: int, active: int, passed: bool) -> None:
    state = build_state(drift_rate=drifting / active, drifting_skus=drifting, active_skus=active)

    assert ask_drift(state, 0.02).is_passed is passed


def test_no_active_item_drifts() -> None:
    assert ask_drift(build_state(drift_rate=None), 0.02).is_passed
    assert ask_drift(EMPTY, 0.02).is_passed


def test_the_drift_check_is_named_after_its_line() -> None:
    assert name_drift_check(0.02) == "drift_is_under_two_percent"
    assert name_drift_check(0.005) == "drift_is_under_0_50_percent"


def test_absent_hours_are_named() -> None:
    state = replace(EMPTY, expected_hours=(TEN,), absent_hours=(TEN,))

    assert ask_attendance(state).text == "absent: 2026-04-06T10:00Z"
    assert not ask_attendance(state).is_passed
    assert ask_attendance(EMPTY).is_passed


def test_sums_that_break_are_an_error() -> None:
    assert not ask_sums(replace(EMPTY, broken_sums=1)).is_passed
    assert ask_sums(EMPTY).is_passed


def test_unsettled_authority_is_a_warning() -> None:
    problem = Problem("gap", "price", (), "price: nobody owns it")

    answer = ask_registry(Registry((), (), (problem,)))

    assert (answer.is_passed, answer.is_grave, answer.text) == (False, False, problem.text)


def test_what_was_switched_off_is_named() -> None:
    answer = ask_automation({"every_hour", "fill_gaps"})

    assert (answer.is_passed, answer.text) == (False, "switched off: every_hour, fill_gaps")
    assert ask_automation(set()).is_passed
