"""Scenario 21: transfers, inbound purchases, and totals that hide what places know."""

import json
from typing import Any

import pytest

from inventory_pipeline.wiring.house import build_house
from inventory_pipeline_tests.support.shop import COUNTS, MOVEMENTS, Shop, files_system

NINE, TEN, ELEVEN = "2026-04-06T09:00Z", "2026-04-06T10:00Z", "2026-04-06T11:00Z"
EVENING, NEXT_DAY = "2026-04-06T19:00Z", "2026-04-07T09:00Z"
MORE = f"{MOVEMENTS} reference_id cause_id destination_id"


@pytest.fixture
def places(shop: Shop) -> Shop:
    """Return a shelf that owns two places, an ERP beside it and a storefront."""
    shelf = files_system("shelf", "wms", "movements")
    erp = files_system("erp", "erp", "movements", sync='{trigger: batch, at: "18:00"}')
    storefront = files_system("storefront", "storefront", "movements")
    hub = files_system("hub", "middleware", "events").replace(
        'counts: "exports/hub/counts-{hour}.csv", ', ""
    )
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{shelf}{erp}{storefront}{hub}"
        "facts:\n  on_hand: {owner: shelf}\n"
        "mirrors:\n  - {system: erp, fact: on_hand, expects: on_hand}\n"
        "  - {system: storefront, fact: on_hand, expects: on_hand}\n"
    )
    return shop


def say(shop: Shop, hour: str, **counts: dict[str, int]) -> None:
    """Let each system count ``SKU@PLACE`` at the hour; a movements file without rows beside."""
    for system, units in counts.items():
        rows = [f"{k.split('@')[0]} {k.split('@')[1]} on_hand {n} {hour}" for k, n in units.items()]
        shop.drop(system, "counts", hour, "\n".join([COUNTS, *rows]))
        shop.drop(system, "movements", hour, MORE)


def findings(shop: Shop, hour: str, kind: str) -> list[dict[str, Any]]:
    rows = shop.find("findings", "--hour", hour, kind=kind, state="open")
    return [{**row, "details": json.loads(row["details"])} for row in rows]


def query(shop: Shop, sql: str) -> list[dict[str, Any]]:
    with build_house(shop.config).warehouse() as warehouse:
        return warehouse.query(sql).to_dicts()


def ship_24(shop: Shop) -> None:
    """24 leave A for B at 09:00; the count of ten o'clock knows it."""
    say(shop, NINE, shelf={"X@A": 50, "X@B": 10}, storefront={"X@A": 50, "X@B": 10})
    shop.run(NINE)
    say(shop, TEN, shelf={"X@A": 26, "X@B": 10}, storefront={"X@A": 26, "X@B": 10})
    shop.drop("shelf", "movements", TEN, f"{MORE}\nM1 transfer_out X A 24 09:00 T1 - B")


def receive_23(shop: Shop) -> None:
    say(shop, ELEVEN, shelf={"X@A": 26, "X@B": 33}, storefront={"X@A": 26, "X@B": 33})
    shop.drop("shelf", "movements", ELEVEN, f"{MORE}\nM2 transfer_in X B 23 10:40 T1 - -")


def sum_accounts(shop: Shop) -> dict[str, int]:
    rows = query(
        shop,
        "select account, cast(sum(units) as bigint) as units from ledger.entries "
        "where sku = 'X' group by account",
    )
    return {row["account"]: row["units"] for row in rows}


@pytest.mark.slow
def test_what_left_one_place_is_in_transit_and_the_sum_stands(places: Shop) -> None:
    ship_24(places)

    places.run(TEN)

    assert sum_accounts(places) == {"A": -24, "in_transit": 24}
    [transfer] = query(places, f"select * from ledger.transfers where hour_at = '{TEN}'")
    assert (transfer["in_transit_units"], transfer["received_units"]) == (24, 0)
    assert transfer["owner"] == "shelf"

    receive_23(places)
    places.run(ELEVEN)

    accounts = sum_accounts(places)
    assert accounts == {"A": -24, "in_transit": 1, "B": 23}
    assert sum(accounts.values()) == 0


@pytest.mark.slow
def test_a_place_that_knows_nothing_by_ten_is_a_finding(places: Shop) -> None:
    ship_24(places)

    places.run(TEN)

    [blind] = findings(places, TEN, "blind_transfer")
    assert (blind["class"], blind["sku"], blind["location_id"]) == ("transfer", "X", "B")
    assert blind["subject"] == "T1"
    assert (blind["expected_units"], blind["observed_units"], blind["delta_units"]) == (24, 0, -24)
    assert blind["details"]["shipped_at"] == "2026-04-06T09:00:00Z"
    assert blind["details"]["due_at"] == "2026-04-06T10:00:00Z"
    assert blind["severity"] == "none"


