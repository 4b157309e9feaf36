"""Findings: identity, streak, recurrence, and the laws of folding hours."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_pipeline.reconcile.findings import IDENTITY, SIGHTING, build_problems, fold

START = datetime(2026, 4, 6, tzinfo=UTC)
NOTHING = pl.DataFrame(schema=SIGHTING)
# One hour of one problem: a delta, 0 for agreement, or None for "could not be judged".
histories = st.lists(st.none() | st.integers(-2, 2), min_size=1, max_size=12)


def play(history: list[int | None]) -> list[dict[str, object]]:
    """Fold a history hour by hour; return the newest sighting after each hour."""
    known, states = NOTHING, []
    for place, delta in enumerate(history):
        hour_at = START + timedelta(hours=place)
        rows = [{"kind": "gap", "class": "sync_drift", "key_id": 7, "delta_units": delta}]
        problems = build_problems(rows if delta else [])
        judged = known.select(IDENTITY) if delta is not None else known.clear().select(IDENTITY)
        sightings = fold(problems, known, judged, hour_at=hour_at)
        if sightings.height:
            known = sightings
        states.append(known.row(0, named=True) if known.height else {})
    return states


def test_a_gap_that_stays_goes_and_returns() -> None:
    states = play([-8, -8, -8, 0, -8])

    assert [s["streak"] for s in states] == [1, 2, 3, 3, 1]
    assert [s["state"] for s in states] == ["open", "open", "open", "cleared", "open"]
    assert states[-1]["recurrence"] == 2
    assert states[-1]["first_seen_at"] == START
    assert states[-1]["opened_at"] == START + timedelta(hours=4)


def test_silence_clears_nothing_and_adds_nothing() -> None:
    states = play([-8, None, None, -8])

    assert [s["state"] for s in states] == ["open"] * 4
    assert states[-1]["streak"] == 2
    assert states[-1]["recurrence"] == 1


def test_cleared_three_days_running_is_a_recurrence_of_three() -> None:
    assert play([-8, 0, -8, 0, -8, 0])[-1]["recurrence"] == 3


def test_the_same_delta_is_counted_apart_from_the_streak() -> None:
    states = play([-8, -8, -7, -7, -7])

    assert [s["same_streak"] for s in states] == [1, 2, 1, 2, 3]
    assert states[-1]["streak"] == 5


@given(histories)
@pytest.mark.slow
def test_a_finding_is_open_exactly_when_the_last_judged_hour_was_wrong(
    history: list[int | None],
) -> None:
    last = play(history)[-1]

    judged = [delta for delta in history if delta is not None]
    is_wrong = bool(judged) and judged[-1] != 0
    assert (last.get("state") == "open") == is_wrong


@given(histories)
@pytest.mark.slow
def test_recurrence_counts_the_runs_of_wrong_hours(history: list[int | None]) -> None:
    last = play(history)[-1]

    judged = [bool(delta) for delta in history if delta is not None]
    starts = sum(now and not before for now, before in zip(judged, [False, *judged], strict=False))
    assert last.get("recurrence", 0) == starts


def test_one_problem_keeps_its_row_among_others() -> None:
    rows = [
        {"kind": "gap", "class": "sync_drift", "key_id": k, "delta_units": k} for k in (3, 1, 2)
    ]
    first = fold(build_problems(rows), NOTHING, NOTHING.select(IDENTITY), hour_at=START)
    shuffled = fold(build_problems(rows[::-1]), NOTHING, NOTHING.select(IDENTITY), hour_at=START)

    assert first.equals(shuffled)
