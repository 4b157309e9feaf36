"""Every cause of the catalogue can be injected alone, and its label says what the exports hold."""

import csv
import json
from pathlib import Path

import pytest

from inventory_pipeline.errors import UsageError
from inventory_pipeline.simulator.faults.causes import CAUSES
from inventory_pipeline.simulator.faults.mix import find_sociable
from inventory_pipeline.simulator.faults.registry import KINDS
from inventory_pipeline.simulator.noise import SILENCE
from inventory_pipeline.simulator.run import simulate
from inventory_pipeline.simulator.scenarios import SCENARIOS
from inventory_pipeline_tests.integration.simulator.conftest import MONDAY
from inventory_pipeline_tests.integration.simulator.fair import Fair
from inventory_pipeline_tests.integration.simulator.simulated import Simulated

# Where the workshop with one place, one channel and nightly books has no room for a cause.
ELSEWHERE = {
    "in_flight": "flash",
    "transfer_in_transit": "transfers",
    "location_pool": "transfers",
    "threepl_confirmation_missing": "threepl",
    "observation_skew": "flash",
}
# Causes about which no mirror is wrong.
OF_RECORD = {
    "shrinkage", "wrong_bin", "phantom_zero_sales", "true_stockout", "snapshot_incomplete",
}  # fmt: skip
ROW_CAUSES = {"missing_row"}


def inject(out: Path, cause: str, *, count: int = 1, seed: int = 4, **words) -> Simulated:
    words = {"hours": 72, "noise": SILENCE, "start": MONDAY} | words
    profile = words.pop("profile", ELSEWHERE.get(cause.split("+", maxsplit=1)[0], "handmade"))
    faults = {cause: count}
    return Simulated(simulate(out, seed=seed, profile=profile, faults=faults, **words).parent)


def find_gaps(shop: Simulated, label: dict[str, str]) -> dict[str, int]:
    """hour: the gap of the label's number, by the truth."""
    number = label["mirror"], label["fact"], label["sku"], label["location_id"]
    rows = {hour: shop.gaps(hour).get(number) for hour in shop.hours}
    return {h: int(row["delta_units"]) for h, row in rows.items() if row and row["delta_units"]}


def measure(shop: Simulated, label: dict[str, str], hour: str) -> set[int]:
    """What the number may be off by, seen from the exports alone."""
    key = label["sku"], label["location_id"]
    (number,) = [
        number
        for number in Fair(shop).find(hour, skipped=set())
        if (number.mirror, number.key) == (label["mirror"], key)
    ]
    return {number.shown - possible for possible in number.possible}


def test_the_catalogue_has_forty_one_causes_and_each_can_be_injected():
    assert len(CAUSES) == 41
    assert {*KINDS, "snapshot_incomplete"} == CAUSES.keys()


@pytest.mark.slow
@pytest.mark.parametrize("cause", CAUSES)
def test_a_cause_alone_is_labelled_as_the_exports_show_it(tmp_path, cause):
    shop = inject(tmp_path, cause)
    labels = [label for label in shop.labels if label["cause"] == cause]
    assert labels
    assert labels == shop.labels
    assert len({label["group"] for label in labels}) == 1
    for label in labels:
        steps = json.loads(label["event_path"])
        assert steps
        assert all({"at", "where", "what"} <= step.keys() for step in steps)
        assert (label["answerable"] == "yes") == (cause != "unknown")
        assert label["remedy"] == CAUSES[cause].remedy
        if cause in OF_RECORD | ROW_CAUSES:
            continue
        gaps = find_gaps(shop, label)
        assert label["first_hour"] == min(gaps)
        assert int(label["delta_units"]) == gaps[min(gaps)]
        assert int(label["last_delta_units"]) == gaps[max(gaps)]
        if cause != "ghost_row":
            assert int(label["delta_units"]) in measure(shop, label, min(gaps))
        units = gaps.get(shop.hours[-1], 0)
        assert int(label["units"]) == units
        waits = CAUSES[cause].remedy in ("wait", "none") or label["ended_at"]
        assert int(label["correction_units"]) == (0 if waits else -units)


