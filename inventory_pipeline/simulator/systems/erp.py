"""The ERP: the books, posted in batches or at once, in cases for some items."""

from collections.abc import Mapping
from datetime import datetime

from inventory_pipeline.model.movements import ON_HAND_SIGN
from inventory_pipeline.model.quantities import ON_HAND
from inventory_pipeline.simulator.deliveries import Delivery
from inventory_pipeline.simulator.systems.changes import ChangeLog, Step, compute_effect
from inventory_pipeline.simulator.words import Item, Key, Reading


class Erp:
    """Keeps on hand by location.

    ``factors`` is what the ERP believes of its own cases; everyone else reads its numbers
    with the catalogue's factors. Where the two differ, the number is misread.
    """

    def __init__(
        self, eaches: dict[Key, int], items: Mapping[str, Item], reference: str = "movement"
    ) -> None:
        self.factors = {sku: item.case_units for sku, item in items.items()}
        self.log = ChangeLog("EJ", reference)
        self._eaches = dict(eaches)
        self._items = items

    def find_quantity(self, key: Key) -> int:
        """Return the whole cases (or eaches) the books show."""
        return self._eaches[key] // self.factors[key[0]]

    def hear(self, delivery: Delivery) -> str:
        """Post one movement of the batch; return the id of the change, if any."""
        units = delivery.units
        if units is None:
            units = compute_effect(delivery.movement, ON_HAND_SIGN)
        return self.shift(
            delivery.booked_key,
            units,
            changed_at=delivery.heard_at,
            actor=delivery.actor,
            reference_id=delivery.find_reference(self.log.reference),
            source_at=delivery.movement.moved_at,
        )

    def shift(
        self,
        key: Key,
        units: int,
        *,
        changed_at: datetime,
        actor: str,
        reference_id: str = "",
        source_at: datetime | None = None,
    ) -> str:
        """Change the books by signed eaches; return the id of the change, '' when none shows."""
        before = self.find_quantity(key)
        self._eaches[key] += units
        posted = self.find_quantity(key) - before
        if not posted:
            return ""
        return self.log.write(
            (ON_HAND, *key),
            Step("add", posted),
            after=before + posted,
            changed_at=changed_at,
            actor=actor,
            reference_id=reference_id,
            source_at=source_at,
        )

    def set_level(
        self,
        key: Key,
        units: int,
        *,
        changed_at: datetime,
        actor: str,
        source_at: datetime | None = None,
        reference_id: str = "",
    ) -> str:
        """Overwrite the books with so many eaches; return the id of the change."""
        self._eaches[key] = units
        return self.log.write(
            (ON_HAND, *key),
            Step("set", self.find_quantity(key)),
            after=self.find_quantity(key),
            changed_at=changed_at,
            actor=actor,
            source_at=source_at,
            reference_id=reference_id,
        )

    def find_level(self, key: Key) -> int:
        """Return what the books hold, in eaches, whole cases or not."""
        return self._eaches[key]

    def force(self, key: Key, units: int) -> None:
        """Make the books hold so many eaches, and write nothing down."""
        self._eaches[key] = units

    def read(self) -> dict[Reading, int]:
        """Return on hand in eaches, as the catalogue's factors make of the books."""
        return {
            (ON_HAND, *key): self.find_quantity(key) * self._items[key[0]].case_units
            for key in self._eaches
        }
