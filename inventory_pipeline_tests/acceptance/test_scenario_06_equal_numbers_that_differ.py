"""Scenario 6: equal numbers that differ, unequal ones that agree."""

import polars as pl
import pytest

from inventory_pipeline.config.load import load_settings
from inventory_pipeline.model.hours import parse_hour
from inventory_pipeline.reconcile import step as reconcile
from inventory_pipeline.wiring.house import build_house
from inventory_pipeline_tests.support.shop import COUNTS, Shop, files_system

HOUR = "2026-04-06T10:00Z"


@pytest.fixture
def three_screens(shop: Shop) -> Shop:
    systems = (
        files_system("wms", "wms") + files_system("erp", "erp")
        + files_system("storefront", "storefront", decrements_at="order")
    )  # fmt: skip
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{systems}"
        "facts:\n  on_hand: {owner: wms}\n  committed: {owner: wms}\n"
        "mirrors:\n  - {system: erp, fact: on_hand, expects: on_hand}\n"
        "  - {system: storefront, fact: available,"
        ' expects: "greatest(0, on_hand - committed)"}\n'
    )
    shop.drop(
        "wms", "counts", HOUR,
        f"{COUNTS}\nA L1 on_hand 14 10:00\nA L1 committed 8 10:00\n"
        "B L1 on_hand 47 10:00\nB L1 committed 5 10:00\nC L1 on_hand 47 10:00\n"
        "D L1 on_hand 14 10:00",
    )  # fmt: skip
    shop.drop(
        "erp", "counts", HOUR,
        f"{COUNTS}\nA L1 on_hand 14 10:00\nB L1 on_hand 47 10:00\nC L1 on_hand 52 10:00\n"
        "D L1 on_hand 14 10:00",
    )  # fmt: skip
    shop.drop(
        "storefront", "counts", HOUR,
        f"{COUNTS}\nA L1 available 6 10:00\nB L1 available 47 10:00\n"
        "C L1 available available 10:00\nD L1 available 6 10:00",
    )  # fmt: skip
    return shop


def test_promised_units_are_taken_off_before_comparing(three_screens: Shop) -> None:
    three_screens.run(HOUR)

    row = three_screens.one("comparisons", sku="A", mirror="storefront")
    assert (row["expected_units"], row["delta_units"], row["status"]) == (6, 0, "match")
    assert three_screens.find("proposals", sku="A") == []


@pytest.mark.slow
def test_three_screens_that_say_47_do_not_agree_when_5_are_reserved(three_screens: Shop) -> None:
    three_screens.run(HOUR)

    row = three_screens.one("comparisons", sku="B", mirror="storefront")
    assert (row["observed_units"], row["expected_units"], row["delta_units"]) == (47, 42, 5)
    assert "reservation_flag_missing" in row["qualifiers"]
    assert three_screens.one("comparisons", sku="B", mirror="erp")["delta_units"] == 0


@pytest.mark.slow
def test_a_word_agrees_without_a_number_being_invented(three_screens: Shop) -> None:
    three_screens.run(HOUR)

    flag = three_screens.one("comparisons", sku="C", mirror="storefront")
    assert flag["status"] == "match"
    assert flag["observed_units"] is None
    assert flag["delta_units"] is None
    assert three_screens.one("comparisons", sku="C", mirror="erp")["delta_units"] == 5
    finding = three_screens.one("findings", sku="C")
    assert (finding["mirror"], finding["symptom"]) == ("erp", 1)


@pytest.mark.slow
def test_a_word_that_is_wrong_is_a_finding_and_a_question_for_a_person(
    three_screens: Shop,
) -> None:
    three_screens.drop("storefront", "counts", HOUR, f"{COUNTS}\nC L1 available unavailable 10:00")
    assert three_screens.run(HOUR) == 1

    row = three_screens.one("comparisons", sku="C", mirror="storefront")
    assert (row["status"], row["observed_units"], row["delta_units"]) == ("drift", None, None)
    finding = three_screens.one("findings", sku="C", mirror="storefront", kind="gap")
    proposal = three_screens.one("proposals", finding_id=finding["finding_id"])
    assert (proposal["decision"], proposal["before_units"]) == ("suspended", None)
    assert "storefront says a word and no number" in proposal["reason"]


@pytest.mark.slow
@pytest.mark.parametrize("is_sent", [False, True])
def test_a_correction_on_its_way_explains_the_gap(three_screens: Shop, is_sent: bool) -> None:
    three_screens.run(HOUR)
    house = build_house(three_screens.config)
    loaded = load_settings(three_screens.config)
    with house.warehouse() as warehouse:
        keys = warehouse.query("select key_id from ingest.keys where sku = 'D'")
        pending = keys.with_columns(
            mirror=pl.lit("storefront"),
            fact=pl.lit("available"),
            pending_units=pl.lit(8, pl.Int64),
            is_sent=pl.lit(is_sent),
        )
        reconcile.run(
            warehouse, loaded.settings, house.catalog, hour_at=parse_hour(HOUR), pending=pending
        )

    row = three_screens.one("comparisons", sku="D", mirror="storefront")
    assert (row["raw_delta_units"], row["in_flight_units"], row["delta_units"]) == (-8, -8, 0)
    assert row["status"] == "in_flight"


def test_components_add_up_and_no_target_is_below_zero(three_screens: Shop) -> None:
    three_screens.run(HOUR)

    for row in three_screens.export("comparisons"):
        if row["raw_delta_units"] is not None:
            parts = row["in_flight_units"] + row["lag_units"] + row["delta_units"]
            assert row["raw_delta_units"] == parts
    assert all(row["target_units"] >= 0 for row in three_screens.export("proposals"))