def test_a_place_that_never_had_the_item_is_told_of_too(places: Shop) -> None:
    say(places, TEN, shelf={"X@A": 26}, storefront={"X@A": 26})
    places.drop("shelf", "movements", TEN, f"{MORE}\nM1 transfer_out X A 24 09:00 T1 - NEW")

    places.run(TEN)

    [blind] = findings(places, TEN, "blind_transfer")
    assert (blind["sku"], blind["location_id"]) == ("X", "NEW")
    assert places.find("comparisons", location_id="NEW") == []


@pytest.mark.slow
def test_it_weighs_more_where_another_system_runs_the_place(places: Shop) -> None:
    text = places.config.read_text().replace("{owner: shelf}", "{owner: shelf, scopes: [%s]}")
    places.configure(text % "{location: B, owner: storefront}")
    ship_24(places)

    places.run(TEN)

    [blind] = findings(places, TEN, "blind_transfer")
    assert (blind["severity"], blind["owner"]) == ("minor", "shelf")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("processed", "is_blind"), [("09:20", False), ("09:59", False), ("10:00", True), ("-", True)]
)
def test_a_notice_within_the_delay_is_in_time(places: Shop, processed: str, is_blind: bool) -> None:
    ship_24(places)
    places.drop(
        "hub", "events", TEN,
        "event_id path item_id location_id operation quantity emitted_at attempt status "
        f"processed_at reference_id\nE1 inbound X B add 24 09:01 1 done {processed} T1",
    )  # fmt: skip

    places.run(TEN)

    assert bool(findings(places, TEN, "blind_transfer")) is is_blind


@pytest.mark.slow
def test_units_that_the_place_calls_incoming_are_a_notice(places: Shop) -> None:
    ship_24(places)
    places.drop(
        "shelf", "counts", TEN,
        f"{COUNTS}\nX A on_hand 26 09:59\nX B on_hand 10 09:59\nX B incoming 24 09:59",
    )  # fmt: skip

    places.run(TEN)

    assert findings(places, TEN, "blind_transfer") == []


@pytest.mark.slow
def test_a_path_says_how_long_a_notice_may_take_and_makes_its_absence_notable(
    places: Shop,
) -> None:
    text = places.config.read_text()
    path = "{path: inbound, source: shelf, target: shelf, carries: [transfer_out], max_delay: %s}"
    ship_24(places)

    places.configure(f"{text}handoffs:\n  - {path % '90m'}\n")
    places.run(TEN)
    assert findings(places, TEN, "blind_transfer") == []

    places.configure(f"{text}handoffs:\n  - {path % '30m'}\n")
    places.run(TEN)
    [blind] = findings(places, TEN, "blind_transfer")
    assert (blind["severity"], blind["details"]["path"]) == ("notable", "inbound")


@pytest.mark.slow
def test_one_unit_less_than_was_sent_is_a_variance_of_minus_one(places: Shop) -> None:
    ship_24(places)
    places.run(TEN)
    receive_23(places)

    places.run(ELEVEN)

    [variance] = findings(places, ELEVEN, "transfer_variance")
    assert (variance["class"], variance["delta_units"]) == ("transfer", -1)
    assert (variance["expected_units"], variance["observed_units"]) == (24, 23)
    assert (variance["location_id"], variance["owner"]) == ("B", "shelf")
    assert findings(places, ELEVEN, "integrity") == []


@pytest.mark.slow
def test_the_last_unit_that_comes_later_ends_the_variance(places: Shop) -> None:
    ship_24(places)
    places.run(TEN)
    receive_23(places)
    places.run(ELEVEN)
    noon = "2026-04-06T12:00Z"
    say(places, noon, shelf={"X@A": 26, "X@B": 34}, storefront={"X@A": 26, "X@B": 34})
    places.drop("shelf", "movements", noon, f"{MORE}\nM3 transfer_in X B 1 11:30 - M1 -")

    places.run(noon)

    assert findings(places, noon, "transfer_variance") == []
    assert sum_accounts(places) == {"A": -24, "in_transit": 0, "B": 24}


