"""Severity: bands, consequence, and what direction may and may not do."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from inventory_pipeline.reconcile.severity import ORDER, Bands, classify_gaps, judge_gaps

BANDS = Bands(
    minor_up_to=2, notable_up_to=5, settle_checks=2, relative_major=0.5, consistent_cycles=3
)


def judge(
    delta: int, expected: int, *, streak: int = 1, same: int = 1, owner: int | None = None
) -> dict[str, object]:
    frame = pl.DataFrame(
        {
            "delta_units": [delta], "expected_units": [expected],
            "observed_units": [expected + delta],
            "owner_units": [expected if owner is None else owner],
            "streak": [streak], "same_streak": [same],
        }
    )  # fmt: skip
    return classify_gaps(judge_gaps(frame, BANDS)).row(0, named=True)


@given(st.integers(1, 40), st.integers(100, 1000))
def test_direction_alone_never_changes_the_band(size: int, expected: int) -> None:
    over, under = judge(size, expected * 2), judge(-size, expected * 2)

    assert over["severity"] == under["severity"]


@given(st.integers(-50, 50).filter(bool), st.integers(0, 100), st.integers(1, 4))
def test_staying_never_lowers_a_band(delta: int, expected: int, streak: int) -> None:
    if expected + delta < 0:
        return
    now = judge(delta, expected, streak=streak)
    later = judge(delta, expected, streak=streak + 1)

    assert ORDER[str(later["severity"])] >= ORDER[str(now["severity"])]


def test_the_same_delta_three_times_raises_the_band_by_one() -> None:
    assert judge(4, 100, streak=3, same=2)["severity"] == "notable"
    assert judge(4, 100, streak=3, same=3)["severity"] == "major"
    assert judge(1, 100, streak=9, same=9)["severity"] == "notable"


def test_half_of_what_is_expected_is_major_at_once() -> None:
    assert judge(2, 4)["severity"] == "major"
    assert judge(2, 5)["severity"] == "minor"
    assert judge(-2, 4)["severity"] == "major"


def test_an_owner_at_zero_while_the_mirror_sells_is_phantom_stock() -> None:
    row = judge(1, 0)

    assert (row["severity"], row["class"]) == ("major", "phantom_stock")


def test_a_mirror_at_zero_with_goods_behind_it_is_a_false_stockout() -> None:
    row = judge(-12, 12)

    assert (row["severity"], row["class"]) == ("major", "false_stockout")


def test_units_told_differently_are_sync_drift() -> None:
    assert judge(5, 20)["class"] == "sync_drift"
    assert judge(-35, 847)["class"] == "sync_drift"
