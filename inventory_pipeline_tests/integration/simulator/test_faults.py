"""Each labelled fault of the demo shows in the exports, by the label's own figures."""

from collections import Counter

import pytest

from inventory_pipeline.model.hours import compute_slug
from inventory_pipeline_tests.integration.simulator.blind import Blind
from inventory_pipeline_tests.integration.simulator.simulated import Simulated, instant

FAULTS = [
    "double_decrement", "manual_edit_mirror", "movement_dropped", "movement_dropped",
    "ghost_row", "missing_row", "unit_factor", "false_stockout", "oversell",
    "additions_not_propagated", "source_outage", "partial_file",
]  # fmt: skip


def find_label(shop: Simulated, fault: str, mirror: str = "storefront") -> dict[str, str]:
    (label,) = [row for row in shop.labels if row["fault"] == fault and row["mirror"] == mirror]
    return label


def shown(shop: Simulated, label: dict[str, str], hour: str) -> int | None:
    reading = label["fact"], label["sku"], label["location_id"]
    return shop.snapshot(label["mirror"], hour).units.get(reading)


def on_hand(shop: Simulated, label: dict[str, str], hour: str) -> int:
    return shop.snapshot("shelf", hour).units["on_hand", label["sku"], "MAIN"]


def changes(shop: Simulated, label: dict[str, str]) -> list[dict[str, str]]:
    return [
        row
        for hour in shop.hours
        for row in shop.rows(f"exports/{label['mirror']}/levels-{hour}.csv")
        if row["item_id"] == label["sku"]
    ]


@pytest.mark.slow
def test_every_fault_of_the_profile_is_labelled_once(demo):
    assert [label["fault"] for label in demo.labels] == FAULTS
    assert len({label["fault_id"] for label in demo.labels}) == len(FAULTS)
    assert {label["answerable"] for label in demo.labels} == {"yes"}


@pytest.mark.slow
def test_a_reconciler_that_sees_only_exports_finds_the_labelled_gaps_and_nothing_else(demo):
    blind, compared = Blind(demo), 0
    for hour in demo.hours:
        truth = {(m, (sku, place)): row for (m, _, sku, place), row in demo.gaps(hour).items()}
        if demo.snapshot("storefront", hour) is None:
            truth = {key: row for key, row in truth.items() if key[0] != "storefront"}
        found = {(finding.mirror, finding.key): finding for finding in blind.find(hour)}
        assert found.keys() == truth.keys(), hour
        for key, finding in found.items():
            delta = "" if finding.delta_units is None else str(finding.delta_units)
            assert delta == truth[key]["delta_units"] or not finding.is_certain, (hour, key)
            compared += 1
    assert compared > 400


def test_every_gap_names_the_one_fault_behind_it(demo):
    by_fault = Counter(row["fault_ids"] for hour in demo.hours for row in demo.gaps(hour).values())
    about_goods = {label["fault_id"] for label in demo.labels if label["sku"]}
    assert by_fault.keys() == about_goods


def test_labels_say_first_hour_and_delta_as_the_gaps_do(demo):
    for label in demo.labels:
        if not label["sku"]:
            continue
        reading = label["mirror"], label["fact"], label["sku"], label["location_id"]
        seen = [hour for hour in demo.hours if reading in demo.gaps(hour)]
        assert label["first_hour"] == seen[0]
        assert label["delta_units"] == demo.gaps(seen[0])[reading]["delta_units"]
        assert label["last_delta_units"] == demo.gaps(seen[-1])[reading]["delta_units"]
        assert compute_slug(instant(label["started_at"])) <= label["first_hour"]
        assert (seen[-1] == demo.hours[-1]) == (label["ended_at"] == "")


def test_every_record_a_label_names_stands_in_the_exports(demo):
    ids = {movement.movement_id for movement in demo.movements}
    for system in ("storefront", "erp"):
        for hour in demo.hours:
            ids |= {r["change_id"] for r in demo.rows(f"exports/{system}/levels-{hour}.csv")}
    for label in demo.labels:
        named = label["record_ids"].split()
        assert named or label["fault"] == "missing_row"
        assert set(named) <= ids or label["cause"] == "snapshot_incomplete"


def test_a_dropped_receipt_is_in_the_shelfs_log_and_not_in_the_storefronts(demo):
    label = find_label(demo, "movement_dropped")
    (receipt,) = [m for m in demo.movements if m.movement_id == label["record_ids"]]
    assert (receipt.kind, receipt.units, label["delta_units"]) == ("receipt", 24, "-24")
    assert label["record_ids"] not in {row["reference_id"] for row in changes(demo, label)}


