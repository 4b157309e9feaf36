from dataclasses import replace
from datetime import timedelta

from inventory_pipeline.simulator.demand import Homecoming, Wish
from inventory_pipeline.simulator.words import EAST, MAIN
from inventory_pipeline_tests.unit.simulator.house import KEY, START, House

SKU = KEY[0]
WISH = Wish(
    at=START,
    lines=((SKU, 2),),
    sources=(MAIN,),
    picking=timedelta(hours=2),
    queue=timedelta(minutes=20),
)


def live(wish: Wish, *, house: House | None = None, days: int = 4) -> list[tuple[str, int]]:
    """What happened to the goods of the wish, and how many units each time."""
    house = house or House()
    house.customers.expect(wish)
    house.timeline.advance(START + timedelta(days=days))
    return [(movement.kind, movement.units) for movement in house.world.take_movements()]


def test_an_order_is_placed_and_shipped():
    assert live(WISH) == [("order_placed", 2), ("shipment", 2)]


def test_an_order_beyond_what_the_storefront_shows_is_refused():
    assert live(replace(WISH, lines=((SKU, 100_000),))) == []


def test_an_oversold_order_ships_what_is_there_and_refunds_the_rest():
    house = House()
    there = house.world.count(KEY)
    house.actual.storefront.set_level(KEY, there + 5, changed_at=START, actor="admin")
    wish = replace(WISH, lines=((SKU, there + 3),))
    story = [("order_placed", there + 3), ("shipment", there), ("order_cancelled", 3)]
    assert live(wish, house=house) == story
    assert house.world.count(KEY) == 0
    assert house.actual.storefront.committed[KEY] == 0
    assert house.actual.storefront.free[KEY] == 5


def test_an_order_of_goods_that_are_all_gone_is_refunded_without_a_shipment():
    house = House()
    house.world.pick(KEY, 100_000)
    assert live(WISH, house=house) == [("order_placed", 2), ("order_cancelled", 2)]


def test_a_change_of_mind_counts_only_while_nobody_picks():
    early = replace(WISH, cancels_after=timedelta(minutes=20))
    assert live(early) == [("order_placed", 2), ("order_cancelled", 2)]
    picking = replace(WISH, at=START + timedelta(hours=6), cancels_after=timedelta(minutes=95))
    assert live(picking) == [("order_placed", 2), ("shipment", 2)]


def test_an_eastern_order_ships_from_the_east_while_goods_are_there():
    house = House()
    sku = next(sku for sku, place in house.actual.threepl.bins if place == EAST)
    wish = replace(WISH, lines=((sku, 2),), sources=(EAST, MAIN))
    house.customers.expect(wish)
    house.actual.storefront.free[sku, EAST] = 3
    house.customers.expect(replace(wish, at=START + timedelta(minutes=1)))
    house.timeline.advance(START + timedelta(hours=1))
    places = [movement.location_id for movement in house.world.take_movements()]
    assert places == ["3PL-EAST", "MAIN"]


def test_a_return_raises_stock_when_the_box_is_there_and_not_before():
    house = House()
    homecoming = Homecoming(timedelta(hours=10), timedelta(hours=20), "sellable")
    there = house.world.count(KEY)
    assert live(replace(WISH, homecoming=homecoming), house=house, days=1) == [
        ("order_placed", 2),
        ("shipment", 2),
        ("return_initiated", 2),
    ]
    assert house.world.count(KEY) == there - 2
    house.timeline.advance(START + timedelta(days=4))
    assert [m.kind for m in house.world.take_movements()] == ["return_received"]
    assert house.world.count(KEY) == there


def test_a_damaged_return_never_reaches_the_shelf():
    house = House()
    there = house.world.count(KEY)
    homecoming = Homecoming(timedelta(hours=10), timedelta(hours=20), "damaged")
    live(replace(WISH, homecoming=homecoming), house=house)
    assert house.world.count(KEY) == there - 2
    assert sum(house.actual.shelf.bins[KEY].values()) == there - 2
