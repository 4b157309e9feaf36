"""A stockroom: the system of a place that keeps goods and picks orders (shelf, 3PL)."""

from inventory_pipeline.model.quantities import ON_HAND
from inventory_pipeline.simulator.deliveries import Delivery
from inventory_pipeline.simulator.words import Key, Reading


class Stockroom:
    """Keeps on hand by bin. Orders it hears of change nothing before the goods leave."""

    def __init__(self, bins: dict[Key, dict[str, int]]) -> None:
        self.bins = {key: dict(places) for key, places in bins.items()}

    def hear(self, delivery: Delivery) -> str:
        """Take in an order, a notice or a scan; it exports no change log, so no id comes back."""
        if delivery.path.is_notice:
            return ""
        places = self.bins[delivery.movement.key]
        for place, units in delivery.movement.bins:
            places[place] = places.get(place, 0) + units
        return ""

    def count(self, key: Key) -> int:
        """Return the units on record."""
        return sum(self.bins[key].values())

    def read(self) -> dict[Reading, int]:
        """Return on hand by key, in eaches."""
        return {(ON_HAND, *key): sum(places.values()) for key, places in self.bins.items()}
