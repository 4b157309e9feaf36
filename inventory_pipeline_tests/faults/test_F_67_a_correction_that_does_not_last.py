"""F-67: a gap that comes back after it was closed twice is written back by something: stop."""

from inventory_pipeline_tests.faults.conftest import Pair

HOURS = [f"2026-04-06T{hour:02d}:00Z" for hour in range(6, 12)]


def swing(pair: Pair, hours: list[str]) -> list[dict[str, object]]:
    """In every other hour the storefront shows 14 again; return what is proposed now."""
    for number, hour in enumerate(hours):
        pair.agree(hour, {"X": 10})
        pair.say("storefront", hour, {"X": 14 if number % 2 == 0 else 10})
        pair.run(hour)
    return pair.find("proposals", "--hour", hours[-1])


def test_F_67_after_two_returns_nothing_is_corrected_and_a_person_is_told_why(pair: Pair):
    [proposal] = swing(pair, HOURS[:5])

    assert proposal["decision"] == "flagged"
    assert "recurring: it came back 2 times" in str(proposal["reason"])
    assert pair.one("findings", kind="gap")["recurrence"] == 3


def test_F_67_one_return_is_no_pattern(pair: Pair):
    [proposal] = swing(pair, HOURS[:3])

    assert "recurring" not in str(proposal["reason"])
    assert pair.one("findings", kind="gap")["recurrence"] == 2
