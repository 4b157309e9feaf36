from datetime import UTC, datetime, timedelta

import pytest

from inventory_pipeline.simulator.deliveries import Delivery
from inventory_pipeline.simulator.paths import AtOnce, Path
from inventory_pipeline.simulator.systems.erp import Erp
from inventory_pipeline.simulator.systems.stockroom import Stockroom
from inventory_pipeline.simulator.systems.storefront import Storefront
from inventory_pipeline.simulator.words import Item, Movement

AT = datetime(2026, 4, 6, 10, tzinfo=UTC)
KEY = ("A", "MAIN")
ITEM = Item("A", "a", 100, 40, "A", 1.0, 24, 12, 0, 1, {"MAIN": (("F", 240),)}, "000100017")


def move(kind: str, units: int, **more) -> Movement:
    order = {"reference_id": "SO-1"} if kind in ("order_placed", "shipment") else {}
    return Movement("M-1", "any", kind, *KEY, units, AT, AT, 1, **(order | more))


def hear(system, movement: Movement, actor: str = "sync", **changes) -> str:
    path = Path(actor, "any", "other", (), AtOnce(), timedelta())
    return system.hear(Delivery(path, movement, AT, actor, **changes))


def test_a_storefront_falls_at_the_order_and_not_again_at_the_shipment():
    storefront = Storefront({KEY: 10})
    hear(storefront, move("order_placed", 3), "checkout")
    assert storefront.read() == {("available", *KEY): 7, ("committed", *KEY): 3}
    assert hear(storefront, move("shipment", 3), "sync") == ""
    assert storefront.read() == {("available", *KEY): 7, ("committed", *KEY): 0}


def test_an_order_heard_twice_lowers_the_counter_twice_and_the_book_once():
    storefront = Storefront({KEY: 10})
    for _ in range(2):
        hear(storefront, move("order_placed", 3), "checkout")
    assert storefront.read() == {("available", *KEY): 4, ("committed", *KEY): 3}


def test_a_storefront_never_shows_less_than_zero_and_logs_what_it_shows():
    storefront = Storefront({KEY: 2})
    hear(storefront, move("order_placed", 5), "checkout")
    assert storefront.find_available(KEY) == 0
    hear(storefront, move("receipt", 4), "sync")
    assert [change.step.units for change in storefront.log.take()] == [-2, 1]


def test_a_delisted_product_is_not_sold_and_still_stands_in_the_order_book():
    storefront = Storefront({KEY: 2})
    storefront.delisted.add(KEY)
    assert storefront.find_available(KEY) == 0
    assert storefront.read() == {("committed", *KEY): 0}


@pytest.mark.parametrize(("disposition", "shown"), [("sellable", 11), ("damaged", 10)])
def test_a_return_counts_when_it_can_be_sold_again(disposition, shown):
    storefront = Storefront({KEY: 10})
    hear(storefront, move("return_received", 1, disposition=disposition), "sync")
    assert storefront.find_available(KEY) == shown


def test_the_erp_counts_whole_cases_and_is_read_in_eaches():
    erp = Erp({KEY: 240}, {"A": ITEM})
    hear(erp, move("shipment", 24), "batch")
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
    hear(room, move("order_placed", 3), "order_capture")
    hear(room, move("shipment", 6, bins=(("F", -5), ("R", -1))), "scan")
    assert room.bins == {KEY: {"F": 0, "R": 6}}
    assert room.read() == {("on_hand", *KEY): 6}


def test_a_log_is_taken_once():
    storefront = Storefront({KEY: 2})
    storefront.set_level(KEY, 9, changed_at=AT, actor="admin")
    assert len(storefront.log.take()) == 1
    assert storefront.log.take() == []


def test_what_a_word_is_booked_as_and_where_can_differ_from_what_it_means():
    erp = Erp({KEY: 240, ("A", "EAST"): 24}, {"A": ITEM})
    hear(erp, move("receipt", 24), units=48, key=("A", "EAST"))
    assert erp.read() == {("on_hand", *KEY): 240, ("on_hand", "A", "EAST"): 72}


def test_a_clamped_counter_forgets_what_lies_below_zero():
    storefront = Storefront({KEY: 2})
    storefront.clamped.add(KEY)
    hear(storefront, move("damage", 5))
    hear(storefront, move("receipt", 10))
    assert storefront.find_available(KEY) == 10


@pytest.mark.parametrize(
    ("style", "named"), [("movement", "M-1"), ("order", "SO-1"), ("event", "EV-1")]
)
def test_a_log_names_the_movement_the_document_or_the_event(style, named):
    storefront = Storefront({KEY: 10}, style)
    hear(storefront, move("order_placed", 3), event_id="EV-1")
    assert [change.reference_id for change in storefront.log.take()] == [named]


def test_a_log_gives_up_what_is_older_and_keeps_the_rest():
    storefront = Storefront({KEY: 2})
    storefront.set_level(KEY, 9, changed_at=AT, actor="admin")
    assert storefront.log.take(AT) == []
    assert len(storefront.log.take(AT + timedelta(seconds=1))) == 1