@pytest.mark.slow
def test_a_purchase_the_erp_counts_before_the_warehouse_is_lag_and_the_erp_is_ahead(
    places: Shop,
) -> None:
    say(places, TEN, shelf={"X@A": 0}, storefront={"X@A": 0}, erp={"X@A": 100})
    places.drop("erp", "movements", TEN, f"{MORE}\nP1 purchase_order_posted X A 100 09:00 PO-7 - -")

    places.run(TEN)

    row = places.one("comparisons", mirror="erp", sku="X")
    assert (row["raw_delta_units"], row["lag_units"], row["delta_units"]) == (100, 100, 0)
    assert (row["status"], row["qualifiers"]) == ("lag", "erp_ahead")
    assert findings(places, TEN, "gap") == []
    [lag] = findings(places, TEN, "receipt_lag")
    assert (lag["class"], lag["mirror"], lag["subject"]) == ("transfer", "erp", "PO-7")
    assert lag["details"]["ahead"] == "erp"

    say(places, NEXT_DAY, shelf={"X@A": 100}, storefront={"X@A": 100}, erp={"X@A": 100})
    places.drop(
        "shelf", "movements", NEXT_DAY,
        f"{MORE}\nR1 receipt X A 100 2026-04-07T08:30:00Z PO-7 - -",
    )  # fmt: skip
    places.run(NEXT_DAY)

    row = places.one("comparisons", "--hour", NEXT_DAY, mirror="erp", sku="X")
    assert (row["raw_delta_units"], row["status"]) == (0, "match")
    assert findings(places, NEXT_DAY, "receipt_lag") == []


def test_a_purchase_of_another_size_explains_nothing(places: Shop) -> None:
    say(places, TEN, shelf={"X@A": 0}, storefront={"X@A": 0}, erp={"X@A": 97})
    places.drop("erp", "movements", TEN, f"{MORE}\nP1 purchase_order_posted X A 100 09:00 PO-7 - -")

    places.run(TEN)

    row = places.one("comparisons", mirror="erp", sku="X")
    assert (row["lag_units"], row["delta_units"], row["status"]) == (0, 97, "drift")
    assert findings(places, TEN, "receipt_lag") == []


@pytest.mark.slow
def test_a_receipt_the_warehouse_counts_before_the_erp_is_lag_and_the_shelf_is_ahead(
    places: Shop,
) -> None:
    say(places, TEN, shelf={"X@A": 100}, storefront={"X@A": 100}, erp={"X@A": 0})
    places.drop("shelf", "movements", TEN, f"{MORE}\nR1 receipt X A 100 08:00 PO-8 - -")

    places.run(TEN)

    row = places.one("comparisons", mirror="erp", sku="X")
    assert (row["raw_delta_units"], row["lag_units"], row["delta_units"]) == (-100, -100, 0)
    assert (row["status"], row["qualifiers"]) == ("lag", "shelf_ahead")
    assert findings(places, TEN, "gap") == []

    say(places, EVENING, shelf={"X@A": 100}, storefront={"X@A": 100}, erp={"X@A": 100})
    places.run(EVENING)

    row = places.one("comparisons", "--hour", EVENING, mirror="erp", sku="X")
    assert (row["raw_delta_units"], row["status"]) == (0, "match")


def test_two_places_that_are_off_are_two_findings_although_the_total_fits(places: Shop) -> None:
    say(places, TEN, shelf={"X@A": 20, "X@B": 20}, storefront={"X@A": 25, "X@B": 15})

    places.run(TEN)

    gaps = findings(places, TEN, "gap")
    assert {row["location_id"]: row["delta_units"] for row in gaps} == {"A": 5, "B": -5}


@pytest.mark.slow
def test_a_transfer_rushed_after_a_failed_pick_names_the_order(places: Shop) -> None:
    say(places, TEN, shelf={"X@A": 0, "X@B": 10}, storefront={"X@A": 3, "X@B": 10})
    places.drop("storefront", "movements", TEN, f"{MORE}\nS1 order_placed X A 3 09:00 ORDER-7 - -")
    places.run(TEN)
    say(places, ELEVEN, shelf={"X@A": 0, "X@B": 7}, storefront={"X@A": 3, "X@B": 10})
    places.drop("shelf", "movements", ELEVEN, f"{MORE}\nM9 transfer_out X B 3 10:30 T9 ORDER-7 A")

    places.run(ELEVEN)

    [rush] = findings(places, ELEVEN, "rush_transfer")
    assert (rush["class"], rush["subject"], rush["location_id"]) == ("transfer", "T9", "A")
    assert rush["details"]["order_id"] == "ORDER-7"
    assert rush["details"]["ordered_units"] == 3
    [gap] = [row for row in findings(places, ELEVEN, "gap") if row["location_id"] == "A"]
    assert gap["details"]["rush_transfer"] == "T9"


@pytest.mark.slow
def test_an_hour_computed_again_finds_the_same(places: Shop) -> None:
    ship_24(places)
    places.run(TEN)
    receive_23(places)
    places.run(ELEVEN)
    before = places.export("findings"), query(places, "from ledger.transfers order by all")

    places.do("backfill", "--from", NINE, "--to", ELEVEN)

    assert (
        places.export("findings"),
        query(places, "from ledger.transfers order by all"),
    ) == before
