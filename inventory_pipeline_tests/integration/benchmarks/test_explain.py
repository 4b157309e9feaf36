"""The benchmark of explanation: what it measures is there, and comes out the same twice."""

import pytest

from benchmarks.explain import Size, measure_explanation


@pytest.mark.slow
def test_every_target_of_explanation_is_measured_over_findings_that_have_evidence() -> None:
    rows = measure_explanation(
        Size(rows=2_000, movements=20_000, days=4, hours=2, findings=30), times=1
    )

    assert set(rows) == {"B5", "B5_evidence_ratio", "D10"}
    assert rows["D10"].note.endswith("rows the same, byte for byte")
    assert "; 30 open findings (" in rows["B5"].note
    assert all(row.value > 0 for row in rows.values())
