from dataclasses import replace
from datetime import UTC, datetime

import pytest

from inventory_pipeline.simulator.systems.erp import Erp
from inventory_pipeline.simulator.systems.stockroom import Stockroom
from inventory_pipeline.simulator.systems.storefront import Storefront
from inventory_pipeline.simulator.words import Item, Movement

AT = datetime(2026, 4, 6, 10, tzinfo=UTC)
KEY = ("A", "MAIN")
ITEM = Item("A", "a", 100, 40, "A", 1.0, 24, 12, 0, 1, (("F", 240),), None, "000100017")


def move(kind: str, units: int, **more) -> Movement:
    order = {"reference_id": "SO-1"} if kind in ("order_placed", "shipment") else {}
    return Movement("M-1", "any", kind, *KEY, units, AT, 1, **(order | more))


def test_a_storefront_falls_at_the_order_and_not_again_at_the_shipment():
    storefront = Storefront({KEY: 10})
    storefront.hear(move("order_placed", 3), AT, "checkout")
    assert storefront.read() == {("available", *KEY): 7, ("committed", *KEY): 3}
    assert storefront.hear(move("shipment", 3), AT, "sync") == ""
    assert storefront.read() == {("available", *KEY): 7, ("committed", *KEY): 0}


def test_an_order_heard_twice_lowers_the_counter_twice_and_the_book_once():
    storefront = Storefront({KEY: 10})
    for _ in range(2):
        storefront.hear(move("order_placed", 3), AT, "checkout")
    assert storefront.read() == {("available", *KEY): 4, ("committed", *KEY): 3}


def test_a_storefront_never_shows_less_than_zero_and_logs_what_it_shows():
    storefront = Storefront({KEY: 2})
    storefront.hear(move("order_placed", 5), AT, "checkout")
    assert storefront.find_available(KEY) == 0
    storefront.hear(move("receipt", 4), AT, "sync")
    assert [change.step.units for change in storefront.log.take()] == [-2, 1]


def test_a_delisted_product_is_not_sold_and_still_stands_in_the_order_book():
    storefront = Storefront({KEY: 2})
    storefront.delisted.add(KEY)
    assert storefront.find_available(KEY) == 0
    assert storefront.read() == {("committed", *KEY): 0}


@pytest.mark.parametrize(("disposition", "shown"), [("sellable", 11), ("damaged", 10)])
def test_a_return_counts_when_it_can_be_sold_again(disposition, shown):
    storefront = Storefront({KEY: 10})
    storefront.hear(move("return_received", 1, disposition=disposition), AT, "sync")
    assert storefront.find_available(KEY) == shown


def test_the_erp_counts_whole_cases_and_is_read_in_eaches():
    erp = Erp({KEY: 240}, {"A": ITEM})
    erp.hear(move("shipment", 24), AT, "batch")
    assert erp.find_quantity(KEY) == 18
    assert erp.read() == {("on_hand", *KEY): 216}
    assert [change.step.units for change in erp.log.take()] == [-2]


def test_an_erp_with_a_wrong_case_is_misread():
    erp = Erp({KEY: 240}, {"A": ITEM})
    erp.factors["A"] = 24
    assert erp.find_quantity(KEY) == 10
    assert erp.read() == {("on_hand", *KEY): 120}


def test_a_stockroom_keeps_its_bins_and_ignores_orders():
    room = Stockroom({KEY: {"F": 5, "R": 7}})
    room.hear(move("order_placed", 3), AT, "order_capture")
    room.hear(move("shipment", 6, bins=(("F", -5), ("R", -1))), AT, "scan")
    assert room.bins == {KEY: {"F": 0, "R": 6}}
    assert room.read() == {("on_hand", *KEY): 6}


def test_a_log_is_taken_once():
    storefront = Storefront({KEY: 2})
    storefront.set_available(KEY, 9, changed_at=AT, actor="admin")
    assert len(storefront.log.take()) == 1
    assert storefront.log.take() == []
    assert replace(ITEM, east_units=1).locations == ("MAIN", "3PL-EAST")
