from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from inventory_pipeline.simulator.catalogue import build_catalogue
from inventory_pipeline.simulator.courier import Courier, Delivery
from inventory_pipeline.simulator.systems.opening import Systems, open_systems
from inventory_pipeline.simulator.timeline import Timeline
from inventory_pipeline.simulator.words import MAIN, Item, open_stream
from inventory_pipeline.simulator.world import Papers, World

START = datetime(2026, 4, 6, 10, tzinfo=UTC)
KEY = ("CND-FERN", MAIN)


@dataclass
class Bend:
    """A fault that multiplies what arrives on one path."""

    path: str
    times: int

    def distort(self, delivery: Delivery) -> Sequence[Delivery]:
        hits = delivery.path.name == self.path
        return (delivery,) * self.times if hits else (delivery,)


@dataclass
class House:
    items: dict[str, Item] = field(
        default_factory=lambda: {i.sku: i for i in build_catalogue(open_stream(1, "catalogue"))}
    )

    def __post_init__(self) -> None:
        self.timeline = Timeline(START)
        self.actual: Systems = open_systems(self.items)
        self.clean: Systems = open_systems(self.items)
        self.courier = Courier(
            self.timeline, actual=self.actual, clean=self.clean, stream=open_stream(1, "courier")
        )
        self.world = World(self.items, self.timeline, self.courier)

    def receive(self, units: int) -> None:
        papers = Papers("PO-1", actor="receiving")
        bins = self.world.put(KEY, units)
        self.world.record("receipt", KEY, units, papers=papers, bins=bins)

    def find_news(self, systems: Systems) -> tuple[int, int, int]:
        """What shelf, storefront and ERP know more than on opening day."""
        opened = open_systems(self.items)
        return (
            sum(systems.shelf.bins[KEY].values()) - sum(opened.shelf.bins[KEY].values()),
            systems.storefront.free[KEY] - opened.storefront.free[KEY],
            systems.erp.find_quantity(KEY) - opened.erp.find_quantity(KEY),
        )


def test_the_shelf_knows_at_once_the_storefront_in_minutes_and_the_erp_at_night():
    house = House()
    house.receive(8)
    assert house.find_news(house.actual) == (8, 0, 0)
    house.timeline.advance(START + timedelta(minutes=5))
    assert house.find_news(house.actual) == (8, 8, 0)
    house.timeline.advance(START + timedelta(hours=17))
    assert house.find_news(house.actual) == (8, 8, 8)


def test_a_fault_reaches_the_actual_system_and_never_its_clean_twin():
    for times in (0, 2):
        house = House()
        house.courier.faults = (Bend("stock_updates", times),)
        house.receive(8)
        house.timeline.advance(START + timedelta(minutes=5))
        assert house.find_news(house.actual) == (8, 8 * times, 0)
        assert house.find_news(house.clean) == (8, 8, 0)


def test_faults_add_up():
    house = House()
    house.courier.faults = (Bend("stock_updates", 2), Bend("stock_updates", 3))
    house.receive(1)
    house.timeline.advance(START + timedelta(minutes=5))
    assert house.find_news(house.actual)[1] == 6


def test_arrivals_say_when_each_word_was_due_and_heard():
    house = House()
    house.courier.faults = (Bend("wms_to_erp", 0),)
    house.receive(8)
    arrivals = {arrival.path.name: arrival for arrival in house.courier.take_arrivals()}
    assert arrivals.keys() == {"scan", "stock_updates", "wms_to_erp"}
    assert arrivals["scan"].heard_at == (START,)
    assert arrivals["wms_to_erp"].heard_at == ()
    assert arrivals["wms_to_erp"].due_at == START.replace(day=7, hour=2, minute=10)


def test_a_witness_is_told_the_change_a_delivery_made():
    house, told = House(), []

    class Listen:
        def distort(self, delivery: Delivery) -> Sequence[Delivery]:
            return (replace(delivery, witness=told.append),)

    house.courier.faults = (Listen(),)
    house.receive(8)
    house.timeline.advance(START + timedelta(minutes=5))
    assert told == [house.actual.storefront.log.take()[0].change_id]


def test_no_more_is_picked_than_is_there():
    house = House()
    there = house.world.count(KEY)
    bins = house.world.pick(KEY, there + 5)
    assert -sum(units for _, units in bins) == there
    assert house.world.count(KEY) == 0
