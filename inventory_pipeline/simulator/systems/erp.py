"""The ERP: the books, posted once a night, in cases for some items."""

from collections.abc import Mapping
from datetime import datetime

from inventory_pipeline.model.movements import ON_HAND_SIGN
from inventory_pipeline.model.quantities import ON_HAND
from inventory_pipeline.simulator.systems.changes import ChangeLog, Step, compute_effect
from inventory_pipeline.simulator.words import Item, Key, Movement, Reading


class Erp:
    """Keeps on hand by location.

    ``factors`` is what the ERP believes of its own cases; everyone else reads its numbers
    with the catalogue's factors. Where the two differ, the number is misread.
    """

    def __init__(self, eaches: dict[Key, int], items: Mapping[str, Item]) -> None:
        self.factors = {sku: item.case_units for sku, item in items.items()}
        self.log = ChangeLog("EJ")
        self._eaches = dict(eaches)
        self._items = items

    def find_quantity(self, key: Key) -> int:
        """Return the whole cases (or eaches) the books show."""
        return self._eaches[key] // self.factors[key[0]]

    def hear(self, movement: Movement, heard_at: datetime, actor: str) -> str:
        """Post one movement of the batch; return the id of the change, if any."""
        before = self.find_quantity(movement.key)
        self._eaches[movement.key] += compute_effect(movement, ON_HAND_SIGN)
        posted = self.find_quantity(movement.key) - before
        if not posted:
            return ""
        return self.log.write(
            (ON_HAND, *movement.key),
            Step("add", posted),
            changed_at=heard_at,
            actor=actor,
            reference_id=movement.movement_id,
            source_at=movement.moved_at,
        )

    def read(self) -> dict[Reading, int]:
        """Return on hand in eaches, as the catalogue's factors make of the books."""
        return {
            (ON_HAND, *key): self.find_quantity(key) * self._items[key[0]].case_units
            for key in self._eaches
        }
