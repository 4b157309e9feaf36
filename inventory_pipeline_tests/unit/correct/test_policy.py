"""What the assistant may carry out by itself: every limit, on both sides of it."""

from typing import Any

import pytest

from inventory_pipeline.config.policy import Assistant
from inventory_pipeline.correct import policy
from inventory_pipeline.correct.policy import Situation

LIMITED = Assistant(mode="limited")
PLACE = ("storefront", "available")


def gap(units: int = -4, **changed: Any) -> dict[str, Any]:
    """Return a proven gap that may be corrected."""
    row = {
        "system": "storefront", "fact": "available", "sku": "MUG", "location_id": "L1",
        "owner": "shelf", "delta_units": units, "before_units": 20, "target_units": 20 - units,
        "recurrence": 1, "cause": "movement_dropped", "is_proven": True, "confidence": 0.998,
        "unexplained_units": 0, "correction_units": -units, "in_vain": 0,
    }  # fmt: skip
    return {**row, **changed}


def situation(**changed: Any) -> Situation:
    """Return an hour in which nothing stands against a correction."""
    known: dict[str, Any] = {
        "active_skus": 1000,
        "drift_rate": 0.004,
        "max_drift_rate": 0.02,
        "receivers": {"storefront": "A"},
        "writable": frozenset({PLACE}),
        "states": {"shelf": "complete", "storefront": "complete"},
        "runs": {"shelf": 30, "storefront": 30},
    }
    return Situation(**{**known, **changed})


def decide_one(row: dict[str, Any], at: Situation, limits: Assistant = LIMITED) -> policy.Ruling:
    [ruling] = policy.decide([row], at, limits)
    return ruling


@pytest.mark.parametrize("units", [1, -1, 5, -5])
def test_a_proven_gap_of_at_most_five_is_fixed(units: int) -> None:
    assert decide_one(gap(units), situation()) == policy.Ruling("auto", (), would=True)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (gap(6), "+6 is more than 5 units"),
        (gap(-6, confidence=1.0), "-6 is more than 5 units"),
        (gap(1, is_proven=False, confidence=0.6), "movement dropped is likely (60%), not proven"),
        (gap(cause="", is_proven=False, confidence=0), "no cause is known"),
        (gap(cause="unknown", is_proven=False), "no cause is known"),
        (gap(cause="shrinkage"), "shrinkage is not mended by changing a number"),
        (gap(unexplained_units=1), "movement dropped does not explain the whole gap"),
        (gap(correction_units=3), "movement dropped does not explain the whole gap"),
        (gap(correction_units=5), "movement dropped does not explain the whole gap"),
        (gap(confidence=0.9949), "confidence 0.9949 is below 0.995"),
        (gap(delta_units=None), "storefront says a word and no number"),
        (gap(recurrence=3), "recurring: it came back 2 times"),
        (gap(in_vain=2), "2 corrections of it were refused: a person looks"),
    ],
)
def test_any_doubt_about_the_gap_flags_it(row: dict[str, Any], why: str) -> None:
    ruling = decide_one(row, situation())
    assert ruling.decision == "flagged"
    assert [reason for reason in ruling.reasons if reason.startswith(why)]
    assert not ruling.would


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"states": {"shelf": "complete", "storefront": "late"}}, "counts of storefront are late"),
        ({"states": {"storefront": "complete"}}, "the counts of shelf are missing"),
        ({"runs": {"shelf": 30, "storefront": 2}}, "storefront is new: 2 whole readings, wanted 3"),
        ({"unresolved": frozenset({"available"})}, "available has no one owner"),
        ({"changed": {"shelf": "rule safety_stock"}}, "shelf was changed meanwhile: rule"),
        ({"writable": frozenset()}, "storefront is read only"),
        ({"receivers": {}}, "storefront cannot be written to"),
        ({"receivers": {"storefront": "C"}}, "does not guard against a change that is applied"),
        ({"receivers": {"storefront": "D"}}, "does not guard against a change that is applied"),
        ({"brakes": {"storefront": "it shows 3"}}, "storefront: it shows 3"),
        ({"fixed_lately": frozenset({"MUG"})}, "it was corrected less than 24 hours ago"),
        ({"in_flight": frozenset({(*PLACE, "MUG", "L1")})}, "still on its way"),
    ],
)
def test_any_doubt_about_the_hour_flags_it(changed: dict[str, Any], why: str) -> None:
    ruling = decide_one(gap(), situation(**changed))
    assert ruling.decision == "flagged"
    assert [reason for reason in ruling.reasons if why in reason]


