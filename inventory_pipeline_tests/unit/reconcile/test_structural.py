"""Structural: the line of 2 %, the three rules, and an interval that is one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_pipeline.reconcile.structural import Drift, compute_wilson, is_structural


@pytest.mark.parametrize(
    ("skus", "active", "over"),
    [(20, 1000, False), (21, 1000, True), (11, 564, False), (12, 564, True)],
)
def test_only_more_than_two_percent_is_over(skus: int, active: int, over: bool) -> None:
    drift = Drift(skus, active, consistent=0, leans_to_integration=False)

    assert is_structural(drift, rule="rate_only", drift_rate=0.02) is over
    assert is_structural(drift, rule="rate_or_consistent", drift_rate=0.02) is over
    assert not is_structural(drift, rule="rate_and_indicators", drift_rate=0.02)


def test_one_consistent_gap_counts_only_under_the_widest_rule() -> None:
    drift = Drift(1, 1000, consistent=1, leans_to_integration=True)

    assert is_structural(drift, rule="rate_or_consistent", drift_rate=0.02)
    assert not is_structural(drift, rule="rate_only", drift_rate=0.02)
    assert not is_structural(drift, rule="rate_and_indicators", drift_rate=0.02)


def test_nothing_active_is_no_rate() -> None:
    drift = Drift(0, 0, consistent=0, leans_to_integration=False)

    assert drift.rate is None
    assert not is_structural(drift, rule="rate_only", drift_rate=0.02)


def test_the_published_example_of_an_interval() -> None:
    low, high = compute_wilson(492, 512) or (0, 0)

    assert (round(low, 3), round(high, 3)) == (0.94, 0.975)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share_and_stays_in_bounds(pair: tuple[int, int]) -> None:
    right, total = pair
    low, high = compute_wilson(right, total) or (1, 0)

    assert 0 <= low <= right / total + 1e-12
    assert right / total - 1e-12 <= high <= 1
