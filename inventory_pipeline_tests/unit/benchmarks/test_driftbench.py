"""The benchmark's own arithmetic: a ruler that is bent measures nothing."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.driftbench.bounds import compute_ece, compute_risks, find_upper, fit_steps
from benchmarks.driftbench.check import check_acts, find_false, find_wanted
from benchmarks.driftbench.plan import DEVELOPMENT, FAMILIES, Plan, find_seeds, plan_shops
from benchmarks.driftbench.rivals import CountsOnly
from benchmarks.driftbench.truth import load_truth
from inventory_pipeline.model.causes import CAUSES, UNKNOWN

HOUR_AT = datetime(2026, 4, 6, 5, tzinfo=UTC)
KEY = ("MUG", "MAIN", "storefront", "available")
PLAN = Plan("handmade", 2, 1, 24, frozenset())
LABEL_COLUMNS = (
    "fault_id,cause,sku,location_id,mirror,fact,started_at,ended_at,first_hour,last_hour,"
    "record_ids,answerable,units,correction_units,remedy,group\n"
)
GAP_COLUMNS = "sku,location_id,mirror,fact,shown_units,due_units,delta_units,fault_ids\n"


def write_truth(folder: Path, *labels: str, delta: int, fault_ids: str) -> None:
    (folder / "labels.csv").write_text(LABEL_COLUMNS + "".join(f"{row}\n" for row in labels))
    gap = f"MUG,MAIN,storefront,available,{9 + delta},9,{delta},{fault_ids}\n"
    (folder / "gaps-2026-04-06T05.csv").write_text(GAP_COLUMNS + gap)


def label(fault_id: str, cause: str, *, ended: str = "", correction: int, remedy: str) -> str:
    return (
        f"{fault_id},{cause},MUG,MAIN,storefront,available,2026-04-06T04:10:00Z,{ended},"
        f"2026-04-06T04,2026-04-06T05,W1,yes,{-correction},{correction},{remedy},{fault_id}"
    )


def proven(cause: str, correction: int | None, *, sku: str = "MUG") -> dict[str, object]:
    return {
        "finding_id": "F-1", "kind": "gap", "sku": sku, "location_id": "MAIN",
        "mirror": "storefront", "fact": "available", "hour_at": HOUR_AT, "cause": cause,
        "is_proven": True, "correction_units": correction, "also": "[]",
    }  # fmt: skip


def test_no_error_among_many_is_bounded_as_clopper_and_pearson_say() -> None:
    assert find_upper(0, 3000) == pytest.approx(1 - 0.05 ** (1 / 3000), rel=1e-6)
    assert find_upper(1, 10) == pytest.approx(0.394163, rel=1e-4)
    assert find_upper(0, 0) == 1.0


def test_equal_confidences_are_never_cut_apart() -> None:
    answers = [(0.5, number % 2 == 0) for number in range(60)]

    assert compute_ece(answers) == pytest.approx(0)
    assert compute_risks(answers)[0] == pytest.approx(0.5)


def test_confidence_that_is_too_high_shows() -> None:
    assert compute_ece([(0.9, False)] * 10) == pytest.approx(0.9)


def test_fitted_steps_never_fall() -> None:
    answers = [(0.1, True), (0.2, False), (0.3, False), (0.4, True), (0.5, True)]

    rates = [rate for _, rate, _ in fit_steps(answers)]

    assert rates == sorted(rates)
    assert sum(count for *_, count in fit_steps(answers)) == len(answers)


def test_acceptance_seeds_are_none_of_development() -> None:
    assert not set(find_seeds("acceptance")) & set(DEVELOPMENT)
    assert find_seeds("acceptance") == find_seeds("acceptance")


def test_every_release_hides_one_family_in_all_its_shops() -> None:
    hidden = {plan.hidden for plan in plan_shops("acceptance", is_quick=False)}

    assert len(hidden) == 1
    assert hidden <= set(FAMILIES)


def test_families_hold_causes_of_the_catalogue_once() -> None:
    named = [cause for family in FAMILIES for cause in family]

    assert len(named) == len(set(named))
    assert set(named) <= set(CAUSES) - {UNKNOWN}


def test_a_correction_puts_right_what_lasts_and_leaves_what_closes_by_itself(
    tmp_path: Path,
) -> None:
    write_truth(
        tmp_path,
        label("f1", "double_decrement", correction=4, remedy="correct"),
        label("f2", "in_flight", ended="2026-04-06T07:00:00Z", correction=0, remedy="wait"),
        delta=-10,
        fault_ids="f1 f2",
    )

    assert find_wanted(load_truth(tmp_path), HOUR_AT, KEY) == 4


def test_what_needs_a_person_wants_no_correction(tmp_path: Path) -> None:
    row = label("f1", "manual_edit_mirror", correction=4, remedy="investigate")
    write_truth(tmp_path, row, delta=-4, fault_ids="f1")

    assert find_wanted(load_truth(tmp_path), HOUR_AT, KEY) is None


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (proven("double_decrement", 4), ""),
        (proven("event_duplicated", 4), "another cause"),
        (proven("double_decrement", 5), "another correction: 4 is wanted"),
        (proven("double_decrement", 4, sku="BOWL"), "nothing is off"),
    ],
)
def test_a_fix_is_wrong_by_cause_by_units_or_where_nothing_is_off(
    tmp_path: Path, row: dict[str, object], fault: str
) -> None:
    known = label("f1", "double_decrement", correction=4, remedy="correct")
    write_truth(tmp_path, known, delta=-4, fault_ids="f1")

    (act,) = check_acts(PLAN, [row], load_truth(tmp_path))

    assert act.fault == fault


def test_one_of_two_faults_may_be_put_right_by_itself(tmp_path: Path) -> None:
    write_truth(
        tmp_path,
        label("f1", "double_decrement", correction=4, remedy="correct"),
        label("f2", "manual_edit_mirror", correction=6, remedy="investigate"),
        delta=-10,
        fault_ids="f1 f2",
    )
    truth = load_truth(tmp_path)

    (own,) = check_acts(PLAN, [proven("double_decrement", 4)], truth)
    (whole,) = check_acts(PLAN, [proven("double_decrement", 10)], truth)

    assert not own.fault
    assert whole.fault


def test_a_finding_of_a_number_that_was_right_is_false(tmp_path: Path) -> None:
    known = label("f1", "double_decrement", correction=4, remedy="correct")
    write_truth(tmp_path, known, delta=-4, fault_ids="f1")
    truth = load_truth(tmp_path)

    assert not list(find_false([proven("double_decrement", 4)], truth))
    assert list(find_false([proven("double_decrement", 4, sku="BOWL")], truth))


def test_one_set_of_faults_on_a_number_is_one_problem(tmp_path: Path) -> None:
    write_truth(
        tmp_path,
        label("f1", "double_decrement", correction=4, remedy="correct"),
        label("f2", "event_duplicated", correction=6, remedy="correct"),
        delta=-10,
        fault_ids="f1 f2",
    )

    (problem,) = load_truth(tmp_path).problems

    assert problem.find_causes(problem.last_hour) == ("double_decrement", "event_duplicated")
    assert problem.deltas == {HOUR_AT: -10}


def test_the_learner_says_what_it_saw_and_knows_nothing_at_first() -> None:
    learner, other = CountsOnly(), CountsOnly()
    assert learner.guess(("sign 1",)) == UNKNOWN
    learner.learn([(("sign 1",), "decrement_missing"), (("sign -1",), "double_decrement")])

    other.load(learner.tell())

    assert other.guess(("sign -1",)) == "double_decrement"
    assert other.guess(("sign 1",)) == "decrement_missing"
