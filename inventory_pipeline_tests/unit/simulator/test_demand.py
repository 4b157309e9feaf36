from datetime import UTC, datetime, timedelta

from inventory_pipeline.simulator.catalogue import build_catalogue
from inventory_pipeline.simulator.demand import Demand
from inventory_pipeline.simulator.shops import LANTERN
from inventory_pipeline.simulator.words import open_stream

ITEMS = build_catalogue(open_stream(1, "catalogue"), LANTERN)
MONDAY = datetime(2026, 4, 6, tzinfo=UTC)


def build_demand() -> Demand:
    return Demand(ITEMS, LANTERN, open_stream(1, "demand"))


def test_demand_follows_the_customers_clock_and_the_weekday():
    demand = build_demand()
    evening, night = datetime(2026, 4, 7, 3, tzinfo=UTC), datetime(2026, 4, 6, 10, tzinfo=UTC)
    assert demand.compute_orders(evening) > 10 * demand.compute_orders(night)
    saturday = evening + timedelta(days=4)
    assert demand.compute_orders(saturday) > demand.compute_orders(evening)


def test_the_number_of_orders_is_the_mean_in_the_long_run():
    demand, seen, mean = build_demand(), 0, 0.0
    for hour in range(24 * 28):
        hour_at = MONDAY + timedelta(hours=hour)
        wishes = demand.draw_wishes(hour_at)
        assert all(hour_at <= w.at < hour_at + timedelta(hours=1) for w in wishes)
        seen, mean = seen + len(wishes), mean + demand.compute_orders(hour_at)
    assert abs(seen - mean) < 4 * mean**0.5


def test_an_order_has_one_to_three_lines_of_different_skus_in_whole_packs():
    packs = {item.sku: item.pack_units for item in ITEMS}
    demand, sizes = build_demand(), set()
    for hour in range(96):
        for wish in demand.draw_wishes(MONDAY + timedelta(hours=hour)):
            sizes.add(len(wish.lines))
            assert len(dict(wish.lines)) == len(wish.lines)
            assert all(units > 0 and units % packs[sku] == 0 for sku, units in wish.lines)
    assert sizes == {1, 2, 3}


def test_retired_items_are_never_wished_for():
    demand = build_demand()
    wishes = [w for h in range(96) for w in demand.draw_wishes(MONDAY + timedelta(hours=h))]
    retired = {item.sku for item in ITEMS if not item.lines_per_day}
    assert len(retired) == 20
    assert retired.isdisjoint(sku for wish in wishes for sku, _ in wish.lines)
