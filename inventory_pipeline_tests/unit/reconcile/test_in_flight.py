"""In flight: lag, moments and pending corrections add up, and explain no more than they may."""

from datetime import UTC, datetime, time, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_pipeline.config.systems import Sync
from inventory_pipeline.config.timing import compute_delay
from inventory_pipeline.reconcile.in_flight import (
    EFFECT,
    Instants,
    compute_alignment,
    compute_recent,
    explain,
    settle,
)

TEN = datetime(2026, 4, 6, 10, tzinfo=UTC)


def gap(raw: int, in_flight: int = 0, lag: int = 0) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "key_id": [1], "raw_delta_units": [raw], "in_flight_units": [in_flight],
            "lag_units": [lag], "status": ["drift"],
        },
        schema_overrides={"key_id": pl.Int32},
    )  # fmt: skip


def possibilities(*sums: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "key_id": [1] * len(sums),
            "pending_units": list(sums),
            "missed": list(range(1, len(sums) + 1)),
        },
        schema={"key_id": pl.Int32, "pending_units": pl.Int64, "missed": pl.Int64},
    )


@pytest.mark.parametrize(
    ("sync", "at", "hours"),
    [
        (Sync(trigger="batch", every=timedelta(hours=24), at=time(2, 0)), TEN, 8),
        (Sync(trigger="batch", at=time(22, 0)), TEN, 12),
        (Sync(trigger="batch", every=timedelta(hours=4)), TEN, 2),
        (Sync(trigger="poll", every=timedelta(hours=1)), TEN, 1),
        (Sync(trigger="event"), TEN, 0),
    ],
)
def test_a_path_may_lag_by_its_schedule(sync: Sync, at: datetime, hours: int) -> None:
    delay = compute_delay(sync, mirror_at=at, path_delay=timedelta(minutes=5))

    assert delay == timedelta(hours=hours, minutes=5)


@given(st.integers(-20, 20), st.integers(-20, 20), st.integers(-20, 20))
def test_the_parts_always_add_up_to_the_raw_gap(raw: int, in_flight: int, lag: int) -> None:
    row = settle(gap(raw, in_flight, lag)).row(0, named=True)

    assert row["in_flight_units"] + row["lag_units"] + row["delta_units"] == raw
    assert (row["status"] == "drift") == (row["delta_units"] != 0)


@given(st.integers(-20, 20), st.lists(st.integers(-20, 20), max_size=5))
def test_a_possible_lag_only_ever_shrinks_the_rest(raw: int, sums: list[int]) -> None:
    row = settle(explain(gap(raw), possibilities(*sums), into="lag_units")).row(0, named=True)

    assert abs(row["delta_units"]) <= abs(raw)
    assert row["lag_units"] == 0 or -row["lag_units"] in sums


def test_the_fewest_missed_movements_win() -> None:
    row = explain(gap(5), possibilities(-5, -5), into="lag_units").row(0, named=True)

    assert row["lag_units"] == 5


def test_movements_between_two_readings_are_taken_back_or_put_in() -> None:
    effects = pl.DataFrame(
        {
            "fact": ["on_hand"] * 3,
            "owner": ["shelf"] * 3,
            "key_id": [1, 1, 1],
            "order_id": ["a", "b", "c"],
            "at": [TEN - timedelta(minutes=m) for m in (70, 30, 10)],
            "effect_units": [100, 20, -5],
        },
        schema_overrides={"key_id": pl.Int32, "at": pl.Datetime("us", "UTC")},
    )
    early = Instants(TEN - timedelta(hours=1), {"on_hand": {"shelf": TEN}}, timedelta())
    late = Instants(TEN, {"on_hand": {"shelf": TEN - timedelta(hours=1)}}, timedelta())

    assert compute_alignment(effects, early)["shift_units"].to_list() == [-15]
    assert compute_alignment(effects, late)["shift_units"].to_list() == [15]


def test_what_is_made_and_not_recorded_may_stand_in_either_number() -> None:
    made, recorded = TEN - timedelta(minutes=1), TEN + timedelta(minutes=1)
    effects = pl.DataFrame(
        [("on_hand", "shelf", "shelf", 1, "a", made, recorded, -2)], schema=EFFECT, orient="row"
    )
    both = Instants(TEN, {"on_hand": {"shelf": TEN}}, timedelta())
    later = Instants(TEN, {"on_hand": {"shelf": recorded}}, timedelta())
    told = Instants(recorded, {"on_hand": {"shelf": recorded}}, timedelta())

    def find(instants: Instants) -> list[int]:
        return compute_recent(effects, instants, mirror="storefront")["pending_units"].to_list()

    assert find(both) == [2, -2, 0]
    assert find(later) == [2]
    assert find(told) == []
