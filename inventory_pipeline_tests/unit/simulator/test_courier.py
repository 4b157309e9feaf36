from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from inventory_pipeline.simulator.deliveries import Delivery
from inventory_pipeline_tests.unit.simulator.house import KEY, START, House


@dataclass
class Bend:
    """A fault that multiplies what arrives on one path."""

    path: str
    times: int

    def distort(self, delivery: Delivery) -> Sequence[Delivery]:
        hits = delivery.path.name == self.path
        return (delivery,) * self.times if hits else (delivery,)


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
        house.courier.listeners = (Bend("stock_updates", times),)
        house.receive(8)
        house.timeline.advance(START + timedelta(minutes=5))
        assert house.find_news(house.actual) == (8, 8 * times, 0)
        assert house.find_news(house.clean) == (8, 8, 0)


def test_faults_add_up():
    house = House()
    house.courier.listeners = (Bend("stock_updates", 2), Bend("stock_updates", 3))
    house.receive(1)
    house.timeline.advance(START + timedelta(minutes=5))
    assert house.find_news(house.actual)[1] == 6


def test_arrivals_say_when_each_word_was_due_and_heard():
    house = House()
    house.courier.listeners = (Bend("wms_to_erp", 0),)
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

    house.courier.listeners = (Listen(),)
    house.receive(8)
    house.timeline.advance(START + timedelta(minutes=5))
    assert told == [house.actual.storefront.log.take()[0].change_id]


def test_no_more_is_picked_than_is_there():
    house = House()
    there = house.world.count(KEY)
    bins = house.world.pick(KEY, there + 5)
    assert -sum(units for _, units in bins) == there
    assert house.world.count(KEY) == 0