def test_a_dropped_shipment_shows_in_the_erp_at_the_next_batch(demo):
    label = find_label(demo, "movement_dropped", "erp")
    (shipment,) = [m for m in demo.movements if m.movement_id == label["record_ids"]]
    assert shipment.kind == "shipment"
    assert int(label["delta_units"]) == shipment.units
    assert label["started_at"].endswith("T02:10:00Z")
    assert label["first_hour"].endswith("T02")


def test_a_double_decrement_leaves_two_lines_for_one_order_in_the_storefronts_log(demo):
    label = find_label(demo, "double_decrement")
    order, *twice = label["record_ids"].split()
    rows = [row for row in changes(demo, label) if row["change_id"] in twice]
    assert [row["reference_id"] for row in rows] == [order, order]
    assert [row["actor"] for row in rows] == ["webhook", "direct_capture"]
    assert rows[0]["quantity"] == rows[1]["quantity"] == label["delta_units"]


def test_additions_not_propagated_ends_with_fourteen_on_the_shelf_and_six_in_the_window(demo):
    label = find_label(demo, "additions_not_propagated")
    hour = label["first_hour"]
    assert (on_hand(demo, label, hour), shown(demo, label, hour)) == (14, 6)
    assert (label["delta_units"], label["last_delta_units"]) == ("-8", "-12")
    assert {int(row["quantity"]) for row in changes(demo, label)} == {-1}


def test_oversell_advertises_four_of_two_ships_two_of_three_and_refunds_one(demo):
    label = find_label(demo, "oversell")
    hour = label["first_hour"]
    assert (on_hand(demo, label, hour), shown(demo, label, hour)) == (2, 4)
    story = [(m.kind, m.units) for m in demo.movements_by_key[label["sku"], "MAIN"]]
    assert Counter(story) == Counter(
        {("order_placed", 3): 1, ("shipment", 2): 1, ("order_cancelled", 1): 1}
    )
    assert on_hand(demo, label, demo.hours[-1]) == 0


def test_a_false_stockout_shows_zero_of_a_full_box_and_is_mended(demo):
    label = find_label(demo, "false_stockout")
    hour = label["first_hour"]
    assert (on_hand(demo, label, hour), shown(demo, label, hour)) == (12, 0)
    assert shown(demo, label, demo.hours[-1]) == 12
    (stale,) = [r for r in changes(demo, label) if r["change_id"] == label["record_ids"]]
    assert stale["operation"] == "set"
    assert (instant(stale["changed_at"]) - instant(stale["source_at"])).total_seconds() > 3600


def test_a_wrong_unit_factor_halves_the_erps_number(demo):
    label = find_label(demo, "unit_factor", "erp")
    row = demo.gaps(label["first_hour"])["erp", "on_hand", label["sku"], "MAIN"]
    assert int(row["shown_units"]) * 2 == int(row["due_units"])


def test_a_ghost_row_has_no_owner_and_a_missing_row_has_no_mirror(demo):
    ghost, missing = find_label(demo, "ghost_row"), find_label(demo, "missing_row")
    last = demo.hours[-1]
    owned = {sku for _, sku, _ in demo.snapshot("shelf", last).units}
    assert ghost["sku"] not in owned
    assert shown(demo, ghost, last) == 3
    assert on_hand(demo, missing, last) == 12
    assert shown(demo, missing, last) is None


def test_an_outage_leaves_no_file_and_a_cut_file_ends_in_the_middle_of_a_row(demo):
    outage, cut = find_label(demo, "source_outage", "threepl"), find_label(demo, "partial_file")
    lost = outage["record_ids"].split()
    assert len(lost) == 2
    assert not any((demo.root / path).exists() for path in lost)
    assert all((demo.root / path.replace("counts", "movements")).exists() for path in lost)
    content = (demo.root / cut["record_ids"]).read_bytes()
    *_, row, rest = content.decode().split("\n")
    assert 0 < len(rest) < len(row)


def test_the_demo_does_not_change_what_customers_want(quiet_seven, demo):
    """A fault changes what the shop does; the first order lines are the same."""

    def find_first_orders(shop: Simulated):
        orders = [m for m in shop.movements if m.kind == "order_placed"]
        return [(m.key, m.units, m.moved_at) for m in orders[:20]]

    assert find_first_orders(quiet_seven) == find_first_orders(demo)
