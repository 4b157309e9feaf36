"""The eight indicators, one by one, and the verdict they add up to."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from inventory_pipeline.diagnose.case import Case, Message, Point
from inventory_pipeline.diagnose.claim import Claim
from inventory_pipeline.diagnose.indicators import Signs, Surroundings, find_signs
from inventory_pipeline.diagnose.verdict import Verdict
from inventory_pipeline.model.causes import UNKNOWN
from inventory_pipeline_tests.support.cases import SELLS, at, case

AROUND = Surroundings(
    ZoneInfo("UTC"), {"storefront": "storefront"}, frozenset(), frozenset({"storefront"})
)


def build(
    number: int,
    deltas: list[int],
    *,
    cause: str = UNKNOWN,
    confidence: float = 0.97,
    **more: object,
) -> Verdict:
    """Return a verdict on item ``number`` whose gap went through ``deltas``, from 09:55 on."""
    rows = "\n".join(f"{9 + n} 20 20 {20 + delta}" for n, delta in enumerate(deltas))
    told: Case = replace(case(rows), sku=f"I{number}", finding_id=f"F-{number}", **more)  # type: ignore[arg-type]
    claims = (Claim(cause, told.delta, None, 1.0),) if cause != UNKNOWN else ()
    return Verdict(told, cause, confidence, ("a doubt",), claims, (), "T2")


def signs(*verdicts: Verdict, around: Surroundings = AROUND) -> Signs:
    return find_signs(verdicts, around)["storefront"]


def test_gaps_that_have_nothing_in_common_are_a_sign_of_nothing() -> None:
    assert signs(build(1, [0, 2]), build(2, [0, -5])) == Signs()


def test_one_size_on_like_items_that_stands_still_is_the_integration() -> None:
    found = signs(*(build(n, [0, -3, -3, -3]) for n in range(3)))

    assert found == Signs(("same_pattern", "constant_gap"))
    assert found.lean == "integration"


def test_gaps_that_stand_still_on_both_sides_are_no_constant_gap() -> None:
    both = [build(n, [0, d, d, d]) for n, d in enumerate((3, -3, 4, -5))]

    assert "constant_gap" not in signs(*both).integration


def test_events_lost_late_or_tried_again_are_a_fault_of_the_middleware() -> None:
    event = Message("E1", "stock", "set", 5, at("08:00"), at("08:01"), 1, "processed")
    late = replace(event, processed_at=at("08:00") + timedelta(hours=25))
    for message, is_fault in (
        (event, False), (late, True), (replace(event, attempt=2), True),
        (replace(event, status="dropped"), True),
    ):  # fmt: skip
        found = signs(build(1, [0, 2], messages=(message,)))
        assert ("middleware_fault" in found.integration) is is_fault


def test_what_came_back_after_a_change_is_the_integration() -> None:
    around = replace(AROUND, returned=frozenset({"F-1"}))

    assert signs(build(1, [0, 2]), around=around).integration == ("returns_after_change",)


def test_one_channel_off_while_another_is_clean_varies_by_channel() -> None:
    around = replace(AROUND, channels=frozenset({"storefront", "outlet"}))
    outlet = build(2, [0, 1], mirror="outlet")

    assert signs(build(1, [0, 2]), around=around).process == ("varies_by_channel",)
    assert signs(build(1, [0, 2]), outlet, around=around).process == ()


@pytest.mark.parametrize(
    ("cause", "sign"),
    [
        ("manual_edit_mirror", "hand_adjustments"),
        ("count_written_once", "hand_adjustments"),
        ("safety_stock_rule", "safety_without_rule"),
    ],
)
def test_a_likely_cause_of_people_is_a_sign_and_a_guess_is_none(cause: str, sign: str) -> None:
    assert signs(build(1, [0, 2], cause=cause)).process == (sign,)
    assert signs(build(1, [0, 2], cause=cause, confidence=0.6)).process == ()


def shifted(points: tuple[Point, ...], days: int) -> tuple[Point, ...]:
    step = timedelta(days=days)
    return tuple(
        replace(p, at=p.at + step, hour_at=p.hour_at + step, owner_at=p.owner_at + step)
        for p in points
    )


def test_changes_in_one_hour_of_the_day_day_after_day_follow_the_shift() -> None:
    first = [build(n, [0, n + 1]) for n in range(2)]
    later = [
        replace(v, case=replace(v.case, points=shifted(v.case.points, 1), finding_id=f"G-{n}"))
        for n, v in enumerate(first)
    ]

    assert "follows_shifts" in signs(*first, *later).process
    assert "follows_shifts" not in signs(*first, *first).process
    batch = [replace(v, case=replace(v.case, rule=replace(SELLS, is_batch=True))) for v in first]
    assert "follows_shifts" not in signs(*batch, *batch).process


@pytest.mark.parametrize(
    ("ours", "theirs", "lean"),
    [(0, 0, "unknown"), (3, 0, "integration"), (0, 2, "process"), (3, 1, "integration"),
     (1, 1, "mixed"), (3, 2, "mixed"), (2, 2, "mixed")],
)  # fmt: skip
def test_the_side_with_more_signs_wins_and_two_strong_sides_are_mixed(
    ours: int, theirs: int, lean: str
) -> None:
    assert Signs(("s",) * ours, ("s",) * theirs).lean == lean
