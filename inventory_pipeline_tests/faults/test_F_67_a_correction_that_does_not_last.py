"""F-67: a gap that comes back after it was closed twice is written back by something: stop."""

import pytest

from inventory_pipeline.correct.policy import decide
from inventory_pipeline_tests.faults.conftest import Pair
from inventory_pipeline_tests.support.rulings import LIMITED, build_gap, build_situation

HOURS = [f"2026-04-06T{hour:02d}:00Z" for hour in range(6, 12)]


def swing(pair: Pair, hours: list[str]) -> list[dict[str, object]]:
    """In every other hour the storefront shows 14 again; return what is proposed now."""
    for number, hour in enumerate(hours):
        pair.agree(hour, {"X": 10})
        pair.say("storefront", hour, {"X": 14 if number % 2 == 0 else 10})
        pair.run(hour)
    return pair.find("proposals", "--hour", hours[-1])


@pytest.mark.slow
def test_F_67_after_two_returns_nothing_is_corrected_and_a_person_is_told_why(pair: Pair):
    [proposal] = swing(pair, HOURS[:5])

    # One of one item drifts, so the whole run is held, too.
    assert proposal["decision"] == "suspended"
    assert "recurring: it came back 2 times" in str(proposal["reason"])
    assert pair.one("findings", kind="gap")["recurrence"] == 3


@pytest.mark.slow
def test_F_67_one_return_is_no_pattern(pair: Pair):
    [proposal] = swing(pair, HOURS[:3])

    assert "recurring" not in str(proposal["reason"])
    assert pair.one("findings", kind="gap")["recurrence"] == 2


@pytest.mark.parametrize(("returns", "decision"), [(0, "auto"), (1, "auto"), (2, "flagged")])
def test_F_67_a_correction_that_is_written_back_twice_is_not_sent_a_third_time(
    returns: int, decision: str
) -> None:
    gap = build_gap(1, recurrence=returns + 1, tries=returns)
    [ruling] = decide([gap], build_situation(), LIMITED)

    assert ruling.decision == decision
    assert ruling.would == (decision == "auto")
    said = "recurring: it came back 2 times, so something writes it back"
    assert any(said in reason for reason in ruling.reasons) == (decision == "flagged")
