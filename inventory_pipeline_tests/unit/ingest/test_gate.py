"""The gate: what makes a snapshot complete, partial, suspect or late."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_pipeline.ingest.gate import Evidence, Limits, judge

AT = datetime(2026, 4, 6, 10, tzinfo=UTC)
LIMITS = Limits(
    min_known_share=0.995,
    max_missing_keys=20,
    max_newly_zero_share=0.01,
    max_newly_zero_keys=10,
    max_age=timedelta(minutes=90),
)
WHOLE = Evidence(
    rows=1000, repeats=0, keys=1000, is_complete=True, is_suspect=False,
    end_marker="last page short",
    declared_keys=None, notes=(), conflicts=0, nameless_rows=0, known_keys=1000, missing_keys=0,
    missing_before=False, newly_zero_keys=0, moved_units=0, known_units=20_000,
    source_at=AT, reference_at=AT,
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, "complete"),
        ({"is_complete": False}, "partial"),
        ({"conflicts": 1}, "partial"),
        ({"known_keys": 0, "nameless_rows": 5}, "complete"),
        ({"known_keys": 0, "nameless_rows": 6}, "partial"),
        ({"nameless_rows": 6}, "complete"),
        ({"missing_keys": 5}, "complete"),
        ({"missing_keys": 6}, "partial"),
        ({"known_keys": 100_000, "missing_keys": 20}, "complete"),
        ({"known_keys": 100_000, "missing_keys": 21}, "partial"),
        ({"missing_keys": 400, "missing_before": True}, "complete"),
        ({"is_suspect": True}, "suspect"),
        ({"rows": 0, "keys": 0}, "suspect"),
        ({"rows": 3, "keys": 0, "known_keys": 0}, "suspect"),
        ({"declared_keys": 1001}, "suspect"),
        ({"declared_keys": 1000}, "complete"),
        ({"declared_keys": 1200, "rows": 1200}, "complete"),
        ({"declared_keys": 1049, "rows": 1049, "repeats": 49}, "suspect"),
        ({"newly_zero_keys": 10}, "complete"),
        ({"newly_zero_keys": 11}, "suspect"),
        ({"known_keys": 10_000, "newly_zero_keys": 100}, "complete"),
        ({"known_keys": 10_000, "newly_zero_keys": 101}, "suspect"),
        ({"moved_units": 3000}, "complete"),
        ({"moved_units": 3001}, "suspect"),
        ({"known_units": 100, "moved_units": 1000}, "complete"),
        ({"source_at": AT - timedelta(minutes=90)}, "complete"),
        ({"source_at": AT - timedelta(minutes=91)}, "late"),
        ({"source_at": AT + timedelta(minutes=10)}, "complete"),
        ({"source_at": None}, "complete"),
    ],
)
def test_each_line_is_drawn_where_the_setting_says(change: dict[str, object], status: str) -> None:
    assert judge(replace(WHOLE, **change), LIMITS).status == status  # type: ignore[arg-type]


def test_the_gravest_doubt_wins() -> None:
    doubtful = replace(WHOLE, is_suspect=True, is_complete=False, source_at=AT - timedelta(days=2))

    assert judge(doubtful, LIMITS).status == "suspect"


def test_the_reason_says_what_was_seen_and_what_is_believed() -> None:
    verdict = judge(replace(WHOLE, missing_keys=49), LIMITS)

    assert verdict.reason == (
        "49 of 1000 known keys are gone (95.1% present, wanted 99.5% and at most 20 missing)"
    )


def test_a_first_snapshot_says_how_many_rows_nobody_can_name() -> None:
    verdict = judge(replace(WHOLE, known_keys=0, known_units=0, nameless_rows=40), LIMITS)

    assert verdict.reason == (
        "40 of 1000 rows were refused and their keys are not known; no whole snapshot before "
        "this one names them (96.0% readable, wanted 99.5%)"
    )


@given(
    st.builds(
        Evidence,
        rows=st.integers(0, 100), repeats=st.integers(0, 9), keys=st.integers(0, 100),
        is_complete=st.booleans(),
        is_suspect=st.booleans(), end_marker=st.just("end"),
        declared_keys=st.none() | st.integers(0, 100), notes=st.just(()),
        conflicts=st.integers(0, 2), nameless_rows=st.integers(0, 100),
        known_keys=st.integers(0, 100),
        missing_keys=st.integers(0, 100), missing_before=st.booleans(),
        newly_zero_keys=st.integers(0, 100), moved_units=st.integers(0, 10_000),
        known_units=st.integers(0, 10_000), source_at=st.just(AT), reference_at=st.just(AT),
    )
)  # fmt: skip
def test_nothing_without_an_end_is_ever_complete(evidence: Evidence) -> None:
    verdict = judge(evidence, LIMITS)

    if verdict.status in ("complete", "late"):
        assert evidence.is_complete
        assert not evidence.is_suspect
        assert evidence.rows > 0
        assert evidence.conflicts == 0
