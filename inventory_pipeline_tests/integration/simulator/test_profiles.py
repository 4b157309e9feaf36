"""The five shops: what they export is what their truth says, to the unit."""

import pytest

from inventory_pipeline.simulator.noise import SILENCE
from inventory_pipeline.simulator.run import simulate
from inventory_pipeline_tests.integration.simulator.conftest import MONDAY
from inventory_pipeline_tests.integration.simulator.fair import Fair
from inventory_pipeline_tests.integration.simulator.simulated import Simulated

SHOPS = ("handmade", "omnichannel", "threepl", "transfers", "flash")
HOURS = 60


@pytest.fixture(scope="module", params=SHOPS)
def shop(request, tmp_path_factory) -> Simulated:
    """The shop with its own faults and noise."""
    out = tmp_path_factory.mktemp(request.param)
    words = {"seed": 11, "profile": request.param, "hours": HOURS, "start": MONDAY}
    return Simulated(simulate(out, **words).parent)


@pytest.fixture(scope="module", params=SHOPS)
def calm(request, tmp_path_factory) -> Simulated:
    """The same shop on days without a fault, its logs as noisy as ever."""
    out = tmp_path_factory.mktemp(f"calm-{request.param}")
    words = {"seed": 12, "profile": request.param, "hours": 30, "start": MONDAY, "faults": 0}
    return Simulated(simulate(out, **words).parent)


def find_skipped(shop: Simulated) -> set[tuple[str, str]]:
    """(system, hour) of counts that did not arrive whole."""
    return {
        (label["mirror"], path.split("counts-")[1].split(".")[0])
        for label in shop.labels
        if label["cause"] == "snapshot_incomplete"
        for path in label["record_ids"].split()
    }


def find_dishonest(shop: Simulated, hour: str) -> list[tuple]:
    """Numbers that are neither honest nor wrong by what the truth says."""
    gaps = {(m, (sku, place)): row for (m, _, sku, place), row in shop.gaps(hour).items()}
    found = []
    for number in Fair(shop).find(hour, skipped=find_skipped(shop)):
        row = gaps.get((number.mirror, number.key))
        delta = int(row["delta_units"]) if row and row["delta_units"] else 0
        if number.shown - delta not in number.possible:
            found.append((hour, number, delta))
    return found


@pytest.mark.slow
def test_every_number_is_honest_or_wrong_by_what_the_truth_says(shop):
    hours = [*shop.hours[1::4], shop.hours[-1]]
    assert [bad for hour in hours for bad in find_dishonest(shop, hour)] == []
    assert len({label["cause"] for label in shop.labels}) >= 8


def test_a_day_without_faults_has_no_gap_and_no_label_but_files_that_did_not_arrive(calm):
    assert {label["cause"] for label in calm.labels} <= {"snapshot_incomplete"}
    for hour in calm.hours:
        assert calm.gaps(hour) == {}
        assert find_dishonest(calm, hour) == []


def test_labels_of_one_number_add_up_to_its_gap_in_the_last_hour(shop):
    last = shop.hours[-1]
    parts: dict[tuple[str, str, str, str], int] = {}
    for label in shop.labels:
        if label["mirror"] in ("shelf", "threepl", "") or label["units"] == "":
            continue
        number = label["mirror"], label["fact"], label["sku"], label["location_id"]
        parts[number] = parts.get(number, 0) + int(label["units"])
    gaps = {
        number: int(row["delta_units"])
        for number, row in shop.gaps(last).items()
        if row["delta_units"]
    }
    assert gaps.items() <= parts.items()
    assert all(units == 0 for number, units in parts.items() if number not in gaps)


def test_every_gap_names_its_faults(shop):
    for hour in shop.hours:
        for number, row in shop.gaps(hour).items():
            assert row["fault_ids"], (hour, number)


def test_proof_that_is_there_is_there_and_what_is_not_is_named(shop):
    held = {m.movement_id for m in shop.movements}
    for hour in shop.hours:
        for system in ("storefront", "erp", "marketplace"):
            if system in shop.settings.systems:
                rows = shop.rows(shop.find_file(system, "levels", hour))
                held |= {row["change_id"] for row in rows}
        rows = shop.rows(shop.find_file("middleware", "events", hour))
        held |= {row["event_id"] for row in rows}
    for label in shop.labels:
        for record_id in label["record_ids"].split():
            if record_id[:3] in ("WM-", "TP-", "SF-", "LC-", "EJ-", "ML-", "EV-"):
                assert (record_id in held) != (record_id in label["missing_ids"].split())
        assert (label["answerable"] == "yes") <= (label["missing_ids"] == "")


@pytest.mark.slow
def test_silence_loses_nothing_and_noise_loses_two_rows_in_a_hundred(tmp_path):
    words = {"seed": 5, "profile": "omnichannel", "hours": 48, "start": MONDAY, "faults": 0}
    rows = {}
    for name, noise in (("loud", None), ("still", SILENCE)):
        shop = Simulated(simulate(tmp_path / name, noise=noise, **words).parent)
        rows[name] = sum(
            1
            for hour in shop.hours
            for _ in shop.rows(shop.find_file("storefront", "levels", hour))
        )
    assert 0.96 < rows["loud"] / rows["still"] < 1.01
