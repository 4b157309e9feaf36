"""A stockroom: the system of a place that keeps goods and picks orders (shelf, 3PL)."""

from datetime import datetime

from inventory_pipeline.model.quantities import COMMITTED, ON_HAND
from inventory_pipeline.simulator.words import Key, Movement, Reading

PROMISE_SIGN = {"order_placed": 1, "order_cancelled": -1, "shipment": -1}


class Stockroom:
    """Keeps on hand by bin, and what of it is promised.

    ``committed`` rises when an order arrives here, which is a little after the customer
    placed it, and falls when the goods leave or the cancellation arrives.
    """

    def __init__(self, bins: dict[Key, dict[str, int]]) -> None:
        self.bins = {key: dict(places) for key, places in bins.items()}
        self.committed = dict.fromkeys(bins, 0)

    def hear(self, movement: Movement, heard_at: datetime, actor: str) -> str:
        """Take in an order or a scan; a stockroom exports no change log, so no id comes back."""
        sign = PROMISE_SIGN.get(movement.kind, 0)
        self.committed[movement.key] += sign * movement.units
        places = self.bins[movement.key]
        for place, units in movement.bins:
            places[place] = places.get(place, 0) + units
        return ""

    def read(self) -> dict[Reading, int]:
        """Return on hand and committed by key, in eaches."""
        on_hand = {(ON_HAND, *key): sum(places.values()) for key, places in self.bins.items()}
        return on_hand | {(COMMITTED, *key): units for key, units in self.committed.items()}
