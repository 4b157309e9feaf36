"""Accuracy: by record, with its interval, never netted; the definition is told (D1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_pipeline.config.policy import Structural as StructuralSettings
from inventory_pipeline.report.accuracy import (
    DEFINITION,
    compute_accuracy,
    compute_interval,
    compute_structural,
)
from inventory_pipeline.report.summary import Counts, MirrorCount
from inventory_pipeline_tests.support.report_day import (
    MORNING,
    build_cycle,
)


def test_the_interval_is_the_published_one():
    interval = compute_interval(492, 512)
    assert interval is not None
    assert interval.value == pytest.approx(0.9609, abs=1e-4)
    assert (interval.low, interval.high) == pytest.approx((0.9404, 0.9746), abs=1e-4)


@given(st.integers(1, 100_000), st.data())
def test_the_interval_holds_its_share_and_stays_a_share(n: int, data: st.DataObject):
    good = data.draw(st.integers(0, n))
    interval = compute_interval(good, n)
    assert interval is not None
    assert 0 <= interval.low <= interval.value + 1e-12
    assert interval.value - 1e-12 <= interval.high <= 1


def test_nothing_counted_has_no_accuracy():
    assert compute_interval(0, 0) is None
    accuracy = compute_accuracy(None, Counts())
    assert (accuracy.record, accuracy.mirror, accuracy.unit_accuracy) == (None, None, None)


def test_one_too_many_and_one_too_few_are_two_wrong_and_no_net():
    """95 and 105 where 100 was right: 0% by record, whatever the sum says."""
    counts = Counts(MORNING, (MirrorCount("erp", "on_hand", 2, 0, 0, 0, 2, 0),), 2)
    cycle = build_cycle(
        MORNING, active_skus=2, drifting_skus=2, record_accuracy=0.0, accuracy_low=0.0,
        accuracy_high=0.66, unit_accuracy=0.95, net_units=0, over_units=5, under_units=5,
    )  # fmt: skip
    accuracy = compute_accuracy(cycle, counts)
    assert (accuracy.record.value, accuracy.mirror.value) == (0.0, 0.0)
    assert (accuracy.net_units, accuracy.over_units, accuracy.under_units) == (0, 5, 5)


def test_the_definition_says_what_is_counted_and_that_gaps_never_cancel():
    assert "active SKUs" in DEFINITION
    assert "never cancel" in DEFINITION


def test_all_three_inputs_are_told_whatever_the_rule():
    cycle = build_cycle(
        MORNING,
        drifting_skus=12,
        drift_rate=12 / 564,
        structural=True,
        consistent_findings=3,
        leans_to_integration=True,
    )
    for rule in ("rate_only", "rate_and_indicators", "rate_or_consistent"):
        inputs = compute_structural(cycle, StructuralSettings(rule=rule))
        assert (inputs.is_structural, inputs.rule) == (True, rule)
        assert (inputs.drifting_skus, inputs.active_skus) == (12, 564)
        assert (inputs.consistent_findings, inputs.has_integration_lean) == (3, True)


def test_nothing_is_told_of_a_day_without_a_check():
    assert compute_structural(None, StructuralSettings()).has_integration_lean is None
