"""A stockroom: the system of a place that keeps goods and picks orders (shelf, 3PL)."""

from datetime import datetime

from inventory_pipeline.model.quantities import ON_HAND
from inventory_pipeline.simulator.words import Key, Movement, Reading


class Stockroom:
    """Keeps on hand by bin. Orders it hears of change nothing before the goods leave."""

    def __init__(self, bins: dict[Key, dict[str, int]]) -> None:
        self.bins = {key: dict(places) for key, places in bins.items()}

    def hear(self, movement: Movement, heard_at: datetime, actor: str) -> str:
        """Take in an order or a scan; a stockroom exports no change log, so no id comes back."""
        places = self.bins[movement.key]
        for place, units in movement.bins:
            places[place] = places.get(place, 0) + units
        return ""

    def read(self) -> dict[Reading, int]:
        """Return on hand by key, in eaches."""
        return {(ON_HAND, *key): sum(places.values()) for key, places in self.bins.items()}