def test_a_lowered_limit_holds_and_a_receiver_of_class_b_will_do() -> None:
    limits = Assistant(mode="limited", max_units=2)
    at = situation(receivers={"storefront": "B"})
    assert decide_one(gap(2), at, limits).decision == "auto"
    assert decide_one(gap(3), at, limits).decision == "flagged"


@pytest.mark.parametrize(("mode", "would"), [("shadow", True), ("off", False)])
def test_only_limited_acts(mode: str, would: bool) -> None:
    ruling = decide_one(gap(), situation(), Assistant.model_validate({"mode": mode}))
    assert (ruling.decision, ruling.would) == ("flagged", would)


def many(number: int, units: int = -1) -> list[dict[str, Any]]:
    return [gap(units, sku=f"S-{place:04d}") for place in range(number)]


def test_581_corrections_in_one_run_are_none_and_the_run_is_held() -> None:
    rulings = policy.decide(many(581), situation(active_skus=60_000), LIMITED)
    assert {ruling.decision for ruling in rulings} == {"suspended"}
    assert all(ruling.is_storm for ruling in rulings)
    assert "581 corrections in one run are more than 25" in rulings[0].reasons[0]


def test_25_are_made_and_26_are_none() -> None:
    at = situation(active_skus=60_000)
    made = [ruling.decision for ruling in policy.decide(many(25), at, LIMITED)]
    assert made == ["auto"] * 25
    none = {ruling.decision for ruling in policy.decide(many(26), at, LIMITED)}
    assert none == {"suspended"}


def test_one_in_a_hundred_of_the_active_items_and_at_least_one() -> None:
    for active, most in ((60, 1), (100, 1), (101, 2), (300, 3)):
        rulings = policy.decide(many(5), situation(active_skus=active), LIMITED)
        assert sum(ruling.decision == "auto" for ruling in rulings) == most, active


def test_fifty_units_a_run_the_smallest_gaps_first() -> None:
    rows = [*many(20, units=-5), gap(-1, sku="SMALL")]
    rulings = policy.decide(rows, situation(active_skus=60_000), LIMITED)
    assert rulings[-1].decision == "auto"
    assert sum(ruling.decision == "auto" for ruling in rulings[:-1]) == 9
    assert "the limits of one run are used up" in rulings[-2].reasons


def test_one_correction_of_an_item_a_run() -> None:
    rows = [gap(-1, location_id="L1"), gap(-1, location_id="L2")]
    decisions = [ruling.decision for ruling in policy.decide(rows, situation(), LIMITED)]
    assert sorted(decisions) == ["auto", "flagged"]


def test_12_of_564_drifting_suspends_all_twelve_with_their_own_reasons_beside() -> None:
    at = situation(active_skus=564, drift_rate=12 / 564)
    rulings = policy.decide([*many(11), gap(1, is_proven=False)], at, LIMITED)
    assert [ruling.decision for ruling in rulings] == ["suspended"] * 12
    assert all(
        "drift of 2.1% of the active SKUs is more than 2.0%" in r.reasons[0] for r in rulings
    )
    assert any("not proven" in reason for reason in rulings[-1].reasons)
    assert not any(ruling.is_storm for ruling in rulings)


def test_exactly_two_in_a_hundred_does_not_suspend() -> None:
    assert decide_one(gap(), situation(drift_rate=0.02)).decision == "auto"


def test_what_was_stopped_stays_stopped() -> None:
    at = situation(brakes={"all": "581 corrections in one run"})
    assert decide_one(gap(), at).decision == "suspended"


def test_the_same_inputs_give_the_same_rulings_in_any_order() -> None:
    rows = [gap(-(place % 7) - 1, sku=f"S-{place}") for place in range(24)]
    at = situation(active_skus=500)
    forward = policy.decide(rows, at, LIMITED)
    assert policy.decide(rows, at, LIMITED) == forward
    assert policy.decide(rows[::-1], at, LIMITED)[::-1] == forward
