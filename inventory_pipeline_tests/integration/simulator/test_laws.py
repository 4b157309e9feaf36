"""Laws of the simulated shop when nothing goes wrong."""

from collections import Counter

import pytest

from inventory_pipeline_tests.integration.simulator.blind import OWNERS, Blind
from inventory_pipeline_tests.integration.simulator.simulated import Moved, Simulated


def is_heard(shop: Simulated, movement: Moved, system: str, at) -> int:
    """How often ``system`` has heard of it at that instant, by the truth."""
    return sum(heard <= at for heard in shop.heard.get((movement.movement_id, system), []))


@pytest.mark.slow
def test_every_storefront_number_is_the_rule_plus_what_is_in_flight(quiet):
    checked = in_flight = 0
    for hour in quiet.hours:
        mirror = quiet.snapshot("storefront", hour)
        for place, owner_name in OWNERS.items():
            owner = quiet.snapshot(owner_name, hour)
            for (_, sku, _), units in owner.units.items():
                flight = sum(
                    m.on_hand
                    * (
                        is_heard(quiet, m, "storefront", mirror.as_of)
                        - is_heard(quiet, m, owner_name, owner.as_of)
                    )
                    for m in quiet.movements_by_key[sku, place]
                    if m.on_hand
                )
                promised = mirror.units["committed", sku, place]
                rule = max(0, units + flight - promised - quiet.safety_stock[sku])
                assert mirror.units["available", sku, place] == rule, (hour, sku, place)
                checked += 1
                in_flight += flight != 0
    assert checked > 10_000
    assert in_flight > 20


def test_every_erp_number_is_what_the_owner_had_at_the_last_batch(quiet):
    moved = 0
    for hour in quiet.hours[::3]:
        mirror = quiet.snapshot("erp", hour)
        for place, owner_name in OWNERS.items():
            owner = quiet.snapshot(owner_name, hour)
            for (_, sku, _), units in owner.units.items():
                since = sum(
                    m.on_hand
                    for m in quiet.movements_by_key[sku, place]
                    if mirror.as_of < m.moved_at <= owner.as_of
                )
                assert mirror.units["on_hand", sku, place] == units - since, (hour, sku, place)
                moved += since != 0
    assert moved > 1_000


@pytest.mark.slow
def test_a_reconciler_that_sees_only_exports_finds_nothing(quiet):
    blind = Blind(quiet)
    assert [finding for hour in quiet.hours for finding in blind.find(hour)] == []


def test_quiet_days_have_no_label_and_no_gap(quiet):
    assert quiet.labels == []
    assert not any(quiet.gaps(hour) for hour in quiet.hours)


def test_goods_are_conserved_between_first_and_last_count(quiet):
    for place, system in OWNERS.items():
        first, last = (quiet.snapshot(system, quiet.hours[n]) for n in (0, -1))
        for (_, sku, _), units in last.units.items():
            between = sum(
                m.on_hand
                for m in quiet.movements_by_key[sku, place]
                if first.as_of < m.moved_at <= last.as_of
            )
            assert units == first.units["on_hand", sku, place] + between, (sku, place)


@pytest.mark.slow
def test_nothing_is_ever_below_zero(quiet, demo):
    for shop in (quiet, demo):
        for hour in shop.hours:
            for system in ("shelf", "threepl", "storefront", "erp"):
                snapshot = shop.snapshot(system, hour)
                assert snapshot is None or min(snapshot.units.values()) >= 0
            for row in shop.rows(f"truth/levels-{hour}.csv"):
                assert 0 <= int(row["physical_units"]) <= int(row["recorded_units"])


def test_what_is_promised_is_what_was_ordered_and_neither_shipped_nor_cancelled(quiet):
    sign = {"order_placed": 1, "order_cancelled": -1, "shipment": -1}
    last = quiet.snapshot("storefront", quiet.hours[-1])
    promised = Counter()
    for m in quiet.movements:
        if m.kind in sign and is_heard(quiet, m, "storefront", last.as_of):
            promised[m.key] += sign[m.kind] * m.units
    shown = {(s, p): n for (fact, s, p), n in last.units.items() if fact == "committed"}
    assert sum(shown.values()) > 20
    assert shown == {key: promised[key] for key in shown}


def test_the_change_logs_tell_every_step_between_two_counts(demo):
    """Opening + sum of adds, or the last set, is what the next count shows."""
    levels: dict[tuple[str, str], int] = {}
    compared = 0
    for hour in demo.hours:
        rows = [(r["changed_at"], r) for r in demo.rows(f"exports/storefront/levels-{hour}.csv")]
        snapshot = demo.snapshot("storefront", hour)
        cut = f"{hour}:58:00Z"
        before = [row for at, row in rows if at <= cut]
        after = [row for at, row in rows if at > cut]
        _apply(levels, before)
        for (fact, sku, place), units in (snapshot.units if snapshot else {}).items():
            if fact == "available" and hour != demo.hours[0]:
                assert levels[sku, place] == units, (hour, sku, place)
                compared += 1
            elif fact == "available":
                levels[sku, place] = units
        _apply(levels, after)
    assert compared > 30_000


def _apply(levels, rows):
    places = {"loc-8801": "MAIN", "loc-8802": "3PL-EAST"}
    for row in rows:
        key = row["item_id"], places[row["location_id"]]
        level = levels.get(key, 0) if row["operation"] == "add" else 0
        levels[key] = level + int(row["quantity"])


def test_normal_life_never_trips_the_completeness_gate(quiet):
    """Keys stay, few fall to zero at once, and little moves in an hour."""
    for system in ("shelf", "threepl", "storefront", "erp"):
        before = None
        limits = quiet.settings.systems[system].snapshot
        for hour in quiet.hours:
            units = quiet.snapshot(system, hour).units
            if before:
                assert units.keys() == before.keys()
                stock = [key for key in units if key[0] != "committed"]
                fallen = sum(before[k] > 0 and units[k] == 0 for k in stock)
                share = limits.max_newly_zero_share * len(stock)
                assert fallen <= max(limits.max_newly_zero_keys, share), (system, hour)
                moved = sum(abs(units[k] - before[k]) for k in units)
                assert moved <= 0.15 * sum(before.values()), (system, hour)
            before = units


def test_the_shop_lives_by_day_and_every_kind_of_movement_happens(quiet):
    kinds = Counter(m.kind for m in quiet.movements)
    assert set(kinds) == {
        "order_placed", "order_cancelled", "shipment", "receipt", "return_initiated",
        "return_received", "adjustment", "count", "damage", "purchase_order_posted",
    }  # fmt: skip
    shipped_at = {m.moved_at.hour for m in quiet.movements if m.kind == "shipment"}
    assert shipped_at.isdisjoint({3, 4, 5, 6, 7, 8})
    by_hour = Counter(m.moved_at.hour for m in quiet.movements if m.kind == "order_placed")
    assert by_hour[3] > 3 * by_hour[10]  # evening and small hours in Los Angeles


def test_movement_ids_are_unique_and_every_cause_is_in_the_logs(quiet):
    ids = Counter(m.movement_id for m in quiet.movements)
    assert set(ids.values()) == {1}
    causes = {m.cause_id for m in quiet.movements if m.cause_id}
    assert len(causes) > 900
    assert causes <= ids.keys()


def test_returned_goods_raise_stock_only_when_they_are_sellable(quiet):
    returns = [m for m in quiet.movements if m.kind == "return_received"]
    assert {m.disposition for m in returns} == {"sellable", "damaged"}
    assert all((m.on_hand > 0) == (m.disposition == "sellable") for m in returns)
