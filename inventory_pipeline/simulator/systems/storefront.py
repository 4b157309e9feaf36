"""The storefront: takes orders, and sells what it believes is free."""

from datetime import datetime

from inventory_pipeline.model.movements import ORDER_MOMENT_SIGN
from inventory_pipeline.model.quantities import AVAILABLE, COMMITTED
from inventory_pipeline.simulator.systems.changes import ChangeLog, Step, compute_effect
from inventory_pipeline.simulator.words import Key, Movement, Reading


class Storefront:
    """Keeps the order book, and what is free to sell.

    ``free`` is on hand - committed - safety stock as it heard of them, shown from 0 up. An
    order lowers it at checkout; a shipment leaves it alone, because the promise leaves
    together with the goods. ``free`` is a counter and believes every message; the order
    book knows its orders by number and takes each once.
    """

    def __init__(self, free: dict[Key, int]) -> None:
        self.free = dict(free)
        self.committed = dict.fromkeys(free, 0)
        self._open_lines: dict[tuple[str, Key], int] = {}
        self.delisted: set[Key] = set()
        self.log = ChangeLog("LC")

    def find_available(self, key: Key) -> int:
        """Return the units a customer can put in the basket; 0 where it is not sold."""
        return 0 if key in self.delisted else max(0, self.free.get(key, 0))

    def hear(self, movement: Movement, heard_at: datetime, actor: str) -> str:
        """Take in an order or the word of a stockroom; return the id of the change, if any."""
        self._keep_book(movement)
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

    def _keep_book(self, movement: Movement) -> None:
        line = movement.reference_id, movement.key
        if movement.kind == "order_placed" and line not in self._open_lines:
            self._open_lines[line] = movement.units
            self.committed[movement.key] += movement.units
        elif movement.kind in ("shipment", "order_cancelled"):
            self._open_lines[line] -= movement.units
            self.committed[movement.key] -= movement.units

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
            Step("set", max(0, units)),
            changed_at=changed_at,
            actor=actor,
            source_at=source_at,
        )

    def read(self) -> dict[Reading, int]:
        """Return what every listed product page shows and what is promised, in eaches.

        A product that is no longer listed still stands in the order book; one that only
        an import knows does not.
        """
        readings: dict[Reading, int] = {}
        for key, free in self.free.items():
            if key not in self.delisted:
                readings[AVAILABLE, *key] = max(0, free)
            if key in self.committed:
                readings[COMMITTED, *key] = self.committed[key]
        return readings
