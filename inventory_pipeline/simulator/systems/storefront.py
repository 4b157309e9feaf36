"""The storefront: sells what it believes is free."""

from datetime import datetime

from inventory_pipeline.model.movements import ORDER_MOMENT_SIGN
from inventory_pipeline.model.quantities import AVAILABLE
from inventory_pipeline.simulator.systems.changes import ChangeLog, Step, compute_effect
from inventory_pipeline.simulator.words import Key, Movement, Reading


class Storefront:
    """Keeps on hand - committed - safety stock as it heard of them, and shows it from 0 up.

    An order lowers the number at checkout. A shipment leaves it alone, because the promise
    leaves together with the goods.
    """

    def __init__(self, free: dict[Key, int]) -> None:
        self.free = dict(free)
        self.delisted: set[Key] = set()
        self.log = ChangeLog("LC")

    def find_available(self, key: Key) -> int:
        """Return the units a customer can put in the basket; 0 where it is not sold."""
        return 0 if key in self.delisted else max(0, self.free.get(key, 0))

    def hear(self, movement: Movement, heard_at: datetime, actor: str) -> str:
        """Take in an order or the word of a stockroom; return the id of the change, if any."""
        before = max(0, self.free[movement.key])
        self.free[movement.key] += compute_effect(movement, ORDER_MOMENT_SIGN)
        shown = max(0, self.free[movement.key]) - before
        if not shown:
            return ""
        return self.log.write(
            (AVAILABLE, *movement.key),
            Step("add", shown),
            changed_at=heard_at,
            actor=actor,
            reference_id=movement.movement_id,
            source_at=movement.moved_at,
        )

    def set_available(
        self,
        key: Key,
        units: int,
        *,
        changed_at: datetime,
        actor: str,
        source_at: datetime | None = None,
    ) -> str:
        """Overwrite the number, as a person or an import does; return the id of the change.

        ``source_at`` is when the message was made, if it comes late.
        """
        self.free[key] = units
        return self.log.write(
            (AVAILABLE, *key),
            Step("set", units),
            changed_at=changed_at,
            actor=actor,
            source_at=source_at,
        )

    def read(self) -> dict[Reading, int]:
        """Return what every listed product page shows, in eaches."""
        return {
            (AVAILABLE, *key): max(0, free)
            for key, free in self.free.items()
            if key not in self.delisted
        }