@pytest.mark.parametrize("cause", ["movement_dropped", "safety_stock_rule", "truth_moment"])
def test_a_lower_tier_withholds_proof_and_shows_no_more_than_it_says(tmp_path, cause):
    for tier, feeds in ((0, {"counts"}), (1, {"counts", "movements", "documents"})):
        shop = inject(tmp_path / str(tier), cause, tier=tier)
        written = {path.name.split("-")[0] for path in shop.root.glob("exports/*/*")}
        assert written == feeds
        assert {label["tier"] for label in shop.labels} == {f"T{tier}"}
        assert {label["answerable"] for label in shop.labels} == {"no"}


@pytest.mark.parametrize(
    "together",
    [
        "movement_dropped+double_decrement",
        "count_written_once+event_duplicated+manual_edit_mirror",
        "damaged_return_restocked+unknown",
        "receipt_not_posted+movement_dropped",
    ],
)
def test_faults_on_one_number_add_up_to_its_gap(tmp_path, together):
    shop = inject(tmp_path, together, count=3)
    by_number: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for label in shop.labels:
        number = label["mirror"], label["sku"], label["location_id"]
        by_number.setdefault(number, []).append(label)
    assert len(by_number) == 3
    for labels in by_number.values():
        assert {label["cause"] for label in labels} == set(together.split("+"))
        gaps = find_gaps(shop, labels[0])
        assert sum(int(label["units"]) for label in labels) == gaps.get(shop.hours[-1], 0)


@pytest.mark.slow
def test_a_family_shares_its_group_and_its_setting(tmp_path):
    shop = inject(tmp_path, "safety_stock_rule", profile="omnichannel")
    assert len(shop.labels) > 1
    assert len({label["group"] for label in shop.labels}) == 1
    assert len({label["sku"].split("-")[0] for label in shop.labels}) == 1
    (mirror,) = {label["mirror"] for label in shop.labels}
    settings = [
        row for hour in shop.hours for row in shop.rows(shop.find_file(mirror, "changes", hour))
    ]
    assert [(row["kind"], row["subject"]) for row in settings] == [
        ("safety_stock", f"{shop.labels[0]['sku'].split('-')[0]}-*")
    ]


def test_a_lost_proof_makes_a_fault_unanswerable(tmp_path):
    deaf = inject(
        tmp_path, "double_decrement", count=4, noise=SILENCE.__class__(1.0, 0, 0, 0, 0, 0)
    )
    assert {label["answerable"] for label in deaf.labels} == {"no"}
    assert all(label["missing_ids"] for label in deaf.labels)


def test_a_bill_of_every_set_stands_among_the_documents(tmp_path):
    shop = inject(tmp_path, "bundle_component")
    rows = list(shop.rows(shop.find_file("storefront", "documents", shop.hours[0])))
    parts = {row["entity_id"].split("/")[1] for row in rows if row["fact"] == "bundle_units"}
    assert shop.labels[0]["sku"] in parts
    with (shop.root / "catalog.csv").open() as file:
        sets = {row["sku"] for row in csv.DictReader(file) if row["is_bundle"] == "yes"}
    assert {row["entity_id"].split("/")[0] for row in rows} == sets


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_public_bug_shows_the_causes_it_stands_for(tmp_path, scenario):
    words = {"seed": 2, "profile": scenario.name, "hours": 72, "start": MONDAY}
    shop = Simulated(simulate(tmp_path, **words).parent)
    wanted = {cause for name in scenario.mix for cause in name.split("+")}
    assert {label["cause"] for label in shop.labels} == wanted


@pytest.mark.parametrize(
    ("faults", "message"),
    [
        ({"gremlins": 1}, "'gremlins' is no cause of the catalogue; known are: "),
        ({"+".join(find_sociable()[:4]): 1}, "is 4 causes, wanted at most 3"),
        ({"ghost_row+unknown": 1}, "'ghost_row' never stands beside another; these do: "),
        ({"unit_factor": 200}, "has no room for 'unit_factor' after"),
    ],
)
def test_a_mix_that_cannot_be_is_refused_before_anything_is_written(tmp_path, faults, message):
    with pytest.raises(UsageError, match=message):
        simulate(tmp_path / "out", seed=1, profile="handmade", hours=9, start=MONDAY, faults=faults)
    assert not (tmp_path / "out").exists()
